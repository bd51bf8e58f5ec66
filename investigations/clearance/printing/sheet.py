"""A report laid out for reading: which columns it has, what they are called, what the chart shows.

Screen, paper and spreadsheet are drawn from this one layout. Words are in the reader's language.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext as _

from ..queries.words import Figure, figures_of, group_label, measure_label, note_text, reason_label
from ..rules.definitions import THREE_RATES, THREE_RATES_HEAD, TOTAL, Comparison
from ..rules.measures import percent
from ..rules.questions import HORIZONS, Group, Horizon, Measure, Note, Reason, Report, ReportRow

MOST_ROWS = 1000
"""More rows than this are not for reading: screen and paper say that the rest is in the spreadsheet."""

MOST_BARS = 10
MOST_CURVES = 4
LAST_DAY = HORIZONS[-1]


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
    def is_wide(self) -> bool:
        """True when the table needs the page's long side: no column may be cut off on paper."""
        return len(self.groups) + len(self.figures) > (11 if self.is_cohort else 9)

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
