"""The mappings that ship with the package, each read once."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from pathlib import Path

from ...jurisdictions.queries import get_jurisdiction
from ..rules.mapping import MappingError, PlainMapping, TableMapping, check_events, read_plain, read_tables

_MAPPINGS = Path(__file__).resolve().parent.parent / "mappings"


def load_tables(path: Path) -> TableMapping:
    """The mapping of several tables that a TOML file describes. Raises MappingError naming file, key and rule."""
    mapping = read_tables(_document(path), path.name)
    check_events(mapping, get_jurisdiction(mapping.jurisdiction))
    return mapping


def _document(path: Path) -> dict[str, object]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as wrong:
        raise MappingError(f"{path.name}: file: {wrong}") from wrong


@lru_cache(maxsize=8)
def tables_mapping(code: str) -> TableMapping:
    """A shipped mapping of several tables, by its code."""
    return load_tables(_MAPPINGS / f"{code}.toml")


@lru_cache(maxsize=1)
def plain_mapping() -> PlainMapping:
    """The plain format."""
    return read_plain(_document(_MAPPINGS / "plain.toml"), "plain.toml")


def find_tables_mapping(code: str) -> TableMapping | None:
    """A shipped mapping of several tables, or None when the code is another kind's."""
    return tables_mapping(code) if code != "plain" and (_MAPPINGS / f"{code}.toml").is_file() else None
