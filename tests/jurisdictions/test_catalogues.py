"""Offences and municipalities: complete against their sources, and found as people write them."""

import csv
from datetime import date
from pathlib import Path

import pytest

from investigations.jurisdictions.queries import (
    OffenceEntry,
    find_municipality,
    get_jurisdiction,
    municipalities,
    offence_catalogue,
    offence_schemes,
)
from investigations.jurisdictions.rules import JurisdictionError

SOURCES = Path(__file__).resolve().parents[3] / "shared" / "data"
SCHEMES = pytest.mark.parametrize("scheme", ["sesnsp_2015", "sesnsp_2026"])


def by_code(scheme: str) -> dict[str, OffenceEntry]:
    return {entry.code: entry for entry in offence_catalogue(scheme)}


def test_the_two_versions_have_their_official_rows_and_days() -> None:
    rows = {s: sum(entry.selectable for entry in offence_catalogue(s)) for s in offence_schemes()}
    assert rows == {"sesnsp_2015": 98, "sesnsp_2026": 114}
    days = {(entry.valid_from, entry.valid_to) for entry in offence_catalogue("sesnsp_2015")}
    assert days == {(None, date(2025, 12, 31))}
    days = {(entry.valid_from, entry.valid_to) for entry in offence_catalogue("sesnsp_2026")}
    assert days == {(date(2026, 1, 1), None)}


def test_the_mexican_file_names_schemes_that_exist_and_an_unknown_one_is_refused() -> None:
    assert set(get_jurisdiction("mx_cnpp").offence_schemes) <= set(offence_schemes())
    with pytest.raises(JurisdictionError, match="nibrs: no such offence scheme"):
        offence_catalogue("nibrs")


@SCHEMES
def test_the_catalogue_is_a_tree_with_parents_first_and_leaves_to_choose(scheme: str) -> None:
    entries = offence_catalogue(scheme)
    seen: set[str] = set()
    for entry in entries:
        assert entry.code not in seen
        assert (entry.parent_code is None) == (entry.level == "interest")
        assert entry.parent_code is None or entry.parent_code in seen
        seen.add(entry.code)
    parents = {entry.parent_code for entry in entries}
    assert {entry.code for entry in entries if entry.selectable} == seen - parents
    assert sum(entry.level == "interest" for entry in entries) == 7


@SCHEMES
def test_every_offence_has_a_name_of_its_own_in_both_languages(scheme: str) -> None:
    entries = offence_catalogue(scheme)
    for language in ("es", "en"):
        names = [entry.label.text(language) for entry in entries]
        assert all(names)
        assert len(set(names)) == len(names)
    assert not [entry.code for entry in entries if entry.label.es == entry.label.en]


def test_an_offence_reads_well_in_both_languages() -> None:
    entry = by_code("sesnsp_2026")["homicidio-doloso.con-arma-de-fuego"]
    assert (entry.label.es, entry.label.en) == (
        "Homicidio doloso, con arma de fuego",
        "Intentional homicide, with a firearm",
    )
    assert (entry.parent_code, entry.level) == ("homicidio-doloso", "mode")
    assert entry.path_es == (
        "La vida y la Integridad corporal / Homicidio / Homicidio doloso / Con arma de fuego"
    )


def test_a_subtype_that_repeats_its_type_is_one_node() -> None:
    feminicide = by_code("sesnsp_2026")
    assert feminicide["feminicidio"].level == "type"
    assert feminicide["feminicidio.con-arma-blanca"].parent_code == "feminicidio"
    assert feminicide["aborto"].selectable


def test_the_same_code_means_the_same_official_name_in_both_versions() -> None:
    old, new = by_code("sesnsp_2015"), by_code("sesnsp_2026")
    shared = old.keys() & new.keys()
    assert len(shared) > 90
    for code in shared:
        assert old[code].path_es.split(" / ")[-1] == new[code].path_es.split(" / ")[-1]
        assert old[code].label == new[code].label


@SCHEMES
def test_no_row_of_the_source_is_lost_where_the_source_is_at_hand(scheme: str) -> None:
    source = SOURCES / "sesnsp" / f"catalogue_{scheme[-4:]}.csv"
    if source.exists():
        with source.open(encoding="utf-8", newline="") as lines:
            rows = [[row[name] for name in list(row)[-4:]] for row in csv.DictReader(lines)]
        paths = sorted(" / ".join(dict.fromkeys(row)) for row in rows)
        assert sorted(entry.path_es for entry in offence_catalogue(scheme) if entry.selectable) == paths


def test_all_municipalities_are_there() -> None:
    places = municipalities()
    assert len(places) == len({place.code for place in places}) == 2475
    assert all(len(place.code) == 5 and place.code.startswith(place.state_code) for place in places)
    assert len({place.state_code for place in places}) == 32
    assert sum(place.state_name == "Michoacán" for place in places) == 113


@pytest.mark.parametrize("text", ["16053", "Morelia", "morelia", " MORELIA ", "Mórelia"])
def test_a_municipality_is_found_by_code_or_by_name_however_written(text: str) -> None:
    found = find_municipality(text)
    assert found is not None
    assert (found.code, found.name, found.state_name) == ("16053", "Morelia", "Michoacán")


@pytest.mark.parametrize(
    ("text", "state", "code"),
    [
        ("Hidalgo", "16", "16034"),
        ("lazaro cardenas", "16", "16052"),
        ("Lázaro Cárdenas", "23", "23007"),
        ("Monterrey", "16", "19039"),
        ("Benito Juárez", "16", None),
        ("San Juan Mixtepec", "20", None),
        ("Macondo", "16", None),
        ("", "16", None),
    ],
)
def test_a_name_of_several_places_means_the_one_of_the_state_or_none(
    text: str, state: str, code: str | None
) -> None:
    found = find_municipality(text, state)
    assert (found.code if found else None) == code
