"""Esclarece: a prosecution investigation tracker. `create_app` puts the house together."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from .config import Settings


def create_app(settings: Settings) -> Flask:
    """The web application of one office. Raises UnmarkedRoute when a route declares no access."""
    from .web import build

    return build(settings)
