"""Rows of the plain format that say again what was said before, in the same words or in others. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from .cells import fold
from .drafts import CaseDraft, row_key
from .findings import Done, LeftOut, Place, Problem
from .mapping import PlainMapping
from .names import Name, read_name


class Repeats:
    """What the rows so far, and the office (`present`: key of what happened → key of the words), have said."""

    def __init__(self, mapping: PlainMapping, *, two_surnames: bool, present: Mapping[str, tuple[str, int]]) -> None:
        self._mapping, self._two_surnames, self._present = mapping, two_surnames, present
        self._nobody = {fold(word) for word in mapping.nobody}
        self._seen: dict[str, tuple[str, Place]] = {}

    def suspect(self, text: str) -> Name | None:
        """The person a cell names; None for an empty cell and for the words that mean nobody in particular."""
        nobody = not text or fold(text) in self._nobody
        return None if nobody else read_name(text, two_surnames=self._two_surnames)

    def key(self, texts: Mapping[str, str], case: CaseDraft, event: Sequence[str]) -> tuple[str, str]:
        """What the row says happened, however it is spelt; and how it is spelt."""
        own = {fold(name) for name in (case.code.code, case.code.label_es, case.code.label_en)}
        offence = "" if fold(texts["offence"]) in own else fold(texts["offence"])
        suspect = self.suspect(texts["suspect"])
        what = (case.key, offence, suspect.key if suspect else "", *event, texts["note"])
        return row_key(self._mapping.code, "event", what, [texts[name] for name in self._mapping.columns])

    def refuse(self, key: tuple[str, str], *, exactly: bool = False) -> None:
        """Raises LeftOut for what was said before: `exactly` in the same words, or in any.

        The same words need no look at the case, which somebody may have edited since; other words must agree with it.
        """
        named, said = key
        before = self._seen.get(named)
        if before is not None and (not exactly or before[0] == said):
            raise LeftOut("", Problem.DUPLICATE, Done.DUPLICATE, line=before[1].line, file=before[1].file)
        present = self._present.get(named)
        if present is not None and (not exactly or present[0] == said):
            raise LeftOut("", Problem.DUPLICATE, Done.PRESENT)

    def remember(self, key: tuple[str, str], place: Place) -> None:
        """The row is taken: whatever says the same from here on repeats it."""
        self._seen[key[0]] = (key[1], place)
