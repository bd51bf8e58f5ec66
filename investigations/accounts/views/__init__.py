"""Accounts over HTTP. The rest of the web asks here who a request comes from and in which language to answer."""

from . import doors, own, units, users
from .frame import blueprint, current_language, load_viewer

__all__ = ["blueprint", "current_language", "doors", "load_viewer", "own", "units", "users"]
