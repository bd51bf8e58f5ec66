"""Accounts over HTTP. The rest of the web asks here who a request comes from and in which language to answer."""

from . import doors, own, units, users
from .doors import ask_to_sign_in_again, page_expired
from .frame import blueprint, current_language, load_viewer
from .kept import sent

__all__ = [
    "ask_to_sign_in_again", "blueprint", "current_language", "doors", "load_viewer", "own", "page_expired", "sent", "units",
    "users",
]  # fmt: skip
