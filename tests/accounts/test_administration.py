"""Accounts and units: every verb leaves exactly one event that binds the row, and refuses what would do harm."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from investigations.access import Role, Viewer
from investigations.accounts.models import Unit, User
from investigations.accounts.queries import get_unit, get_user, list_units, list_users, unit_coded
from investigations.accounts.rules import Action
from investigations.accounts.services import (
    add_unit,
    add_user,
    change_password,
    disable_user,
    edit_user,
    enable_user,
    end_sessions,
    record_refusal,
    rename_unit,
    set_language,
    set_password,
)
from investigations.db import NotFound, Refusal, StaleEdit
from investigations.ledger.queries import list_events, verify
from tests.accounts.people import People
from tests.conftest import PASSWORD, form_token, unit_named

LONG = "cuatro palabras sin relación"

Verb = Callable[[Session, Viewer, User, Unit], object]

VERBS: list[tuple[Action, Verb]] = [
    (Action.ACCOUNT_CREATED, lambda s, a, u, n: add_user(s, a, name="nueva", full_name="N", role=Role.AUDITOR, unit=None, password=LONG)),
    (Action.ACCOUNT_CHANGED, lambda s, a, u, n: edit_user(s, a, u, version=u.version, full_name="Otra", role=Role(u.role), unit=n)),
    (Action.ROLE_CHANGED, lambda s, a, u, n: edit_user(s, a, u, version=u.version, full_name="Otra", role=Role.AUDITOR, unit=None)),
    (Action.ACCOUNT_DISABLED, lambda s, a, u, n: disable_user(s, a, u)),
    (Action.PASSWORD_SET, lambda s, a, u, n: set_password(s, a, u, password=LONG)),
    (Action.SESSIONS_ENDED, lambda s, a, u, n: end_sessions(s, a, u)),
    (Action.LANGUAGE_CHANGED, lambda s, a, u, n: set_language(s, a, "en")),
    (Action.UNIT_ADDED, lambda s, a, u, n: add_unit(s, a, code="ESTE", name="Este", parent=n)),
    (Action.UNIT_CHANGED, lambda s, a, u, n: rename_unit(s, a, n, version=n.version, name="Otro nombre")),
]  # fmt: skip


@pytest.mark.parametrize(("action", "verb"), VERBS, ids=[str(action) for action, _verb in VERBS])
def test_every_verb_leaves_exactly_one_event_with_the_actor_and_the_rows_as_they_are(
    people: People, action: Action, verb: Verb
) -> None:
    actor = people.viewer("administrator")
    before = len(people.events())
    with people.database.transaction() as session:
        verb(session, actor, people.user(session, "prosecutor"), unit_named(session, "NORTE"))
    events = people.events()
    assert len(events) == before + 1
    assert (events[0].action, events[0].actor, events[0].role) == (action, actor.public_id, "administrator")
    with people.database.reading() as session:
        assert verify(session).problems == []


def test_enabling_leaves_one_event_too(people: People) -> None:
    with people.database.transaction() as session:
        disable_user(session, people.viewer("administrator"), people.user(session, "prosecutor"))
    with people.database.transaction() as session:
        enable_user(session, people.viewer("administrator"), people.user(session, "prosecutor"))
    assert [event.action for event in people.events()[:2]] == [Action.ACCOUNT_ENABLED, Action.ACCOUNT_DISABLED]


def test_saving_without_a_change_leaves_no_event(people: People) -> None:
    before = len(people.events())
    with people.database.transaction() as session:
        user, unit = people.user(session, "prosecutor"), unit_named(session, "NORTE")
        actor = people.viewer("administrator")
        edit_user(session, actor, user, version=user.version, full_name=user.full_name, role=Role(user.role), unit=unit)
        rename_unit(session, actor, unit, version=unit.version, name=unit.name)
        set_language(session, actor, "es_MX")
        set_language(session, actor, "xx")
    assert len(people.events()) == before


def test_a_refused_door_leaves_an_event(people: People) -> None:
    record_refusal(people.database, people.viewer("investigator"), "accounts.users", "administer_accounts")
    newest = people.events()[0]
    assert (newest.action, newest.subject) == (Action.ACCESS_REFUSED, "accounts.users")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": "Prosecutor "}, "name"),
        ({"name": "con espacios"}, "name"),
        ({"role": Role.SYSTEM}, "role"),
        ({"role": Role.PROSECUTOR, "unit": None}, "unit"),
        ({"password": "corta"}, "password"),
        ({"password": "Juana.Olvera.1990"}, "password"),
    ],
)
def test_an_account_is_not_opened_when_something_is_wrong(people: People, changes: dict[str, object], field: str) -> None:
    with people.database.writing() as session:
        sound = {
            "name": "j.olvera", "full_name": "Juana Olvera", "role": Role.INVESTIGATOR,
            "unit": unit_named(session, "SUR"), "password": LONG,
        }  # fmt: skip
        with pytest.raises(Refusal) as refused:
            add_user(session, people.viewer("administrator"), **{**sound, **changes})  # type: ignore[arg-type]
    assert refused.value.field == field


def test_nobody_disables_themselves_nor_changes_their_own_role(people: People) -> None:
    actor = people.viewer("administrator")
    with people.database.writing() as session:
        myself = people.user(session, "administrator")
        with pytest.raises(Refusal):
            disable_user(session, actor, myself)
        with pytest.raises(Refusal):
            edit_user(session, actor, myself, version=myself.version, full_name="x", role=Role.AUDITOR, unit=None)


def test_disabling_and_enabling_twice_is_refused(people: People) -> None:
    actor = people.viewer("administrator")
    with people.database.writing() as session:
        user = people.user(session, "prosecutor")
        with pytest.raises(Refusal):
            enable_user(session, actor, user)
        disable_user(session, actor, user)
        with pytest.raises(Refusal):
            disable_user(session, actor, user)


def test_an_edit_on_an_older_version_is_stale(people: People) -> None:
    actor = people.viewer("administrator")
    with people.database.writing() as session:
        user, unit = people.user(session, "prosecutor"), unit_named(session, "NORTE")
        with pytest.raises(StaleEdit):
            edit_user(session, actor, user, version=user.version - 1, full_name="x", role=Role.AUDITOR, unit=None)
        with pytest.raises(StaleEdit):
            rename_unit(session, actor, unit, version=unit.version + 1, name="x")


def test_a_unit_code_is_taken_once_whatever_its_case(people: People) -> None:
    with people.database.writing() as session:
        with pytest.raises(Refusal):
            add_unit(session, people.viewer("administrator"), code="norte", name="Otra")
        assert unit_coded(session, " Norte ") is unit_named(session, "NORTE")


@pytest.mark.parametrize("name", ["investigator", "prosecutor", "manager", "auditor"])
def test_only_administrators_read_accounts_and_units(people: People, name: str) -> None:
    viewer = people.viewer(name)
    with people.database.reading() as session:
        user, unit = people.user(session, "manager"), unit_named(session, "SUR")
        assert list_users(session, viewer) == []
        assert list_units(session, viewer) == []
        for get, row in ((get_user, user), (get_unit, unit)):
            with pytest.raises(NotFound):
                get(session, viewer, row.public_id)  # type: ignore[operator]
        administrator = people.viewer("administrator")
        assert len(list_users(session, administrator)) == session.query(User).count()
        assert get_user(session, administrator, user.public_id) is user


def test_a_password_is_kept_only_as_argon2id_with_its_own_salt(session: Session, viewer: Callable[[str], Viewer]) -> None:
    for name in ("primera", "segunda"):
        add_user(session, viewer("administrator"), name=name, full_name="", role=Role.AUDITOR, unit=None, password=LONG)
    hashes = session.scalars(select(User.password_hash).where(User.name.in_(["primera", "segunda"]))).all()
    assert all(one.startswith("$argon2id$v=19$") for one in hashes)
    assert hashes[0] != hashes[1]


def test_a_weak_own_password_is_refused_before_anything_is_counted(people: People) -> None:
    before = len(people.events())
    viewer = people.viewer("prosecutor")
    with pytest.raises(Refusal) as refused:
        change_password(people.database, viewer, current=PASSWORD, password="corta", source="10.0.0.7")
    assert refused.value.field == "password"
    assert len(people.events()) == before


def test_events_of_accounts_say_nothing_of_people_where_it_cannot_be_erased(people: People) -> None:
    with people.database.transaction() as session:
        add_user(
            session, people.viewer("administrator"), name="j.olvera", full_name="Juana Olvera",
            role=Role.AUDITOR, unit=None, password=LONG,
        )  # fmt: skip
    with people.database.reading() as session:
        from investigations.ledger.models import LedgerEvent

        body = session.scalars(select(LedgerEvent.body).order_by(LedgerEvent.seq.desc()).limit(1)).one()
        assert list_events(session, limit=1)[0].action == Action.ACCOUNT_CREATED
    assert b"olvera" not in body.lower()


@pytest.mark.parametrize(
    ("address", "field", "longest"),
    [("/accounts/new", "full_name", 200), ("/accounts/new", "name", 80), ("/accounts/units/new", "name", 200), ("/accounts/units/new", "code", 80)],
)
def test_a_text_that_is_too_long_is_answered_in_the_words_of_the_house(
    sign_in: Callable[[str], FlaskClient], address: str, field: str, longest: int
) -> None:
    client = sign_in("administrator")
    token = form_token(client.get(address).text)
    page = client.post(address, data={"csrf_token": token, field: "a" * (longest + 1)}).text
    assert f"Use como máximo {longest} caracteres" in page
    assert "El campo no puede" not in page
