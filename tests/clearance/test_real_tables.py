"""The whole way on real tables: imported, projected and answered, against pandas and lifelines on the files themselves."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from lifelines import KaplanMeierFitter
from sqlalchemy.orm import Session

from investigations.access import OFFICE
from investigations.clearance.queries import Asked, answer, complete
from investigations.clearance.rules.questions import HORIZONS, Group, Measure, Report
from investigations.clearance.services import rebuild
from investigations.importing.services import import_tables
from investigations.importing.services.mappings import tables_mapping
from investigations.ledger.queries import began_at
from investigations.office import Office

from .cook import FOLDER, table

FIRST, LAST = date(2019, 2, 1), date(2019, 9, 30)


@pytest.fixture
def imported(office: Office, tmp_path: Path) -> Iterator[Session]:
    files = sorted(FOLDER.glob("*.csv.xz"))
    mapping = tables_mapping("cook_county")
    import_tables(office.database, OFFICE, mapping, files, folder=tmp_path, dry_run=False, bars=lambda *_: lambda _: None)
    with office.database.reading() as session:
        yield session


def cases() -> pd.DataFrame:
    """One row a case: when reported, when first charged, where; `gone` when all its people are dealt with elsewhere."""
    intake, charges = table("intake"), table("initiation")
    intake["day"] = (pd.to_datetime(intake["received_date"]) - pd.Timedelta(hours=4)).dt.normalize()
    charges["day"] = charges["event_date"].fillna(charges["arraignment_date"]).fillna(charges["received_date"])
    found = intake.groupby("case_id").agg(
        reported=("day", "min"), unit=("law_enforcement_agency", "first"), offence=("offense_category", "first")
    )
    found["cleared"] = pd.to_datetime(charges.groupby("case_id")["day"].min())
    left = intake["participant_status"].fillna("").str.contains("See Related Case")
    found["gone"] = left.groupby(intake["case_id"]).all() & found["cleared"].isna()
    return found


def ask(session: Session, measure: Measure, *by: Group) -> Report:
    question = complete(Asked(measure, FIRST, LAST, by), began=began_at(session), zone="America/Chicago")
    return answer(session, OFFICE, question, language="en")


def test_ucr_of_the_imported_tables_equals_pandas(imported: Session) -> None:
    found = cases()
    kept = found[~found["gone"]]
    within = {name: kept[kept[name].between(pd.Timestamp(FIRST), pd.Timestamp(LAST))] for name in ("reported", "cleared")}
    report = ask(imported, Measure.UCR, Group.OFFENCE)
    assert report.total.reported == report.total.actual == len(within["reported"])
    assert report.total.cleared == report.total.cleared_by_arrest == len(within["cleared"])
    assert report.left_out["merged"] == int((found["gone"] & found["reported"].ge(pd.Timestamp(FIRST))).sum())
    counts = pd.DataFrame({name: rows.groupby("offence").size() for name, rows in within.items()}).fillna(0).astype(int)
    expected = {str(label).casefold(): (row.reported, row.cleared) for label, row in counts.iterrows()}
    assert {row.labels[0].casefold(): (row.reported, row.cleared) for row in report.rows} == expected


def test_cohort_of_the_imported_tables_equals_lifelines(imported: Session) -> None:
    found = cases()
    report = ask(imported, Measure.COHORT)
    last = pd.Timestamp(report.question.last_day)
    members = found[found["reported"].between(pd.Timestamp(FIRST), pd.Timestamp(LAST)) & ~found["gone"]]
    waits = (members["cleared"].fillna(last) - members["reported"]).dt.days.clip(lower=0)
    fitter = KaplanMeierFitter().fit(waits, members["cleared"].notna())
    expected = [1 - float(fitter.predict(days)) for days in HORIZONS]
    assert [h.cleared_share for h in report.total.horizons] == pytest.approx(expected, abs=1e-9)
    assert report.notes["negative_interval"] > 0


def test_rebuilding_the_projection_of_the_imported_tables_changes_nothing(office: Office, imported: Session) -> None:
    before = ask(imported, Measure.UCR, Group.UNIT, Group.MONTH)
    imported.rollback()
    with office.database.writing() as session:
        rebuild(session)
        again = answer(session, OFFICE, before.question, language="en")
    assert again == before
