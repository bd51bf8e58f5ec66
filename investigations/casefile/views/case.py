"""A case as one page, and its history."""

from __future__ import annotations

from flask import g, render_template

from ...access import Permission, requires
from ...accounts.queries import names_of_actors
from ...cases.forms import ACT_LABELS, NUMBER_LABELS
from ...cases.models import Case
from ...cases.queries import authors_of, get_case, list_acts
from ...court.queries import list_lines
from ...evidence.forms import KINDS
from ...evidence.queries import list_items
from ...history import lines_of
from ...ledger.queries import case_events
from ...people.forms import PARTS
from ...people.queries import list_parties
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
    acts = list_acts(g.session, g.viewer, found)[:LATEST_ACTS]
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
    return [
        {
            "title": words.actions.get(event.action, event.action),
            "at": event.recorded_at,
            "by": names.get(event.actor, ""),
            "text": "\n".join([*event_lines(case, payload), *lines_of(payload, words)]),
        }
        for event, payload in events
    ]
