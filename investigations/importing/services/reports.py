"""The row report as a file: every finding, then for every source file how many rows became what."""

from __future__ import annotations

import csv
import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from flask_babel import lazy_gettext as _l

from ..rules.cells import formula_safe
from ..rules.findings import Done, RowReport
from .wording import done, said

HEADER = ("file", "line", "column", "problem", "done")


def write_report(report: RowReport, path: Path) -> None:
    """Write the report as CSV (UTF-8 with BOM, formula-safe), for the owner alone to read; it appears whole."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        writer.writerows([formula_safe(cell) for cell in row] for row in _lines(report))
    part.replace(path)


def _lines(report: RowReport) -> Iterator[tuple[str, ...]]:
    for finding in report.ordered():
        place = finding.place
        yield place.file, str(place.line), finding.column, said(finding), done(report.fate(place))
    for file, counts in report.done.items():
        yield file, "", "", str(_l("%(count)s rows read", count=report.rows(file))), summed_up(counts)


def summed_up(counts: Counter[Done]) -> str:
    """ "12 accepted, 3 left out" """
    return ", ".join(f"{counts[fate]} {done(fate)}" for fate in Done if counts[fate])
