"""Signing in: counted before it is compared, locked after five failures, and the same answer for every failure."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select, text

from investigations.accounts.models import SignInAttempt, UserSession
from investigations.accounts.rules import Action, token_hash
from investigations.accounts.services import disable_user, passwords
from investigations.ledger.models import LedgerPayload
from investigations.ledger.queries import verify
from tests.accounts.clock import Clock, CountedHasher
from tests.accounts.people import People, change_unseen
from tests.conftest import PASSWORD


def test_a_right_password_opens_a_session_of_which_the_database_keeps_no_token(people: People) -> None:
    token = people.token()
    assert len(token) >= 43  # 32 random bytes
    with people.database.reading() as session:
        entry = session.scalars(select(UserSession)).one()
    assert entry.token_hash == token_hash(token)
    assert token.encode() not in bytes(entry.token_hash)
    seen = people.seen(token)
    assert seen is not None
    assert seen.viewer.role_code == "prosecutor"


def test_two_sign_ins_never_share_a_token_and_the_browsers_earlier_session_ends(people: People) -> None:
    first = people.token()
    second = people.token(old_token=first)
    assert first != second
    assert people.seen(first) is None
    assert people.seen(second) is not None


def test_a_sign_in_elsewhere_leaves_the_other_browser_signed_in(people: People) -> None:
    first = people.token()
    people.token(source="10.0.0.8")
    assert people.seen(first) is not None


def test_every_attempt_leaves_exactly_one_event(people: People) -> None:
    before = len(people.events())
    people.token()
    people.enter(password="wrong")
    people.enter("nobody-here")
    assert len(people.events()) == before + 3
    refused = people.events(Action.SESSION_REFUSED)
    assert [event.actor for event in refused] == ["nobody", "nobody"]
    assert refused[0].subject == "users"
    assert refused[1].subject.startswith("users/")


def test_neither_a_password_nor_an_unknown_name_is_written_anywhere(people: People) -> None:
    people.enter("secreto escrito en otro campo", password="otro secreto muy largo")
    people.enter("prosecutor", password="otro secreto muy largo")
    with people.database.reading() as session:
        payloads = session.scalars(select(LedgerPayload.payload)).all()
        rows = session.execute(text("SELECT * FROM sign_in_attempts")).all()
    for written in [*map(str, payloads), *map(str, rows)]:
        assert "secreto" not in written


def test_five_failures_lock_this_account_from_this_source_alone(people: People) -> None:
    for _ in range(5):
        assert people.enter(password="wrong") is None
    assert people.enter() is None
    assert people.enter(source="10.0.0.8") is not None
    assert people.enter("investigator") is not None


def test_four_failures_do_not_lock_and_a_success_ends_the_count(people: People) -> None:
    for _ in range(4):
        people.enter(password="wrong")
    assert people.enter() is not None
    for _ in range(4):
        people.enter(password="wrong")
    assert people.enter() is not None


def test_a_lock_lasts_a_quarter_of_an_hour_from_the_fifth_failure_and_trying_does_not_prolong_it(
    people: People, clock: Clock
) -> None:
    for _ in range(5):
        people.enter(password="wrong")
        clock.forward(minutes=2)  # the first failure is eight minutes old at the fifth
    clock.forward(minutes=12, seconds=59)
    assert [people.enter() for _ in range(7)] == [None] * 7
    clock.forward(seconds=1)
    assert people.enter(password="wrong") is None
    assert people.enter() is not None


def test_failures_spread_over_more_than_the_window_do_not_lock(people: People, clock: Clock) -> None:
    for _ in range(12):
        people.enter(password="wrong")
        clock.forward(minutes=4)
    assert people.enter() is not None


def test_locks_hold_for_a_name_that_does_not_exist_as_well(people: People, hasher: CountedHasher) -> None:
    for _ in range(7):
        assert people.enter("nobody-here") is None
    said = [event.subject for event in people.events(Action.SESSION_REFUSED)]
    assert said == ["users"] * 7
    with people.database.reading() as session:
        payloads = session.scalars(select(LedgerPayload.payload).order_by(LedgerPayload.seq.desc()).limit(7)).all()
    assert [json.loads(one)["because"] for one in payloads] == ["locked"] * 2 + ["unknown"] * 5


def test_parallel_guesses_are_compared_five_times_at_most(people: People, hasher: CountedHasher) -> None:
    before = len(people.events())
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda n: people.enter(password=f"guess {n}"), range(60)))
    assert answers == [None] * 60
    stored = hasher.hash(PASSWORD)
    assert hasher.compared.count(stored) == 5
    assert len(people.events()) == before + 60
    assert people.enter(source="10.0.0.8") is not None


def test_no_more_passwords_are_hashed_at_once_than_memory_allows(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = CountedHasher(delay=0.01)
    monkeypatch.setattr(passwords, "HASHER", slow)
    with ThreadPoolExecutor(20) as pool:
        list(pool.map(lambda _n: passwords.matches(None, "anything"), range(40)))
    assert slow.most == passwords.HASHES_AT_ONCE
    assert len(slow.compared) == 40


def test_unknown_disabled_and_locked_names_cost_one_comparison_too(people: People, hasher: CountedHasher) -> None:
    with people.database.transaction() as session:
        disable_user(session, people.viewer("administrator"), people.user(session, "manager"))
    for _ in range(5):
        people.enter("auditor", password="wrong")
    for name in ("nobody-here", "manager", "auditor", "not a sound name", "nul\x00byte"):
        hasher.compared.clear()
        assert people.enter(name) is None
        assert len(hasher.compared) == 1, name


def test_a_hash_of_older_parameters_is_made_anew_at_sign_in(
    people: People, hasher: CountedHasher, monkeypatch: pytest.MonkeyPatch
) -> None:
    people.make_doors_quick()
    change_unseen(people.database, "prosecutor", password_hash="older")
    monkeypatch.setattr(hasher, "verify", lambda stored, password: True)
    assert people.enter() is not None
    with people.database.reading() as session:
        assert people.user(session, "prosecutor").password_hash == hasher.hash(PASSWORD)
        problems = [problem.where for problem in verify(session).problems]
    assert not [where for where in problems if where == f"users/{people.viewer('prosecutor').user_id}"]


def test_an_account_disabled_between_password_and_session_gets_none(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    matches = passwords.matches

    def meanwhile(stored: str | None, password: str) -> bool:
        with people.database.transaction() as session:
            disable_user(session, people.viewer("administrator"), people.user(session, "prosecutor"))
        return matches(stored, password)

    monkeypatch.setattr(passwords, "matches", meanwhile)
    assert people.enter() is None
    assert people.count(UserSession) == 0


def test_attempts_are_kept_with_their_source_and_instant(people: People, clock: Clock) -> None:
    people.enter(password="wrong")
    with people.database.reading() as session:
        attempt = session.scalars(select(SignInAttempt)).one()
    assert (attempt.source, attempt.at, attempt.failed, attempt.number) == ("10.0.0.7", clock.now, True, 1)
