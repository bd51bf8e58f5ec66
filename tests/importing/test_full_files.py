"""The four complete tables, where they are on the machine: the numbers of the data's own description, and the time."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from investigations import schema
from investigations.access import OFFICE
from investigations.cases.services import load_catalogues
from investigations.importing.queries import get_batch
from investigations.importing.services.showing import show_batches
from investigations.office import open_office
from tests.conftest import make_settings
from tests.importing.desk import TABLES, Desk

WHOLE = Path(__file__).resolve().parents[3] / "shared" / "data" / "cook-county"


@pytest.mark.slow
@pytest.mark.skipif(not WHOLE.is_dir(), reason="the complete tables are not on this machine")
def test_the_complete_tables_give_the_known_numbers(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    office = open_office(make_settings(tmp_path, f"sqlite:///{tmp_path / 'office.db'}"))
    schema.upgrade(office.database)
    with office.database.transaction() as session:
        load_catalogues(session, OFFICE)
    desk = Desk(office, tmp_path)
    began = time.monotonic()
    outcome = desk.cook_county(*(WHOLE / f"{name}.csv.xz" for name in TABLES))
    seconds = time.monotonic() - began
    with office.database.reading() as session:
        told = show_batches(session, OFFICE, [get_batch(session, outcome.batch or "")]).plain()
    with capsys.disabled():
        print(f"\n133,782 rows in {seconds:.0f} s: {told['stages']} {told['rates']}")  # noqa: T201
    assert sum(outcome.report.total().values()) == outcome.report.entering() == 133_782
    assert [told["stages"][code] for code in ("intake", "charged", "disposed", "sentenced")] == [36190, 28886, 11322, 4112]
    assert told["rates"] == {"approval_rate": "92.20"}
    again = desk.cook_county(*(WHOLE / f"{name}.csv.xz" for name in TABLES))
    assert again.batch is None
    desk.undo(outcome)
    assert desk.states() == {}
    assert desk.verified() == []
    office.database.engine.dispose()
