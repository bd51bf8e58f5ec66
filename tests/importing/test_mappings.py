"""Mappings are data: those shipped are sound, and a wrong one is refused with file, key and rule."""

from __future__ import annotations

from pathlib import Path

import pytest

from investigations.importing.rules.mapping import MappingError
from investigations.importing.services.mappings import load_tables, plain_mapping, tables_mapping
from tests.importing.desk import TABLES

SOUND = """
code = "x"
jurisdiction = "us_generic"
timezone = "America/Chicago"
scheme = "x"
label = { es = "x", en = "x" }
[[tables]]
name = "one"
recognised_by = ["a"]
key = ["a"]
line = "a"
[[tables.events]]
event = "referral"
dates = ["d"]
"""


def test_the_shipped_mappings_are_sound() -> None:
    mapping = tables_mapping("cook_county")
    assert [table.name for table in mapping.tables] == list(TABLES)
    assert len(plain_mapping().columns) == 10
    assert {stage.table for stage in mapping.funnel} == set(TABLES)


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ('event = "referral"', 'event = "nothing"', "no event 'nothing' in us_generic"),
        ('line = "a"', 'line = "a"\ncolour = "red"', "colour: unknown key"),
        ('key = ["a"]', "", "missing 1 required positional argument: 'key'"),
        ('scheme = "x"', "scheme = ", "file:"),
    ],
)
def test_a_wrong_mapping_is_refused_with_file_key_and_rule(tmp_path: Path, before: str, after: str, told: str) -> None:
    path = tmp_path / "planted.toml"
    path.write_text(SOUND)
    assert load_tables(path).tables[0].columns == ("a", "d")
    path.write_text(SOUND.replace(before, after, 1))
    with pytest.raises(MappingError, match=told):
        load_tables(path)
