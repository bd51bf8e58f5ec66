"""The tables of event names in docs/importing.md, made from the law files: `python -m tests.importing.event_tables`."""

from __future__ import annotations

from pathlib import Path

from investigations.jurisdictions.queries import get_jurisdiction, jurisdiction_codes
from investigations.jurisdictions.rules import ANNULMENT, EventKind, Jurisdiction, Outcome

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "importing.md"
COUNTS = {
    None: "",
    Outcome.CLEARANCE_ARREST: "**cleared**, by arrest",
    Outcome.CLEARANCE_EXCEPTIONAL: "**cleared**, exceptionally",
    Outcome.UNFOUNDED: "**unfounded**: left out of the rate",
    Outcome.MOVED: "moved: left out",
    Outcome.MERGED: "merged: left out",
    Outcome.RESOLVED_ALTERNATIVE: "resolved otherwise, not cleared",
    Outcome.ADMIN_CLOSE: "closed, not cleared",
}


def markers(code: str) -> tuple[str, str]:
    return f"<!-- events of {code}: made from the law file -->", f"<!-- end of the events of {code} -->"


def table(law: Jurisdiction) -> str:
    """One jurisdiction's events in the order of its law file."""
    openers = {step.event for step in law.transitions if step.source is None}
    lines = ["| event | Spanish | English | opens a line | counts as |", "|---|---|---|---|---|"]
    for code, kind in law.events.items():
        opens = "yes" if code in openers else ""
        lines.append(f"| `{code}` | {kind.label.es} | {kind.label.en} | {opens} | {_counts(kind)} |")
    return "\n".join(lines)


def _counts(kind: EventKind) -> str:
    if kind.code == ANNULMENT:
        return "cannot be imported"
    if kind.asks:
        return f"{COUNTS[kind.outcome]}; taken as certified by the source, with a warning"
    return COUNTS[kind.outcome]


def rendered(text: str) -> str:
    """The document with its tables as the law files have them now."""
    for code in jurisdiction_codes():
        start, end = markers(code)
        before, rest = text.split(start)
        _old, after = rest.split(end)
        text = f"{before}{start}\n{table(get_jurisdiction(code))}\n{end}{after}"
    return text


if __name__ == "__main__":
    DOCUMENT.write_text(rendered(DOCUMENT.read_text(encoding="utf-8")), encoding="utf-8")
