"""The Merkle tree and the canonical bytes against published vectors and second implementations."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st
from pymerkle import InmemoryTree

from investigations.ledger.rules import Frontier, canonical, image_hash, leaf_hash, plain, tree_head

CT_INPUTS = [bytes.fromhex(text) for text in (
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
)]  # fmt: skip
CT_ROOTS = {
    0: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
}


@pytest.mark.parametrize("size", CT_ROOTS)
def test_the_reference_inputs_of_certificate_transparency_give_their_roots(size: int) -> None:
    head = tree_head(leaf_hash(data) for data in CT_INPUTS[:size])
    assert (head.size, head.root) == (size, CT_ROOTS[size])


def test_a_second_implementation_agrees_at_every_size() -> None:
    other, ours = InmemoryTree(algorithm="sha256"), Frontier()
    for number in range(1, 201):
        data = f"event {number}".encode()
        other.append_entry(data)
        ours.append(leaf_hash(data))
        assert ours.root() == other.get_root(), number


@given(st.integers(0, 300))
def test_a_tree_put_away_and_taken_up_again_grows_as_if_it_had_not_been(size: int) -> None:
    whole, part = Frontier(), Frontier()
    for number in range(size):
        leaf = leaf_hash(str(number).encode())
        whole.append(leaf)
        part = Frontier.load(part.size, part.dump())
        part.append(leaf)
    assert part.root() == whole.root()
    assert len(part.dump()) == 32 * bin(size).count("1")


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.binary() | st.datetimes(timezones=st.just(UTC)),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@given(PLAIN)
def test_canonical_bytes_are_those_of_rfc_8785(value: object) -> None:
    assert canonical(value) == rfc8785.dumps(plain(value))


@given(st.dictionaries(st.text(max_size=6), PLAIN, max_size=6))
def test_the_order_of_keys_never_matters(value: dict[str, object]) -> None:
    assert canonical(value) == canonical(dict(reversed(value.items())))


def test_an_image_tells_apart_what_a_json_cell_keeps_apart() -> None:
    kinds: list[object] = [{"m": 3}, {"m": "3"}, {"m": 3.0}, {"m": True}, {"m": None}, {"m": "null"}, {"m": [3]}, {}]
    assert len({image_hash(b"salt", {"data": value}) for value in kinds}) == len(kinds)


def test_an_image_is_the_same_for_one_instant_in_any_zone_and_other_under_another_salt() -> None:
    utc = datetime(2026, 3, 2, 15, tzinfo=UTC)
    local = utc.astimezone(datetime.fromisoformat("2026-03-02T09:00-06:00").tzinfo)
    assert image_hash(b"salt", {"at": utc}) == image_hash(b"salt", {"at": local})
    assert image_hash(b"salt", {"at": utc}) != image_hash(b"tlas", {"at": utc})
