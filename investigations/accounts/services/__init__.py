"""Writing accounts: sessions (signing in and out), passwords, and the administration of accounts and units."""

from .administration import (
    add_unit,
    add_user,
    change_password,
    disable_user,
    edit_user,
    enable_user,
    rename_unit,
    set_language,
    set_password,
)
from .sessions import SignedIn, end_session, end_sessions, record_refusal, sign_in, sign_out, viewer_for

__all__ = [
    "SignedIn",
    "add_unit",
    "add_user",
    "change_password",
    "disable_user",
    "edit_user",
    "enable_user",
    "end_session",
    "end_sessions",
    "record_refusal",
    "rename_unit",
    "set_language",
    "set_password",
    "sign_in",
    "sign_out",
    "viewer_for",
]
