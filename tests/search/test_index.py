"""Putting and removing: idempotent, honest about what is kept, closed to others."""

import random
import stat
from pathlib import Path

import pytest

from search import Index, IndexUnavailable, fingerprint, open_index
from tests.search.conftest import WHEN, Find, document

EVERYONE = {"all"}


def test_putting_again_changes_nothing(index: Index, found: Find) -> None:
    for _ in range(3):
        index.put([document("case-1", "robo"), document("case-1", "robo")])
    assert index.count() == 1
    assert found("robo") == ["case-1"]


def test_putting_replaces_what_had_the_same_id(index: Index, found: Find) -> None:
    index.put([document("case-1", "robo")])
    index.put([document("case-1", "asalto")])
    assert (found("robo"), found("asalto")) == ([], ["case-1"])


def test_of_two_with_the_same_id_in_one_put_the_last_stays(index: Index, found: Find) -> None:
    index.put([document("case-1", "robo"), document("case-1", "asalto")])
    assert (found("robo"), found("asalto")) == ([], ["case-1"])


def test_removing_takes_out_and_passes_over_what_is_not_there(index: Index, found: Find) -> None:
    index.remove(["case-9"])
    index.put([document("case-1", "robo"), document("case-2", "robo")])
    index.remove(["case-1", "case-9"])
    assert (found("robo"), index.count()) == (["case-2"], 1)


def test_many_small_changes_leave_the_same_as_one_large(index: Index, found: Find) -> None:
    for n in range(60):
        index.put([document(f"case-{n % 20}", "robo", f"vez {n}")])
    assert index.count() == 20
    assert found('"vez 41"') == ["case-1"]
    assert found('"vez 1"') == []
    assert index.check().ok


def test_the_same_seed_before_every_put_harms_nothing(index: Index) -> None:
    for n in range(12):
        random.seed(7)
        index.put([document(f"case-{n}", "robo")])
        assert index.find("robo", EVERYONE).total == n + 1


def test_ids_tell_what_is_kept_and_whether_it_is_current(index: Index) -> None:
    one, two = document("case-1", "robo"), document("case-2", "robo")
    index.put([one, two])
    index.remove(["case-2"])
    assert index.ids() == {"case-1": fingerprint(one)}
    changes = [
        document("case-1", "robó"),
        document("case-1", "robo", scope=("all", "more")),
        document("case-1", "robo", facets={"unit": "7"}),
        document("case-1", "robo", identifiers=("1",)),
    ]
    assert len({fingerprint(each) for each in [one, *changes]}) == 5


def test_a_time_without_zone_is_refused_before_anything_is_written(index: Index) -> None:
    with pytest.raises(ValueError, match="time zone"):
        index.put([document("case-1", "robo"), document("case-2", "robo", when=WHEN.replace(tzinfo=None))])
    assert index.count() == 0


def test_an_index_that_was_never_built_finds_nothing_and_says_so(tmp_path: Path, engine: str) -> None:
    index = open_index(tmp_path / "none" / "yet", engine)
    assert index.find("robo", EVERYONE).total == index.count() == 0
    assert index.ids() == {}
    assert not index.check().ok


def test_an_unknown_engine_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="unknown"):
        open_index(tmp_path, "lucene")


def test_the_folder_is_for_its_owner_only(tmp_path: Path, engine: str) -> None:
    (tmp_path / "index").mkdir(mode=0o777)
    index = open_index(tmp_path / "index", engine)
    index.put([document("case-1", "robo")])
    assert stat.S_IMODE((tmp_path / "index").stat().st_mode) == 0o700


def test_a_folder_that_others_can_write_is_not_read(tmp_path: Path, engine: str) -> None:
    index = open_index(tmp_path / "index", engine)
    index.put([document("case-1", "robo")])
    (tmp_path / "index").chmod(0o777)
    with pytest.raises(IndexUnavailable, match="open to others"):
        index.find("robo", EVERYONE)
    assert not index.check().ok
