"""The `esclarece` command: gathers each feature's commands.

Exit codes: 2 what the user did, 1 what failed; both say it in one line on standard error.
"""

from __future__ import annotations

import sys
from functools import cached_property
from typing import TYPE_CHECKING

import click
from tqdm import tqdm

from .access import OFFICE
from .config import Settings, SettingsError
from .db import NotFound, Refusal
from .jurisdictions.queries import jurisdiction_codes
from .office import Office, open_office

if TYPE_CHECKING:
    from flask import Flask


class Context:
    """Opens the office once, at the first command that needs it."""

    def __init__(self) -> None:
        self._office: Office | None = None

    @cached_property
    def settings(self) -> Settings:
        """The office's settings; the first look at them makes the data folder."""
        found = Settings.from_env()
        if found.jurisdiction not in jurisdiction_codes():
            known = ", ".join(jurisdiction_codes())
            raise SettingsError(f"ESCLARECE_JURISDICTION is {found.jurisdiction!r}: choose from {known}")
        return found

    @property
    def office(self) -> Office:
        """The office, migrated. Raises a usage error that names `esclarece init` when it does not exist yet."""
        if self._office is None:
            from . import schema

            if not Settings.exist():
                raise click.UsageError("there is no office here: run `esclarece init` first, or set ESCLARECE_HOME")
            office = open_office(self.settings)
            if not schema.is_current(office.database):
                raise click.UsageError("the database is not prepared: run `esclarece init` first")
            self._office = office
        return self._office

    @property
    def app(self) -> Flask:
        """The web application, for commands that draw its templates. Raises as `office`."""
        from . import create_app

        assert self.office
        return create_app(self.settings)


@click.group()
@click.pass_context
def esclarece(context: click.Context) -> None:
    """Esclarece: cases, evidence, suspects, court stages, search and clearance reports."""
    context.obj = Context()


@esclarece.command()
@click.pass_obj
def init(context: Context) -> None:
    """Prepare the data folder: database, catalogues, search index. Safe to repeat."""
    from . import schema
    from .cases.services import load_catalogues

    office = open_office(context.settings)
    schema.upgrade(office.database)
    with office.database.transaction() as session:
        load_catalogues(session, OFFICE)
    if office.drainer.problem() is not None:
        office.drainer.rebuild()
    click.echo(f"ready: {context.settings.home}")


@esclarece.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--threads", default=8, show_default=True, type=click.IntRange(1, 64))
@click.pass_obj
def serve(context: Context, host: str, port: int, threads: int) -> None:
    """Serve the office's pages."""
    import waitress

    from . import create_app, schema

    app = create_app(context.settings)
    office: Office = app.extensions["office"]
    if not schema.is_current(office.database):
        raise click.UsageError("the database is not prepared: run `esclarece init` first")
    server = waitress.create_server(app, host=host, port=port, threads=threads, ident=None)
    office.drainer.start()
    app.extensions["printer"].start()
    click.echo(f"serving at http://{host}:{port}")
    server.run()


@esclarece.command()
@click.pass_obj
def reindex(context: Context) -> None:
    """Rebuild everything that is derived: where lines stand, the clearance facts, and the search index."""
    from .clearance.services import rebuild as rebuild_statuses
    from .court.services import rebuild_states

    office = context.office
    with office.database.transaction() as session:
        rebuild_states(session)
        rebuild_statuses(session)
    with tqdm(unit=" documents", disable=None) as bar:

        def show(done: int) -> None:
            bar.update(done - bar.n)

        count = office.drainer.rebuild(show)
    click.echo(f"{count} documents")


@esclarece.group()
def index() -> None:
    """What is derived from the records, for speed: the search index and two tables."""


@index.command()
@click.pass_obj
def check(context: Context) -> None:
    """Say whether all that `reindex` makes agrees with the records; exit code 1 when it does not."""
    from .clearance.services import stale_cases
    from .court.services import stale_states

    office, wrong = context.office, []
    if (problem := office.drainer.problem()) is not None:
        wrong.append(f"the search index: {problem}")
    with office.database.reading() as session:
        if lines := stale_states(session):
            wrong.append(f"where lines stand: {len(lines)} differ from their events, first lines/{lines[0]}")
        if cases := stale_cases(session):
            wrong.append(f"clearance facts: {len(cases)} cases differ from their records, first cases/{cases[0]}")
    if wrong:
        raise RuntimeError(f"{'; '.join(wrong)}. Run `esclarece reindex`")
    click.echo("the index agrees with the database")


def _gather() -> None:
    from .accounts import commands as accounts
    from .auditing import commands as auditing
    from .clearance import commands as clearance
    from .demo import commands as demo
    from .importing import commands as importing
    from .indexing import commands as indexing

    for feature in (accounts, auditing, clearance, demo, importing, indexing):
        for command in feature.commands:
            esclarece.add_command(command)


def main() -> None:
    """Run the command line with the exit codes of the contract."""
    _gather()
    try:
        esclarece(standalone_mode=False)
    except click.exceptions.Abort:
        sys.exit(1)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except (Refusal, SettingsError, NotFound) as error:
        click.echo(f"esclarece: {error or 'not found'}", err=True)
        sys.exit(2)
    except UnicodeError:
        click.echo("esclarece: a word or the standard input is not UTF-8 text", err=True)
        sys.exit(2)
    except OSError as error:
        where = f": {error.filename}" if error.filename else ""
        click.echo(f"esclarece: {error.strerror or error}{where}", err=True)
        sys.exit(1)
    except Exception as error:
        click.echo(f"esclarece: failed: {error}", err=True)
        sys.exit(1)
