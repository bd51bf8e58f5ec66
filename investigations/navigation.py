"""What every page shows around its content: who is signed in, and where they can go."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import current_app, g, request, url_for
from flask_babel import gettext as _

from .access import Permission, Role, Viewer

HOME = ("casefile.home",)
OWN = ("accounts.own", "accounts.change_password", "accounts.end_session", "accounts.end_other_sessions")


@dataclass(frozen=True, slots=True)
class Somebody:
    """The signed-in person as templates see them."""

    name: str
    role_label: str
    viewer: Viewer

    def can(self, permission: str) -> bool:
        return self.viewer.can(Permission(permission))


def role_label(role: Role) -> str:
    """A role in the reader's language."""
    labels: dict[Role, str] = {
        Role.INVESTIGATOR: _("Investigator"),
        Role.PROSECUTOR: _("Prosecutor"),
        Role.MANAGER: _("Manager"),
        Role.AUDITOR: _("Auditor"),
        Role.ADMINISTRATOR: _("Administrator"),
        Role.SYSTEM: _("The office"),
    }
    return labels[role]


def page_context() -> dict[str, Any]:
    """Names that every template may use."""
    viewer: Viewer | None = g.get("viewer")
    settings = current_app.extensions["settings"]
    return {
        "viewer": Somebody(viewer.name, role_label(viewer.role), viewer) if viewer else None,
        "navigation": _navigation(viewer) if viewer else [],
        "institution": settings.institution,
        "reserved_legend": settings.reserved_legend if viewer and viewer.can(Permission.READ_CASES) else None,
    }


def _navigation(viewer: Viewer) -> list[dict[str, Any]]:
    places = (
        (Permission.READ_CASES, "casefile.home", _("Home"), HOME),
        (Permission.READ_CASES, "casefile.cases", _("Cases"), ("casefile.", "cases.", "people.", "evidence.", "court.")),
        (Permission.READ_REPORTS, "clearance.report", _("Clearance"), ("clearance.",)),
        (Permission.READ_LEDGER, "auditing.events", _("Ledger"), ("auditing.",)),
        (Permission.ADMINISTER_ACCOUNTS, "accounts.users", _("Accounts"), ("accounts.",)),
        (Permission.USE_OWN_ACCOUNT, "accounts.own", _("My account"), OWN),
    )
    here = request.endpoint or ""
    return [
        {
            "text": text,
            "href": url_for(endpoint),
            "current": here in parts or (here not in HOME + OWN and any(here.startswith(part) for part in parts)),
        }
        for permission, endpoint, text, parts in places
        if viewer.can(permission)
    ]
