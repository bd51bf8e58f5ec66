"""One import from its files to its batch: everything is read, checked and prepared before anything is written."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from zoneinfo import ZoneInfo

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from ...access import Viewer
from ...db import Database, Refusal, now
from ...jurisdictions.queries import (
    find_municipality,
    get_jurisdiction,
    guess_jurisdiction,
    jurisdiction_codes,
)
from ...ledger.models import Batch
from ...ledger.queries import head
from ...ledger.services import record, record_many
from ..queries.known import Release, know
from ..rules import ImportAction
from ..rules.cells import fold
from ..rules.drafts import Plan
from ..rules.facts import Terms
from ..rules.findings import Done, Place, RowReport
from ..rules.mapping import PlainMapping, Table, TableMapping
from ..rules.plain import PlainPlanner, event_names
from ..rules.tables import TablePlanner
from .reports import write_report
from .sources import Source, open_sources
from .writing import write_rows

Advance = Callable[[int], None]
Bars = Callable[[str, int | None], Advance]
"""Starts a progress bar with a name and, where known, a total; gives what moves it on."""

STEP = 500


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an import did. `batch` is empty after a dry run and when there was nothing new."""

    report: RowReport
    report_path: Path
    batch: str | None
    written: dict[str, int] = field(default_factory=dict)


class Job(ABC):
    """What is imported, and how its rows are planned."""

    code: str
    sources: list[Source]

    @abstractmethod
    def plan(self, session: Session, bars: Bars, release: Release) -> Plan:
        """Plan every row against what the office has now (`release`: see `know`)."""


class TablesJob(Job):
    """The files of a source of several tables, told apart by their columns, in whatever order they come."""

    def __init__(self, mapping: TableMapping, paths: Sequence[Path]) -> None:
        self.code, self.mapping, self.sources = mapping.code, mapping, open_sources(paths)
        self._tables = [(self._table_of(source), source) for source in self.sources]
        self._tables.sort(key=lambda pair: mapping.tables.index(pair[0]))

    def _table_of(self, source: Source) -> Table:
        table = self.mapping.recognise(source.columns)
        if table is None:
            names = ", ".join(table.name for table in self.mapping.tables)
            raise Refusal(
                _l("%(file)s: its columns belong to none of these tables: %(names)s. Nothing was changed.",
                   file=source.name, names=names)
            )  # fmt: skip
        source.require(table.columns)
        return table

    def plan(self, session: Session, bars: Bars, release: Release) -> Plan:
        """See `Job.plan`."""
        plan = _plan_for(self.sources)
        known = know(session, self.code, self.mapping.zone, release)
        planner = TablePlanner(self.mapping, get_jurisdiction(self.mapping.jurisdiction), known, plan)
        for table, source in self._tables:
            columns = source.places()
            for place, cells in _rows(source, bars):
                planner.take(table, place, cells, columns)
        planner.finish()
        return plan


class PlainJob(Job):
    """Files of the plain format, one row an event."""

    def __init__(
        self,
        mapping: PlainMapping,
        paths: Sequence[Path],
        *,
        zone: ZoneInfo,
        preferred: str,
        jurisdiction: str | None,
        create_missing: bool,
    ) -> None:
        self.code, self.mapping, self.sources = mapping.code, mapping, open_sources(paths)
        for source in self.sources:
            source.require(mapping.columns)
        law = get_jurisdiction(jurisdiction or self._guess(preferred))
        municipality = _mexican_municipality if law.country == "MX" else None
        self.terms = Terms(law, zone, create_missing, municipality)

    def _guess(self, preferred: str) -> str:
        """The jurisdiction that knows most of the events named in the files; in doubt the office's own."""
        names = {code: event_names(get_jurisdiction(code)) for code in jurisdiction_codes()}
        codes: set[str] = set()
        for source in self.sources:
            place = source.places()["event"]
            folded = {fold(cells[place]) for _line, cells in source.rows() if len(cells) > place}
            codes.update(known[name] for known in names.values() for name in folded & known.keys())
        return guess_jurisdiction(codes, preferred)

    def plan(self, session: Session, bars: Bars, release: Release) -> Plan:
        """See `Job.plan`."""
        plan = _plan_for(self.sources)
        known = know(session, self.code, self.terms.zone, release)
        planner = PlainPlanner(self.mapping, self.terms, known, plan)
        for source in self.sources:
            columns = source.places()
            for place, cells in _rows(source, bars):
                planner.take(place, cells, columns)
        planner.finish()
        return plan


def _mexican_municipality(text: str) -> tuple[str, str] | None:
    found = find_municipality(text)
    return (found.code, found.name) if found else None


def _rows(source: Source, bars: Bars) -> Iterator[tuple[Place, list[str]]]:
    """The rows of a file with their places, the progress bar moving along."""
    advance, count = bars(source.name, None), 0
    for count, (line, cells) in enumerate(source.rows(), start=1):
        yield Place(source.name, line), cells
        if count % STEP == 0:
            advance(STEP)
    advance(count % STEP)


def _plan_for(sources: Sequence[Source]) -> Plan:
    plan = Plan()
    for source in sources:
        plan.report.open_file(source.name)
    return plan


def import_tables(
    database: Database, actor: Viewer, mapping: TableMapping, paths: Sequence[Path], *, folder: Path, dry_run: bool, bars: Bars
) -> Outcome:
    """Import the files of a source of several tables. Reports go to `folder`.

    Raises Refusal for a file that cannot be read or is none of the source's; then nothing has changed.
    """
    return _import(database, actor, TablesJob(mapping, paths), folder, dry_run, bars)


def import_plain(
    database: Database,
    actor: Viewer,
    mapping: PlainMapping,
    paths: Sequence[Path],
    *,
    zone: ZoneInfo,
    preferred: str,
    jurisdiction: str | None,
    create_missing: bool,
    folder: Path,
    dry_run: bool,
    bars: Bars,
) -> Outcome:
    """Import files of the plain format: times without offset are of `zone`; `preferred` is the office's jurisdiction.

    Raises Refusal as `import_tables`.
    """
    job = PlainJob(
        mapping, paths, zone=zone, preferred=preferred, jurisdiction=jurisdiction, create_missing=create_missing
    )
    return _import(database, actor, job, folder, dry_run, bars)


def _import(database: Database, actor: Viewer, job: Job, folder: Path, dry_run: bool, bars: Bars) -> Outcome:
    with database.reading() as session:
        size = head(session).size
        plan = job.plan(session, bars, session.rollback)
    if dry_run or not plan.rows:
        kind = "dry-run" if dry_run else "nothing-new"
        unwritten = folder / f"{job.code}-{kind}-{now():%Y%m%dT%H%M%S%f}.csv"
        write_report(plan.report, unwritten)
        return Outcome(plan.report, unwritten, None)
    path: Path | None = None
    try:
        with database.transaction() as session:
            if record_many(session, actor, []) != size:  # somebody wrote since: now nobody else can
                plan = job.plan(session, bars, lambda: None)
            batch = _open_batch(session, actor, job)
            path = folder / f"{batch.public_id}.csv"
            write_report(plan.report, path)
            return _write(session, actor, batch, plan, path, bars)
    except BaseException:
        if path is not None:
            path.unlink(missing_ok=True)
        raise


def _open_batch(session: Session, actor: Viewer, job: Job) -> Batch:
    files = [{"name": source.name, "sha256": source.sha256} for source in job.sources]
    batch = Batch(mapping=job.code, files=files, counts={}, actor=actor.public_id, started_at=now())
    session.add(batch)
    session.flush()
    return batch


def _write(session: Session, actor: Viewer, batch: Batch, plan: Plan, path: Path, bars: Bars) -> Outcome:
    written = write_rows(session, actor, batch, plan, bars(str(_l("writing")), len(plan.rows)))
    total = plan.report.total()
    batch.counts = {
        "rows": sum(total.values()),
        **{fate.name.lower(): total[fate] for fate in Done},
        "tables": written,
    }
    batch.active_at = now()
    record(session, actor, ImportAction.FINISHED, batch, payload={"counts": batch.counts, "files": batch.files})
    return Outcome(plan.report, path, batch.public_id, written)
