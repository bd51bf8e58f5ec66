"""What is put and removed while a rebuild reads the old truth: one JSON line each, replayed at its end."""

import dataclasses
import json
from collections.abc import Collection, Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

from search.contract import Document


def start(path: Path) -> None:
    """Begin an empty list of changes."""
    path.write_text("", "utf-8")


def note(path: Path, documents: Iterable[Document], removed: Collection[str]) -> None:
    """Add to the list."""
    lines = [json.dumps({"id": mark}) for mark in removed]
    lines += [json.dumps(_plain(document)) for document in documents]
    with path.open("a", encoding="utf-8") as file:
        file.writelines(f"{line}\n" for line in lines)


def read(path: Path) -> dict[str, Document | None]:
    """The last state of every changed document by id; None for one that was removed."""
    with path.open(encoding="utf-8") as file:
        found = [json.loads(line) for line in file]
    return {str(item["id"]): _document(item) for item in found}


def _plain(document: Document) -> dict[str, Any]:
    item = {each.name: getattr(document, each.name) for each in dataclasses.fields(document)}
    return {**item, "when": document.when.isoformat(), "facets": dict(document.facets)}


def _document(item: dict[str, Any]) -> Document | None:
    if "kind" not in item:
        return None
    when = datetime.fromisoformat(item["when"])
    identifiers, scope = tuple(item["identifiers"]), tuple(item["scope"])
    return Document(**{**item, "when": when, "identifiers": identifiers, "scope": scope})
