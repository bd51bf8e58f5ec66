"""From the rows of a source's tables to drafts. Pure: what the office has is handed in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from ...jurisdictions.rules import Jurisdiction
from .cells import Moment, code_of, fold, read_moment, tidy
from .drafts import CaseDraft, Code, Draft, Known, LineDraft, Plan, Unit, row_key
from .findings import Done, LeftOut, Place, Problem
from .mapping import EventRule, Table, TableMapping
from .rows import Row


class TablePlanner:
    """Plans an import table by table, in the mapping's order of tables."""

    def __init__(self, mapping: TableMapping, law: Jurisdiction, known: Known, plan: Plan) -> None:
        self.mapping, self.law, self.known, self.plan = mapping, law, known, plan
        plan.root_id = known.root_id
        self._zone = mapping.zone
        self._seen: dict[str, tuple[str, Place]] = {}
        self._cases: dict[str, CaseDraft] = {}
        self._lines: dict[str, LineDraft | None] = {}
        self._once: dict[int, set[tuple[str, datetime]]] = {}
        self._places = {fold(short): name for short, name in mapping.places.items()}
        self._offences = {fold(name): spanish for name, spanish in mapping.offences.items()}

    def take(self, table: Table, place: Place, cells: Sequence[str], columns: Mapping[str, int]) -> None:
        """Plan one row, or report why it stays out."""
        report = self.plan.report
        try:
            row = Row(self, table, place, _texts(table, cells, columns))
            self.plan.rows.append(row.plan())
        except LeftOut as out:
            report.settle(place, out.done)
            if out.done is not Done.PRESENT:
                report.find(place, out.column, out.problem, **out.detail)
            return
        report.settle(place, Done.ACCEPTED)
        for column, problem, detail in row.doubts:
            report.find(place, column, problem, **detail)

    def finish(self) -> None:
        """All rows are planned."""
        self.plan.report.mark_warned()

    def unseen(self, table: Table, texts: Mapping[str, str]) -> tuple[str, str]:
        """The key of a row that is neither in the files already read nor in the office. Raises LeftOut."""
        named, said = row_key(self.mapping.code, table.name, [texts[name] for name in table.key], texts.values())
        if named in self._seen:
            before, where = self._seen[named]
            if before == said:
                raise LeftOut("", Problem.DUPLICATE, Done.DUPLICATE, line=where.line, file=where.file)
            raise LeftOut(table.key[-1], Problem.SAME_KEY, line=where.line, file=where.file)
        if named in self.known.present:
            if self.known.present[named][0] == said:
                raise LeftOut("", Problem.DUPLICATE, Done.PRESENT)
            raise LeftOut(table.key[-1], Problem.CHANGED)
        return named, said

    def remember(self, key: tuple[str, str], place: Place) -> None:
        """The row is taken: the same row again is a duplicate of it."""
        self._seen[key[0]] = (key[1], place)

    def line_of(self, key: str) -> LineDraft | None:
        """The line of a participant: of a row of these files, or of a standing import."""
        if key not in self._lines:
            opening = next(table for table in self.mapping.tables if table.opens)
            named, _said = row_key(self.mapping.code, opening.name, [key], [])
            found = self.known.present.get(named)
            self._lines[key] = self.known.find_line(found[1]) if found else None
        return self._lines[key]

    def keep_line(self, key: str, line: LineDraft) -> None:
        self._lines[key] = line

    def case_numbered(self, key: str) -> CaseDraft | None:
        """The case of that number: of these files, or standing in the office."""
        if key not in self._cases and key in self.known.cases:
            found = self.known.find_case(self.known.cases[key])
            if found is not None:
                self._cases[key] = found
        return self._cases.get(key)

    def keep_case(self, case: CaseDraft) -> None:
        self._cases[case.key] = case

    def unit(self, name: str, made: list[Draft]) -> Unit:
        """The unit of that name or code; new ones are made under the office's root."""
        code = code_of(name)
        unit = self.known.units.get(fold(name)) or self.known.units.get(fold(code))
        if unit is None:
            unit = self.known.units[fold(name)] = Unit(code, name)
            made.append(unit)
        return unit

    def code(self, name: str, made: list[Draft]) -> Code:
        """The entry of the source's own catalogue for that category; new ones are made."""
        scheme = self.mapping.scheme
        code = next((code for code in self.known.codes.get(fold(name), ()) if code.scheme == scheme), None)
        if code is None:
            code = Code(scheme, code_of(name, 160), self._offences.get(fold(name), name), name)
            self.known.codes.setdefault(fold(name), []).append(code)
            made.append(code)
        return code

    def municipality(self, name: str) -> str:
        return self._places.get(fold(name), name)

    def moment(self, table: Table, text: str) -> Moment:
        return read_moment(text, self._zone, False, table.clock_hours)

    def first_of_its_day(self, line: LineDraft, kind: str, moment: Moment) -> bool:
        """True once for each kind and instant of a line, past events counted."""
        before = self._once.get(id(line))
        if before is None:
            before = self._once[id(line)] = {(event.kind, event.occurred_at) for event in line.past}
        if (kind, moment.at) in before:
            return False
        before.add((kind, moment.at))
        return True

    def rank(self, table: Table, rule: EventRule) -> int:
        return self.mapping.tables.index(table) * 100 + table.events.index(rule)


def _texts(table: Table, cells: Sequence[str], columns: Mapping[str, int]) -> dict[str, str]:
    """The cells that the mapping reads, tidy. Raises LeftOut."""
    if len(cells) != len(columns):
        raise LeftOut("", Problem.WIDTH, have=len(cells), want=len(columns))
    texts: dict[str, str] = {}
    for name in table.columns:
        try:
            texts[name] = tidy(cells[columns[name]])
        except ValueError:
            raise LeftOut(name, Problem.CONTROL) from None
    return texts
