"""`esclarece ledger verify` and `esclarece ledger head`."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

from ..ledger.queries import head, verify
from ..ledger.rules import Head
from .forms import problem_words
from .rules import parse_head

if TYPE_CHECKING:
    from ..cli import Context


class HeadType(click.ParamType[Head]):
    """SIZE:ROOT as printed on paper."""

    name = "SIZE:ROOT"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Head:
        """Fails with a usage error when it is not a head."""
        try:
            return value if isinstance(value, Head) else parse_head(str(value))
        except ValueError:
            self.fail(f"{value!r} is not a head: a number, a colon, 64 hexadecimal digits", param, ctx)


class InstantType(click.ParamType[datetime]):
    """An instant in ISO 8601."""

    name = "INSTANT"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Fails with a usage error when it is not an instant; one without zone is the office's."""
        try:
            return value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
        except ValueError:
            self.fail(f"{value!r} is not an instant, for example 2026-09-03T16:05:00-06:00", param, ctx)


@click.group()
def ledger() -> None:
    """The tamper-evident record of every change."""


@ledger.command("verify")
@click.option("--head", "expected", type=HeadType(), help="A head from a printed page that must still be contained.")
@click.pass_obj
def verify_ledger(context: Context, expected: Head | None) -> None:
    """Recompute every event, the tree and every row. Exit code 1 when anything was altered, one line each."""
    with context.office.database.reading() as session:
        result = verify(session, expected)
    for problem in result.problems:
        click.echo(f"{problem.where}: {problem_words(problem)}", err=True)
    if not result.ok:
        raise SystemExit(1)
    click.echo(f"verified: {result.head.size} events, {result.rows} rows, head {result.head.size}:{result.head.root}")


@ledger.command("head")
@click.option("--at", type=InstantType(), help="As it was at this instant.")
@click.pass_obj
def show_head(context: Context, at: datetime | None) -> None:
    """The ledger's size and root, now or at an earlier instant."""
    if at is not None and at.tzinfo is None:
        at = at.replace(tzinfo=ZoneInfo(context.settings.timezone))
    with context.office.database.reading() as session:
        found = head(session, at)
    click.echo(f"{found.size}:{found.root}")


commands = (ledger,)
