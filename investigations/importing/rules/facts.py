"""What a row of the plain format says of its case, and whether it agrees with what is known. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from zoneinfo import ZoneInfo

from ...cases.rules import number_key
from ...jurisdictions.rules import Jurisdiction
from .cells import Moment, code_of, fold, read_moment
from .drafts import CaseDraft, Code, Known, Unit
from .findings import LeftOut, Place, Problem

LOCAL_SCHEME = "local"
LIMITS = {"case_number": 80, "unit": 200, "municipality": 160, "offence": 160, "suspect": 120}

FindMunicipality = Callable[[str], tuple[str, str] | None]
"""A municipality's code and name out of either; None when there is no such one."""


@dataclass(frozen=True)
class Terms:
    """How the cells of a file are understood."""

    law: Jurisdiction
    zone: ZoneInfo
    create_missing: bool
    find_municipality: FindMunicipality | None

    @property
    def day_first(self) -> bool:
        """07/03/2025 is the seventh of March, but the third of July in the United States."""
        return self.law.country != "US"


class Facts:
    """Reads the cells about a case. Every method raises LeftOut for a cell that cannot be taken."""

    def __init__(self, terms: Terms, known: Known) -> None:
        self.terms, self.known = terms, known

    def moment(self, column: str, text: str) -> Moment | None:
        """The moment of a cell, not in the future; None when it is empty."""
        if not text:
            return None
        try:
            moment = read_moment(text, self.terms.zone, self.terms.day_first)
        except ValueError:
            raise LeftOut(column, Problem.DATE, value=text) from None
        if moment.at > self.known.moment:
            raise LeftOut(column, Problem.FUTURE, value=text)
        return moment

    def new_case(self, texts: Mapping[str, str], place: Place) -> CaseDraft:
        """The case that its first row describes."""
        for column in ("unit", "offence", "reported_at"):
            if not texts[column]:
                raise LeftOut(column, Problem.EMPTY)
        occurred = self.moment("occurred_at", texts["occurred_at"])
        reported = self.moment("reported_at", texts["reported_at"])
        code, name = self.municipality(texts["municipality"])
        day = (occurred or reported or Moment(self.known.moment, self.known.moment.date(), True)).day
        return CaseDraft(
            number=texts["case_number"],
            key=number_key(texts["case_number"]),
            jurisdiction=self.terms.law.code,
            unit=self._unit(texts["unit"]),
            code=self._offence(texts["offence"], day),
            municipality=code,
            municipality_name=name,
            occurred=occurred,
            reported=reported,
            place=place,
        )

    def _unit(self, text: str) -> Unit:
        unit = self.known.units.get(fold(text))
        if unit is None and not (self.terms.create_missing and code_of(text)):
            raise LeftOut("unit", Problem.UNKNOWN_UNIT, value=text)
        return unit or Unit(code_of(text), text)

    def _offence(self, text: str, day: object) -> Code:
        fitting = self._fitting(text, day)
        if len(fitting) == 1:
            return fitting[0]
        if fitting:
            raise LeftOut("offence", Problem.AMBIGUOUS, value=text, near=[code.code for code in fitting])
        if not (self.terms.create_missing and code_of(text)):
            near = get_close_matches(fold(text), self.known.codes, n=2, cutoff=0.75)
            names = [code.code for name in near for code in self.known.codes[name][:1]]
            raise LeftOut("offence", Problem.UNKNOWN_OFFENCE, value=text, near=names)
        return Code(LOCAL_SCHEME, code_of(text, 160), text, text)

    def _fitting(self, text: str, day: object) -> list[Code]:
        """The catalogue's entries of that code or name: those valid that day, then those that are recorded first."""
        found = [code for code in self.known.codes.get(fold(text), ()) if self._in_use(code)]
        exact = [code for code in found if code.code.casefold() == text.casefold()]
        choices: tuple[Callable[[Code], bool], ...] = (
            lambda code: code in exact,
            lambda code: code.valid_on(day),  # type: ignore[arg-type]
            lambda code: code.selectable,
        )
        for keep in choices:
            found = [code for code in found if keep(code)] or found
        return found

    def _in_use(self, code: Code) -> bool:
        schemes = self.terms.law.offence_schemes
        return not schemes or code.scheme in schemes or code.scheme == LOCAL_SCHEME

    def municipality(self, text: str) -> tuple[str | None, str | None]:
        """Code and name: by the jurisdiction's list; where it has none, a code made of the name."""
        if not text:
            return None, None
        if self.terms.find_municipality is None:
            return code_of(text) or None, text
        return self.terms.find_municipality(text) or (None, text)

    def check(self, case: CaseDraft, texts: Mapping[str, str]) -> None:
        """Raises LeftOut when a cell about the case says something else than is known of it; empty cells say nothing."""
        if case.jurisdiction != self.terms.law.code:
            raise LeftOut("case_number", Problem.OTHER_LAW, value=case.number, other=case.jurisdiction)
        code, name = self.municipality(texts["municipality"])
        known_place = case.municipality or case.municipality_name or ""
        self._agree("unit", texts, case, case.unit.name, fold(texts["unit"]) in (fold(case.unit.code), fold(case.unit.name)))
        self._agree("offence", texts, case, case.code.label_es, self.offence_of(case, texts["offence"]) is not False)
        self._agree("municipality", texts, case, case.municipality_name or "", fold(code or name or "") == fold(known_place))
        self._agree_moment("occurred_at", texts, case, case.occurred)
        self._agree_moment("reported_at", texts, case, case.reported)

    def offence_of(self, case: CaseDraft, text: str) -> int | bool | None:
        """The offence of a standing case that the cell names (None: the case's own, or a new case's); False: none."""
        if not text:
            return None
        named = [code for code in self.known.codes.get(fold(text), ()) if code.id in case.offences]
        if named and named[0].id is not None:
            return case.offences[named[0].id]
        own = case.code
        return None if fold(text) in (fold(own.code), fold(own.label_es), fold(own.label_en)) else False

    def _agree_moment(self, column: str, texts: Mapping[str, str], case: CaseDraft, known: Moment | None) -> None:
        here = self.moment(column, texts[column])
        there = "" if known is None else known.day.isoformat() if known.day_only else _local(known, self.terms.zone)
        self._agree(column, texts, case, there, here is None or (known is not None and known.same(here)))

    def _agree(self, column: str, texts: Mapping[str, str], case: CaseDraft, there: str, same: bool) -> None:
        if texts[column] and not same:
            line = case.place.line if case.place else 0
            raise LeftOut(column, Problem.DISAGREES, here=texts[column], there=there, line=line)


def _local(moment: Moment, zone: ZoneInfo) -> str:
    return moment.at.astimezone(zone).isoformat(timespec="minutes")
