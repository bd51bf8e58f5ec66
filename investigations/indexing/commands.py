"""The command line of search: find as somebody, check the index."""

from __future__ import annotations

import json
from typing import Any

import click

from ..accounts.queries import user_named, viewer_of
from ..db import Refusal
from .queries import find
from .rules import Answer, Kind


@click.command()
@click.argument("text")
@click.option("--as", "user", required=True, help="Search with the sight of this user.")
@click.option("--kind", type=click.Choice([kind.value for kind in Kind]))
@click.option("--limit", default=25, show_default=True, type=click.IntRange(1, 500))
@click.option("--format", "form", type=click.Choice(["json", "text"]), default="text", show_default=True)
@click.pass_obj
def search(context: Any, text: str, user: str, kind: str | None, limit: int, form: str) -> None:
    """Find cases, people, evidence and acts, as far as the user may see them."""
    office = context.office
    office.drainer.finish()
    with office.database.reading() as session:
        account = user_named(session, user)
        if account is None or not account.active:
            raise Refusal(f"there is no active user named {user!r}: see `esclarece user list`")
        viewer = viewer_of(session, account)
        answer = find(session, office.index, viewer, text, Kind(kind) if kind else None, limit=limit)
    language = office.settings.language
    told = json.dumps(_plain(answer, language), ensure_ascii=False, indent=1) if form == "json" else _text(answer, language)
    click.echo(told)


def _plain(answer: Answer, language: str) -> dict[str, Any]:
    hits = [
        {
            "kind": hit.kind,
            "id": hit.public_id,
            "case_number": hit.case_number,
            "title": hit.title.text(language),
            "snippet": "".join(text for text, _match in hit.snippet),
            "when": hit.when.isoformat(),
        }
        for group in answer.groups
        for hit in group.hits
    ]
    return {"total": answer.total, "hits": hits, "notes": answer.notes}


def _text(answer: Answer, language: str) -> str:
    lines = [f"{answer.total}"]
    for group in answer.groups:
        lines.append(f"{group.kind} ({group.total})")
        for hit in group.hits:
            marked = "".join(f"[{text}]" if match else text for text, match in hit.snippet)
            lines.append(f"  {hit.case_number}  {hit.title.text(language)}  {' '.join(marked.split())}".rstrip())
    return "\n".join([*lines, *answer.notes])


commands = [search]
