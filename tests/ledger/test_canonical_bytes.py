"""The bytes that are hashed are RFC 8785's, whichever way they are made."""

from __future__ import annotations

import rfc8785
from hypothesis import example, given
from hypothesis import strategies as st

from investigations.ledger.rules import canonical, plain

texts = st.text(alphabet=st.characters(exclude_categories=["Cs"]))
values = st.recursive(
    st.none() | st.booleans() | st.integers() | texts,
    lambda inside: st.lists(inside) | st.dictionaries(texts, inside),
    max_leaves=12,
)


@given(values)
@example({"\ue000": "1", "\U0001f600": "2"})
@example({"a": "\x00\x1f\x7f\u2028\"\\/\b\f\n\r\t"})
def test_canonical_bytes_equal_those_of_the_reference(value: object) -> None:
    assert canonical(value) == rfc8785.dumps(plain(value))
