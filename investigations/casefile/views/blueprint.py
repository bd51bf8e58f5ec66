"""The casefile's blueprint, and what this feature hands to the pages of those below it.

`suspects_of` gives the court pages the names they show, `party_in_use` tells the people pages whether a line pursues
somebody, `case_frame` gives every page of a case its head.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, g
from flask import session as browser
from flask.blueprints import BlueprintSetupState

from ...access import Viewer
from ...cases.forms import CONFIDENTIALITY_LABELS
from ...cases.models import Case, Confidentiality
from ...court.queries import is_party_in_use
from ...court.rules import Suspect
from ...court.views import SUSPECTS_OF
from ...people.models import Part, Party
from ...people.queries import list_parties
from ...people.rules import list_name
from .. import queries
from ..rules import remembered

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

blueprint = Blueprint("casefile", __name__)
SEEN = "seen"


def suspects_of(session: Session, viewer: Viewer, case: Case) -> list[Suspect]:
    """The suspects of a case with their names, for the court pages, which know no people."""
    parties = list_parties(session, viewer, case, Part.SUSPECT)
    return [Suspect(party, party.public_id, list_name(party.person)) for party in parties]


def party_in_use(session: Session, party: Party) -> bool:
    """Whether a line pursues this person, for the people pages, which know no court."""
    return is_party_in_use(session, party.id)


@blueprint.record_once
def _hand_in(state: BlueprintSetupState) -> None:
    state.app.extensions[SUSPECTS_OF] = suspects_of
    state.app.extensions["party_in_use"] = party_in_use
    state.app.jinja_env.globals.update(case_frame=_case_frame, confidentiality_words=_confidentiality)


def _case_frame(case: Case) -> queries.Frame:
    """The head of a case's pages, read when a template asks for it."""
    return queries.case_frame(g.session, g.viewer, case)


def _confidentiality(level: str) -> str:
    return str(CONFIDENTIALITY_LABELS[Confidentiality(level)])


def remember(case: Case) -> None:
    """Put a case in front of those looked at last. The browser keeps ids that say nothing, until the next sign-in."""
    browser[SEEN] = remembered(recently_seen(), case.public_id)


def recently_seen() -> list[str]:
    """The public ids of the cases looked at last in this browser, newest first. Load them through sight."""
    return [str(public_id) for public_id in browser.get(SEEN, [])]
