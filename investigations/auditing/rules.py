"""What auditors do, and the head of a ledger as people write it."""

from __future__ import annotations

import re
from enum import StrEnum

from ..ledger.rules import Head


class Action(StrEnum):
    """What the ledger says of being looked at."""

    VERIFIED = "ledger.verified"


_HEAD = re.compile(r"(\d{1,15}):([0-9a-fA-F]{64})")


def parse_head(text: str) -> Head:
    """`SIZE:ROOT`, as printed on paper, without regard to blanks. Raises ValueError."""
    found = _HEAD.fullmatch("".join(text.split()))
    if found is None:
        raise ValueError(text)
    return Head(int(found[1]), found[2].lower())
