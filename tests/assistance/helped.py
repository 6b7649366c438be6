"""The household that is helped, what can be asked for it, and its plan step by step."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID, uuid5

from msgspec import convert

from services.assistance import packs
from services.assistance.domain import DECIDER
from services.assistance.domain import commands as ask
from services.assistance.domain import events as did
from services.assistance.domain.pairing.pairing_commands import AssignCadre
from services.assistance.domain.referrals.referral_commands import AnswerReferral
from services.assistance.domain.referrals.referral_events import ReferralAnswered, ReferralSent
from tests.specification import Specification

HOUSEHOLD, CASE, CADRE, SUCCESSOR = UUID(int=100), UUID(int=400), UUID(int=500), UUID(int=501)
TODAY: Final = date(2021, 1, 5)
DUE: Final = date(2021, 1, 15)
PLAN: Final = uuid5(CASE, "plan 1")
BASE, HEALTH, HOUSING = (uuid5(PLAN, name) for name in ("base", "illness", "housing"))
PILOT: Final = packs.load("example-pilot")
given: Final = Specification(DECIDER, PILOT).given


def asked(on: date = TODAY) -> dict[str, Any]:
    return {"id": "message", "on": on}


def assign(cadre: UUID = CADRE, from_day: date = TODAY) -> AssignCadre:
    return AssignCadre(**asked(), cadre=cadre, from_day=from_day)


def open_plan(*risks: str, episode: int = 1, case: UUID = CASE) -> ask.OpenPlan:
    return ask.OpenPlan(**asked(), case=case, episode=episode, risks=risks)


def answer(risk: str, on: date = TODAY) -> ask.AnswerRisk:
    return ask.AnswerRisk(**asked(on), risk=risk)


def advance(to: str, measure: UUID = HEALTH, evidence: str | None = None) -> ask.AdvanceMeasure:
    return convert({**asked(), "measure": measure, "to": to, "evidence_sha256": evidence}, ask.AdvanceMeasure)


def decline(measure: UUID = HEALTH, on: date = TODAY) -> ask.DeclineMeasure:
    return ask.DeclineMeasure(**asked(on), measure=measure, reason_sha256="why")


def end(measure: UUID = HEALTH, on: date = TODAY) -> ask.EndMeasure:
    return ask.EndMeasure(**asked(on), measure=measure, reason_sha256="why")


def draft(*measures: ask.Draft, unanswered: tuple[str, ...] = (), source: str = "/department") -> ask.DraftPlan:
    return ask.DraftPlan(**asked(), source=source, measures=measures, unanswered=tuple(ask.Unanswered(risk, "why") for risk in unanswered))


def resolve(risk: str, on: date = TODAY) -> ask.ResolveRisk:
    return ask.ResolveRisk(**asked(on), risk=risk)


def close() -> ask.ClosePlan:
    return ask.ClosePlan(**asked())


def proposed(measure: UUID, kind: str, department: str, *answers: str, due: date = DUE) -> did.MeasureProposed:
    return did.MeasureProposed(
        measure=measure, plan=PLAN, kind=kind, department=department, answers=answers, base=not answers, due=due,
        owner=None if answers else "town-officer",
    )  # fmt: skip


def sent(measure: did.MeasureProposed) -> ReferralSent:
    """The pack gives the housing department a week and the others five days; it is due after ten."""
    days = 7 if measure.department == "housing" else 5
    due = measure.due - timedelta(days=10 - days)
    return ReferralSent(
        referral=uuid5(measure.measure, "referral"),
        measure=measure.measure,
        department=measure.department,
        kind=measure.kind,
        answers=measure.answers,
        due=due,
    )


def referred(*measures: did.MeasureProposed) -> tuple[did.MeasureProposed | ReferralSent, ...]:
    """Each with the question to its department."""
    return tuple(event for measure in measures for event in (measure, sent(measure)))


def answered(outcome: str = "accepted", measure: UUID = HEALTH, why: str | None = None, on: date = TODAY) -> ReferralAnswered:
    department = {HEALTH: "medical-insurance", HOUSING: "housing"}.get(measure, "civil-affairs")
    said = {"referral": uuid5(measure, "referral"), "measure": measure, "department": department, "outcome": outcome}
    return convert({**said, "on": on, "reason_sha256": why}, ReferralAnswered)


def reply(outcome: str = "accepted", department: str | None = None, measure: UUID = HEALTH, why: str | None = "why") -> AnswerReferral:
    said = {"referral": uuid5(measure, "referral"), "outcome": outcome, "department": department, "reason_sha256": why}
    return convert({**asked(), **said}, AnswerReferral)


def check_plan(on: date) -> ask.CheckPlan:
    return ask.CheckPlan(**asked(on))


def tell_day(day: date) -> ask.TellDay:
    return ask.TellDay(**asked(day))


def refused(reason_code: str, limit: str | None = None) -> did.CommandRefused:
    return did.CommandRefused(command="message", reason_code=reason_code, limit=limit)


PAIRED: Final = (did.CadreAssigned(cadre=CADRE, from_day=TODAY),)
SECURITY: Final = proposed(BASE, "subsistence_security", "civil-affairs")
CURE: Final = proposed(HEALTH, "health", "medical-insurance", "illness")
OPENED: Final = (did.PlanOpened(plan=PLAN, episode=1, base=BASE, measures=(HEALTH,)), *referred(SECURITY, CURE))
ACCEPTED: Final = (*OPENED, did.MeasureAccepted(measure=HEALTH, on=TODAY), answered())
STARTED: Final = (*ACCEPTED, did.MeasureStarted(measure=HEALTH, on=TODAY, episode=1))
DELIVERED: Final = (*STARTED, did.MeasureDelivered(measure=HEALTH, on=TODAY, evidence_sha256="evidence", episode=1))
ENDED: Final = (
    did.MeasureEnded(measure=BASE, on=TODAY, because="plan-closed"),
    did.MeasureEnded(measure=HEALTH, on=TODAY, because="plan-closed"),
    did.PlanClosed(plan=PLAN, on=TODAY),
)
CLOSED: Final = (*DELIVERED, *ENDED)
