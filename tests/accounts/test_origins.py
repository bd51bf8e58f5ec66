"""No page of somebody else's can make a signed-in browser change anything, on any route there is."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from investigations.access import Role
from investigations.accounts.rules import Action
from investigations.ledger.models import LedgerEvent
from tests.accounts.clock import CountedHasher
from tests.accounts.people import change_unseen
from tests.conftest import PASSWORD, form_token

ROLES = [Role.PROSECUTOR, Role.ADMINISTRATOR]
FORGED: dict[str, dict[str, str]] = {
    "cross-site": {"Sec-Fetch-Site": "cross-site"},
    "same-site": {"Sec-Fetch-Site": "same-site"},
    "none": {"Sec-Fetch-Site": "none"},
    "no origin": {},
    "other origin": {"Origin": "https://elsewhere.test"},
    "null origin": {"Origin": "null"},
    "forged forwarding": {"Origin": "https://elsewhere.test", "X-Forwarded-Host": "elsewhere.test"},
}


def unsafe_addresses(app: Flask) -> Iterator[tuple[str, str]]:
    """Every route that changes something, with made-up ids."""
    for rule in app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) - {"GET", "HEAD", "OPTIONS"}):
            yield method, re.sub(r"<[^>]*>", "1", rule.rule)


def events(app: Flask) -> list[str]:
    with app.extensions["database"].reading() as session:
        return list(session.scalars(select(LedgerEvent.action).order_by(LedgerEvent.seq)))


@pytest.mark.parametrize("role", ROLES)
def test_a_change_from_another_page_is_refused_on_every_route(
    app: Flask, hasher: CountedHasher, sign_in: Callable[[str], FlaskClient], role: Role
) -> None:
    change_unseen(app.extensions["database"], password_hash=hasher.hash(PASSWORD))
    client = sign_in(role)
    token = form_token(client.get("/account").text)
    del client.environ_base["HTTP_SEC_FETCH_SITE"]
    before = events(app)
    addresses = list(unsafe_addresses(app))
    assert len(addresses) > 20
    for method, path in addresses:
        for name, headers in FORGED.items():
            answer = client.open(path, method=method, data={"csrf_token": token}, headers=headers)
            assert answer.status_code == 403, (name, method, path)
        wrong = client.open(path, method=method, data={"csrf_token": "wrong"}, headers={"Sec-Fetch-Site": "same-origin"})
        assert wrong.status_code in (400, 403), (method, path)
    assert set(events(app)[len(before) :]) <= {Action.ACCESS_REFUSED}
    assert client.get("/account").status_code == 200
