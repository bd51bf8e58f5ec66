"""A report as a paper: the same body as on screen, in a frame with institution, folio, page numbers and control data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from jinja2 import Environment

from ...access import OFFICE, Viewer
from ...config import Settings
from ..rules.questions import Report, ReportRow
from .sheet import lay_out

SIZES = {"letter": "8.5in 11in", "oficio": "216mm 340mm", "a4": "210mm 297mm"}


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around the figures on paper. `folio` and `unit` may be empty; `size` is a CSS page size."""

    institution: str
    unit: str
    folio: str
    legend: str
    size: str
    printed_by: str
    printed_at: datetime


def make_frame(settings: Settings, viewer: Viewer, *, unit: str, folio: str, printed_at: datetime) -> Frame:
    """The frame for who prints. A paper size that we do not know is Letter."""
    return Frame(
        institution=settings.institution,
        unit=unit,
        folio=folio,
        legend=settings.reserved_legend,
        size=SIZES.get(settings.paper.lower(), SIZES["letter"]),
        printed_by="" if viewer == OFFICE else viewer.name,
        printed_at=printed_at,
    )


def paper_html(environment: Environment, report: Report, frame: Frame) -> str:
    """The paper as one HTML page that names nothing outside itself but the office's fonts.

    Call it inside the application, in the report's language.
    """
    template, sheet = environment.get_template("clearance/paper.html"), lay_out(report)
    size = " ".join(reversed(frame.size.split())) if sheet.is_wide else frame.size
    return template.render(sheet=sheet, frame=frame, size=size, behind=no_list, paper=True)


def no_list(row: ReportRow, cell: str) -> None:
    """On paper a number leads nowhere."""
    return
