"""Reading across the features: lists of cases, the head of a case's pages, counts, and history."""

from .lists import CaseRow, cases_viewed, count_cases, find_cases, latest_cases, my_cases
from .offences import OffenceGroup, list_offence_groups
from .overview import Frame, StageCount, case_frame, count_stages, jurisdictions_in_use
from .told import CodeNames, code_names

__all__ = [
    "CaseRow",
    "CodeNames",
    "Frame",
    "OffenceGroup",
    "StageCount",
    "case_frame",
    "cases_viewed",
    "code_names",
    "count_cases",
    "count_stages",
    "find_cases",
    "jurisdictions_in_use",
    "latest_cases",
    "list_offence_groups",
    "my_cases",
]
