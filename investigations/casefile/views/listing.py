"""The list of cases: filters in the address, chips that take one away, 25 a page."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from flask import current_app, g, render_template, request, url_for

from ...access import Permission, requires
from ...cases.forms import offered_municipalities
from ...cases.queries import list_units
from ...jurisdictions.queries import get_jurisdiction
from .. import queries
from ..forms import FilterForm
from ..rules import last_page
from .blueprint import blueprint


@dataclass(frozen=True, slots=True)
class Pages:
    """Where the reader is in the list."""

    number: int
    total: int

    @property
    def pages(self) -> int:
        return last_page(self.total)

    def url_for_page(self, number: int) -> str:
        return _address(page=str(number) if number > 1 else None)


@blueprint.get("/cases/")
@requires(Permission.READ_CASES)
def cases() -> str:
    """The cases the viewer sees, the last reported first."""
    home = current_app.extensions["settings"].jurisdiction
    form = FilterForm(request.args)
    laws = queries.jurisdictions_in_use(g.session, g.viewer, home)
    form.offer(list_units(g.session, g.viewer), queries.list_offence_groups(g.session), laws)
    form.validate()
    filters = form.filters()
    total = queries.count_cases(g.session, g.viewer, filters)
    page = min(max(1, request.args.get("page", 1, type=int)), last_page(total))
    return render_template(
        "casefile/cases.html",
        form=form,
        rows=queries.find_cases(g.session, g.viewer, filters, page),
        pages=Pages(page, total),
        chips=[{"text": text, "href": _address(**dict.fromkeys((*names, "page")))} for text, names in form.chips()],
        municipalities=offered_municipalities(get_jurisdiction(home).country),
    )


def _address(**changed: str | None) -> str:
    """This list's address with some names changed (None: taken away); empty ones are left out."""
    kept = {name: value for name, value in request.args.items() if value} | changed
    wanted = {name: value for name, value in kept.items() if value is not None}
    return f"{url_for('casefile.cases')}?{urlencode(wanted)}" if wanted else url_for("casefile.cases")
