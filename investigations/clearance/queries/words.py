"""What things are called in the reader's language: measures, groups, figures, reasons, endings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import gettext as _

from ..rules.measures import ARREST, EXCEPTIONAL, at_risk, cleared_within
from ..rules.questions import HORIZONS, Group, Measure, Note, Reason


@dataclass(frozen=True, slots=True)
class Figure:
    """A column of numbers: `cell` is the list behind it, `kind` is count, rate or share."""

    name: str
    label: str
    cell: str
    kind: str = "count"


def figures_of(measure: Measure) -> list[Figure]:
    """The columns of a measure, in reading order."""
    counts = [
        Figure("reported", _("Reported"), "reported"),
        Figure("unfounded", _("Unfounded"), "unfounded"),
        Figure("actual", _("Counted in the rate") if measure is Measure.UCR else _("In the cohort"), "actual"),
        Figure("cleared", _("Cleared"), "cleared"),
        Figure("cleared_by_arrest", _("By arrest"), "cleared_by_arrest"),
        Figure("cleared_exceptional", _("By exceptional means"), "cleared_exceptional"),
    ]
    if measure is Measure.UCR:
        return [*counts, Figure("rate", _("Rate, percent"), "cleared", "rate")]
    shares = [
        Figure(str(days), _("Within %(days)s days", days=days), cleared_within(days), "share") for days in HORIZONS
    ]
    return [*counts, *shares]


def group_label(group: Group) -> str:
    """What a grouping is called."""
    labels: Mapping[Group, str] = {
        Group.UNIT: _("Unit"),
        Group.OFFENCE: _("Offence"),
        Group.MUNICIPALITY: _("Municipality"),
        Group.MONTH: _("Month"),
    }
    return labels[group]


def measure_label(measure: Measure) -> str:
    """What a measure is called."""
    labels: Mapping[Measure, str] = {
        Measure.UCR: _("Clearance rate of the period (UCR)"),
        Measure.COHORT: _("Clearance of the cohort"),
    }
    return labels[measure]


def reason_label(reason: Reason) -> str:
    """Why offences were left out."""
    labels: Mapping[Reason, str] = {
        Reason.UNFOUNDED: _("Unfounded: it was found that there was no crime"),
        Reason.MOVED: _("Sent to another authority"),
        Reason.MERGED: _("Merged into another case, which counts them"),
        Reason.NO_REPORT_DATE: _("Without a report date"),
    }
    return labels[reason]


def note_text(note: Note, count: int) -> str:
    """What the reader must know about the data."""
    labels: Mapping[Note, str] = {
        Note.NEGATIVE_INTERVAL: _(
            "%(count)s offences were cleared or sent elsewhere before the date of their report; they count as day 0.",
            count=count,
        ),
        Note.SMALL_GROUP: _(
            "%(count)s rows have fewer than 10 offences: read their counts, not their percentages.", count=count
        ),
        Note.KNOWN_LATER: _(
            "The report says what had happened by the as-of date as it was known later: what was recorded meanwhile is in it."
        ),
    }
    return labels[note]


def cell_label(name: str, measure: Measure) -> str:
    """What the list behind a number is called."""
    labels: dict[str, str] = {figure.cell: figure.label for figure in figures_of(measure) if figure.kind == "count"}
    labels |= {cleared_within(days): _("Cleared within %(days)s days", days=days) for days in HORIZONS}
    labels |= {at_risk(days): _("At risk at %(days)s days", days=days) for days in HORIZONS}
    labels |= {f"left_out_{reason}": reason_label(reason) for reason in Reason}
    labels[Note.NEGATIVE_INTERVAL.value] = _("Cleared before the report")
    return labels[name]


def clearance_label(kind: str | None) -> str:
    """How an offence was cleared; empty when it was not."""
    labels: Mapping[str, str] = {ARREST: _("By arrest"), EXCEPTIONAL: _("By exceptional means")}
    return labels.get(kind or "", "")


def ending_label(kind: str | None) -> str:
    """How an offence ended without being cleared; empty when it goes on."""
    labels: Mapping[str, str] = {
        "unfounded": _("Unfounded, no crime"),
        "moved": _("Sent elsewhere"),
        "merged": _("Merged"),
        "admin_close": _("Closed or shelved"),
        "resolved_alternative": _("Alternative resolution"),
    }
    return labels.get(kind or "", "")
