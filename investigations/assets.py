"""Where the built front-end files are. `.ci/assets` makes them; their folder is named after their content."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from .config import PROJECT

BUILD = PROJECT / "static" / "build"


class AssetsMissing(RuntimeError):
    """static/build has not been made; the message names the command that makes it."""


def asset_path(name: str) -> Path:
    """The file of a built asset, e.g. `app.css`.

    Raises AssetsMissing when the build was not made or has no such file.
    """
    path = BUILD / folder(BUILD) / name
    if not path.is_file():
        raise AssetsMissing(f"the front-end assets have no {name}; run: .ci/assets --force")
    return path


@cache
def folder(build: Path) -> str:
    """Name of the current folder inside `build`, read once a process. Raises AssetsMissing."""
    try:
        return str(json.loads((build / "manifest.json").read_text("utf-8"))["folder"])
    except OSError as error:
        raise AssetsMissing("the front-end assets are not built; run: .ci/assets") from error
