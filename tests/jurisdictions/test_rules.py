"""The fold on worked examples, and the answers to "what may come next" and "why not"."""

import pytest

from investigations.jurisdictions.queries import get_jurisdiction
from investigations.jurisdictions.rules import (
    Jurisdiction,
    JurisdictionError,
    Label,
    LineStatus,
    Outcome,
    fold,
    in_force,
    trajectory,
)

from .acts import FOREVER, Act, day, history

MX = get_jurisdiction("mx_cnpp")
US = get_jurisdiction("us_generic")


def states_of(law: Jurisdiction, *kinds: str) -> list[str | None]:
    return [status.state for status in trajectory(law, history(*kinds), FOREVER)]


def last(law: Jurisdiction, *kinds: str) -> LineStatus:
    return fold(law, history(*kinds), FOREVER, FOREVER)


def test_a_label_answers_in_spanish_for_any_spanish_locale_and_in_english_otherwise() -> None:
    label = Label("hecho", "act")
    assert [label.text(code) for code in ("es", "es_MX", "es-MX", "en", "en_US", "est")] == [
        "hecho",
        "hecho",
        "hecho",
        "act",
        "act",
        "act",
    ]


def test_a_case_walks_from_the_report_to_the_sentence_served() -> None:
    walk = [
        ("denuncia", "I1"),
        ("suspect_identified", "I1"),
        ("judicializacion", "JS"),
        ("orden_librada", "JO"),
        ("orden_cumplimentada", "AI"),
        ("formulacion_imputacion", "AI"),
        ("medida_cautelar", "AI"),
        ("plazo_constitucional", "AI"),
        ("vinculacion", "IC"),
        ("plazo_investigacion", "IC"),
        ("cierre_investigacion", "CI"),
        ("acusacion", "E1"),
        ("audiencia_intermedia", "E2"),
        ("auto_apertura", "T1"),
        ("inicio_juicio", "T2"),
        ("fallo_condenatorio", "T3"),
        ("sentencia", "R1"),
        ("apelacion", "R3"),
        ("condena_firme", "F-CO"),
        ("pena_cumplida", "F-CU"),
    ]
    assert states_of(MX, *(kind for kind, _ in walk)) == [state for _, state in walk]
    state: str | None = None
    for kind, after in walk:
        assert MX.why_not(state, kind) is None
        state = after
    status = last(MX, *(kind for kind, _ in walk))
    assert status.clearance is Outcome.CLEARANCE_ARREST
    assert status.cleared_at == day(9)
    assert (status.stage, status.since, status.ending) == ("concluida", day(20), None)
    assert status.events_in_force == tuple(range(1, 21))


def test_a_shelved_case_is_ended_only_until_it_is_revived() -> None:
    shelved = last(MX, "denuncia", "archivo_temporal")
    assert (shelved.state, shelved.ending, shelved.ending_at) == ("AT", Outcome.ADMIN_CLOSE, day(2))
    revived = last(MX, "denuncia", "archivo_temporal", "reactivacion")
    assert (revived.state, revived.since) == ("I1", day(3))
    assert (revived.ending, revived.ending_at, revived.clearance) == (None, None, None)


def test_a_determination_of_no_crime_is_unfounded_until_a_judge_overturns_it() -> None:
    dropped = last(MX, "denuncia", "no_ejercicio_no_delito")
    assert (dropped.state, dropped.ending) == ("X-NE", Outcome.UNFOUNDED)
    assert last(MX, "denuncia", "no_ejercicio_prescripcion").ending is Outcome.ADMIN_CLOSE
    overturned = last(MX, "denuncia", "no_ejercicio_no_delito", "revocacion_determinacion")
    assert (overturned.state, overturned.ending) == ("I1", None)


def test_an_act_that_stays_leaves_since_and_ending_alone() -> None:
    status = last(MX, "denuncia", "suspect_identified", "archivo_temporal", "exceptional_clearance")
    assert (status.state, status.since, status.ending, status.ending_at) == (
        "AT",
        day(3),
        Outcome.ADMIN_CLOSE,
        day(3),
    )
    assert (status.clearance, status.cleared_at) == (Outcome.CLEARANCE_EXCEPTIONAL, day(4))


def test_a_clearance_keeps_its_first_date_and_kind_when_the_line_goes_back_and_is_bound_over_again() -> None:
    way = ("detencion_flagrancia", "exceptional_clearance", "puesta_a_disposicion", "vinculacion")
    status = last(MX, *way, "vinculacion_revocada", "judicializacion", "orden_librada")
    assert status.state == "JO"
    assert (status.clearance, status.cleared_at) == (Outcome.CLEARANCE_EXCEPTIONAL, day(2))


def test_the_earliest_clearing_act_counts_even_when_it_was_recorded_last() -> None:
    acts = [Act(1, "denuncia", 1, 1), Act(2, "exceptional_clearance", 9, 9), Act(3, "vinculacion", 5, 12)]
    assert fold(MX, acts, FOREVER, day(10)).cleared_at == day(9)
    assert fold(MX, acts, FOREVER, FOREVER).cleared_at == day(5)
    assert fold(MX, acts, FOREVER, FOREVER).clearance is Outcome.CLEARANCE_ARREST


def test_a_correction_replaces_the_act_it_names_from_the_moment_it_is_known() -> None:
    acts = [*history("denuncia", "archivo_temporal"), Act(3, "abstencion_no_delito", 2, 10, corrects=2)]
    assert fold(MX, acts, FOREVER, day(9)).state == "AT"
    corrected = fold(MX, acts, FOREVER, day(10))
    assert (corrected.state, corrected.since, corrected.events_in_force) == ("X-AB", day(2), (1, 3))


def test_a_corrected_correction_does_not_bring_the_first_version_back() -> None:
    acts = [
        *history("denuncia", "archivo_temporal"),
        Act(3, "archivo_temporal", 3, 5, corrects=2),
        Act(4, "archivo_temporal", 4, 6, corrects=3),
    ]
    assert [act.number for act in in_force(acts, FOREVER)] == [1, 4]


def test_an_annulment_takes_an_act_away_and_adds_nothing() -> None:
    acts = [*history("denuncia", "archivo_temporal"), Act(3, "annulment", 3, 3, corrects=2)]
    status = fold(MX, acts, FOREVER, FOREVER)
    assert (status.state, status.since, status.ending) == ("I1", day(1), None)
    assert status.events_in_force == (1, 3)


def test_an_annulled_opening_leaves_the_line_unopened() -> None:
    acts = [*history("denuncia"), Act(2, "annulment", 2, 2, corrects=1)]
    assert fold(MX, acts, FOREVER, FOREVER) == LineStatus(events_in_force=(2,))


def test_what_an_undone_import_brought_counts_until_then_and_so_do_its_corrections() -> None:
    acts = [
        *history("denuncia", "archivo_temporal"),
        Act(3, "abstencion_no_delito", 2, 4, corrects=2, gone=8),
        Act(4, "extincion", 5, 5, gone=8),
    ]
    assert fold(MX, acts, FOREVER, day(7)).events_in_force == (1, 3, 4)
    undone = fold(MX, acts, FOREVER, day(8))
    assert (undone.state, undone.events_in_force) == ("AT", (1, 2))


def test_the_two_times_are_independent() -> None:
    acts = [Act(1, "denuncia", 1, 1), Act(2, "archivo_temporal", 5, 20), Act(3, "reactivacion", 10, 21)]
    assert fold(MX, acts, day(7), day(19)).state == "I1"
    assert fold(MX, acts, day(7), day(20)).state == "AT"
    assert fold(MX, acts, day(4), FOREVER).state == "I1"
    assert fold(MX, acts, day(10), FOREVER).state == "I1"
    assert fold(MX, acts, day(0), FOREVER) == LineStatus()


def test_acts_of_the_same_instant_follow_their_numbers() -> None:
    acts = [Act(2, "archivo_temporal", 1, 1), Act(1, "denuncia", 1, 1)]
    assert [act.number for act in in_force(acts, FOREVER)] == [1, 2]
    assert fold(MX, acts, FOREVER, FOREVER).state == "AT"


def test_an_imported_history_that_skips_steps_lands_where_its_last_act_says() -> None:
    assert states_of(MX, "denuncia", "vinculacion", "condena_firme") == ["I1", "IC", "F-CO"]
    assert states_of(MX, "suspect_identified") == ["I1"]
    assert MX.target("F-CU", "acuerdo_incumplido") == "I1"
    assert MX.target("SR", "acuerdo_incumplido") == "IC"


def test_an_act_unknown_to_the_jurisdiction_is_refused_by_the_fold() -> None:
    with pytest.raises(JurisdictionError, match=r"mx_cnpp: unknown event 'plea_guilty'"):
        trajectory(MX, history("denuncia", "plea_guilty"), FOREVER)


def test_why_not_names_the_states_from_which_the_act_is_possible() -> None:
    why = MX.why_not("AI", "archivo_temporal")
    assert why == Label(
        "«Archivo temporal» sólo procede desde: Investigación inicial, sin detenido. "
        "La línea está en: Audiencia inicial en curso.",
        "“Provisional shelving” is only possible from: Initial investigation. The line is in: Initial hearing.",
    )


def test_why_not_says_that_a_person_must_be_identified_or_that_the_act_is_unknown() -> None:
    nobody = MX.why_not("I1", "judicializacion", has_suspect=False)
    assert nobody is not None
    assert "requiere una persona identificada" in nobody.es
    assert "needs an identified person" in nobody.en
    unknown = MX.why_not("I1", "abracadabra")
    assert unknown is not None
    assert "no es un acto" in unknown.es
    assert "is not an event" in unknown.en
    unopened = MX.why_not(None, "archivo_temporal")
    assert unopened is not None
    assert "aún sin abrir" in unopened.es


def test_only_opening_acts_may_come_first() -> None:
    first = [kind.code for kind in MX.allowed(None, has_suspect=False)]
    assert first == ["noticia_criminal", "denuncia", "querella", "acto_equivalente"]
    assert [kind.code for kind in MX.allowed(None)][-1] == "detencion_flagrancia"


def test_without_a_suspect_no_act_against_a_person_is_offered() -> None:
    offered = {kind.code for kind in MX.allowed("I1", has_suspect=False)}
    assert "archivo_temporal" in offered
    assert offered.isdisjoint(
        {"judicializacion", "exceptional_clearance", "caso_urgente", "criterio_oportunidad"}
    )


def test_the_word_for_the_person_follows_the_stage() -> None:
    words = [MX.person_term_at(stage).es for stage in ("inicial", "juicio", "ejecucion", None)]
    assert words == ["imputado", "acusado", "sentenciado", "imputado"]


def test_a_charge_clears_and_more_charges_never_move_the_line_back() -> None:
    way = ("referral", "approval", "charge_filed", "charge_filed", "preliminary_hearing", "indictment")
    assert states_of(US, *way, "charge_filed") == [
        "U-REF",
        "U-ACC",
        "U-CHG",
        "U-CHG",
        "U-PRE",
        "U-ARG",
        "U-ARG",
    ]
    assert last(US, *way).cleared_at == day(3)


@pytest.mark.parametrize("one", ["plea_guilty", "finding_guilty", "verdict_guilty", "plea_guilty_lesser"])
@pytest.mark.parametrize(
    "other",
    ["nolle_prosequi", "finding_not_guilty", "no_probable_cause", "dismissed", "superseded_by_indictment"],
)
def test_a_conviction_outweighs_the_other_counts_in_any_order(one: str, other: str) -> None:
    for way in ((one, other), (other, one)):
        status = last(US, "referral", "charge_filed", *way)
        assert US.why_not(last(US, "referral", "charge_filed", way[0]).state, way[1]) is None
        assert (status.state, status.ending) == ("U-SEN", None)
        assert last(US, "referral", "charge_filed", *way, "sentenced", other).state == "U-POS"


def test_an_acquittal_outweighs_a_dropped_count_in_any_order() -> None:
    for way in (("finding_not_guilty", "nolle_prosequi"), ("nolle_prosequi", "finding_not_guilty")):
        assert last(US, "referral", "charge_filed", *way).state == "U-X-ACQ"


def test_a_declined_case_can_come_back_and_late_screening_never_uncharges() -> None:
    assert last(US, "referral", "rejection").ending is Outcome.ADMIN_CLOSE
    assert states_of(US, "referral", "rejection", "approval", "charge_filed")[1:] == [
        "U-X-DEC",
        "U-ACC",
        "U-CHG",
    ]
    for late in ("referral", "approval", "rejection", "continued_investigation", "arrest", "felony_review"):
        assert last(US, "referral", "charge_filed", late).state == "U-CHG"


@pytest.mark.parametrize(
    "late", ["charge_filed", "preliminary_hearing", "indictment", "arraignment", "rejection"]
)
def test_steps_of_other_counts_dated_after_a_conviction_leave_it_standing(late: str) -> None:
    assert last(US, "referral", "charge_filed", "plea_guilty", late).state == "U-SEN"
    assert last(US, "referral", "charge_filed", "plea_guilty", "sentenced", late).state == "U-POS"


def test_no_outcome_of_a_court_is_counted_as_unfounded_in_the_generic_file() -> None:
    assert [code for code, kind in US.events.items() if kind.outcome is Outcome.UNFOUNDED] == ["unfounded"]
