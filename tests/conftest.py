"""Real parts for every test: a migrated database, an office with one person per role, and a client for each."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from investigations import create_app, schema
from investigations.access import OFFICE, Role, Viewer
from investigations.accounts.models import Unit, User
from investigations.accounts.services import passwords
from investigations.config import Settings
from investigations.db import Database
from investigations.office import Office, open_office
from tests.postgresql import Postgres, find_postgres, programs

PASSWORD = "una contraseña larga 2026"
SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}


def make_settings(home: Path, url: str) -> Settings:
    return Settings(home=home, database_url=url, secret_key="k" * 48, background=False, testing=True)


@pytest.fixture(scope="session", autouse=True)
def light_passwords() -> Iterator[None]:
    """Hash with argon2id's least effort: hundreds of tests sign in, and one elsewhere checks the real parameters."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        yield


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres | None]:
    """A PostgreSQL server to test on: the one named by ESCLARECE_TEST_DATABASE_URL, or one started here."""
    server = find_postgres(tmp_path_factory.mktemp("postgres"))
    yield server
    if server is not None:
        server.stop()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Every test that touches the database runs on SQLite and, where there is one, on PostgreSQL."""
    if "engine_name" in metafunc.fixturenames:
        names = ["sqlite"]
        if os.environ.get("ESCLARECE_TEST_DATABASE_URL") or programs():
            names.append("postgresql")
        metafunc.parametrize("engine_name", names, scope="session")


@dataclass
class Template:
    """A prepared office, copied for each test: migrating and hashing passwords once is enough."""

    engine_name: str
    url: str
    people: dict[str, int] = field(default_factory=dict)


@pytest.fixture(scope="session")
def template(engine_name: str, postgres: Postgres | None, tmp_path_factory: pytest.TempPathFactory) -> Template:
    home = tmp_path_factory.mktemp(f"template-{engine_name}")
    if engine_name == "sqlite":
        url = f"sqlite:///{home / 'office.db'}"
    else:
        assert postgres is not None
        url = postgres.create("template_office")
    office = open_office(make_settings(home, url))
    schema.upgrade(office.database)
    with office.database.transaction() as session:
        fill_office(session)
    office.database.engine.dispose()
    return Template(engine_name, url)


def fill_office(session: Session) -> None:
    """Units centre > north, centre > south; one user per role in north, and a stranger in south."""
    from investigations.accounts.services import add_unit, add_user
    from investigations.cases.services import load_catalogues

    load_catalogues(session, OFFICE)
    centre = add_unit(session, OFFICE, code="CENTRO", name="Fiscalía Regional Centro")
    north = add_unit(session, OFFICE, code="NORTE", name="Unidad Norte", parent=centre)
    south = add_unit(session, OFFICE, code="SUR", name="Unidad Sur", parent=centre)
    for role in (Role.INVESTIGATOR, Role.PROSECUTOR, Role.MANAGER, Role.AUDITOR, Role.ADMINISTRATOR):
        unit = centre if role is Role.MANAGER else north
        add_user(session, OFFICE, name=str(role), full_name=f"Persona {role}", role=role, unit=unit, password=PASSWORD)
    for role in (Role.INVESTIGATOR, Role.PROSECUTOR, Role.MANAGER):
        add_user(
            session, OFFICE, name=f"south-{role}", full_name=f"Sur {role}", role=role, unit=south, password=PASSWORD
        )


@pytest.fixture
def settings(template: Template, postgres: Postgres | None, tmp_path: Path) -> Iterator[Settings]:
    if template.engine_name == "sqlite":
        source = sqlite3.connect(template.url.removeprefix("sqlite:///"))
        target = sqlite3.connect(tmp_path / "office.db")
        source.backup(target)
        source.close()
        target.close()
        yield make_settings(tmp_path, f"sqlite:///{tmp_path / 'office.db'}")
    else:
        assert postgres is not None
        url = postgres.copy("template_office")
        yield make_settings(tmp_path, url)
        postgres.drop(url)


@pytest.fixture
def office(settings: Settings) -> Iterator[Office]:
    opened = open_office(settings)
    yield opened
    opened.database.engine.dispose()


@pytest.fixture
def database(office: Office) -> Database:
    return office.database


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    """A writing session: commit with `database.commit(session)`."""
    with database.writing() as opened:
        yield opened


def viewer_named(session: Session, name: str) -> Viewer:
    """The viewer that this user is when signed in."""
    from sqlalchemy import select

    from investigations.accounts.queries import viewer_of

    user = session.scalar(select(User).where(User.name == name))
    assert user is not None
    return viewer_of(session, user)


def unit_named(session: Session, code: str) -> Unit:
    from sqlalchemy import select

    unit = session.scalar(select(Unit).where(Unit.code == code))
    assert unit is not None
    return unit


@pytest.fixture
def viewer(session: Session) -> Callable[[str], Viewer]:
    return lambda name: viewer_named(session, name)


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    made = create_app(settings)
    yield made
    made.extensions["database"].engine.dispose()


@pytest.fixture
def sign_in(app: Flask) -> Callable[[str], FlaskClient]:
    """Sign in by the real form: `sign_in("prosecutor").get("/")`. Unsafe requests carry their own-page header."""

    def enter(name: str) -> FlaskClient:
        client = app.test_client()
        client.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
        token = form_token(client.get("/sign-in").text)
        answer = client.post("/sign-in", data={"name": name, "password": PASSWORD, "csrf_token": token})
        assert answer.status_code in (302, 303), answer.text
        return client

    return enter


def form_token(page: str) -> str:
    """The CSRF token of the page's form."""
    import re

    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert found, "the page has no form token"
    return found.group(1)


def at(text: str) -> datetime:
    """An instant in UTC from ISO text."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
