"""`esclarece demo`: load the demonstration office, and say who may sign in."""

from __future__ import annotations

import json
import os
import secrets
from pathlib import Path
from typing import Any

import click
from tqdm import tqdm

from ..access import OFFICE
from ..db import Refusal, now
from ..jurisdictions.queries import get_jurisdiction
from .queries import holds_real_cases, loaded, words
from .rules import tell
from .services import ACCOUNTS, load_accounts, load_stories, load_units

SYLLABLES = ["ba", "ca", "da", "fa", "ga", "la", "ma", "na", "pa", "ra", "sa", "ta", "be", "ce", "de", "fe", "le", "me", "ne", "pe", "re", "se", "te", "bi", "di", "li", "mi", "ni", "ri", "si", "ti"]


@click.command()
@click.option("--cases", default=2000, show_default=True, type=click.IntRange(1, 100_000))
@click.option("--seed", default=2026, show_default=True, type=int)
@click.option("--once", is_flag=True, help="Do nothing but show the accounts when it is already loaded.")
@click.pass_obj
def demo(context: Any, cases: int, seed: int, once: bool) -> None:
    """Load a synthetic prosecutor's office of Michoacán with one account per role; never beside real cases."""
    office = context.office
    path = office.settings.home / "demo_accounts.json"
    with office.database.reading() as session:
        there, real = loaded(session) is not None, holds_real_cases(session)
    if there and not once:
        raise Refusal("the demonstration is already loaded; take it away with `esclarece import undo`")
    if real and not there and not once:
        raise Refusal("this office holds real cases: load the demonstration into another folder (ESCLARECE_HOME)")
    if not there and not real:
        _load(office, cases, seed, path)
    if path.exists() and not real:
        _show_accounts(json.loads(path.read_text()))


def _load(office: Any, cases: int, seed: int, path: Path) -> None:
    passwords = {name: _passphrase() for name, *_rest in ACCOUNTS}
    law = get_jurisdiction("mx_cnpp")
    with office.database.transaction() as session:
        units = load_units(session, OFFICE, words())
        users = load_accounts(session, OFFICE, units, passwords)
        stories = tqdm(tell(cases, seed, now(), law, words()), total=cases, unit=" cases", disable=None)
        batch = load_stories(session, OFFICE, stories, units, users[:2], law.code)
        identifier = batch.public_id
    office.drainer.finish()
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w") as file:
        json.dump(passwords, file)
    click.echo(f"{cases} synthetic cases loaded as batch {identifier}; nobody in them exists")


def _passphrase() -> str:
    """Five groups of two syllables: easy to type, some 49 bits, different in every installation."""
    return "-".join("".join(secrets.choice(SYLLABLES) for _ in range(2)) for _ in range(5))


def _show_accounts(passwords: dict[str, str]) -> None:
    click.echo("sign in as:")
    for name, _full_name, role, _unit in ACCOUNTS:
        click.echo(f"  {name:<14} {passwords[name]:<26} {role}")


commands = [demo]
