"""A report laid out for reading: which columns it has, what they are called, what the chart shows.

Screen, paper and spreadsheet are drawn from this one layout. Words are in the reader's language.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _

from ..rules.definitions import THREE_RATES, THREE_RATES_HEAD, TOTAL, Comparison
from ..rules.measures import ARREST, EXCEPTIONAL, at_risk, cleared_within, percent
from ..rules.questions import HORIZONS, Group, Horizon, Measure, Note, Reason, Report, ReportRow

MOST_ROWS = 1000
"""More rows than this are not for reading: screen and paper say that the rest is in the spreadsheet."""

MOST_BARS = 12
MOST_CURVES = 4
LAST_DAY = HORIZONS[-1]


@dataclass(frozen=True, slots=True)
class Figure:
    """A column of numbers: `cell` is the list behind it, `kind` is count, rate or share."""

    name: str
    label: str
    cell: str
    kind: str = "count"


@dataclass(frozen=True, slots=True)
class Bar:
    """One row of a bar chart, as the macro takes it."""

    label: str
    values: Sequence[float]
    shown: str


@dataclass(frozen=True, slots=True)
class Curve:
    """One stepped line, as the macro takes it."""

    name: str
    points: Sequence[tuple[int, float]]
    x_end: int


@dataclass(frozen=True, slots=True)
class Sheet:
    """The report and how it is laid out."""

    report: Report
    groups: Sequence[tuple[str, str]]
    figures: Sequence[Figure]
    rows: Sequence[ReportRow]
    hidden_rows: int
    left_out: Sequence[tuple[str, str, int]]
    notes: Sequence[str]
    comparison: tuple[Comparison, Sequence[Comparison]] = (THREE_RATES_HEAD, THREE_RATES)

    @property
    def title(self) -> str:
        return measure_label(self.report.question.measure)

    @property
    def filters(self) -> list[tuple[str, str]]:
        """What the question was narrowed to: name and value."""
        return [(group_label(Group(name)), label) for name, label in self.report.filter_labels.items()]

    @property
    def total_labels(self) -> list[str]:
        """What stands in the group columns of the total: its name, then nothing."""
        return [self.total_label, *[""] * len(self.groups)]

    @property
    def comparison_rows(self) -> list[dict[str, str]]:
        """The box of the three rates, as the table macro takes it."""
        names = ("about", "police", "court", "mexican")
        language = self.report.language
        return [{name: getattr(line, name).text(language) for name in names} for line in self.comparison[1]]

    @property
    def chart_caption(self) -> str:
        """What the chart leaves out, if anything, and where the bars come from."""
        shown = self._largest(MOST_BARS)
        if len(shown) == len(self.report.rows) or not self.report.rows:
            return str(_("Clearances of the period for every hundred offences reported in it, unfounded ones excluded."))
        return str(_("The %(shown)s groups with most offences, of %(all)s.", shown=len(shown), all=len(self.report.rows)))

    @property
    def is_cohort(self) -> bool:
        return self.report.question.measure is Measure.COHORT

    @property
    def total_label(self) -> str:
        return TOTAL.text(self.report.language)

    @property
    def bars(self) -> list[Bar]:
        """Rates of the largest groups, arrest and exceptional apart; of all when nothing is grouped."""
        return [_bar(row, self._name(row)) for row in self._largest(MOST_BARS)]

    @property
    def curves(self) -> list[Curve]:
        """Clearance over time of all, and of the largest groups when there are few enough to tell apart."""
        total = _curve(self.report.total, self.total_label)
        some = [_curve(row, self._name(row)) for row in self._largest(MOST_CURVES) if row.codes]
        return [total, *some] if len(self.report.rows) <= MOST_CURVES else [total]

    def _largest(self, most: int) -> list[ReportRow]:
        rows = self.report.rows or (self.report.total,)
        kept = sorted(rows, key=lambda row: -row.actual)[:most]
        return [row for row in rows if row in kept]

    def _name(self, row: ReportRow) -> str:
        return " · ".join(row.labels) or self.total_label


def lay_out(report: Report) -> Sheet:
    """The layout of a report, with words in the reader's language."""
    question = report.question
    return Sheet(
        report=report,
        groups=[(group.value, group_label(group)) for group in question.by],
        figures=figures_of(question.measure),
        rows=report.rows[:MOST_ROWS],
        hidden_rows=max(len(report.rows) - MOST_ROWS, 0),
        left_out=[(f"left_out_{name}", reason_label(Reason(name)), count) for name, count in report.left_out.items()],
        notes=[note_text(Note(name), count) for name, count in report.notes.items()],
    )


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
        Figure(str(days), _("Cleared in %(days)s days", days=days), cleared_within(days), "share") for days in HORIZONS
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
    labels |= {cleared_within(days): _("Cleared in %(days)s days", days=days) for days in HORIZONS}
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
        "unfounded": _("Unfounded"),
        "moved": _("Sent elsewhere"),
        "merged": _("Merged"),
        "admin_close": _("Closed or shelved"),
        "resolved_alternative": _("Alternative resolution"),
    }
    return labels.get(kind or "", "")


def horizon(row: ReportRow, days: str) -> Horizon:
    """A row's figures at one age of the cohort (a template filter)."""
    return next(found for found in row.horizons if found.days == int(days))


def _bar(row: ReportRow, name: str) -> Bar:
    if row.rate is None:
        return Bar(name, (), _("no rate: no offences"))
    shares = (percent(row.cleared_by_arrest, row.actual), percent(row.cleared_exceptional, row.actual))
    return Bar(name, [float(share or 0) for share in shares], f"{row.rate} %")


def _curve(row: ReportRow, name: str) -> Curve:
    points = [point for point in row.curve if point[0] <= LAST_DAY]
    return Curve(name, points, min(row.curve[-1][0], LAST_DAY) if row.curve else 0)
