"""Whoosh as its own documentation uses it: the raw engine our index is measured against."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from whoosh.analysis import CharsetFilter, StemmingAnalyzer
from whoosh.fields import DATETIME, ID, KEYWORD, NUMERIC, TEXT, Schema
from whoosh.index import create_in
from whoosh.qparser import MultifieldParser
from whoosh.support.charset import accent_map

from search import Document


def schema() -> Schema:
    folded = StemmingAnalyzer() | CharsetFilter(accent_map)
    return Schema(
        id=ID(stored=True, unique=True),
        kind=ID(stored=True),
        case_id=NUMERIC(stored=True),
        title=TEXT(stored=True, analyzer=folded),
        body=TEXT(stored=True, analyzer=folded),
        when=DATETIME(stored=True),
        identifiers=TEXT(stored=True),
        scope=KEYWORD,
    )


def build(folder: Path, documents: Sequence[Document]) -> None:
    """Index everything in one commit, with as many processes as there are cores: the quickest way it documents."""
    cores = len(os.sched_getaffinity(0))
    writer = create_in(folder, schema()).writer(limitmb=256, procs=cores, multisegment=True)
    for document in documents:
        writer.add_document(
            id=document.id,
            kind=str(document.kind),
            case_id=document.case_id,
            title=document.title,
            body=document.body,
            when=document.when.replace(tzinfo=None),
            identifiers=" ".join(document.identifiers),
            scope=" ".join(document.scope),
        )
    writer.commit()


def search(folder: Path, text: str, scope: Sequence[str]) -> int:
    """One query with ten highlighted hits."""
    from whoosh.index import open_dir
    from whoosh.query import And, Or, Term

    with open_dir(folder).searcher() as searcher:
        words = MultifieldParser(["title", "body", "identifiers"], schema()).parse(text)
        hits = searcher.search(And([words, Or([Term("scope", token) for token in scope])]), limit=25)
        for hit in hits:
            hit.highlights("body")
        return len(hits)
