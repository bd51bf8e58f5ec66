"""docs/clearance.md says what the code does: names, options and limits."""

from __future__ import annotations

from pathlib import Path

from investigations.clearance.commands import FORMATS, clearance
from investigations.clearance.printing import pdf
from investigations.clearance.printing.__main__ import MEMORY
from investigations.clearance.printing.files import HORIZON_FIGURES
from investigations.clearance.queries.words import figures_of
from investigations.clearance.rules.questions import FIGURES, HORIZONS, Group, Measure, Note, Reason
from investigations.clearance.services.paper import ClearanceAction

TEXT = (Path(__file__).resolve().parents[2] / "docs" / "clearance.md").read_text("utf-8")


def test_every_name_that_programs_read_is_documented() -> None:
    names = [*FIGURES, *HORIZON_FIGURES, *Reason, *Note, *Group, *Measure, *FORMATS, ClearanceAction.ASKED, ClearanceAction.PRINTED]
    assert [str(name) for name in names if str(name) not in TEXT] == []


def test_every_option_of_the_command_is_documented() -> None:
    options = [name for option in clearance.params for name in option.opts]
    assert [name for name in options if name not in TEXT] == []


def test_the_limits_named_are_those_that_hold() -> None:
    assert "30, 90, 180 and 365" in TEXT
    assert HORIZONS == (30, 90, 180, 365)
    assert (MEMORY, pdf.SECONDS) == (1 << 30, 60)
    assert "1 GB of memory and 60 seconds" in TEXT
    assert len(figures_of(Measure.COHORT)) == 10
