"""Loading a law file: a small good one, and the same file with one thing wrong at a time."""

from datetime import date
from pathlib import Path

import pytest

from investigations.jurisdictions.models import reachable
from investigations.jurisdictions.queries import check_together, load_jurisdiction
from investigations.jurisdictions.rules import STAY, Jurisdiction, JurisdictionError, Outcome, StateKind

GOOD = """
code = "tiny"
country = "MX"
timezone = "America/Mexico_City"
paper = "letter"
language = "es_MX"
valid_from = 2020-01-01
valid_to = 2024-12-31
number_pattern = '^[0-9]+$'
opening_event = "abrir"
label = { es = "Chica", en = "Tiny" }
person = { es = "persona", en = "person" }
person_terms = { fin = { es = "reo", en = "convict" } }
stages = { inicio = { es = "Inicio", en = "Start" }, fin = { es = "Fin", en = "End" } }
authorities = { mp = { es = "MP", en = "Prosecutor" } }
groups = { vivos = ["A1", "B1"] }
causes = { vieja = { es = "Vieja", en = "Old" } }

[states]
A1 = { es = "Abierta", en = "Open", stage = "inicio", kind = "open", scope = "both" }
B1 = { es = "Archivada", en = "Shelved", stage = "inicio", kind = "parked", scope = "case" }
Z1 = { es = "Cerrada", en = "Closed", stage = "fin", kind = "terminal", scope = "line" }

[asks]
uno = { es = "Uno", en = "One" }
dos = { es = "Dos", en = "Two" }
tres = { es = "Tres", en = "Three" }
cuatro = { es = "Cuatro", en = "Four" }

[[events]]
code = "abrir"
es = "Abrir"
en = "Open"
decides = ["mp"]
basis = "Ley 1"
opens = "A1"
moves = [{ from = ["B1"], to = "A1" }]

[[events]]
code = "archivar"
es = "Archivar"
en = "Shelve"
decides = ["mp"]
basis = "Ley 2"
outcome = "admin_close"
causes = ["vieja"]
guard = { es = "Sin datos", en = "No data" }
moves = [{ from = ["A1"], to = "B1" }]

[[events]]
code = "cerrar"
es = "Cerrar"
en = "Close"
decides = ["mp"]
basis = "Ley 3"
moves = [{ from = ["@vivos"], to = "Z1" }]

[[events]]
code = "suspect_identified"
es = "Identificar"
en = "Identify"
decides = ["mp"]
basis = "Ley 4"
moves = [{ from = ["A1"], to = "=" }]

[[events]]
code = "exceptional_clearance"
es = "Excepcional"
en = "Exceptional"
decides = ["mp"]
basis = "Regla"
outcome = "clearance_exceptional"
asks = ["uno", "dos", "tres", "cuatro"]
moves = [{ from = ["A1"], to = "=" }]

[[events]]
code = "annulment"
es = "Anular"
en = "Annul"
decides = ["mp"]
basis = "Registro"
moves = [{ from = ["*"], to = "=" }]
"""


def load(folder: Path, text: str, name: str = "tiny.toml") -> Jurisdiction:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return load_jurisdiction(path)


def test_a_good_file_is_read_whole(tmp_path: Path) -> None:
    law = load(tmp_path, GOOD)
    assert (law.code, law.opening_event, law.offence_schemes) == ("tiny", "abrir", ())
    assert list(law.states) == ["A1", "B1", "Z1"]
    assert law.states["B1"].kind is StateKind.PARKED
    shelve = law.events["archivar"]
    assert (shelve.outcome, shelve.basis, shelve.decides) == (Outcome.ADMIN_CLOSE, "Ley 2", ("mp",))
    assert [cause.label.en for cause in shelve.causes] == ["Old"]
    assert shelve.guard is not None
    assert shelve.guard.es == "Sin datos"
    assert [ask.code for ask in law.events["exceptional_clearance"].asks] == ["uno", "dos", "tres", "cuatro"]
    assert [kind.code for kind in law.allowed("B1")] == ["abrir", "cerrar", "annulment"]
    assert law.target("Z1", "annulment") == "Z1"
    assert law.person_term_at("fin").en == "convict"
    days = [date(2019, 12, 31), date(2020, 1, 1), date(2024, 12, 31), date(2025, 1, 1)]
    assert [law.valid_on(day) for day in days] == [False, True, True, False]


WRONG = [
    ("not TOML at all", 'code = "tiny"', "code = ", r"file: "),
    ("a state written twice", "Z1 = {", "A1 = {", r"file: "),
    ("no code", 'code = "tiny"\n', "", r"code: a text is required"),
    ("a blank code", 'code = "tiny"', 'code = " "', r"code: a text is required"),
    ("a wrong code", 'code = "tiny"', 'code = "ti ny"', r"code: a code is letters"),
    ("no country", 'country = "MX"\n', "", r"country: a text is required"),
    ("an unknown time zone", "Mexico_City", "Morelia_City", r"timezone: unknown time zone"),
    ("an unknown paper", '"letter"', '"papyrus"', r"paper: unknown paper size 'papyrus'"),
    ("an unknown language", '"es_MX"', '"la"', r"language: unknown language 'la'"),
    ("no first day", "valid_from = 2020-01-01\n", "", r"valid_from: a date is required"),
    ("a first day that is text", "2020-01-01", '"2020-01-01"', r"valid_from: a date is required"),
    ("an end before the start", "2024-12-31", "2019-12-31", r"valid_to: is before valid_from"),
    ("a broken pattern", "^[0-9]+$", "^[0-9+$", r"number_pattern: not a regular expression"),
    ("no opening event", 'opening_event = "abrir"\n', "", r"opening_event: a text is required"),
    (
        "an opening that opens nothing",
        'event = "abrir"',
        'event = "cerrar"',
        r"opening_event: 'cerrar' is not",
    ),
    (
        "an unknown opening",
        'event = "abrir"',
        'event = "nada"',
        r"opening_event: 'nada' is not an event that",
    ),
    ("a name in one language", '{ es = "Chica", en = "Tiny" }', '{ es = "Chica" }', r"label\.en: a text"),
    ("a stage in one language", 'es = "Fin", en = "End"', 'en = "End"', r"stages\.fin\.es: a text"),
    (
        "a stage code too long",
        "inicio = {",
        "inicio_muy_largo_de_verdad = {",
        r"stages\.inicio_muy_largo_de_verdad",
    ),
    ("a state in one language", 'es = "Abierta", en = "Open"', 'es = "Abierta"', r"states\.A1\.en: a text"),
    ("a state code too long", "Z1 = {", "Z1-MUY-LARGO = {", r"states\.Z1-MUY-LARGO: .*10 at most"),
    ("an unknown stage", 'stage = "fin"', 'stage = "medio"', r"states\.Z1\.stage: unknown stage 'medio'"),
    ("an unknown kind", 'kind = "parked"', 'kind = "frozen"', r"states\.B1\.kind: unknown kind 'frozen'"),
    ("an unknown scope", 'scope = "line"', 'scope = "knot"', r"states\.Z1\.scope: unknown scope 'knot'"),
    ("a word for an unknown stage", "{ fin = { es", "{ antes = { es", r"person_terms\.antes: unknown stage"),
    ("an unknown state in a group", '["A1", "B1"]', '["A1", "B9"]', r"groups\.vivos: unknown state 'B9'"),
    (
        "an event code in capitals",
        'code = "cerrar"',
        'code = "Cerrar"',
        r"events\.Cerrar: an event code is low",
    ),
    ("a duplicate event", 'code = "cerrar"', 'code = "archivar"', r"events\.archivar: duplicate code"),
    ("an event in one language", 'en = "Shelve"\n', "", r"events\.archivar\.en: a text is required"),
    ("a misspelt key", 'outcome = "admin', 'outcom = "admin', r"events\.archivar: unknown key 'outcom'"),
    ("a bad outcome", '"admin_close"', '"won"', r"events\.archivar\.outcome: unknown outcome 'won'"),
    (
        "nobody decides",
        'decides = ["mp"]\nbasis = "Ley 2"',
        'basis = "Ley 2"',
        r"archivar\.decides: somebody",
    ),
    (
        "an unknown authority",
        'decides = ["mp"]\nbasis = "Ley 2"',
        'decides = ["rey"]\nbasis = "Ley 2"',
        r"archivar\.decides: unknown authority 'rey'",
    ),
    ("no basis", 'basis = "Ley 2"\n', "", r"events\.archivar\.basis: a text is required"),
    ("a basis too long", '"Ley 2"', f'"{"x" * 201}"', r"events\.archivar\.basis: 200 characters at most"),
    (
        "an unknown cause",
        'causes = ["vieja"]',
        'causes = ["nueva"]',
        r"archivar\.causes: unknown cause 'nueva'",
    ),
    ("an unknown ask", '["uno", "dos"', '["cero", "dos"', r"exceptional_clearance\.asks: unknown ask 'cero'"),
    ("a guard in one language", ', en = "No data"', "", r"events\.archivar\.guard\.en: a text is required"),
    (
        "an event without transition",
        'moves = [{ from = ["A1"], to = "B1" }]',
        "",
        r"archivar\.moves: an event with",
    ),
    ("a move from an unknown state", '["@vivos"]', '["@vivas"]', r"cerrar\.moves: unknown state '@vivas'"),
    ("a move to an unknown state", 'to = "Z1"', 'to = "Z9"', r"events\.cerrar\.moves: unknown state 'Z9'"),
    ("an opening into no state", 'opens = "A1"', 'opens = "="', r"events\.abrir\.moves: unknown state '='"),
    (
        "two ways from one state",
        '["@vivos"]',
        '["@vivos", "A1"]',
        r"cerrar\.moves: two transitions from state 'A1'",
    ),
    (
        "a state nothing leads to",
        "[asks]",
        'X1 = { es = "Nada", en = "None", stage = "fin", kind = "terminal", scope = "line" }\n[asks]',
        r"states\.X1: no event leads to this state",
    ),
    (
        "an open state with no way out",
        'kind = "terminal"',
        'kind = "reviewable"',
        r"states\.Z1: a state of kind rev",
    ),
    (
        "a missing universal event",
        'code = "suspect_identified"',
        'code = "identificar"',
        r"events: .*'suspect_id",
    ),
    (
        "a universal event that moves",
        'basis = "Ley 4"\nmoves = [{ from = ["A1"], to = "="',
        'basis = "Ley 4"\nmoves = [{ from = ["A1"], to = "Z1"',
        r"events\.suspect_identified\.moves: a universal event leaves",
    ),
    (
        "an annulment that counts",
        'basis = "Registro"',
        'basis = "Registro"\noutcome = "unfounded"',
        r"events\.annulment\.outcome: an annulment contributes nothing",
    ),
    ("three conditions", '"tres", "cuatro"]', '"tres"]', r"exceptional_clearance: needs .* four asks"),
    (
        "another class",
        '"clearance_exceptional"',
        '"clearance_arrest"',
        r"exceptional_clearance: needs outcome",
    ),
]


@pytest.mark.parametrize(
    ("old", "new", "message"), [case[1:] for case in WRONG], ids=[case[0] for case in WRONG]
)
def test_a_file_with_one_thing_wrong_is_refused_by_file_key_and_rule(
    tmp_path: Path, old: str, new: str, message: str
) -> None:
    assert old in GOOD
    with pytest.raises(JurisdictionError, match=rf"^tiny\.toml: .*{message}"):
        load(tmp_path, GOOD.replace(old, new, 1))


def test_a_missing_file_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(JurisdictionError, match=r"^gone\.toml: file: "):
        load_jurisdiction(tmp_path / "gone.toml")


def test_two_files_of_one_code_may_follow_each_other_but_not_overlap(tmp_path: Path) -> None:
    first = load(tmp_path, GOOD)
    later = GOOD.replace("valid_to = 2024-12-31\n", "").replace("2020-01-01", "2025-01-01")
    check_together([first, load(tmp_path, later)])
    with pytest.raises(JurisdictionError, match="tiny: valid_from: overlaps"):
        check_together([first, load(tmp_path, later.replace("2025-01-01", "2024-12-31"))])


def test_two_jurisdictions_share_only_the_universal_event_codes(tmp_path: Path) -> None:
    other = GOOD.replace('"tiny"', '"other"').replace("abrir", "open_it").replace('"cerrar"', '"close_it"')
    with pytest.raises(JurisdictionError, match=r"other: events\.archivar: code already used by tiny"):
        check_together([load(tmp_path, GOOD), load(tmp_path, other)])
    check_together([load(tmp_path, GOOD), load(tmp_path, other.replace('"archivar"', '"shelve_it"'))])


def test_only_what_an_opening_leads_to_is_reachable(tmp_path: Path) -> None:
    law = load(tmp_path, GOOD)
    assert reachable(law) == {"A1", "B1", "Z1"}
    assert STAY not in reachable(law)
