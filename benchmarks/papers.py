"""Reports and paper with the four tables loaded, beside plain SQL counting."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from pypdf import PdfReader

from .measuring import Bench, middle

PERIOD = "from=2019-01-01&to=2019-12-31"
COUNT = "SELECT code_id, count(*) FROM offence_statuses WHERE known_to IS NULL AND happened_to IS NULL GROUP BY code_id"


def run(bench: Bench) -> None:
    client = bench.client()
    for what, budget, query in (
        ("ucr by offence", "≤ 1 s", f"measure=ucr&by=offence&{PERIOD}"),
        ("cohort by unit", "≤ 2 s", f"measure=cohort&by=unit&{PERIOD}"),
    ):
        taken = bench.times(client, [f"/reports/clearance.json?{query}"] * 4)[1:]
        bench.line(
            what, budget, f"{middle(taken) / 1000:.2f} s", f"plain SQL count {bench.sql([COUNT] * 3):.0f} ms"
        )
    _pdf(bench)


def _pdf(bench: Bench) -> None:
    """A PDF of ten pages or a few more: four months by offence and month, as the command writes it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "report.pdf"
        start = time.perf_counter()
        bench.command(
            "report", "clearance", "--measure", "ucr", "--from", "2019-01-01", "--to", "2019-04-30",
            "--by", "offence,month", "--format", "pdf", "--out", str(path),
        )  # fmt: skip
        taken = time.perf_counter() - start
        pages = len(PdfReader(path).pages)
    bench.line("PDF of ten pages", "≤ 6 s", f"{taken:.1f} s", f"it has {pages} pages; the whole command")
