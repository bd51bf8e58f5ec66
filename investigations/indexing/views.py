"""The search box: one page that finds cases, people, evidence and acts."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, current_app, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from search import IndexUnavailable

from ..access import Permission, requires
from ..cases.queries import cases_numbered
from .queries import find
from .rules import Answer, Found, Kind

blueprint = Blueprint("indexing", __name__)
SIZE = 25


@dataclass(frozen=True, slots=True)
class Pages:
    """Where the reader is among the pages of one kind."""

    number: int
    total: int
    text: str
    kind: Kind

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // SIZE))

    def url_for_page(self, number: int) -> str:
        return url_for("indexing.search", q=self.text, kind=self.kind, page=number)


@blueprint.get("/search")
@requires(Permission.SEARCH)
def search() -> str | Response:
    """Everything that has the words, grouped by kind. An exact case number opens its case."""
    text = request.args.get("q", "").strip()[:400]
    wanted = request.args.get("kind", "")
    kind = Kind(wanted) if wanted in list(Kind) else None
    numbered = cases_numbered(g.session, g.viewer, text) if kind is None else []
    if len(numbered) == 1:
        return redirect(url_for("casefile.case", public_id=numbered[0].public_id))
    number = min(max(1, request.args.get("page", 1, type=int)), 40)
    answer = _answer(text, kind, number)
    pages = Pages(number, answer.total, text, kind) if kind else None
    return render_template("indexing/search.html", text=text, answer=answer, kind=kind, pages=pages, hit_url=hit_url)


def _answer(text: str, kind: Kind | None, page: int) -> Answer:
    """The answer, or an empty one that says why when the index cannot be read."""
    try:
        index = current_app.extensions["index"]
        return find(g.session, index, g.viewer, text, kind, limit=SIZE, offset=(page - 1) * SIZE, sample=True)
    except IndexUnavailable:
        return Answer(0, [], ["unavailable"])


def hit_url(hit: Found) -> str:
    """The page on which a hit is read."""
    case_id = hit.case_public_id
    match hit.kind:
        case Kind.CASE:
            return url_for("casefile.case", public_id=case_id)
        case Kind.PERSON:
            return url_for("people.party", public_id=case_id, party_id=hit.public_id)
        case Kind.EVIDENCE:
            return url_for("evidence.item", public_id=case_id, item_id=hit.public_id)
        case Kind.ACT:
            return url_for("cases.acts", public_id=case_id, _anchor=f"act-{hit.public_id}")
