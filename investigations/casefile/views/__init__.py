"""The casefile over HTTP: home, the list of cases, opening one, its page and its history."""

from . import case, home, listing, opening
from .blueprint import blueprint

__all__ = ["blueprint", "case", "home", "listing", "opening"]
