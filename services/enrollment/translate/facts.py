"""What a department's message tells a rule: the fact, its series and its signal; pure."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

from msgspec import convert
from msgspec.structs import replace

from pipeline.envelope import Envelope
from pipeline.uuid5 import uuid5
from schemas.facts import (
    AssetReported,
    BenefitChanged,
    DisabilityCertified,
    DisasterAffected,
    EmploymentChanged,
    Fact,
    HouseGraded,
    IncomeDeclared,
    MedicalExpenseReported,
    SchoolDropoutReported,
    SchoolFeeReported,
    SchoolReturned,
    SeriousIllnessConfirmed,
    WaterTested,
)
from services.enrollment.domain import commands
from services.enrollment.domain.fact import BENEFIT, OWN_WATER, WATER

FACT_IDS: Final = UUID("5a1e1c6f-7a51-5f6f-8a68-2a3b6e9f0c55")
REMEMBERED: Final = 4096


def village_stream(village_code: str) -> UUID:
    """Where a fact about a whole village waits for households yet to be registered."""
    return uuid5(FACT_IDS, village_code)


@lru_cache(REMEMBERED)
def fact_id(topic: str, source: str, reference: str) -> UUID:
    """The internal id of the fact that a department's message reports, asked for several times on its way through a batch.

    The topic is part of it, whatever its version: only the department may write there, while a source is what anybody says of himself.
    """
    return uuid5(FACT_IDS, "\0".join((topic.rpartition(".v")[0], source, reference)))


def fact_of(envelope: Envelope) -> UUID:
    """The id of the fact that this message reports."""
    return fact_id(envelope.record.topic, envelope.source, envelope.id)


def department_of(topic: str) -> str:
    """Who may write on a topic of facts."""
    return topic.split(".")[2]


def feed_stream(department: str) -> UUID:
    """Where the events of a department's feed are."""
    return uuid5(FACT_IDS, f"feed {department}")


def absent_from(period: str, told_at: datetime, granted: commands.Fact) -> commands.Fact:
    """A benefit that the full list of a period (YYYY-MM), told at the UTC instant `told_at`, does not name any more has stopped.

    It comes right after the grant, so that whatever the department itself said later stands.
    """
    return replace(
        granted,
        id=uuid5(granted.id, f"absent from {period}"),
        present=True,
        amount_fen=0,
        time=granted.time + timedelta(microseconds=1),
        heard=told_at,
        valid_on=date.fromisoformat(f"{period}-01"),
        department="",
    )


def to_fact(envelope: Envelope, data: Fact, person: UUID | None, named: UUID | None = None) -> commands.Fact:
    """Only what a rule may read: no name, no number, no free text leaves the message here."""
    return commands.Fact(
        id=fact_of(envelope),
        source=envelope.source,
        reference=envelope.id,
        name=data.TYPE.split(".")[2],
        person=person,
        named=named,
        time=envelope.time,
        valid_on=data.valid_on,
        department=department_of(envelope.record.topic),
        village_code=data.village_code,
        **_said(data),
    )


def _said(data: Fact) -> dict[str, Any]:
    match data:
        case MedicalExpenseReported(kind="inpatient", period=period, out_of_pocket_fen=amount):
            return {"series": f"inpatient:{period[:4]}", "signal": "inpatient", "period": period, "amount_fen": amount}
        case MedicalExpenseReported(period=period, out_of_pocket_fen=amount):
            return {"series": f"outpatient:{period}", "signal": "outpatient", "period": period, "amount_fen": amount}
        case SeriousIllnessConfirmed(disease_code=code):
            return {"series": f"serious-illness:{code}", "signal": "serious-illness", "present": True}
        case SchoolFeeReported(school_year=year, stage=stage, fee_after_aid_fen=amount):
            return {"series": f"school-fee:{year}", "signal": "school-fee", "kind": stage, "amount_fen": amount}
        case SchoolDropoutReported(stage=stage):
            return {"series": "dropout", "signal": "dropout", "kind": stage, "present": True}
        case SchoolReturned():
            return {"series": "dropout", "signal": "dropout"}
        case DisabilityCertified(category=category, level=level):
            return {"series": f"disability:{category}", "signal": "disability", "kind": str(level), "present": True}
        case HouseGraded(grade=grade):
            return {"series": "house", "signal": "house", "kind": grade, "present": grade in {"C", "D"}}
        case WaterTested(safe=safe, person=None, household_id=None):
            return {"series": WATER, "signal": "water", "present": not safe, "whole_village": True}
        case WaterTested(safe=safe):
            return {"series": OWN_WATER, "signal": "water", "present": not safe}
        case DisasterAffected(kind=kind, valid_on=day, loss_fen=loss):
            return {"series": f"disaster:{kind}:{day}", "signal": "disaster", "kind": kind, "present": True, "amount_fen": loss}
        case EmploymentChanged(employed=employed, monthly_wage_fen=wage):
            return {"series": "employment", "signal": "employment", "present": not employed, "amount_fen": wage}
        case BenefitChanged(benefit=benefit, granted=granted, monthly_fen=amount):
            series = f"{BENEFIT}{benefit}"
            return {"series": series, "signal": "benefit-stopped", "kind": benefit, "present": not granted, "amount_fen": amount}
        case AssetReported(kind=kind, value_fen=value, count=count):
            there = 0 not in {value, count}
            return {"series": f"asset:{kind}", "kind": kind, "present": there, "amount_fen": value}
        case IncomeDeclared():
            return {"series": "income", "income": convert(data, commands.Income, from_attributes=True)}
        case _:
            return {"series": data.TYPE.split(".")[2]}
