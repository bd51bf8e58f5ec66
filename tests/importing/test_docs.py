"""docs/importing.md says what is true: every event of every jurisdiction, and an example that does what it says."""

from __future__ import annotations

import csv
import io
import re

from investigations.importing.rules.findings import Done
from investigations.jurisdictions.queries import get_jurisdiction, jurisdiction_codes
from tests.importing.desk import COLUMNS, Desk
from tests.importing.event_tables import DOCUMENT, rendered, table


def test_every_event_is_listed_with_what_it_counts_as() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    assert rendered(text) == text, "run python -m tests.importing.event_tables"
    for code in jurisdiction_codes():
        law = get_jurisdiction(code)
        listed = dict(re.findall(r"^\| `(\w+)` \|.*\| ([^|]*) \|$", table(law), re.M))
        assert listed.keys() == law.events.keys()
        clearing = {name for name, kind in law.events.items() if kind.outcome and kind.outcome.clears}
        assert {name for name, counts in listed.items() if "cleared**" in counts} == clearing
        unfounded = {name for name, kind in law.events.items() if kind.outcome == "unfounded"}
        assert {name for name, counts in listed.items() if "unfounded" in counts} == unfounded


def blocks() -> list[str]:
    return re.findall(r"```csv\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.S)


def test_the_example_is_imported_as_it_says(desk: Desk) -> None:
    example, told = blocks()
    path = desk.folder / "example.csv"
    path.write_text(example, encoding="utf-8")
    outcome = desk.plain(path=path)
    assert desk.problems(outcome) == [(8, "municipality", "disagrees", "LEFT_OUT")]
    assert outcome.report.total() == {Done.ACCEPTED: 6, Done.LEFT_OUT: 1}
    assert desk.report_rows(outcome) == list(csv.DictReader(io.StringIO(told)))
    assert desk.kinds("NORTE/000123/2025") == [
        "denuncia", "suspect_identified", "judicializacion", "orden_librada", "orden_cumplimentada", "vinculacion",
    ]  # fmt: skip
    assert desk.states() == {"IC": 1, "I1": 1}


def test_every_column_is_described() -> None:
    described = re.findall(r"^\| `(\w+)` \|", DOCUMENT.read_text(encoding="utf-8").split("### Example")[0], re.M)
    assert described == list(COLUMNS)
