"""The committed extract of real tables, read with nothing of the product: one row a person at intake."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pandas as pd

from investigations.clearance.rules.questions import OffenceRow

FOLDER = Path(__file__).resolve().parent.parent / "data" / "cook_county"


def table(name: str) -> pd.DataFrame:
    return pd.read_csv(FOLDER / f"{name}.csv.xz", dtype=str)


def frame() -> pd.DataFrame:
    """reported, cleared (NaT when not), unit, offence, city of each person at intake, as dates of the files."""
    intake = table("intake")
    charges = table("initiation").dropna(subset=["event_date"])
    first = pd.to_datetime(charges.groupby("case_participant_id")["event_date"].min())
    people = pd.DataFrame(
        {
            "reported": pd.to_datetime(intake["received_date"].str[:10]),
            "cleared": intake["case_participant_id"].map(first),
            "unit": intake["unit"].fillna(""),
            "offence": intake["offense_category"],
            "municipality": intake["incident_city"].fillna(""),
            "status": intake["participant_status"].fillna(""),
        }
    )
    people["unfounded"] = people["status"].eq("Rejected") & people["cleared"].isna()
    return people


def offence_rows(people: pd.DataFrame, last_day: date) -> list[OffenceRow]:
    """The same people as the measures read them, as of a day."""
    rows = []
    for number, person in enumerate(people.itertuples()):
        cleared = None if pd.isna(person.cleared) else person.cleared.date()
        cleared = cleared if cleared and cleared <= last_day else None
        rows.append(
            OffenceRow(
                offence_id=number,
                case_id=number,
                unit=person.unit,
                offence=person.offence,
                municipality=person.municipality,
                reported_on=person.reported.date(),
                cleared_on=cleared,
                clearance="clearance_arrest" if cleared else None,
                ending="unfounded" if person.unfounded else None,
                ending_on=person.reported.date() + timedelta(days=1) if person.unfounded else None,
            )
        )
    return rows
