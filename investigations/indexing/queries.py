"""What the search index should hold, read from the database, and the answers it gives to a viewer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from textwrap import shorten
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from search import Document, Hit, Index

from ..access import Viewer
from ..accounts.models import Unit
from ..cases.models import Act, Case, CaseNumber, Offence, OffenceCode
from ..cases.queries import offence_labels, scope_for, scope_of, visible_ids
from ..court.models import LineEvent
from ..evidence.models import EvidenceItem
from ..jurisdictions.rules import Label
from ..ledger.queries import standing
from ..people.models import Alias, Identifier, Party, Person, Scheme
from .rules import Answer, Found, Kind, arrange

CHUNK = 1000
FIRST_HITS = 100
SHOWN_PER_KIND = 5


def documents(session: Session, case_ids: Collection[int] | None = None) -> Iterator[Document]:
    """The documents of these cases (of all, when None) as they should stand in the index, case by case.

    CURP is left out: it is never full-text (domain.md §3.2).
    """
    wanted = sorted(case_ids) if case_ids is not None else session.scalars(select(Case.id).order_by(Case.id)).all()
    units = dict(session.execute(select(Unit.id, Unit.name)).all())
    codes = {
        key: (es, en)
        for key, es, en in session.execute(select(OffenceCode.id, OffenceCode.label_es, OffenceCode.label_en))
    }
    for start in range(0, len(wanted), CHUNK):
        yield from _chunk(session, wanted[start : start + CHUNK], units, codes)


def _chunk(
    session: Session, ids: Sequence[int], units: dict[int, str], codes: dict[int, tuple[str, str]]
) -> Iterator[Document]:
    cases = {row.id: row for row in session.execute(_of(Case, Case.id, ids))}
    numbers = _grouped(session, _of(CaseNumber, CaseNumber.case_id, ids), "case_id")
    offences = _grouped(session, _of(Offence, Offence.case_id, ids), "case_id")
    notes = _grouped(session, _of(LineEvent, LineEvent.case_id, ids).where(LineEvent.note != ""), "case_id")
    scopes = {key: scope_of(key, case.unit_id, case.confidentiality) for key, case in cases.items()}
    for key, case in cases.items():
        names = [codes[offence.code_id] for offence in offences[key]]
        said = [event.note for event in notes[key]]
        yield _case_document(case, [n.value for n in numbers[key]], names, units[case.unit_id], scopes[key], said)
    yield from _people(session, list(cases), cases, scopes)
    for item in session.execute(_of(EvidenceItem, EvidenceItem.case_id, list(cases)).where(EvidenceItem.withdrawn_at.is_(None))):
        title = f"{item.label} · {shorten(item.description, 70, placeholder='…')}"
        body = f"{item.description}\n{item.found_place}\n{item.custodian}"
        yield _document(Kind.EVIDENCE, item, title, body, item.found_at, scopes, (item.label,))
    for act in session.execute(_of(Act, Act.case_id, list(cases))):
        yield _document(Kind.ACT, act, cases[act.case_id].number, act.text, act.happened_at, scopes)


def _of(model: Any, column: Any, ids: Sequence[int]) -> Select[Any]:
    """Standing rows of a table for these cases, as plain rows: no ORM objects for tens of thousands of them."""
    return select(*model.__table__.columns).where(column.in_(ids), standing(model.batch_id)).order_by(model.id)


def _grouped(session: Session, statement: Select[Any], key: str) -> defaultdict[int, list[Any]]:
    groups: defaultdict[int, list[Any]] = defaultdict(list)
    for row in session.execute(statement):
        groups[getattr(row, key)].append(row)
    return groups


def _case_document(
    case: Any, numbers: list[str], names: list[tuple[str, str]], unit: str, scope: tuple[str, ...], notes: list[str]
) -> Document:
    """The case with the notes of its procedural events, which have no page of their own."""
    place = ", ".join(part for part in (case.place, case.municipality_name) if part)
    labels = dict.fromkeys([*(es for es, _en in names), *(en for _es, en in names)])
    return Document(
        id=f"case-{case.public_id}",
        kind=Kind.CASE,
        case_id=case.id,
        title=" · ".join([case.number, *labels]),
        body="\n".join(part for part in (case.narrative, place, *notes) if part),
        when=case.reported_at or case.opened_at,
        identifiers=tuple(numbers),
        facets={"unit": unit, "offence": names[0][0] if names else ""},
        scope=scope,
    )


def _document(
    kind: Kind, row: Any, title: str, body: str, when: Any, scopes: dict[int, tuple[str, ...]], identifiers: tuple[str, ...] = ()
) -> Document:
    return Document(f"{kind}-{row.public_id}", kind, row.case_id, title, body, when, identifiers, {}, scopes[row.case_id])


def _people(
    session: Session, ids: Sequence[int], cases: dict[int, Any], scopes: dict[int, tuple[str, ...]]
) -> Iterator[Document]:
    parties = session.execute(
        select(Party.public_id, Party.case_id, Party.note, Party.added_at, Party.person_id, Person.given_names,
               Person.surname1, Person.surname2)
        .join(Person, Person.id == Party.person_id)
        .where(Party.case_id.in_(ids), Party.withdrawn_at.is_(None), standing(Party.batch_id))
    ).all()  # fmt: skip
    persons = [party.person_id for party in parties]
    aliases = _grouped(session, _of(Alias, Alias.person_id, persons).where(Alias.withdrawn_at.is_(None)), "person_id")
    marks = _of(Identifier, Identifier.person_id, persons).where(
        Identifier.withdrawn_at.is_(None), Identifier.scheme != Scheme.CURP
    )
    identifiers = _grouped(session, marks, "person_id")
    for party in parties:
        title = " ".join(part for part in (party.given_names, party.surname1, party.surname2) if part)
        body = "\n".join([*(alias.text for alias in aliases[party.person_id]), party.note])
        numbers = tuple(mark.value for mark in identifiers[party.person_id])
        yield _document(Kind.PERSON, party, title, body, cases[party.case_id].reported_at or party.added_at, scopes, numbers)


def possible_ids(session: Session, case_ids: Collection[int]) -> set[str]:
    """Every document id that these cases may ever have had, withdrawn rows included: for taking out of the index."""
    owners = ((Kind.CASE, Case, Case.id), (Kind.PERSON, Party, Party.case_id),
              (Kind.EVIDENCE, EvidenceItem, EvidenceItem.case_id), (Kind.ACT, Act, Act.case_id))  # fmt: skip
    return {
        f"{kind}-{public_id}"
        for kind, model, column in owners
        for public_id in session.scalars(select(model.public_id).where(column.in_(case_ids)))
    }


def count_documents(session: Session) -> int:
    """How many documents the index should hold."""
    cases = select(Case.id).where(standing(Case.batch_id))
    counts = (
        select(func.count()).select_from(Case).where(standing(Case.batch_id)),
        select(func.count()).select_from(Party).where(
            Party.withdrawn_at.is_(None), standing(Party.batch_id), Party.case_id.in_(cases)),
        select(func.count()).select_from(EvidenceItem).where(
            EvidenceItem.withdrawn_at.is_(None), standing(EvidenceItem.batch_id), EvidenceItem.case_id.in_(cases)),
        select(func.count()).select_from(Act).where(standing(Act.batch_id), Act.case_id.in_(cases)),
    )  # fmt: skip
    return sum(session.scalar(count) or 0 for count in counts)


def find(
    session: Session, index: Index, viewer: Viewer, text: str, kind: Kind | None = None, *, limit: int = 25, offset: int = 0,
    sample: bool = False,
) -> Answer:  # fmt: skip
    """Search what the viewer may see. Counts, groups and snippets come only after the database has agreed.

    `sample` without a kind: the first few of each kind, for a page. Otherwise `limit` hits, of the kind when given.
    """
    scope = scope_for(session, viewer)

    def visible(case_ids: set[int]) -> set[int]:
        return visible_ids(session, viewer, case_ids)

    kinds = [kind] if kind is not None else []
    if kind is not None or not sample:
        results = index.find(text, scope, visible=visible, kinds=kinds, limit=limit, offset=offset)
        hits = results.hits
    else:
        results = index.find(text, scope, visible=visible, limit=FIRST_HITS)
        hits = [hit for each in Kind for hit in _first(results.hits, each)]
        for each in Kind:
            if results.by_kind.get(each) and not _first(results.hits, each):
                hits += index.find(text, scope, visible=visible, kinds=[each], limit=SHOWN_PER_KIND).hits
    return Answer(results.total, arrange(_show(session, viewer, hits), results.by_kind), [str(n) for n in results.notes])


def _first(hits: Iterable[Hit], kind: Kind) -> list[Hit]:
    return [hit for hit in hits if hit.kind == kind][:SHOWN_PER_KIND]


def _show(session: Session, viewer: Viewer, hits: Sequence[Hit]) -> list[Found]:
    """Hits with the public id and number of their case, which the viewer has just been found to see."""
    ids = {hit.case_id for hit in hits}
    cases = {row.id: row for row in session.execute(select(Case.id, Case.public_id, Case.number).where(Case.id.in_(ids)))}
    labels = offence_labels(session, viewer, {hit.case_id for hit in hits if hit.kind == Kind.CASE})
    return [
        Found(
            Kind(hit.kind),
            hit.id.removeprefix(f"{hit.kind}-"),
            cases[hit.case_id].public_id,
            cases[hit.case_id].number,
            _title(cases[hit.case_id].number, labels[hit.case_id]) if hit.kind == Kind.CASE else Label(hit.title, hit.title),
            tuple((text.replace("\n", " · "), match) for text, match in hit.snippet),
            hit.when,
        )
        for hit in hits
    ]


def _title(number: str, offences: Sequence[Label]) -> Label:
    """A case's number and offences; the index has them in both languages at once, a reader wants one."""
    return Label(
        " · ".join([number, *(label.es for label in offences)]), " · ".join([number, *(label.en for label in offences)])
    )
