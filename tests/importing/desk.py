"""A desk for import tests: files in, outcomes out, and questions to the office afterwards."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from investigations.access import OFFICE
from investigations.cases.models import Case, CaseNumber
from investigations.cases.queries import visible_to
from investigations.court.models import Line, LineEvent, LineState
from investigations.db import Base
from investigations.importing.queries import get_batch
from investigations.importing.services import Outcome, import_plain, import_tables, undo_batch
from investigations.importing.services.mappings import plain_mapping, tables_mapping
from investigations.ledger.queries import standing, verify
from investigations.office import Office

EXTRACT = Path(__file__).resolve().parent.parent / "data" / "cook_county"
TABLES = ("intake", "initiation", "dispositions", "sentencing")
COLUMNS = plain_mapping().columns


def still(_name: str, _total: int | None) -> Any:
    """A progress bar that nobody sees."""
    return lambda count: None


def row(**cells: str) -> dict[str, str]:
    """A row of the plain format, complete unless told otherwise."""
    usual = {
        "case_number": "MOR/1/2025",
        "unit": "NORTE",
        "municipality": "Morelia",
        "offence": "Homicidio doloso, con arma de fuego",
        "occurred_at": "2025-03-05",
        "reported_at": "2025-03-06",
        "suspect": "",
        "event": "denuncia",
        "event_at": "2025-03-06",
        "note": "",
    }
    return {**usual, **cells}


def write_plain(path: Path, rows: Sequence[Mapping[str, str]], columns: Sequence[str] = COLUMNS) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns)
        writer.writeheader()
        writer.writerows(rows)
    return path


class Desk:
    """An office and its imports."""

    def __init__(self, office: Office, folder: Path) -> None:
        self.office, self.folder, self.count = office, folder, 0

    def plain(self, *rows: Mapping[str, str], path: Path | None = None, **options: Any) -> Outcome:
        """Import rows (or a file) of the plain format."""
        self.count += 1
        file = path or write_plain(self.folder / f"plain-{self.count}.csv", rows)
        asked = {"jurisdiction": None, "create_missing": False, "dry_run": False, **options}
        return import_plain(
            self.office.database,
            OFFICE,
            plain_mapping(),
            [file],
            zone=ZoneInfo("America/Mexico_City"),
            preferred="mx_cnpp",
            folder=self.office.settings.imports_dir,
            **{"bars": still, **asked},
        )

    def cook_county(self, *paths: Path, dry_run: bool = False) -> Outcome:
        return import_tables(
            self.office.database,
            OFFICE,
            tables_mapping("cook_county"),
            paths or [EXTRACT / f"{name}.csv.xz" for name in TABLES],
            folder=self.office.settings.imports_dir,
            dry_run=dry_run,
            bars=still,
        )

    def undo(self, outcome: Outcome, reason: str = "brought by mistake") -> Any:
        assert outcome.batch
        with self.office.database.transaction() as session:
            return undo_batch(session, OFFICE, get_batch(session, outcome.batch), reason=reason)

    def problems(self, outcome: Outcome) -> list[tuple[int, str, str, str]]:
        """Line, column, problem code and fate of everything that was said of the rows."""
        report = outcome.report
        return [
            (finding.place.line, finding.column, str(finding.problem), report.fate(finding.place).name)
            for finding in report.ordered()
        ]

    def report_rows(self, outcome: Outcome) -> list[dict[str, str]]:
        with outcome.report_path.open(encoding="utf-8-sig", newline="") as file:
            return list(csv.DictReader(file))

    def digest(self, *, without: Sequence[str] = ()) -> str:
        """A hash of every row of every table."""
        found = hashlib.sha256()
        with self.office.database.reading() as session:
            for table in Base.metadata.sorted_tables:
                if table.name not in without:
                    for values in session.execute(select(table).order_by(*table.primary_key.columns)):
                        found.update(repr((table.name, tuple(values))).encode())
        return found.hexdigest()

    def verified(self) -> list[Any]:
        with self.office.database.reading() as session:
            return list(verify(session).problems)

    def events(self, number: str) -> list[tuple[int, str, str, str | None]]:
        """The standing events of a case: line, kind, UTC instant, in order of line and number."""
        statement = (
            select(Line.id, LineEvent.kind, LineEvent.occurred_at, LineEvent.note)
            .join(Line, Line.id == LineEvent.line_id)
            .join(Case, Case.id == Line.case_id)
            .join(CaseNumber, CaseNumber.case_id == Case.id)
            .where(CaseNumber.value == number, visible_to(OFFICE), standing(LineEvent.batch_id))
            .order_by(Line.id, LineEvent.number)
        )
        with self.office.database.reading() as session:
            return [(line, kind, at.isoformat(), note) for line, kind, at, note in session.execute(statement)]

    def kinds(self, number: str) -> list[str]:
        return [kind for _line, kind, _at, _note in self.events(number)]

    def states(self) -> dict[str, int]:
        with self.office.database.reading() as session:
            rows = session.execute(select(LineState.state, func.count().label("lines")).group_by(LineState.state))
            return {row.state: row.lines for row in rows}

    def found(self, text: str) -> int:
        """How many documents the office finds."""
        from investigations.indexing.queries import find

        self.office.drainer.finish()
        with self.office.database.reading() as session:
            return find(session, self.office.index, OFFICE, text).total
