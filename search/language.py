"""The language of the search box, read into a small tree. Pure; any text at all is accepted.

    robo vehículo          both words, in any order
    "arma de fuego"        these words together
    -tentativa             not this word (also -"…" and -field:word)
    robo OR asalto         one of the two; OR joins only its neighbours
    extors*                words that begin so
    title:robo             only in one field: title, number, kind, unit, offence (or their Spanish names)

What cannot be read so is read as plain words, with a note. A CURP is left out, with a note: none is ever indexed.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from search.contract import Note
from search.groups import MOST_GROUPS
from search.identifiers import CURP
from search.words import composed, fold, tokens

MAX_CHARACTERS = 2_000
MAX_TERMS = 24
SHORTEST_PREFIX = 2


class Field(StrEnum):
    """The fields that may be asked for by name."""

    heading = "title"
    number = "number"
    kind = "kind"
    unit = "unit"
    offence = "offence"


FIELD_NAMES = {
    **{field.value: field for field in Field},
    "titulo": Field.heading,
    "numero": Field.number,
    "carpeta": Field.number,
    "case": Field.number,
    "tipo": Field.kind,
    "unidad": Field.unit,
    "delito": Field.offence,
    "offense": Field.offence,
}
KIND_NAMES = {
    "carpeta": "case",
    "caso": "case",
    "persona": "person",
    "indicio": "evidence",
    "evidencia": "evidence",
    "prueba": "evidence",
    "acto": "act",
    "actuacion": "act",
}


@dataclass(frozen=True, slots=True)
class Word:
    """One word, or one run of characters without blanks such as 000123/2026."""

    text: str


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words that stand together, in this order."""

    text: str


@dataclass(frozen=True, slots=True)
class Prefix:
    """Words that begin with this."""

    text: str


@dataclass(frozen=True, slots=True)
class InField:
    """A term looked for in one field only."""

    field: Field
    term: Word | Phrase | Prefix


Term = Word | Phrase | Prefix | InField


@dataclass(frozen=True, slots=True)
class Either:
    """At least one of the terms."""

    terms: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class Query:
    """All of `must`, none of `must_not`, and what to tell the person."""

    must: tuple[Term | Either, ...] = ()
    must_not: tuple[Term, ...] = ()
    notes: tuple[Note, ...] = ()


class _Broken(Exception):
    """The text does not follow the language."""


_QUOTES = str.maketrans("“”„‟«»″", '"' * 7)
_BLANKS = str.maketrans(dict.fromkeys([*",;()[]{}", *map(chr, range(32))], " "))
_LEXEME = re.compile(
    r"""(?P<minus>-)?
        (?:(?P<field>[^\W\d_]+):(?=["\w]))?
        (?:"(?P<phrase>[^"]*)"|(?P<word>[^\s"]+))""",
    re.VERBOSE,
)


def parse(text: str) -> Query:
    """Read what was typed. Takes any text, raises nothing; the work is bounded whatever the length."""
    short = composed(text[:MAX_CHARACTERS]).translate(_QUOTES).translate(_BLANKS)
    notes = [Note.shortened] if len(text) > MAX_CHARACTERS else []
    short, personal = CURP.subn(" ", short)
    if personal:
        notes.append(Note.curp_not_searched)
    try:
        query = _read(short)
    except _Broken:
        query = _plain(short)
    return _bounded(query, notes)


def _read(text: str) -> Query:
    if text.count('"') % 2:
        raise _Broken
    must: list[Term | Either] = []
    must_not: list[Term] = []
    notes: list[Note] = []
    before: Term | None = None
    joining = False
    for negative, term in _terms(text, notes):
        if term is None or (negative and joining):
            if before is None or negative or joining:
                raise _Broken
            joining = True
        elif negative:
            must_not.append(term)
            before = None
        else:
            must.append(_join(must.pop(), term) if joining else term)
            before, joining = term, False
    if joining:
        raise _Broken
    return Query(tuple(must), tuple(must_not), tuple(notes))


def _join(left: Term | Either, right: Term) -> Either:
    return Either((*left.terms, right) if isinstance(left, Either) else (left, right))


def _terms(text: str, notes: list[Note]) -> Iterator[tuple[bool, Term | None]]:
    """The terms in order, each with whether it is denied; None stands for OR."""
    for lexeme in _LEXEME.finditer(text):
        minus, field = bool(lexeme["minus"]), lexeme["field"]
        if lexeme["word"] == "OR" and not field:
            yield minus, None
            continue
        term = _phrase(lexeme["phrase"]) if lexeme["word"] is None else _word(lexeme["word"], notes)
        if term is None:
            if field:
                raise _Broken
            continue
        yield minus, _in_field(field, term) if field else term


def _phrase(text: str) -> Phrase | None:
    return Phrase(text.strip()) if tokens(text) else None


def _word(text: str, notes: list[Note]) -> Word | Prefix | None:
    stem = text.rstrip("*")
    if "*" in stem or (stem.endswith(":") and fold(stem[:-1].lower()) in FIELD_NAMES):
        raise _Broken
    if not tokens(stem):
        if text != stem:
            notes.append(Note.prefix_too_short)
        return None
    if text == stem:
        return Word(text)
    if len("".join(tokens(stem))) < SHORTEST_PREFIX:
        notes.append(Note.prefix_too_short)
        return Word(stem)
    return Prefix(stem)


def _in_field(name: str, term: Word | Phrase | Prefix) -> InField:
    field = FIELD_NAMES.get(fold(name.lower()))
    if field is None:
        raise _Broken
    if field is Field.kind:
        kind = "".join(tokens(term.text))
        singular = fold(kind).removesuffix("es" if fold(kind).endswith("actuaciones") else "s")
        term = Word(KIND_NAMES.get(singular, singular))
    return InField(field, term)


def _plain(text: str) -> Query:
    """The same text without any operator."""
    words = [word.strip("-") for word in re.split(r'[\s":*]+', text)]
    return Query(
        tuple(Word(word) for word in words if word != "OR" and tokens(word)), (), (Note.broken_syntax,)
    )


def _bounded(query: Query, notes: list[Note]) -> Query:
    """The first terms only: what one person can mean by one search."""
    room = MAX_TERMS
    must: list[Term | Either] = []
    for part in query.must:
        if isinstance(part, Either):
            part = Either(part.terms[:room])
        room -= len(part.terms) if isinstance(part, Either) else 1
        must.append(part)
        if room <= 0:
            break
    must_not = query.must_not[:MAX_TERMS]
    if _size(must) < _size(query.must) or len(must_not) < len(query.must_not):
        notes = [*notes, Note.shortened]
    return Query(tuple(must), must_not, tuple(dict.fromkeys([*query.notes, *notes])))


def neighbours(parts: Sequence[Term | Either]) -> Iterator[tuple[int, int, str]]:
    """Words typed side by side, such as a plate with blanks: place of the first, place after the last, their text."""
    for first in range(len(parts)):
        typed: list[str] = []
        for last, part in enumerate(parts[first : first + MOST_GROUPS], start=first + 1):
            if not isinstance(part, Word):
                break
            typed.append(part.text)
            if len(typed) > 1:
                yield first, last, " ".join(typed)


def _size(parts: Iterable[Term | Either]) -> int:
    return sum(len(part.terms) if isinstance(part, Either) else 1 for part in parts)
