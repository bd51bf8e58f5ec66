"""The twelve house rules (docs/architecture of the house), each with a planted violation that must be seen."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path

import pytest
from flask import Flask

from investigations import access
from investigations.config import Settings

ROOT = Path(__file__).resolve().parent.parent
SOURCES = sorted([*ROOT.glob("investigations/**/*.py"), *ROOT.glob("search/**/*.py"), ROOT / "wsgi.py"])
TEMPLATES = sorted(ROOT.glob("templates/**/*.html"))

# Lists of exceptions may only shrink.
LONG_FUNCTIONS: set[str] = set()
LONG_VIEWS: set[str] = set()
LONG_FILES: set[str] = set()


def functions(path: Path) -> Iterator[ast.FunctionDef]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef):
            yield node


def length(node: ast.FunctionDef) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def arguments(node: ast.FunctionDef) -> set[str]:
    return {argument.arg for argument in (*node.args.args, *node.args.kwonlyargs)}


def features() -> list[Path]:
    return sorted(path.parent for path in ROOT.glob("investigations/*/__init__.py"))


def room(feature: str, name: str) -> list[tuple[str, set[str] | None]]:
    """The sources of a room with the names it offers: all of a module's, those in `__all__` of a package."""
    folder = ROOT / "investigations" / feature
    offered = None
    if (package := folder / name / "__init__.py").exists():
        tree = ast.parse(package.read_text())
        lists = [n.value for n in tree.body if isinstance(n, ast.Assign) and ast.unparse(n.targets[0]) == "__all__"]
        offered = set(ast.literal_eval(lists[0])) if lists else set()
        assert offered, f"{package} offers nothing"
    files = sorted([*folder.glob(f"{name}.py"), *folder.glob(f"{name}/*.py")])
    return [(path.read_text(), offered) for path in files]


# 3: sight first ---------------------------------------------------------------------------------------------

SIGHTED = ("cases", "people", "evidence", "court", "clearance", "casefile")
WITHOUT_VIEWER = {
    "cases.is_taken",  # answers yes or no for the whole office: a number must be unique beyond sight
    "cases.list_offence_codes",  # the catalogue is everybody's
    "cases.offence_choices",  # the same
    "cases.count_opened_in",  # a number to propose, no case
    "court.is_party_in_use",  # yes or no about a person of a case already seen
    "casefile.list_offence_groups",  # the catalogue
    "casefile.code_names",  # names of units, offences and colleagues for a history already seen
}


def blind_queries(feature: str, source: str, offered: set[str] | None = None) -> list[str]:
    """Public query functions that read with a session and ask for no viewer."""
    return [
        f"{feature}.{node.name}"
        for node in ast.parse(source).body
        if isinstance(node, ast.FunctionDef)
        and not node.name.startswith("_")
        and (offered is None or node.name in offered)
        and "session" in arguments(node)
        and "viewer" not in arguments(node)
        and f"{feature}.{node.name}" not in WITHOUT_VIEWER
    ]


@pytest.mark.parametrize("feature", SIGHTED)
def test_every_read_of_a_case_takes_the_viewer(feature: str) -> None:
    assert [name for source, offered in room(feature, "queries") for name in blind_queries(feature, source, offered)] == []


def test_a_planted_read_without_viewer_is_seen() -> None:
    assert blind_queries("cases", "def all_cases(session): ...") == ["cases.all_cases"]


# 4: doors declared -------------------------------------------------------------------------------------------


def test_every_route_is_marked(app: Flask) -> None:
    access.seal(app)
    assert all(access.needs(app, rule.endpoint) is not None for rule in app.url_map.iter_rules())


def test_the_house_refuses_to_boot_on_an_unmarked_route() -> None:
    app = Flask("planted")
    app.add_url_rule("/planted", "planted", lambda: "open")
    with pytest.raises(access.UnmarkedRoute, match="planted"):
        access.seal(app)


def test_no_right_is_kept_in_a_session() -> None:
    for path in SOURCES:
        assert not re.search(r"session\[[\"'](role|permission|user|viewer)", path.read_text()), path


# 5: verbs with an actor; nothing is deleted -------------------------------------------------------------------

WITHOUT_ACTOR = {
    "clearance.project_touched", "clearance.project_cases", "clearance.rebuild",
    "court.project_states", "court.rebuild_states",
    "indexing.queue_touched", "ledger.refuse_unrecorded",
    "court.propose_event", "court.propose_correction", "court.propose_annulment",  # check, and write nothing
    "clearance.stale_cases", "court.stale_states",  # compare, and write nothing
    "clearance.claim_paper",  # the press takes the next paper; its asker acts
}  # fmt: skip


def services_without_actor(feature: str, source: str, offered: set[str] | None = None) -> list[str]:
    return [
        f"{feature}.{node.name}"
        for node in ast.parse(source).body
        if isinstance(node, ast.FunctionDef)
        and not node.name.startswith("_")
        and (offered is None or node.name in offered)
        and "session" in arguments(node)
        and "actor" not in arguments(node)
        and f"{feature}.{node.name}" not in WITHOUT_ACTOR
    ]


def test_every_service_says_who_acts() -> None:
    blind = [
        name
        for feature in features()
        for source, offered in room(feature.name, "services")
        for name in services_without_actor(feature.name, source, offered)
    ]
    assert blind == []


def test_a_planted_service_without_actor_is_seen() -> None:
    assert services_without_actor("cases", "def close_case(session, case): ...") == ["cases.close_case"]


MAY_DELETE = {"indexing/services.py", "court/services/projection.py", "clearance/services/projection.py"}
DELETES = re.compile(r"session\.delete\(|\bdelete\(|DELETE FROM", re.IGNORECASE)


def test_nothing_is_deleted_but_queues_and_projections() -> None:
    guilty = {
        str(path.relative_to(ROOT / "investigations"))
        for path in ROOT.glob("investigations/**/*.py")
        if DELETES.search(path.read_text())
    }
    assert guilty <= MAY_DELETE
    assert DELETES.search("session.delete(case)")


# 6: one commit ------------------------------------------------------------------------------------------------


def commits(sources: dict[str, str]) -> list[str]:
    return [name for name, text in sources.items() for _ in re.findall(r"session\.commit\(", text)]


def test_there_is_one_commit_in_the_code_base() -> None:
    sources = {str(path.relative_to(ROOT)): path.read_text() for path in SOURCES if "search" not in path.parts}
    assert commits(sources) == ["investigations/db.py"]
    assert commits({**sources, "planted": "session.commit()"}) != ["investigations/db.py"]


# 7: the index is a cache: see tests/indexing ---------------------------------------------------------------------
# 8: print plain data --------------------------------------------------------------------------------------------


def test_a_report_is_a_frozen_dataclass_of_plain_values() -> None:
    from investigations.clearance.rules import Report

    assert is_dataclass(Report)
    assert Report.__dataclass_params__.frozen  # type: ignore[attr-defined]
    assert not any("Session" in str(field.type) or "Mapped" in str(field.type) for field in fields(Report))


# 9: small and named ----------------------------------------------------------------------------------------------


def test_functions_are_short() -> None:
    long = {
        f"{path.relative_to(ROOT)}:{node.name}" for path in SOURCES for node in functions(path) if length(node) > 40
    }
    assert long <= LONG_FUNCTIONS, long - LONG_FUNCTIONS


def test_views_are_shorter() -> None:
    long = {
        f"{path.relative_to(ROOT)}:{node.name} ({length(node)})"
        for path in SOURCES
        if path.stem == "views"
        for node in functions(path)
        if length(node) > 25
    }
    assert long <= LONG_VIEWS, long - LONG_VIEWS


def test_files_are_small() -> None:
    long = {
        f"{path.relative_to(ROOT)} ({lines})"
        for path in [*SOURCES, *ROOT.glob("tests/**/*.py")]
        if (lines := len(path.read_text().splitlines())) > 300
    }
    assert long <= LONG_FILES, long - LONG_FILES


def test_long_pieces_would_be_seen(tmp_path: Path) -> None:
    planted = tmp_path / "planted.py"
    planted.write_text("def f():\n" + "    x = 1\n" * 41)
    assert [length(node) for node in functions(planted)] == [42]


def test_urls_are_kebab_case_with_typed_ids(app: Flask) -> None:
    for rule in app.url_map.iter_rules():
        if rule.endpoint != "static":
            plain = re.sub(r"<[^>]+>", "", rule.rule)
            assert re.fullmatch(r"[a-z0-9/.\-]*", plain), rule.rule


# 10: pages of nouns -------------------------------------------------------------------------------------------------


def unescaped(text: str) -> bool:
    return bool(re.search(r"\|\s*safe\b|autoescape\s+false|<script(?![^>]*nonce)|\sstyle=|\son[a-z]+=\"", text))


def test_templates_escape_everything_and_carry_no_inline_code() -> None:
    assert [str(path) for path in TEMPLATES if unescaped(path.read_text())] == []
    assert unescaped("{{ text|safe }}")
    assert unescaped('<p style="color:red">')


def test_an_unknown_name_in_a_template_is_an_error(app: Flask) -> None:
    from jinja2 import StrictUndefined

    assert app.jinja_env.undefined is StrictUndefined


# 11: schema with a memory: see tests/test_schema.py ----------------------------------------------------------------


def test_there_is_no_default_secret() -> None:
    with pytest.raises(TypeError, match="secret_key"):
        Settings(home=ROOT, database_url="sqlite://")  # type: ignore[call-arg]


def test_only_config_reads_the_environment() -> None:
    readers = {path.name for path in SOURCES if re.search(r"os\.environ|getenv", path.read_text())}
    assert readers <= {"config.py"}


# 12: one gate -----------------------------------------------------------------------------------------------------


def test_make_test_runs_everything_and_ci_runs_make_test() -> None:
    gate = (ROOT / "Makefile").read_text().split("\ntest:")[1].split("\n\n")[0]
    assert all(tool in gate for tool in ("ruff check", "mypy", "pytest"))
    assert "make test" in (ROOT / ".ci" / "run").read_text()
