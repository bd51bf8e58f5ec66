"""From documents with terms to terms with documents, in memory."""

from array import array
from collections.abc import Iterator

Item = tuple[str, bytes, int, float, bytes]


class Inversion:
    """Gathers postings (field, term, document, weight, places) by term as they come.

    An engine that sorts them all at the end, as Whoosh does, spends a third of its time on it. Documents must
    come in ascending order.
    """

    def __init__(self) -> None:
        self._fields: dict[str, dict[bytes, tuple[array[int], list[float], list[bytes]]]] = {}

    def add(self, item: Item) -> None:
        """Take one posting."""
        name, term, document, weight, value = item
        terms = self._fields.setdefault(name, {})
        known = terms.get(term)
        if known is None:
            known = terms[term] = (array("I"), [], [])
        known[0].append(document)
        known[1].append(weight)
        known[2].append(value)

    def iter_postings(self) -> Iterator[Item]:
        """All postings, by field, then term, then document."""
        for name, terms in sorted(self._fields.items()):
            for term in sorted(terms):
                for document, weight, value in zip(*terms[term], strict=True):
                    yield name, term, document, weight, value

    def cleanup(self) -> None:
        """Forget them."""
        self._fields.clear()
