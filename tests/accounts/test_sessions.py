"""A session is a row: what ends it ends it at the next request, whatever the browser still holds."""

from __future__ import annotations

import time

import pytest
from sqlalchemy import select, text

from investigations.access import Role, Viewer
from investigations.accounts.models import UserSession
from investigations.accounts.queries import own_session, sessions_of, viewer_of
from investigations.accounts.rules import Action
from investigations.accounts.services import (
    add_unit,
    change_password,
    disable_user,
    edit_user,
    enable_user,
    end_session,
    end_sessions,
    set_password,
    sign_out,
)
from investigations.db import NotFound, Refusal
from tests.accounts.clock import Clock
from tests.accounts.people import People, change_unseen
from tests.conftest import PASSWORD, unit_named

NEW = "una frase nueva y larga"


def here(people: People, token: str) -> Viewer:
    seen = people.seen(token)
    assert seen is not None
    return seen.viewer


def test_a_token_that_was_never_given_is_nobodys(people: People) -> None:
    people.token()
    assert people.seen("") is None
    assert people.seen("x" * 43) is None


def test_signing_out_ends_the_session_on_the_server_and_no_other(people: People) -> None:
    token, other = people.token(), people.token(source="10.0.0.8")
    with people.database.transaction() as session:
        sign_out(session, here(people, token))
    assert people.seen(token) is None
    assert people.seen(other) is not None
    assert len(people.events(Action.SESSION_ENDED)) == 1


def test_a_disabled_account_is_shut_out_and_stays_out_when_enabled_again(people: People) -> None:
    token, administrator = people.token(), people.viewer("administrator")
    with people.database.transaction() as session:
        disable_user(session, administrator, people.user(session, "prosecutor"))
    assert people.seen(token) is None
    with people.database.transaction() as session:
        enable_user(session, administrator, people.user(session, "prosecutor"))
    assert people.seen(token) is None
    token = people.token()
    change_unseen(people.database, "prosecutor", active=False)
    assert people.seen(token) is None


def test_a_new_role_ends_the_session_even_when_it_is_changed_behind_the_applications_back(people: People) -> None:
    token = people.token()
    with people.database.transaction() as session:
        user = people.user(session, "prosecutor")
        edit_user(
            session, people.viewer("administrator"), user, version=user.version, full_name=user.full_name,
            role=Role.INVESTIGATOR, unit=unit_named(session, "NORTE"),
        )  # fmt: skip
    assert people.seen(token) is None
    change_unseen(people.database, "prosecutor", role="prosecutor")
    assert people.seen(token) is None  # not even when the old role comes back
    token = people.token()
    change_unseen(people.database, "prosecutor", role="administrator")
    assert people.seen(token) is None


def test_a_new_unit_changes_what_is_seen_at_the_next_request(people: People) -> None:
    token = people.token("manager")
    with people.database.transaction() as session:
        ids = {code: unit_named(session, code).id for code in ("CENTRO", "NORTE", "SUR")}
        assert here(people, token).unit_ids == set(ids.values())
        user = people.user(session, "manager")
        edit_user(
            session, people.viewer("administrator"), user, version=user.version, full_name=user.full_name,
            role=Role.MANAGER, unit=unit_named(session, "SUR"),
        )  # fmt: skip
    assert here(people, token).unit_ids == {ids["SUR"]}


def test_units_added_below_are_seen_at_once_and_a_circle_of_units_does_no_harm(people: People) -> None:
    token = people.token("manager")
    with people.database.transaction() as session:
        below = add_unit(
            session, people.viewer("administrator"), code="NORTE-1", name="Mesa 1", parent=unit_named(session, "NORTE")
        )
        assert below.id not in here(people, token).unit_ids
    assert below.id in here(people, token).unit_ids
    with people.database.engine.begin() as connection:
        connection.execute(text("UPDATE units SET parent_id = :below WHERE code = 'CENTRO'"), {"below": below.id})
    assert below.id in here(people, token).unit_ids


def test_a_password_from_an_administrator_ends_every_session(people: People) -> None:
    tokens = [people.token(), people.token(source="10.0.0.8")]
    with people.database.transaction() as session:
        set_password(session, people.viewer("administrator"), people.user(session, "prosecutor"), password=NEW)
    assert [people.seen(token) for token in tokens] == [None, None]
    assert people.enter() is None
    assert people.enter(password=NEW) is not None


def test_ones_own_new_password_ends_every_other_session(people: People) -> None:
    mine, other = people.token(), people.token(source="10.0.0.8")
    change_password(people.database, here(people, mine), current=PASSWORD, password=NEW, source="10.0.0.7")
    assert people.seen(mine) is not None
    assert people.seen(other) is None
    assert people.enter(password=NEW) is not None


def test_ones_own_password_is_not_changed_without_the_current_one_and_guessing_it_locks(people: People) -> None:
    viewer = here(people, people.token())
    for _ in range(5):
        with pytest.raises(Refusal):
            change_password(people.database, viewer, current="wrong", password=NEW, source="10.0.0.7")
    with pytest.raises(Refusal) as refused:
        change_password(people.database, viewer, current=PASSWORD, password=NEW, source="10.0.0.7")
    assert refused.value.field == "current"
    assert len(people.events(Action.SESSION_REFUSED)) == 6
    assert people.events(Action.PASSWORD_CHANGED) == []


@pytest.mark.parametrize(("name", "minutes"), [("prosecutor", 30), ("administrator", 15)])
def test_a_session_ends_after_resting(people: People, clock: Clock, name: str, minutes: int) -> None:
    token = people.token(name)
    clock.forward(minutes=minutes, seconds=-1)
    assert people.seen(token) is not None
    clock.forward(minutes=minutes)
    assert people.seen(token) is None


def test_a_session_that_is_used_lives_twelve_hours_and_no_longer(people: People, clock: Clock) -> None:
    token = people.token()
    for _ in range(12 * 6 - 1):
        clock.forward(minutes=10)
        assert people.seen(token) is not None
    clock.forward(minutes=9, seconds=59)
    assert people.seen(token) is not None
    clock.forward(seconds=1)
    assert people.seen(token) is None


def test_the_last_use_is_written_once_a_minute_at_most(people: People, clock: Clock) -> None:
    token = people.token()

    def last_seen() -> object:
        with people.database.reading() as session:
            return session.scalars(select(UserSession.last_seen_at)).one()

    began = last_seen()
    clock.forward(seconds=59)
    people.seen(token)
    assert last_seen() == began
    clock.forward(seconds=1)
    people.seen(token)
    assert last_seen() == clock.now


def test_reading_goes_on_while_another_transaction_holds_the_write_lock(people: People, clock: Clock) -> None:
    token = people.token()
    clock.forward(minutes=5)
    with people.database.writing() as writer:
        writer.execute(text("UPDATE user_sessions SET source = 'held'"))
        if people.database.engine.dialect.name == "postgresql":
            writer.rollback()  # there only this very row would be waited for
        start = time.perf_counter()
        assert people.seen(token) is not None
        assert time.perf_counter() - start < 5


def test_a_person_lists_and_ends_their_own_sessions_and_nobody_elses(people: People, clock: Clock) -> None:
    mine, theirs = here(people, people.token()), here(people, people.token("investigator"))
    assert mine.session_id is not None
    assert theirs.session_id is not None
    people.token(source="10.0.0.8")
    with people.database.transaction() as session:
        assert mine.user_id is not None
        found = sessions_of(session, mine.user_id, clock.now, 30)
        assert [entry.source for entry in found] == ["10.0.0.8", "10.0.0.7"]
        with pytest.raises(NotFound):
            own_session(session, mine, theirs.session_id)
        end_session(session, mine, own_session(session, mine, found[0].id))
        assert [entry.id for entry in sessions_of(session, mine.user_id, clock.now, 30)] == [mine.session_id]


def test_ending_the_others_keeps_this_one(people: People) -> None:
    mine, other = people.token(), people.token(source="10.0.0.8")
    with people.database.transaction() as session:
        viewer = here(people, mine)
        assert end_sessions(session, viewer, people.user(session, "prosecutor"), keep=viewer.session_id) == 1
    assert people.seen(mine) is not None
    assert people.seen(other) is None


def test_a_user_without_a_unit_sees_none(people: People) -> None:
    change_unseen(people.database, "auditor", unit_id=None)
    with people.database.reading() as session:
        assert viewer_of(session, people.user(session, "auditor")).unit_ids == frozenset()
