"""Identifiers inside texts: "PKT-662-F", "(452) 555 3949". What is written in groups is kept run together as well.

So it does not matter how a text or a question is cut: both come down to one form, "pkt662f". Nothing tells where
an identifier ends, so every few neighbouring groups are kept; forms that could be something else are not.
"""

import re
from collections.abc import Iterator, Sequence

from search.identifiers import SHORTEST_PIECE, is_curp
from search.words import LONGEST_WORD, WORD, fold, has_digit

MOST_GROUPS = 5
SHORTEST_NUMBER = 7
REACH = 24
# Only where groups meet a digit or one is both: most digits of a text stand alone, and most of a text has none.
_SEED = re.compile(
    r"""\d (?: [-\u2010-\u2013/._ \xa0()]{1,3} \d           # 12-34, (452) 555
           | [-\u2010-\u2013/._]? [^\W\d_] | (?<=[^\W\d_]\d)  # 12-AB-CD, PKT662-F
           | (?<=[^\W\d_][-\u2010-\u2013/._]\d) )            # AB-CD-12
    """,
    re.VERBOSE,
)
_RUN = re.compile(
    r"""(?<![^\W_])
        (?: [^\W\d_]+ [-\u2010-\u2013/._] | [^\W\d_]{1,3} [ \xa0] ){0,4}  # any letters before a sign, few before a blank
        [^\W_]* \d [^\W_]*
        (?: [-\u2010-\u2013/._] [^\W_]+
          | [-\u2010-\u2013/. \xa0()]{1,3} (?: [^\W_]* \d [^\W_]* | [^\W\d_]{1,3} (?![^\W_]) ) )*
    """,
    re.VERBOSE,
)
_GROUP = re.compile(r"\d+|\D+")


def joined(groups: Sequence[str]) -> str | None:
    """Groups run together, without accents; None when that says too little.

    Digits alone must be as many as in a local telephone number: "3.5" is not 35, nor "12-34" 1234.
    """
    form = "".join([fold(group.lower()) for group in groups])
    return form if _tells(form) else None


def _tells(form: str) -> bool:
    if not SHORTEST_PIECE <= len(form) <= LONGEST_WORD or is_curp(form):
        return False
    return len(form) >= SHORTEST_NUMBER if form.isdecimal() else has_digit(form)


def apart(words: Sequence[str]) -> list[str]:
    """Words cut where letters and digits meet: "glock19" may be written "Glock 19"."""
    return [group for word in words for group in _GROUP.findall(word)]


def stretches(text: str) -> Iterator[tuple[int, int, str]]:
    """What may be an identifier in groups: where it begins and ends in the text, and its joined form.

    Letters and digits in turn ("Glock 19") are left to `apart`, which finds them in the text as it is.
    """
    end = 0
    for seed in _SEED.finditer(text):
        if seed.start() < end:
            continue
        # Bounded to both sides, so that no text takes longer than its length.
        run = _RUN.search(text, max(end, seed.start() - REACH), seed.end() + LONGEST_WORD * MOST_GROUPS)
        if run:
            end = run.end()
            yield from _within(text, run)


def _within(text: str, run: re.Match[str]) -> Iterator[tuple[int, int, str]]:
    groups = [(*found.span(), fold(found[0].lower())) for found in WORD.finditer(text, *run.span())]
    for first, (start, _, form) in enumerate(groups):
        for _, end, group in groups[first + 1 : first + MOST_GROUPS]:
            form += group
            if _tells(form):
                yield start, end, form
