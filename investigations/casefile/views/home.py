"""The first page after signing in: what each role works with."""

from __future__ import annotations

from flask import current_app, g, redirect, render_template, url_for
from werkzeug.wrappers import Response

from ...access import Permission, Role, requires
from ...pages import language
from .. import queries
from .blueprint import blueprint, recently_seen

MINE = 10
UNITS = 40
LATEST = 10


@blueprint.get("/")
@requires(Permission.USE_OWN_ACCOUNT)
def home() -> str | Response:
    """By role: own cases and those looked at last; the units' counts; or the page the role works on."""
    viewer = g.viewer
    if viewer.role is Role.AUDITOR:
        return redirect(url_for("auditing.events"))
    if viewer.role is Role.ADMINISTRATOR:
        return redirect(url_for("accounts.users"))
    if viewer.role is Role.MANAGER:
        return _of_manager()
    counts = queries.count_stages(g.session, viewer, mine=True)
    return render_template(
        "casefile/home.html",
        mine=queries.my_cases(g.session, viewer, MINE),
        recent=queries.cases_viewed(g.session, viewer, recently_seen()),
        counters=_counters(counts, _stages(), mine="y"),
    )


def _of_manager() -> str:
    counts, stages = queries.count_stages(g.session, g.viewer), _stages()
    return render_template(
        "casefile/home_manager.html",
        latest=queries.latest_cases(g.session, g.viewer, LATEST),
        counters=_counters(counts, stages),
        units=_by_unit(counts),
        all_units=len({count.unit_id for count in counts}),
        stages=[(code, label) for code, label in stages if any(count.stage == code for count in counts)],
    )


def _stages() -> list[tuple[str, str]]:
    """The stages of the laws in use in the order of their files, those of the office's own law first."""
    laws = queries.jurisdictions_in_use(g.session, g.viewer, current_app.extensions["settings"].jurisdiction)
    return [(code, label.text(language())) for law in laws for code, label in law.stages.items()]


def _counters(
    counts: list[queries.StageCount], stages: list[tuple[str, str]], mine: str | None = None
) -> list[dict[str, object]]:
    """Cases by stage, each number with the list behind it."""
    totals: dict[str, int] = {}
    for count in counts:
        totals[count.stage] = totals.get(count.stage, 0) + count.cases
    return [
        {"number": totals[code], "text": label, "href": url_for("casefile.cases", stage=code, mine=mine)}
        for code, label in stages
        if code in totals
    ]


def _by_unit(counts: list[queries.StageCount]) -> dict[tuple[str, str], dict[str, int]]:
    """Cases by unit (public id and name) and stage: the units with most cases, in the order of their names."""
    units: dict[tuple[str, str], dict[str, int]] = {}
    for count in counts:
        units.setdefault((count.unit_id, count.unit), {})[count.stage] = count.cases
    largest = sorted(units, key=lambda unit: -sum(units[unit].values()))[:UNITS]
    return {unit: stages for unit, stages in units.items() if unit in largest}
