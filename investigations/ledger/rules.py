"""Canonical bytes and the Merkle tree: pure functions (RFC 8785, RFC 6962 §2.1)."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

import rfc8785


class Actor(Protocol):
    """Who acts: an opaque id and the role in which the act is done."""

    @property
    def public_id(self) -> str: ...
    @property
    def role_code(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Head:
    """The ledger's size and root hash (hex) at one moment."""

    size: int
    root: str


def sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def leaf_hash(data: bytes) -> bytes:
    """Hash of one leaf: SHA-256(0x00 ‖ bytes)."""
    return sha256(b"\x00" + data)


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash of an inner node: SHA-256(0x01 ‖ left ‖ right)."""
    return sha256(b"\x01" + left + right)


@dataclass(slots=True)
class Frontier:
    """The roots of the full subtrees of a growing tree, largest first: enough to append and to know the root."""

    size: int = 0
    peaks: list[bytes] | None = None

    def append(self, leaf: bytes) -> None:
        """Add one leaf hash: as many merges as the size has trailing one bits."""
        peaks = self.peaks = self.peaks or []
        size, node = self.size, leaf
        while size & 1:
            node = node_hash(peaks.pop(), node)
            size >>= 1
        peaks.append(node)
        self.size += 1

    def root(self) -> bytes:
        """The tree head; the empty tree's is the hash of nothing."""
        if not self.peaks:
            return sha256(b"")
        node = self.peaks[-1]
        for peak in reversed(self.peaks[:-1]):
            node = node_hash(peak, node)
        return node

    def dump(self) -> bytes:
        return b"".join(self.peaks or [])

    @classmethod
    def load(cls, size: int, data: bytes) -> Frontier:
        return cls(size, [data[i : i + 32] for i in range(0, len(data), 32)])


def tree_head(leaves: Iterable[bytes]) -> Head:
    """The head of the tree over these leaf hashes, in order."""
    frontier = Frontier()
    for leaf in leaves:
        frontier.append(leaf)
    return Head(frontier.size, frontier.root().hex())


def plain(value: Any) -> Any:
    """A value as canonical JSON may hold it: whole numbers, times and bytes become text."""
    kind = type(value)
    if kind is str or kind is bool or value is None:  # the usual ones first: an import hashes a million values
        return value
    if kind is int or isinstance(value, str):
        return str(value)
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, Sequence | set | frozenset):
        return [plain(item) for item in value]
    return str(value)


_encode = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode
_BEYOND = re.compile(r"[\ud800-\U0010ffff]")


def canonical(value: Any) -> bytes:
    """RFC 8785 bytes of a plain value.

    Plain values hold no numbers, so that only the order of keys could set the standard library's encoder apart
    from RFC 8785: code points against UTF-16 units, which agree below U+D800. Text beyond takes the slow way.
    """
    simple = plain(value)
    encoded = _encode(simple)
    return rfc8785.dumps(simple) if _BEYOND.search(encoded) else encoded.encode()


def image_hash(salt: bytes, row: Mapping[str, Any]) -> str:
    """The salted hash of a row as it stands: what an event binds, and what the verifier computes again."""
    return sha256(salt + canonical({name: _cell(value) for name, value in row.items()})).hex()


def _cell(value: Any) -> Any:
    """A JSON cell keeps the kinds of its values (3 is not "3"); the kinds of other cells are their columns'."""
    return json.dumps(value, sort_keys=True) if isinstance(value, dict | list | tuple) else value


def row_name(table: str, key: object) -> str:
    """How events and problems call a row: "cases/7"."""
    return f"{table}/{key}"


def commitment(salt: bytes, payload: bytes) -> str:
    """The salted hash that stands in the leaf for the payload kept beside it."""
    return sha256(salt + payload).hex()
