"""What clearance writes: the projection that reports read, and the queue of printed reports."""

from .paper import PAPER_ASKED, ask_paper, claim_paper, fail_paper, finish_paper
from .projection import project_cases, project_touched, rebuild, stale_cases

__all__ = [
    "PAPER_ASKED",
    "ask_paper",
    "claim_paper",
    "fail_paper",
    "finish_paper",
    "project_cases",
    "project_touched",
    "rebuild",
    "stale_cases",
]
