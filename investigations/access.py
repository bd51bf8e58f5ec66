"""The doors: what each role may do, marks on the routes, and a guard that refuses what is not marked.

A view says what it needs with `@requires(Permission.…)` or `@public`. The marks are read at start (`seal`
refuses to boot on an unmarked route) and at each request (`guard`), so no view can be reached by accident.
Rights are read from the viewer of this request and never kept in a session.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeVar

from flask import Flask, g, request
from werkzeug.exceptions import Forbidden


class Permission(StrEnum):
    """What a route may need."""

    USE_OWN_ACCOUNT = "use_own_account"
    READ_CASES = "read_cases"
    OPEN_CASES = "open_cases"
    EDIT_CASES = "edit_cases"
    ASSIGN_CASES = "assign_cases"
    RECORD_ACTS = "record_acts"
    EDIT_PEOPLE = "edit_people"
    EDIT_EVIDENCE = "edit_evidence"
    MOVE_LINES = "move_lines"
    SEARCH = "search"
    READ_REPORTS = "read_reports"
    PRINT_REPORTS = "print_reports"
    READ_LEDGER = "read_ledger"
    ADMINISTER_ACCOUNTS = "administer_accounts"


class Role(StrEnum):
    """The five roles, and the office itself (the command line)."""

    INVESTIGATOR = "investigator"
    PROSECUTOR = "prosecutor"
    MANAGER = "manager"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"
    SYSTEM = "system"


_WORK = {
    Permission.READ_CASES,
    Permission.OPEN_CASES,
    Permission.EDIT_CASES,
    Permission.RECORD_ACTS,
    Permission.EDIT_PEOPLE,
    Permission.EDIT_EVIDENCE,
    Permission.SEARCH,
}
_OWN = {Permission.USE_OWN_ACCOUNT}

ROLES: Mapping[Role, frozenset[Permission]] = {
    Role.INVESTIGATOR: frozenset(_OWN | _WORK),
    Role.PROSECUTOR: frozenset(_OWN | _WORK | {Permission.MOVE_LINES, Permission.READ_REPORTS, Permission.PRINT_REPORTS}),
    Role.MANAGER: frozenset(
        _OWN
        | {
            Permission.READ_CASES,
            Permission.ASSIGN_CASES,
            Permission.SEARCH,
            Permission.READ_REPORTS,
            Permission.PRINT_REPORTS,
        }
    ),
    Role.AUDITOR: frozenset(_OWN | {Permission.READ_LEDGER}),
    Role.ADMINISTRATOR: frozenset(_OWN | {Permission.ADMINISTER_ACCOUNTS}),
    Role.SYSTEM: frozenset(Permission),
}


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks or acts in this request. `unit_ids` are the units below and including the viewer's own."""

    user_id: int | None
    public_id: str
    name: str
    role: Role
    unit_ids: frozenset[int] = field(default_factory=frozenset)
    unit_id: int | None = None
    session_id: int | None = None

    @property
    def role_code(self) -> str:
        return self.role.value

    def can(self, permission: Permission) -> bool:
        return permission in ROLES[self.role]


OFFICE = Viewer(user_id=None, public_id="office", name="office", role=Role.SYSTEM)
"""The office itself: what the command line acts as. It sees every case."""


View = TypeVar("View", bound=Callable[..., Any])
_MARK = "__esclarece_needs__"
PUBLIC = "public"


def requires(permission: Permission) -> Callable[[View], View]:
    """Mark a view: only a signed-in viewer whose role holds the permission gets in."""

    def mark(view: View) -> View:
        setattr(view, _MARK, permission)
        return view

    return mark


def public(view: View) -> View:
    """Mark a view that needs nobody signed in."""
    setattr(view, _MARK, PUBLIC)
    return view


def needs(app: Flask, endpoint: str) -> Permission | str | None:
    """The mark of an endpoint: a permission, PUBLIC, or None when it has none."""
    if endpoint == "static":
        return PUBLIC
    mark: Permission | str | None = getattr(app.view_functions[endpoint], _MARK, None)
    return mark


class UnmarkedRoute(RuntimeError):
    """A route says neither `requires` nor `public`: the application refuses to start."""


def seal(app: Flask) -> None:
    """Refuse to boot while any route is unmarked. Raises UnmarkedRoute naming them."""
    unmarked = sorted(rule.endpoint for rule in app.url_map.iter_rules() if needs(app, rule.endpoint) is None)
    if unmarked:
        raise UnmarkedRoute(f"routes without a mark: {', '.join(unmarked)}")


class SignInNeeded(Exception):
    """Nobody is signed in, and the route needs somebody."""


class Refused(Forbidden):
    """The viewer's role does not hold the permission; the refusal is recorded."""

    def __init__(self, permission: str) -> None:
        super().__init__()
        self.permission = permission


SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def guard(app: Flask) -> None:
    """Let this request in, or raise: Refused (origin, role) or SignInNeeded. Runs before every view."""
    endpoint = request.endpoint
    if endpoint is None:
        return  # no route matches: the answer is 404
    if request.method not in SAFE_METHODS and not same_origin():
        raise Refused("same_origin")
    need = needs(app, endpoint)
    if need == PUBLIC:
        return
    viewer: Viewer | None = g.viewer
    if viewer is None:
        raise SignInNeeded
    if need is None or not viewer.can(Permission(need)):
        raise Refused(str(need))


def same_origin() -> bool:
    """True when a change comes from our own pages (trust.md §5.3): fetch metadata, or else the Origin header."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    return request.headers.get("Origin") == request.host_url.rstrip("/")
