"""The arithmetic of clearance: no tables, no files, no clock.

`questions` says what can be asked and what an answer holds, `measures` counts, `history` turns what was recorded
about one offence into the spans of time in which one answer holds, `definitions` has the words in both languages.
"""

from .questions import Group, Measure, Question, Report, ReportRow

__all__ = ["Group", "Measure", "Question", "Report", "ReportRow"]
