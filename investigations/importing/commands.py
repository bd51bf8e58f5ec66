"""The command line of imports: bring records in, take a batch back, list them and count what they brought."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click
from tqdm import tqdm

from ..access import OFFICE
from ..jurisdictions.queries import jurisdiction_codes
from .queries.batches import BatchLine, get_batch, later_records, list_batches
from .rules.findings import Done
from .services import Bars, Outcome, import_plain, import_tables, undo_batch
from .services.mappings import plain_mapping, tables_mapping
from .services.reports import summed_up
from .services.showing import Shown, show_batches


@click.group("import")
def import_group() -> None:
    """Bring records in from files, look at what was brought, take it back."""


def _files(command: Callable[..., Any]) -> Callable[..., Any]:
    """What every import takes: the files, and whether to write."""
    files = click.argument(
        "files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
    )
    dry_run = click.option("--dry-run", is_flag=True, help="Read and report everything, write nothing.")
    create = click.option("--create-missing", is_flag=True, help="Create units and offences that the office lacks.")
    progress = click.option("--progress", is_flag=True, help="Show progress even where no terminal is.")
    return files(dry_run(create(progress(command))))


@import_group.command("cook-county")
@_files
@click.pass_obj
def cook_county(
    context: Any, files: tuple[Path, ...], dry_run: bool, create_missing: bool, progress: bool
) -> None:
    """The four tables of the Cook County State's Attorney, compressed or not, in any order.

    Agencies and offence categories that are not there yet are always created: they are the source's own.
    """
    office, mapping = context.office, tables_mapping("cook_county")
    began = time.monotonic()
    outcome = import_tables(
        office.database,
        OFFICE,
        mapping,
        files,
        folder=office.settings.imports_dir,
        dry_run=dry_run,
        bars=_bars(progress),
    )
    _tell(office, outcome, dry_run, began, progress)


@import_group.command("plain")
@_files
@click.option("--jurisdiction", type=click.Choice(jurisdiction_codes()), help="Told from the events unless given.")
@click.pass_obj
def plain(
    context: Any,
    files: tuple[Path, ...],
    dry_run: bool,
    create_missing: bool,
    progress: bool,
    jurisdiction: str | None,
) -> None:
    """Files with one row an event (docs/importing.md)."""
    office, settings = context.office, context.office.settings
    began = time.monotonic()
    outcome = import_plain(
        office.database,
        OFFICE,
        plain_mapping(),
        files,
        zone=ZoneInfo(settings.timezone),
        preferred=settings.jurisdiction,
        jurisdiction=jurisdiction,
        create_missing=create_missing,
        folder=settings.imports_dir,
        dry_run=dry_run,
        bars=_bars(progress),
    )
    _tell(office, outcome, dry_run, began, progress)


def _bars(forced: bool) -> Bars:
    """Progress bars on the error stream: where a terminal is, or where they are asked for."""

    def start(name: str, total: int | None) -> Callable[[int], None]:
        return _bar(name, total, "rows", forced)

    return start


def _bar(name: str, total: int | None, unit: str, forced: bool = False) -> Callable[[int], None]:
    bar = tqdm(desc=name, total=total, unit=f" {unit}", file=sys.stderr, disable=False if forced else None)

    def advance(count: int) -> None:
        bar.update(count)

    return advance


def _tell(office: Any, outcome: Outcome, dry_run: bool, began: float, progress: bool) -> None:
    """Bring the index up to date, then say what became of every row."""
    if outcome.batch:
        office.drainer.finish(_bar("index", None, "documents", progress))
    report = outcome.report
    for file, counts in report.done.items():
        click.echo(f"{file}: {report.rows(file)} rows: {summed_up(counts) or '-'}")
    total = report.total()
    click.echo(f"total: {sum(total.values())} rows: {summed_up(total) or '-'}")
    click.echo(f"report: {outcome.report_path}")
    if outcome.batch:
        brought = ", ".join(f"{count} {table}" for table, count in outcome.written.items())
        click.echo(f"batch {outcome.batch}: {brought} in {time.monotonic() - began:.0f} s")
        click.echo(f"to take it back: esclarece import undo {outcome.batch}")
    else:
        click.echo("dry run: nothing was written" if dry_run else "nothing new: nothing was written")


@import_group.command()
@click.argument("batch")
@click.option("--reason", default="import undone", show_default=True)
@click.pass_obj
def undo(context: Any, batch: str, reason: str) -> None:
    """Withdraw everything that an import brought, in one act."""
    office = context.office
    with office.database.transaction() as session:
        found = get_batch(session, batch)
        later = undo_batch(session, OFFICE, found, reason=reason)
        public_id = found.public_id
    if later:
        click.echo(
            f"hidden with its cases: {later.acts} acts, {later.events} events, {later.people} people and "
            f"{later.evidence} items of evidence that others recorded",
            err=True,
        )
    office.drainer.finish(_bar("index", None, "documents"))
    click.echo(f"withdrawn: {public_id}")


@import_group.command("list")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.pass_obj
def list_imports(context: Any, form: str) -> None:
    """Every import, the newest first."""
    with context.office.database.reading() as session:
        batches = list_batches(session)
    if form == "json":
        click.echo(json.dumps([_plain_line(batch) for batch in batches], ensure_ascii=False, indent=1))
        return
    for batch in batches:
        counts = ", ".join(f"{batch.counts[fate.name.lower()]} {fate}" for fate in Done if batch.counts.get(fate.name.lower()))
        state = f"withdrawn {batch.withdrawn_at:%Y-%m-%d %H:%M} UTC: {batch.withdrawn_reason}" if batch.withdrawn_at else "standing"
        when = f"{batch.active_at:%Y-%m-%d %H:%M} UTC" if batch.active_at else "-"
        click.echo(f"{batch.public_id}  {batch.mapping}  {when}  {', '.join(batch.files)}  ({counts})  {state}")


def _plain_line(batch: BatchLine) -> dict[str, Any]:
    return {
        "batch": batch.public_id,
        "mapping": batch.mapping,
        "files": list(batch.files),
        "active_at": batch.active_at.isoformat() if batch.active_at else None,
        "counts": batch.counts,
        "withdrawn_at": batch.withdrawn_at.isoformat() if batch.withdrawn_at else None,
        "withdrawn_reason": batch.withdrawn_reason,
    }


@import_group.command()
@click.argument("batches", nargs=-1, required=True, metavar="BATCH…")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.pass_obj
def show(context: Any, batches: tuple[str, ...], form: str) -> None:
    """What stands now of one or several imports, counted from the records: people by stage, events by kind."""
    with context.office.database.reading() as session:
        found = [get_batch(session, batch) for batch in batches]
        shown = show_batches(session, OFFICE, found)
        later = later_records(session, found[0]) if len(found) == 1 else None
    if form == "json":
        click.echo(json.dumps(shown.plain(), ensure_ascii=False, indent=1))
        return
    click.echo("\n".join(_lines(shown)))
    if later:
        click.echo(f"others have since recorded {later.acts} acts and {later.events} events on its cases")


def _lines(shown: Shown) -> list[str]:
    lines = [f"{label.en}: {shown.stages[code]}" for code, label in shown.stage_labels.items()]
    lines += [f"{label.en}: {shown.rates[code] or '-'}" for code, label in shown.rate_labels.items()]
    lines += [f"{kind.kind}: {kind.events} events, {kind.suspects} suspects" for kind in shown.kinds]
    return lines or ["nothing of it stands"]


commands = [import_group]
