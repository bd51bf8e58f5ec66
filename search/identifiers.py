"""Case numbers, phones, plates: found whole or by a piece, with or without separators; CURP: never found.

"UAT-01/000123/2026" is cut into the groups uat, 1, 123, 2026: letters apart from digits, no leading zeros.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from search.words import WORD, composed, fold, has_digit

SHORTEST_PIECE = 4
_GROUP = re.compile(r"\d+|[^\W\d_]+")
_LETTERS = re.compile(r"[^\W\d_]+")
# Four letters, date of birth, sex, state and three consonants, mark, check digit.
CURP = re.compile(r"(?<![^\W_])[a-zñ]{4}\d{6}[hmx][a-zñ]{5}[a-z\d]\d(?![^\W_])", re.IGNORECASE)
_LENGTH_OF_CURP = 18


@dataclass(frozen=True, slots=True)
class Keys:
    """The comparable forms of a document's identifiers, each between marks that no identifier holds."""

    grouped: str
    joined: str


@dataclass(frozen=True, slots=True)
class Needle:
    """What to look for in Keys: `whole` for an entire identifier, `pieces` for a part of one."""

    whole_grouped: str
    whole_joined: tuple[str, ...]
    grouped_pieces: tuple[str, ...]
    joined_pieces: tuple[str, ...]

    def is_whole(self, keys: Keys) -> bool:
        """Whether one of the identifiers is exactly what was asked for."""
        return self.whole_grouped in keys.grouped or any(piece in keys.joined for piece in self.whole_joined)

    def is_piece(self, keys: Keys) -> bool:
        """Whether what was asked for is a part of one of the identifiers."""
        return any(piece in keys.grouped for piece in self.grouped_pieces) or any(
            piece in keys.joined for piece in self.joined_pieces
        )


def is_curp(word: str) -> bool:
    """Whether a word has the shape of a CURP."""
    return len(word) == _LENGTH_OF_CURP and CURP.fullmatch(word) is not None


def keys(identifiers: Iterable[str]) -> Keys:
    """The forms under which identifiers, as typed, are kept."""
    grouped, joined = [], []
    for identifier in identifiers:
        if groups := _groups(identifier):
            grouped.append(f"|-{'-'.join(groups)}-|")
            joined += sorted({_joined(identifier), "".join(groups)})
    return Keys("".join(grouped), f"={'='.join(joined)}=" if joined else "")


def letters(identifiers: Iterable[str]) -> list[str]:
    """The words of letters inside identifiers ("phg" of "PHG-12-34"), to be found like any other word."""
    return [word for text in identifiers for word in _LETTERS.findall(composed(text).lower())]


def needle(text: str) -> Needle | None:
    """What to look for when `text` is, or is a piece of, an identifier; None when it has no letter or digit.

    One group must be met entirely ("12" does not find "123"), unless four characters with a digit are given.
    Several groups must follow each other, the last one possibly cut short ("123/20").
    """
    groups, joined = _groups(text), _joined(text)
    if not groups:
        return None
    forms = tuple(sorted({joined, "".join(groups)}))
    long_enough = tuple(form for form in forms if len(form) >= SHORTEST_PIECE and has_digit(form))
    row = "-".join(groups)
    # A zero in front says how wide the number is, so it is typed to its end; else it may go on.
    entire = len(groups) == 1 or _GROUP.findall(_plain(text))[-1].startswith("0")
    grouped: tuple[str, ...] = (f"-{row}-" if entire else f"-{row}",)
    if len(WORD.findall(text)) > 1:
        grouped += tuple(form for form in long_enough if form.isdecimal())
        long_enough = tuple(f"={form}" for form in long_enough)
    return Needle(f"|-{row}-|", tuple(f"={form}=" for form in forms), grouped, long_enough)


def _groups(text: str) -> list[str]:
    return [
        group.lstrip("0") or "0" if group.isdecimal() else group for group in _GROUP.findall(_plain(text))
    ]


def _joined(text: str) -> str:
    return "".join(_GROUP.findall(_plain(text)))


def _plain(text: str) -> str:
    return fold(composed(text).lower())
