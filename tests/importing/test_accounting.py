"""Whatever a plain file holds, the report accounts for every row of it, and only rows that entered are in the office."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from investigations.court.models import LineEvent
from investigations.importing.rules.findings import Done
from investigations.ledger.models import LedgerEvent
from tests.importing.desk import Desk, row, write_plain

FAULTS = {
    "unit": "Unidad Poniente",
    "offence": "Robo de naves espaciales",
    "event": "vinculazion",
    "event_at": "2999-01-01",
    "reported_at": "ayer",
    "case_number": "",
    "suspect": "x" * 130,
}
EVENTS = ("denuncia", "archivo_temporal", "reactivacion", "judicializacion", "vinculacion")

sound = st.builds(
    lambda case, suspect, event, day, note: row(
        case_number=f"M/{case}", suspect=suspect, event=event, event_at=f"2025-04-{day:02d}", note=note
    ),
    st.integers(1, 4),
    st.sampled_from(["", "Uno Gómez, Ana", "DOS PEÑA, Eva", "quien resulte responsable"]),
    st.sampled_from(EVENTS),
    st.integers(1, 28),
    st.text(alphabet="añ =,\"\n'", max_size=6),
)
faulty = st.builds(lambda good, column: {**good, column: FAULTS[column]}, sound, st.sampled_from(sorted(FAULTS)))


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.booleans(), sound, faulty), min_size=1, max_size=12))
def test_every_row_of_a_file_is_accounted_for(
    desk: Desk, tmp_path: Path, drawn: list[tuple[bool, dict[str, str], dict[str, str]]]
) -> None:
    rows = [good if fine else bad for fine, good, bad in drawn]
    planted = sum(not fine for fine, _good, _bad in drawn)
    outcome = desk.plain(path=write_plain(tmp_path / "drawn.csv", rows))
    report = outcome.report
    total = report.total()
    assert sum(total.values()) == len(rows)
    assert total[Done.LEFT_OUT] >= planted
    listed = Counter(fate for _line, _column, _problem, fate in {(f[0], "", "", f[3]) for f in desk.problems(outcome)})
    for fate in (Done.LEFT_OUT, Done.DUPLICATE, Done.WARNED):
        assert listed[fate.name] == total[fate]
    assert desk.report_rows(outcome)[-1]["problem"] == f"{len(rows)} rows read"
    if outcome.batch:
        with desk.office.database.reading() as session:
            keys = select(func.count(LineEvent.source_key.distinct())).where(
                LineEvent.batch_id == select(func.max(LineEvent.batch_id)).scalar_subquery()
            )
            assert session.scalar(keys) == report.entering()
            entered = select(func.count()).select_from(LedgerEvent).where(LedgerEvent.action == "import.row")
            assert (session.scalar(entered) or 0) >= report.entering()
        desk.undo(outcome)
    assert desk.verified() == []
