"""One row of a source's table: what it brings, and what is doubtful about it. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from ...cases.rules import number_key
from .cells import Moment, code_of, fold
from .drafts import CaseDraft, Draft, EventDraft, LineDraft, Suspect, Taken
from .findings import LeftOut, Place, Problem
from .mapping import Check, EventRule, Opens, Table, fold_value
from .names import Name

if TYPE_CHECKING:
    from .tables import TablePlanner

LIMITS = {"number": 80, "unit": 200, "municipality": 160, "offence": 160, "suspect": 150}
DECIDED_BY = 120


class Decision(NamedTuple):
    """An event that the row means: its kind, the column that dates it, and when it happened."""

    rule: EventRule
    kind: str
    column: str
    moment: Moment


class Row:
    """One row being planned: `doubts` are said of it, and it is taken over all the same."""

    def __init__(self, planner: TablePlanner, table: Table, place: Place, texts: Mapping[str, str]) -> None:
        self.planner, self.table, self.place, self.texts = planner, table, place, texts
        self.doubts: list[tuple[str, Problem, dict[str, Any]]] = []
        self._moments: dict[str, Moment | None] = {}

    def plan(self) -> Taken:
        """What the row brings. Raises LeftOut when it cannot be taken; then it has left no trace."""
        for name in (self.table.key[0], self.table.line, self.table.case):
            if name and not self.texts[name]:
                raise LeftOut(name, Problem.EMPTY)
        key = self.planner.unseen(self.table, self.texts)
        decisions = [found for rule in self.table.events if (found := self._decide(rule)) is not None]
        made: list[Draft] = []
        line = self._opened(self.table.opens, made) if self.table.opens else self._found()
        for decision in decisions:
            rule = decision.rule
            if not rule.once or self.planner.first_of_its_day(line, decision.kind, decision.moment):
                made.append(self._event(decision, line, "".join(key)))
        self.planner.remember(key, self.place)
        for name in self.table.expected:
            if not self.texts[name]:
                self.doubt(name, Problem.EMPTY)
        for check in self.table.checks:
            self._check(check)
        return Taken(self.place, made)

    def doubt(self, column: str, problem: Problem, **detail: Any) -> None:
        said = (column, problem, detail)
        if said not in self.doubts:
            self.doubts.append(said)

    def _found(self) -> LineDraft:
        line = self.planner.line_of(self.texts[self.table.line])
        if line is None:
            raise LeftOut(self.table.line, Problem.NO_LINE, value=self.texts[self.table.line])
        number = self.texts[self.table.case]
        if fold(number) != fold(line.case.number):
            raise LeftOut(self.table.case, Problem.OTHER_CASE, value=number, other=line.case.number)
        return line

    def _opened(self, opens: Opens, made: list[Draft]) -> LineDraft:
        self._check_lengths(opens)
        reported = self.moment(opens.reported_at)
        if reported is None:
            raise LeftOut(opens.reported_at, Problem.NO_DATE)
        case = self._case(opens, reported, made)
        name = Name(opens.suspect_prefix + self.texts[opens.suspect], "", "")
        line = LineDraft(case, name, reported.at)
        made.extend((Suspect([line], name), line))
        self.planner.keep_line(self.texts[self.table.line], line)
        return line

    def _check_lengths(self, opens: Opens) -> None:
        for part in ("number", "unit", "municipality", "offence", "suspect"):
            column = getattr(opens, part)
            if len(self.texts[column]) > LIMITS[part]:
                raise LeftOut(column, Problem.TOO_LONG, limit=LIMITS[part])
        for column in (opens.number, opens.offence):
            if not fold(self.texts[column]):
                raise LeftOut(column, Problem.EMPTY)

    def _case(self, opens: Opens, reported: Moment, made: list[Draft]) -> CaseDraft:
        planner, number = self.planner, self.texts[opens.number]
        case = planner.case_numbered(number_key(number))
        if case is not None and case.jurisdiction != planner.law.code:
            raise LeftOut(opens.number, Problem.OTHER_LAW, value=number, other=case.jurisdiction)
        if case is not None:
            self._compare(opens, case, reported)
            return case
        city = planner.municipality(self.texts[opens.municipality])
        case = CaseDraft(
            number=number,
            key=number_key(number),
            jurisdiction=planner.law.code,
            unit=planner.unit(self.texts[opens.unit] or opens.unit_unknown, made),
            code=planner.code(self.texts[opens.offence], made),
            municipality=code_of(city) or None,
            municipality_name=city or None,
            occurred=self.moment(opens.occurred_at),
            reported=reported,
            place=self.place,
        )
        planner.keep_case(case)
        made.append(case)
        return case

    def _compare(self, opens: Opens, case: CaseDraft, reported: Moment) -> None:
        """Rows of one case should repeat its facts; the first one counts and the others are doubted."""
        city = self.planner.municipality(self.texts[opens.municipality])
        unit = self.texts[opens.unit] or opens.unit_unknown
        pairs = (
            (opens.unit, unit, case.unit.name, fold(unit) in (fold(case.unit.name), fold(case.unit.code))),
            (opens.municipality, city, case.municipality_name or "", fold(city) == fold(case.municipality_name or "")),
            (opens.offence, self.texts[opens.offence], case.code.label_en,
             fold(self.texts[opens.offence]) == fold(case.code.label_en)),
            (opens.reported_at, self.texts[opens.reported_at], str(case.reported and case.reported.day),
             case.reported is not None and case.reported.same(reported)),
        )  # fmt: skip
        for column, here, there, same in pairs:
            if not same:
                self.doubt(column, Problem.DISAGREES, here=here, there=there, line=case.place.line if case.place else 0)

    def moment(self, column: str) -> Moment | None:
        """The moment in a column: None, with a doubt, when it is not one or lies ahead; None when empty."""
        if column not in self._moments:
            self._moments[column] = self._read(column)
        return self._moments[column]

    def _read(self, column: str) -> Moment | None:
        text = self.texts[column]
        if not text:
            return None
        try:
            moment = self.planner.moment(self.table, text)
        except ValueError:
            self.doubt(column, Problem.DATE, value=text)
            return None
        if moment.at > self.planner.known.moment:
            self.doubt(column, Problem.FUTURE, value=text)
            return None
        return moment

    def _decide(self, rule: EventRule) -> Decision | None:
        kind = rule.event or self._kind(rule)
        column, moment = self._dated(rule)
        if kind and moment is not None:
            if column != rule.dates[0] and not rule.silent:
                self.doubt(rule.dates[0], Problem.DATED_BY, other=column, value=self.texts[column])
            return Decision(rule, kind, column, moment)
        if rule.optional:
            return None
        raise LeftOut(rule.dates[0] if kind else rule.value_of[0], Problem.NO_DATE if kind else Problem.EMPTY)

    def _event(self, decision: Decision, line: LineDraft, source_key: str) -> EventDraft:
        rule, law = decision.rule, self.planner.law.events[decision.kind]
        decided = self.texts[rule.decided_by][:DECIDED_BY] if rule.decided_by else ""
        return EventDraft(
            line=line,
            kind=decision.kind,
            occurred_at=decision.moment.at,
            rank=self.planner.rank(self.table, rule),
            source_key=source_key,
            decided_by=decided or (law.decides[0] if law.decides else ""),
            basis=law.basis,
            data=self._data(rule, decision.column),
        )

    def _data(self, rule: EventRule, dated_by: str) -> dict[str, Any]:
        data = {name: self.texts[column] for name, column in rule.data.items() if self.texts[column]}
        data["table"] = self.table.name
        if rule.value_of:
            data["column"] = rule.value_of[0]
        if dated_by != rule.dates[0]:
            data["dated_by"] = dated_by
            if self.texts[rule.dates[0]]:
                data["written"] = self.texts[rule.dates[0]]
        return data

    def _dated(self, rule: EventRule) -> tuple[str, Moment | None]:
        for column in rule.dates:
            moment = self.moment(column)
            if moment is not None:
                return column, moment
        return "", None

    def _kind(self, rule: EventRule) -> str:
        """The event that the row's values mean; empty when they are empty, or unknown and not needed."""
        values = [self.texts[column] for column in rule.value_of]
        if not values[0]:
            return rule.otherwise
        kind = self._lookup(rule, values)
        if not kind and not rule.otherwise:
            if not rule.optional:
                raise LeftOut(rule.value_of[0], Problem.UNKNOWN_VALUE, value=values[0])
            self.doubt(rule.value_of[0], Problem.UNKNOWN_VALUE, value=values[0])
        kind = kind or rule.otherwise
        if rule.unless_like and kind and kind == self._like(rule.unless_like):
            return ""
        return kind

    @staticmethod
    def _lookup(rule: EventRule, values: Sequence[str]) -> str:
        whole = fold_value(" | ".join(values))
        return rule.folded.get(whole) or rule.folded.get(fold_value(values[0])) or ""

    def _like(self, column: str) -> str:
        other = next(rule for rule in self.table.events if rule.value_of[:1] == (column,))
        return self._lookup(other, [self.texts[name] for name in other.value_of])

    def _check(self, check: Check) -> None:
        if check.number:
            self._check_number(check)
            return
        earlier, later = self.moment(check.earlier), self.moment(check.later)
        if earlier and later and later.before(earlier):
            self.doubt(check.later, Problem.EARLIER, value=self.texts[check.later], other=check.earlier,
                       than=self.texts[check.earlier])  # fmt: skip

    def _check_number(self, check: Check) -> None:
        text = self.texts[check.number]
        try:
            number = float(text or check.from_)
        except ValueError:
            self.doubt(check.number, Problem.NOT_A_NUMBER, value=text)
            return
        if not check.from_ <= number <= check.to:
            self.doubt(check.number, Problem.RANGE, value=text, low=check.from_, high=check.to)
