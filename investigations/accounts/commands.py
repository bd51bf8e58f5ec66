"""`esclarece user …` and `esclarece unit …`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from ..access import OFFICE, Role
from ..db import Database, NotFound, Refusal
from . import queries, services
from .models import Unit
from .rules import PEOPLE_ROLES

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from ..cli import Context


def _database(context: Context) -> Database:
    return context.office.database


@click.group()
def user() -> None:
    """Accounts: add, list, disable."""


@user.command("add")
@click.argument("name")
@click.option("--role", required=True, type=click.Choice([str(role) for role in PEOPLE_ROLES]))
@click.option("--unit", "unit_code", help="Code of the unit; needed by the roles that work cases.")
@click.option("--full-name", default="", help="The name shown; the account name when left out.")
@click.option("--password-stdin", is_flag=True, required=True, help="Read the password from standard input.")
@click.pass_obj
def add_user(context: Context, name: str, role: str, unit_code: str | None, full_name: str, password_stdin: bool) -> None:
    """Open an account called NAME."""
    password = sys.stdin.read().removesuffix("\n").removesuffix("\r")
    with _database(context).transaction() as session:
        unit = _unit(session, unit_code) if unit_code else None
        added = services.add_user(
            session, OFFICE, name=name, full_name=full_name, role=Role(role), unit=unit, password=password
        )
    click.echo(f"{added.name}: {added.role}")


def _unit(session: Session, code: str) -> Unit:
    unit = queries.unit_coded(session, code)
    if unit is None:
        known = ", ".join(known.code for known in queries.list_units(session, OFFICE)) or "none yet"
        raise Refusal(f"no unit {code!r}; known units: {known}")
    return unit


@user.command("list")
@click.pass_obj
def list_users(context: Context) -> None:
    """Every account: name, role, unit, state, name shown."""
    with _database(context).reading() as session:
        for line in queries.list_users(session, OFFICE):
            state = "active" if line.active else "disabled"
            click.echo("\t".join((line.name, line.role, line.unit or "-", state, line.full_name)))


@user.command("disable")
@click.argument("name")
@click.pass_obj
def disable_user(context: Context, name: str) -> None:
    """Shut the account NAME out; its sessions end."""
    with _database(context).transaction() as session:
        found = queries.user_named(session, name)
        if found is None:
            raise NotFound(f"no account {name!r}")
        services.disable_user(session, OFFICE, found)
    click.echo(f"{found.name}: disabled")


@click.group()
def unit() -> None:
    """Units of the office: add, list."""


@unit.command("add")
@click.argument("code")
@click.argument("name")
@click.option("--parent", help="Code of the unit it belongs to.")
@click.pass_obj
def add_unit(context: Context, code: str, name: str, parent: str | None) -> None:
    """Add the unit CODE called NAME."""
    with _database(context).transaction() as session:
        above = _unit(session, parent) if parent else None
        added = services.add_unit(session, OFFICE, code=code, name=name, parent=above)
    click.echo(f"{added.code}: {added.name}")


@unit.command("list")
@click.pass_obj
def list_units(context: Context) -> None:
    """Every unit: code, name, code of the unit above."""
    with _database(context).reading() as session:
        units = queries.list_units(session, OFFICE)
        codes = {known.id: known.code for known in units}
        for known in units:
            above = codes.get(known.parent_id, "-") if known.parent_id is not None else "-"
            click.echo("\t".join((known.code, known.name, above)))


commands = (user, unit)
