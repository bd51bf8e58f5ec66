"""What the row report says of each problem, in the language of whoever reads it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import get_locale
from flask_babel import lazy_gettext as _l

from ...jurisdictions.rules import Label
from ..rules.findings import Done, Finding, Problem

_PROBLEMS: Mapping[Problem, Any] = {
    Problem.EMPTY: lambda **d: _l("empty"),
    Problem.CONTROL: lambda **d: _l("has a character that cannot be kept"),
    Problem.TOO_LONG: lambda **d: _l("longer than %(limit)s characters", **d),
    Problem.WIDTH: lambda **d: _l("the row has %(have)s cells and the header %(want)s", **d),
    Problem.DATE: lambda **d: _l("“%(value)s” is not a date that can be read", **d),
    Problem.FUTURE: lambda **d: _l("“%(value)s” lies in the future", **d),
    Problem.DATED_BY: lambda **d: _l("no possible date; %(other)s, %(value)s, is used instead", **d),
    Problem.NO_DATE: lambda **d: _l("no possible date"),
    Problem.EARLIER: lambda **d: _l("“%(value)s” comes before %(other)s, %(than)s", **d),
    Problem.RANGE: lambda **d: _l("%(value)s is not between %(low)s and %(high)s", **d),
    Problem.NOT_A_NUMBER: lambda **d: _l("“%(value)s” is not a number", **d),
    Problem.UNKNOWN_VALUE: lambda **d: _l("“%(value)s” is not known to the mapping", **d),
    Problem.UNKNOWN_UNIT: lambda **d: _l(
        "the office has no unit “%(value)s”: correct it, or import with --create-missing", **d
    ),
    Problem.UNKNOWN_OFFENCE: lambda **d: _l(
        "no offence “%(value)s” in the catalogue%(near)s: correct it, or import with --create-missing", **d
    ),
    Problem.AMBIGUOUS: lambda **d: _l("“%(value)s” may be %(near)s: write the code", **d),
    Problem.UNKNOWN_MUNICIPALITY: lambda **d: _l("no municipality “%(value)s”: write the INEGI code or its name", **d),
    Problem.UNKNOWN_EVENT: lambda **d: _l("“%(value)s” is no event of %(law)s%(near)s", **d),
    Problem.UNPROVABLE: lambda **d: _l("“%(value)s” needs what a file cannot say: record it in the office", **d),
    Problem.CERTIFIED: lambda **d: _l(
        "“%(value)s” is taken as certified by the source: its note should say who certified the conditions", **d
    ),
    Problem.NO_CAUSE: lambda **d: _l("“%(value)s” is recorded without its cause", **d),
    Problem.UNKNOWN_CAUSE: lambda **d: _l("“%(value)s” is no cause of this event: write one of %(near)s", **d),
    Problem.DISAGREES: lambda **d: _l("“%(here)s” here, but “%(there)s” %(where)s", **{**d, "where": _where(**d)}),
    Problem.OTHER_LAW: lambda **d: _l("the case %(value)s is kept under another jurisdiction, %(other)s", **d),
    Problem.NO_LINE: lambda **d: _l("%(value)s is in no intake row of these files or of an earlier import", **d),
    Problem.OTHER_CASE: lambda **d: _l("%(value)s, but the participant belongs to the case %(other)s", **d),
    Problem.DUPLICATE: lambda **d: _l("duplicate of line %(line)s of %(file)s", **d),
    Problem.SAME_KEY: lambda **d: _l("the same key as line %(line)s of %(file)s with other content", **d),
    Problem.CHANGED: lambda **d: _l(
        "an earlier import brought this key with other content: undo that import to bring it anew"
    ),
    Problem.OUT_OF_ORDER: lambda **d: _in_reader_language(d["why"]),
    Problem.LATE_REPORT: lambda **d: _l("“%(value)s” comes before the %(other)s of the case, %(than)s", **d),
}


def _where(*, line: int = 0, **_rest: object) -> object:
    return _l("in line %(line)s", line=line) if line else _l("in the office")


def _in_reader_language(why: Label) -> str:
    return why.text(str(get_locale() or "en"))


def said(finding: Finding) -> str:
    """The problem in words."""
    detail = {"near": "", **finding.detail}
    near = detail["near"]
    if not near:
        detail["near"] = ""
    elif finding.problem in (Problem.UNKNOWN_EVENT, Problem.UNKNOWN_OFFENCE):
        detail["near"] = str(_l(" (did you mean %(near)s?)", near=", ".join(near)))
    else:
        detail["near"] = ", ".join(near)
    return str(_PROBLEMS[finding.problem](**detail))


_DONE: Mapping[Done, Any] = {
    Done.ACCEPTED: _l("accepted"),
    Done.WARNED: _l("accepted with warning"),
    Done.LEFT_OUT: _l("left out"),
    Done.DUPLICATE: _l("duplicate"),
    Done.PRESENT: _l("already present"),
}


def done(fate: Done) -> str:
    """What was done with a row, in words."""
    return str(_DONE[fate])
