"""From the rows of the plain format, one row an event, to drafts. Pure: what the office has is handed in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches

from ...cases.rules import number_key
from ...jurisdictions.rules import ANNULMENT, EventKind, Jurisdiction
from .cells import Moment, fold, tidy, tidy_lines
from .drafts import CaseDraft, Draft, EventDraft, Known, LineDraft, Plan, Suspect, Taken, TakenOver
from .facts import LIMITS, Facts, Terms
from .findings import Done, LeftOut, Place, Problem
from .mapping import PlainMapping
from .names import Name
from .repeats import Repeats


def event_names(law: Jurisdiction) -> dict[str, str]:
    """Every name under which an event may be written, folded: its code and its two labels."""
    names: dict[str, str] = {}
    for code, kind in law.events.items():
        for name in (kind.label.en, kind.label.es):
            names.setdefault(fold(name), code)
    names.update({fold(code): code for code in law.events})
    return names


@dataclass(slots=True, eq=False)
class Tracked:
    """A line that the file adds to: its new events with their rows, and where the line itself is made."""

    line: LineDraft
    events: list[tuple[EventDraft, Place]]
    made: list[Draft] | None


class PlainPlanner:
    """Plans an import of the plain format: `take` each row, then `finish`."""

    def __init__(self, mapping: PlainMapping, terms: Terms, known: Known, plan: Plan) -> None:
        self.mapping, self.law, self.known, self.plan = mapping, terms.law, known, plan
        plan.root_id = known.root_id
        self._facts = Facts(terms, known)
        self._names = event_names(terms.law)
        self._repeats = Repeats(mapping, two_surnames=terms.law.country != "US", present=known.present)
        self._cases: dict[str, CaseDraft] = {}
        self._tracked: dict[int, Tracked] = {}
        self._rank = 0

    def take(self, place: Place, cells: Sequence[str], columns: Mapping[str, int]) -> None:
        """Plan one row, or report why it stays out; a row that stays out leaves no trace."""
        report = self.plan.report
        try:
            taken = self._plan(place, self._texts(cells, columns))
        except LeftOut as out:
            report.settle(place, out.done)
            if out.done is not Done.PRESENT:
                report.find(place, out.column, out.problem, **out.detail)
            return
        report.settle(place, Done.ACCEPTED)
        self.plan.rows.append(taken)

    def _texts(self, cells: Sequence[str], columns: Mapping[str, int]) -> dict[str, str]:
        if len(cells) != len(columns):
            raise LeftOut("", Problem.WIDTH, have=len(cells), want=len(columns))
        texts: dict[str, str] = {}
        for name in self.mapping.columns:
            read = tidy_lines if name == "note" else tidy
            try:
                texts[name] = read(cells[columns[name]])
            except ValueError:
                raise LeftOut(name, Problem.CONTROL) from None
            if len(texts[name]) > LIMITS.get(name, len(texts[name])):
                raise LeftOut(name, Problem.TOO_LONG, limit=LIMITS[name])
        return texts

    def _plan(self, place: Place, texts: dict[str, str]) -> Taken:
        key = number_key(texts["case_number"])
        for column, there in (("case_number", key), ("event", texts["event"]), ("event_at", texts["event_at"])):
            if not there:
                raise LeftOut(column, Problem.EMPTY)
        kind, cause = self._kind(texts["event"])
        moment = self._facts.moment("event_at", texts["event_at"])
        assert moment is not None
        case = self._case_numbered(key)
        new = case is None
        case = case or self._facts.new_case(texts, place)
        source_key = self._repeats.key(texts, case, (kind.code, cause or "", moment.said))
        self._repeats.refuse(source_key, exactly=True)
        if not new:
            self._facts.check(case, texts)
        self._repeats.refuse(source_key)
        self._repeats.remember(source_key, place)
        made = self._keep_case(case)
        self._warn_case(place, texts, case, new=bool(made))
        line = self._line(case, texts, made)
        event = self._add(place, line, kind, moment, "".join(source_key), made)
        event.cause, event.note = cause, texts["note"]
        if kind.asks:  # the source office certified what a person here would have to confirm, one statement at a time
            event.data["certified_by_source"] = True
            self.plan.report.find(place, "event", Problem.CERTIFIED, value=texts["event"])
        self._warn_event(place, texts, case, kind if cause is None else None, moment)
        return Taken(place, made)

    def _kind(self, text: str) -> tuple[EventKind, str | None]:
        """The event that a cell names, and its cause where one stands behind it in brackets."""
        code = self._names.get(fold(text))
        bracketed = None if code else _WITH_CAUSE.fullmatch(text)
        if bracketed is not None:
            code = self._names.get(fold(bracketed["event"]))
        if code is None:
            near = get_close_matches(fold(text), self._names, n=3, cutoff=0.6)
            codes = list(dict.fromkeys(self._names[name] for name in near))
            raise LeftOut("event", Problem.UNKNOWN_EVENT, value=text, law=self.law.code, near=codes)
        kind = self.law.events[code]
        if code == ANNULMENT:
            raise LeftOut("event", Problem.UNPROVABLE, value=text)
        return kind, _cause(kind, bracketed["cause"]) if bracketed is not None else None

    def _case_numbered(self, key: str) -> CaseDraft | None:
        if key not in self._cases and key in self.known.cases:
            found = self.known.find_case(self.known.cases[key])
            if found is not None:
                self._cases[key] = found
        return self._cases.get(key)

    def _keep_case(self, case: CaseDraft) -> list[Draft]:
        """The case and what is new with it, to be made by this row; nothing when it was there before."""
        if case.key in self._cases:
            return []
        self._cases[case.key] = case
        made: list[Draft] = []
        if case.unit.id is None and fold(case.unit.name) not in self.known.units:
            self.known.units[fold(case.unit.name)] = case.unit
            made.append(case.unit)
        if case.code.id is None and case.code not in self.known.codes.get(fold(case.code.label_es), []):
            self.known.codes.setdefault(fold(case.code.label_es), []).append(case.code)
            made.append(case.code)
        return [*made, case]

    def _line(self, case: CaseDraft, texts: Mapping[str, str], made: list[Draft]) -> LineDraft:
        """The line that the row is about; opened, or given its suspect, where there is none such."""
        offence = self._facts.offence_of(case, texts["offence"])
        own = case.offence_id
        lines = [line for line in case.lines if (line.offence_id or own) == (offence or own)]
        waiting = [line for line in lines if line.suspect is None and line.party_id is None]
        name = self._repeats.suspect(texts["suspect"])
        if name is None:
            found = waiting or (lines if len(lines) == 1 else [])
            return found[0] if found else self._open(case, None, offence or None, made)
        same = [line for line in lines if line.suspect is not None and line.suspect.key == name.key]
        if same:
            return same[0]
        if waiting:
            return self._take_over(waiting[0], name, made)
        return self._open(case, name, offence or None, made)

    def _open(self, case: CaseDraft, name: Name | None, offence_id: int | None, made: list[Draft]) -> LineDraft:
        at = case.reported.at if case.reported else self.known.moment
        line = LineDraft(case, name, at, offence_id=offence_id)
        if name is not None:
            made.extend(self._suspect(line, name))
        made.append(line)
        case.lines.append(line)
        self._tracked[id(line)] = Tracked(line, [], made)
        return line

    def _suspect(self, line: LineDraft, name: Name) -> list[Draft]:
        """The person of a line: one of the case already, or a new one to be made."""
        line.suspect = name
        if name.key in line.case.parties:
            line.party_id = line.case.parties[name.key]
            return []
        if name.key in line.case.suspects:
            line.case.suspects[name.key].lines.append(line)
            return []
        suspect = line.case.suspects[name.key] = Suspect([line], name)
        return [suspect]

    def _take_over(self, line: LineDraft, name: Name, made: list[Draft]) -> LineDraft:
        """The line that stood without a person gets this one, as `court` does when a suspect is linked."""
        new = self._suspect(line, name)
        tracked = self._tracked.get(id(line))
        if tracked is not None and tracked.made is not None:
            tracked.made[tracked.made.index(line) : tracked.made.index(line)] = new
        else:
            made.extend([*new, TakenOver(line)])
        self._identified = line
        return line

    _identified: LineDraft | None = None

    def _add(
        self, place: Place, line: LineDraft, kind: EventKind, moment: Moment, source_key: str, made: list[Draft]
    ) -> EventDraft:
        if self._identified is line and kind.code != self.law.identified_event:
            identified = self.law.events[self.law.identified_event]
            made.append(self._event(place, line, identified, moment, source_key))
        self._identified = None
        event = self._event(place, line, kind, moment, source_key)
        made.append(event)
        return event

    def _event(self, place: Place, line: LineDraft, kind: EventKind, moment: Moment, source_key: str) -> EventDraft:
        self._rank += 1
        event = _draft(line, kind, moment.at, self._rank, source_key)
        self._tracked.setdefault(id(line), Tracked(line, [], None)).events.append((event, place))
        return event

    def _warn_case(self, place: Place, texts: Mapping[str, str], case: CaseDraft, *, new: bool) -> None:
        report = self.plan.report
        if not new:
            return
        if texts["municipality"] and case.municipality is None:
            report.find(place, "municipality", Problem.UNKNOWN_MUNICIPALITY, value=texts["municipality"])
        if case.occurred and case.reported and case.reported.before(case.occurred):
            report.find(place, "reported_at", Problem.EARLIER, value=texts["reported_at"], other="occurred_at",
                        than=texts["occurred_at"])  # fmt: skip

    def _warn_event(
        self, place: Place, texts: Mapping[str, str], case: CaseDraft, uncaused: EventKind | None, moment: Moment
    ) -> None:
        if uncaused is not None and uncaused.causes:
            self.plan.report.find(place, "event", Problem.NO_CAUSE, value=texts["event"])
        for other, known in (("occurred_at", case.occurred), ("reported_at", case.reported)):
            if known is not None and moment.before(known):
                self.plan.report.find(place, "event_at", Problem.LATE_REPORT, value=texts["event_at"], other=other,
                                      than=known.day.isoformat())  # fmt: skip
                return

    def finish(self) -> None:
        """Open the lines that no row opened, and warn of events outside the order that the jurisdiction foresees."""
        openers = {step.event for step in self.law.transitions if step.source is None}
        for tracked in self._tracked.values():
            if tracked.made is not None:
                self._open_first(tracked, openers)
            for place, why in _out_of_order(self.law, tracked):
                self.plan.report.find(place, "event", Problem.OUT_OF_ORDER, why=why)
        self.plan.report.mark_warned()

    def _open_first(self, tracked: Tracked, openers: Iterable[str]) -> None:
        line, events = tracked.line, [event for event, _place in tracked.events]
        opening = [event.occurred_at for event in events if event.kind in openers]
        if opening:
            line.opened_at = min(opening)
            return
        line.opened_at = min([line.opened_at, *(event.occurred_at for event in events)])
        kind = self.law.events[self.law.opening_event]
        assert tracked.made is not None
        event = _draft(line, kind, line.opened_at, 0, events[0].source_key)
        tracked.made.append(event)
        tracked.events.append((event, tracked.events[0][1]))


_WITH_CAUSE = re.compile(r"(?P<event>.*\S)\s*\((?P<cause>[^()]+)\)")


def _cause(kind: EventKind, text: str) -> str:
    """The cause of that code or name. Raises LeftOut for one that the event does not have."""
    for cause in kind.causes:
        if fold(text) in (fold(cause.code), fold(cause.label.es), fold(cause.label.en)):
            return cause.code
    raise LeftOut("event", Problem.UNKNOWN_CAUSE, value=text, near=[cause.code for cause in kind.causes] or ["-"])


def _draft(line: LineDraft, kind: EventKind, at: datetime, rank: int, source_key: str) -> EventDraft:
    decided_by = kind.decides[0] if kind.decides else ""
    return EventDraft(line, kind.code, at, rank, source_key, decided_by, kind.basis)


def _out_of_order(law: Jurisdiction, tracked: Tracked) -> Iterable[tuple[Place, object]]:
    """The new events that the jurisdiction does not foresee where they stand, with the reason."""
    steps: list[tuple[object, str, Place | None]] = [
        ((past.occurred_at, 0, past.number), past.kind, None) for past in tracked.line.past if past.kind != ANNULMENT
    ]
    steps += [((event.occurred_at, 1, event.rank), event.kind, place) for event, place in tracked.events]
    state: str | None = None
    for _when, kind, place in sorted(steps, key=lambda step: step[0]):  # type: ignore[arg-type, return-value]
        why = law.why_not(state, kind, tracked.line.suspect is not None or tracked.line.party_id is not None)
        if why is not None and place is not None:
            yield place, why
        state = law.target(state, kind)
