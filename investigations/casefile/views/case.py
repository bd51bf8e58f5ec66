"""A case as one page, and its history."""

from __future__ import annotations

from flask import g, render_template
from flask_babel import gettext as _

from ...access import Permission, requires
from ...accounts.queries import names_of_actors
from ...cases.forms import ACT_LABELS, NUMBER_LABELS
from ...cases.models import Act, Case
from ...cases.queries import authors_of, get_case, list_acts
from ...court.queries import list_lines
from ...evidence.forms import KINDS
from ...evidence.queries import list_items
from ...history import lines_of
from ...ledger.queries import case_events
from ...people.forms import PARTS
from ...people.queries import list_parties
from ...people.rules import list_name
from .. import queries
from ..forms import case_words, event_lines
from .blueprint import blueprint, remember

LATEST_ACTS = 5


@blueprint.get("/cases/<string:public_id>")
@requires(Permission.READ_CASES)
def case(public_id: str) -> str:
    """The case's summary: what is known, where its lines stand, people, evidence and the latest acts."""
    found = get_case(g.session, g.viewer, public_id)
    remember(found)
    acts = _latest(list_acts(g.session, g.viewer, found))
    parties = list_parties(g.session, g.viewer, found)
    return render_template(
        "casefile/case.html",
        case=found,
        lines=list_lines(g.session, g.viewer, found),
        parties=parties,
        by_party={party.id: party for party in parties},
        parts=PARTS,
        items=list_items(g.session, g.viewer, found),
        kinds=KINDS,
        acts=acts,
        authors=authors_of(g.session, g.viewer, found),
        act_kinds=ACT_LABELS,
        number_kinds=NUMBER_LABELS,
    )


def _latest(acts: list[Act]) -> list[Act]:
    """The newest acts that no other one corrects."""
    corrected = {act.corrects for act in acts}
    return [act for act in acts if act.number not in corrected][:LATEST_ACTS]


@blueprint.get("/cases/<string:public_id>/history")
@requires(Permission.READ_CASES)
def history(public_id: str) -> str:
    """Everything that was done to the case, in words, newest first."""
    found = get_case(g.session, g.viewer, public_id)
    return render_template("casefile/history.html", case=found, entries=_entries(found))


def _entries(case: Case) -> list[dict[str, object]]:
    events = case_events(g.session, case.id)
    words = case_words(queries.code_names(g.session))
    names = names_of_actors(g.session, {event.actor for event, _payload in events})
    things = _things(case)
    return [
        {
            "title": words.actions.get(event.action, event.action),
            "at": event.recorded_at,
            "by": names.get(event.actor, _("The office")),
            "text": "\n".join([*things.get(event.subject, []), *event_lines(case, payload), *lines_of(payload, words)]),
        }
        for event, payload in events
    ]


def _things(case: Case) -> dict[str, list[str]]:
    """What people call the rows that events speak of, by the ledger's name of the row."""
    acts = {f"acts/{act.id}": [f"{act.number}. {ACT_LABELS[act.kind]}"] for act in list_acts(g.session, g.viewer, case)}
    people = {f"parties/{party.id}": [list_name(party.person)] for party in list_parties(g.session, g.viewer, case)}
    items = {f"evidence_items/{item.id}": [item.label] for item in list_items(g.session, g.viewer, case)}
    return acts | people | items
