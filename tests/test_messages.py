"""Spanish and English are complete: every text of code and templates, with its placeholders."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message

ROOT = Path(__file__).resolve().parent.parent
TOOL = runpy.run_path(str(ROOT / ".ci" / "messages"))


def texts(message: Message) -> list[str]:
    return [message.id] if isinstance(message.id, str) else list(message.id)


def placeholders(text: str) -> set[str]:
    return set(re.findall(r"%\(\w+\)[sd]", text))


@pytest.fixture(scope="module")
def gathered() -> Catalog:
    catalog: Catalog = TOOL["gather"]()
    return catalog


@pytest.mark.parametrize("locale", ["es_MX", "en"])
def test_every_text_is_in_the_catalogue_and_translated(gathered: Catalog, locale: str) -> None:
    catalog = TOOL["load"](locale)
    missing = []
    for message in gathered:
        if message.id:
            found = catalog.get(message.id)
            strings = [] if found is None else [found.string] if isinstance(found.string, str) else list(found.string)
            if not strings or not all(strings) or found.fuzzy:
                missing.append(message.id)
    assert missing == [], f"{len(missing)} texts: run `make messages` and translate them"


@pytest.mark.parametrize("locale", ["es_MX", "en"])
def test_translations_keep_their_placeholders(locale: str) -> None:
    for message in TOOL["load"](locale):
        if not message.id:
            continue
        wanted = placeholders(texts(message)[-1])
        strings = [message.string] if isinstance(message.string, str) else list(message.string)
        for string in strings:
            assert placeholders(string) - {"%(num)s", "%(num)d"} == wanted - {"%(num)s", "%(num)d"}, message.id


def test_spanish_is_not_left_in_english() -> None:
    """Long texts that read the same in both languages were forgotten."""
    same = [
        message.id
        for message in TOOL["load"]("es_MX")
        if isinstance(message.id, str) and message.string == message.id and len(message.id.split()) > 3
    ]
    assert same == []
