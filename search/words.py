"""Text to words: cutting, lower case, folding of accents. The same for documents, questions and snippets."""

import re
import unicodedata
from functools import lru_cache

LONGEST_WORD = 64
WORD = re.compile(r"[^\W_]+")

# Words so common that a document need not have them, unless nothing else is asked for.
FILLERS = frozenset(
    (
        *(
            "a",
            "al",
            "con",
            "de",
            "del",
            "e",
            "el",
            "en",
            "la",
            "las",
            "lo",
            "los",
            "o",
            "para",
            "por",
            "que",
        ),
        *("se", "su", "un", "una", "y", "an", "and", "at", "by", "for", "in", "of", "on", "or", "the", "to"),
        "with",
    )
)


def tokens(text: str) -> list[str]:
    """The words of a text, lower case, accents kept, composed (NFC)."""
    return [word[:LONGEST_WORD] for word in WORD.findall(composed(text).lower())]


def composed(text: str) -> str:
    """The text with letters and their accents in one character (NFC)."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


@lru_cache(maxsize=200_000)
def fold(word: str) -> str:
    """A word without accents: "núñez" to "nunez". Ligatures and width forms become plain letters."""
    if word.isascii():
        return word
    apart = unicodedata.normalize("NFKD", word)
    return "".join(char for char in apart if not unicodedata.combining(char)).lower()


def has_digit(text: str) -> bool:
    """Whether any character is a decimal digit."""
    return any(map(str.isdecimal, text))
