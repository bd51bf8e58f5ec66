"""The two law files that ship: complete against the reference of the domain, and consistent."""

import re
from datetime import date
from pathlib import Path

import pytest

import investigations.jurisdictions
from investigations.jurisdictions.models import reachable
from investigations.jurisdictions.queries import get_jurisdiction, guess_jurisdiction, jurisdiction_codes
from investigations.jurisdictions.rules import (
    STAY,
    UNIVERSAL_EVENTS,
    Jurisdiction,
    JurisdictionError,
    Outcome,
    StateKind,
)

MX = get_jurisdiction("mx_cnpp")
US = get_jurisdiction("us_generic")
BOTH = pytest.mark.parametrize("law", [MX, US], ids=lambda law: law.code)
REFERENCE = Path(__file__).resolve().parents[3] / "shared" / "domain.md"

OPEN = "N0 I1 I2 JS JO AI IC CI VP PA E1 E2 T1 T2 T3 R1 R2 R3"
PAUSED = "IM IR SP SR SC"
REVIEWABLE = "X-AB X-NE X-CO X-DE"
TERMINAL = "X-IN X-AC X-AR X-SC X-SO X-EX F-CO F-AB F-CU"

# The ordinary edges of the state diagram (domain.md §1.3) with the event that makes each.
DIAGRAM = """
- denuncia I1|- noticia_criminal N0|N0 denuncia I1|N0 querella I1|N0 acto_equivalente I1|N0 abstencion_no_delito X-AB
I1 detencion_flagrancia I2|I1 caso_urgente I2|I2 libertad_mp I1|I1 archivo_temporal AT|AT reactivacion I1
AT revocacion_determinacion I1|I1 derivacion_masc IM|IM acuerdo_reparatorio_mp IR|IM masc_sin_acuerdo I1
IR acuerdo_cumplido X-AR|IR acuerdo_incumplido I1|I1 no_ejercicio_no_delito X-NE|I1 no_ejercicio_prescripcion X-NE
I1 no_ejercicio_otra_causa X-NE|I1 criterio_oportunidad X-CO|I1 incompetencia X-IN|I1 acumulacion X-AC
I1 judicializacion JS|JS orden_librada JO|JS orden_negada I1|JO orden_cumplimentada AI|JO orden_cancelada I1
I2 puesta_a_disposicion AI|AI control_detencion_ilegal I1|AI no_vinculacion I1|AI vinculacion IC
IC cierre_investigacion CI|IC acuerdo_reparatorio_judicial SR|IC suspension_condicional SC
IC procedimiento_abreviado PA|IC suspension_proceso SP|SP reapertura_proceso IC|CI reapertura_investigacion IC
CI vista_fiscal VP|VP sobreseimiento_por_silencio X-SO|VP acusacion E1|CI acusacion E1|CI sobreseimiento X-SO
E1 audiencia_intermedia E2|E2 procedimiento_abreviado PA|E2 suspension_condicional SC|E2 auto_apertura T1
SR acuerdo_cumplido X-AR|SR acuerdo_incumplido IC|SC suspension_condicional_cumplida X-SC
SC suspension_condicional_revocada IC|PA sentencia_abreviado R1|PA abreviado_inadmitido IC|T1 inicio_juicio T2
T2 interrupcion_juicio T1|T2 fallo_condenatorio T3|T2 fallo_absolutorio R2|T3 sentencia R1|R1 apelacion R3
R2 apelacion R3|R3 reposicion T1|R1 condena_firme F-CO|R2 absolucion_firme F-AB|R3 condena_firme F-CO
R3 absolucion_firme F-AB|F-CO pena_cumplida F-CU|CI suspension_proceso SP
"""


def test_every_state_of_the_reference_is_there_with_its_kind() -> None:
    for codes, kind in (
        (OPEN, StateKind.OPEN),
        (PAUSED, StateKind.PAUSED),
        ("AT", StateKind.PARKED),
        (REVIEWABLE, StateKind.REVIEWABLE),
        (TERMINAL, StateKind.TERMINAL),
    ):
        assert {code: MX.states[code].kind for code in codes.split()} == dict.fromkeys(codes.split(), kind)
    assert len(MX.states) == len(f"{OPEN} {PAUSED} AT {REVIEWABLE} {TERMINAL}".split())


def test_no_state_of_the_reference_is_missing_where_the_reference_is_at_hand() -> None:
    if REFERENCE.exists():
        section = REFERENCE.read_text(encoding="utf-8").split("### 1.3 ")[1].split("```")[0]
        codes = re.findall(r"^\| ([A-Z][A-Z0-9-]+) \|", section, re.MULTILINE)
        assert sorted(codes) == sorted(MX.states)


@pytest.mark.parametrize("edge", [edge for line in DIAGRAM.split("\n") for edge in line.split("|") if edge])
def test_every_edge_of_the_state_diagram_is_a_transition(edge: str) -> None:
    source, event, target = edge.split()
    state = None if source == "-" else source
    assert MX.why_not(state, event) is None
    assert MX.target(state, event) == target


@pytest.mark.parametrize(
    ("event", "target", "sources"),
    [
        ("extincion", "X-EX", f"{OPEN} {PAUSED} AT"),
        ("desistimiento", "X-DE", "JS JO AI IC CI VP SP SR SC PA E1 E2 T1 T2 T3 R1 R2 R3"),
        ("sobreseimiento", "X-SO", "AI IC CI VP SP SR SC PA E1 E2 T1 T2"),
        ("suspension_proceso", "SP", "IC CI VP E1 E2 T1 T2"),
        ("incompetencia", "X-IN", "N0 I1 I2 IM IR AT JS JO AI IC CI VP SP SR SC PA E1 E2 T1"),
        ("acumulacion", "X-AC", "N0 I1 I2 IM IR AT JS JO AI IC CI VP SP SR SC PA E1 E2"),
        ("criterio_oportunidad", "X-CO", "I1 I2 IM IR JS JO AI IC CI VP SP SR SC PA E1 E2"),
    ],
)
def test_endings_reach_almost_every_open_state_and_no_other(event: str, target: str, sources: str) -> None:
    possible = {code for code in MX.states if MX.why_not(code, event) is None}
    assert possible == set(sources.split())
    assert {MX.target(code, event) for code in possible} == {target}


def test_outcome_classes_follow_the_mapping_of_the_reference() -> None:
    classes = {code: kind.outcome for code, kind in MX.events.items() if kind.outcome is not None}
    assert classes == {
        "vinculacion": Outcome.CLEARANCE_ARREST,
        "exceptional_clearance": Outcome.CLEARANCE_EXCEPTIONAL,
        "criterio_oportunidad": Outcome.RESOLVED_ALTERNATIVE,
        "acuerdo_cumplido": Outcome.RESOLVED_ALTERNATIVE,
        "suspension_condicional_cumplida": Outcome.RESOLVED_ALTERNATIVE,
        "archivo_temporal": Outcome.ADMIN_CLOSE,
        "abstencion_extincion": Outcome.ADMIN_CLOSE,
        "no_ejercicio_prescripcion": Outcome.ADMIN_CLOSE,
        "no_ejercicio_otra_causa": Outcome.ADMIN_CLOSE,
        "sobreseimiento": Outcome.ADMIN_CLOSE,
        "sobreseimiento_por_silencio": Outcome.ADMIN_CLOSE,
        "desistimiento": Outcome.ADMIN_CLOSE,
        "extincion": Outcome.ADMIN_CLOSE,
        "abstencion_no_delito": Outcome.UNFOUNDED,
        "no_ejercicio_no_delito": Outcome.UNFOUNDED,
        "incompetencia": Outcome.MOVED,
        "acumulacion": Outcome.MERGED,
    }


def test_a_dismissal_has_the_ten_causes_of_the_law() -> None:
    romans = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X")
    assert [cause.code for cause in MX.events["sobreseimiento"].causes] == [
        f"327-{roman}" for roman in romans
    ]


@BOTH
def test_exceptional_clearance_asks_four_things_of_a_supervisor_and_moves_nothing(law: Jurisdiction) -> None:
    kind = law.events["exceptional_clearance"]
    assert [cause.code for cause in kind.causes] == ["A", "B", "C", "D", "E"]
    assert [ask.code for ask in kind.asks] == ["identified", "evidence", "located", "prevented"]
    assert (kind.decides, kind.needs_suspect) == (("supervisor",), True)
    possible = [code for code in law.states if law.why_not(code, kind.code) is None]
    assert possible
    assert all(law.target(code, kind.code) == code for code in possible)


@BOTH
def test_every_transition_leads_somewhere_and_every_state_can_be_reached(law: Jurisdiction) -> None:
    assert {step.target for step in law.transitions} <= {*law.states, STAY}
    assert reachable(law) == set(law.states)
    assert {step.event for step in law.transitions} == set(law.events)


@BOTH
def test_every_text_is_there_in_both_languages_and_the_two_differ_where_they_should(
    law: Jurisdiction,
) -> None:
    kinds = [kind.label for kind in law.events.values()]
    texts = [*kinds, *(state.label for state in law.states.values()), *law.stages.values()]
    assert all(label.es.strip() and label.en.strip() for label in texts)
    same = {label.es for label in texts if label.es == label.en}
    assert same <= {"Amparo"}
    assert len({label.es for label in kinds}) == len(kinds)
    assert len({label.en for label in kinds}) == len(kinds)


@BOTH
def test_an_annulment_is_possible_in_every_state(law: Jurisdiction) -> None:
    assert all(law.why_not(code, "annulment", has_suspect=False) is None for code in law.states)


def test_a_data_file_is_recognised_by_its_event_names() -> None:
    assert guess_jurisdiction(["denuncia", "annulment"], "us_generic") == "mx_cnpp"
    assert guess_jurisdiction(["referral", "nolle_prosequi", "unknown"], "mx_cnpp") == "us_generic"
    assert guess_jurisdiction(UNIVERSAL_EVENTS, "us_generic") == "us_generic"
    assert guess_jurisdiction([], "mx_cnpp") == "mx_cnpp"


def test_a_jurisdiction_is_found_by_code_and_by_day() -> None:
    assert jurisdiction_codes() == ["mx_cnpp", "us_generic"]
    assert get_jurisdiction("mx_cnpp", date(2020, 1, 1)) is MX
    with pytest.raises(JurisdictionError, match="no such jurisdiction on 2010-01-01"):
        get_jurisdiction("mx_cnpp", date(2010, 1, 1))
    with pytest.raises(JurisdictionError, match=r"atlantis: code: no such jurisdiction; known: \['mx_cnpp'"):
        get_jurisdiction("atlantis")


def test_no_article_of_law_is_written_in_python() -> None:
    folder = Path(investigations.jurisdictions.__file__).parent
    for path in folder.glob("*.py"):
        assert not re.search(
            r"CNPP|LNEP|\bart\.? ?\d|\b(327|485|254|316)\b", path.read_text(encoding="utf-8")
        ), path
