"""The plans, measures and pairings that people see follow from the log, live and rebuilt alike."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date
from uuid import UUID, uuid5

import pytest
from msgspec import convert
from msgspec.structs import replace

from pipeline.decider import Event
from services.assistance.domain import events as did
from services.assistance.domain.referrals.referral_events import ReferralOverdue
from tests.assistance.helped import (
    BASE,
    CADRE,
    CLOSED,
    DUE,
    ENDED,
    HEALTH,
    HOUSEHOLD,
    OPENED,
    PAIRED,
    PLAN,
    TODAY,
    answered,
    refused,
)
from tests.read_models import ReadModels, read_models

STATES = "SELECT state, changed_on FROM measures WHERE measure = $1"
TOMORROW = date(2021, 1, 6)
LOAN = UUID(int=9)


def elsewhere(*events: Event) -> list[Event]:
    """The same with ids of their own, for another household."""
    named = {one: uuid5(one, "elsewhere") for one in (PLAN, BASE, HEALTH, uuid5(BASE, "referral"), uuid5(HEALTH, "referral"))}
    return [
        replace(event, **{name: named[value] for name in event.__struct_fields__ if (value := getattr(event, name)) in named})
        for event in events
    ]


@pytest.fixture
async def plans(prepared: str) -> AsyncIterator[ReadModels]:
    async with read_models(prepared, "assistance") as models:
        yield models


async def test_a_plan_is_seen_from_its_opening_to_its_end(plans: ReadModels) -> None:
    await plans.write(HOUSEHOLD, *OPENED)
    assert [(PLAN, HOUSEHOLD, 1, TODAY, None, None)] == await plans.rows("TABLE plans")
    await plans.write(HOUSEHOLD, *ENDED[:-1], did.PlanClosed(plan=PLAN, on=TOMORROW))
    assert [(PLAN, HOUSEHOLD, 1, TODAY, TOMORROW, None)] == await plans.rows("TABLE plans")
    assert await plans.difference() is None


async def test_a_measure_is_seen_with_what_it_answers(plans: ReadModels) -> None:
    await plans.write(HOUSEHOLD, *OPENED)
    nothing_said = (None, None, None)
    security = (BASE, HOUSEHOLD, PLAN, "subsistence_security", "civil-affairs", [], True, "proposed", DUE, TODAY, *nothing_said)
    cure = (HEALTH, HOUSEHOLD, PLAN, "health", "medical-insurance", ["illness"], False, "proposed", DUE, TODAY, *nothing_said)
    neither_delivered_nor_late = (None, None)
    security, cure = (*security, "town-officer", *neither_delivered_nor_late), (*cure, None, *neither_delivered_nor_late)
    assert [security, cure] == await plans.rows("SELECT * FROM measures ORDER BY base DESC")
    assert await plans.difference() is None


async def test_a_measure_is_seen_step_by_step(plans: ReadModels) -> None:
    await plans.write(HOUSEHOLD, *OPENED)
    steps = (did.MeasureAccepted, did.MeasureStarted, did.MeasureDelivered, did.MeasureEnded)
    seen: list[tuple[object, ...]] = []
    for number, step in enumerate(steps, 6):
        said = {"measure": HEALTH, "on": date(2021, 1, number), "evidence_sha256": None}
        await plans.write(HOUSEHOLD, convert(said, step))
        seen += await plans.rows(STATES, HEALTH)
    days = [date(2021, 1, number) for number in range(6, 10)]
    assert list(zip(("accepted", "started", "delivered", "ended"), days, strict=True)) == seen
    assert [("proposed", TODAY)] == await plans.rows(STATES, BASE)
    assert await plans.difference() is None


async def test_a_refusal_is_not_seen(plans: ReadModels) -> None:
    await plans.write(HOUSEHOLD, refused("plan.already-open"))
    assert [0, 0, 0] == [len(await plans.rows(f"TABLE {table}")) for table in ("plans", "measures", "pairings")]


async def test_a_whole_history_in_one_commit_gives_the_same_rows_as_step_by_step(plans: ReadModels) -> None:
    await plans.write(HOUSEHOLD, *PAIRED, *CLOSED)
    assert [("ended", TODAY), ("ended", TODAY)] == await plans.rows("SELECT state, changed_on FROM measures")
    assert [(HOUSEHOLD, CADRE, TODAY, None)] == await plans.rows("TABLE pairings")
    assert await plans.difference() is None


async def test_a_measure_that_somebody_added_is_seen_with_its_amount_and_its_time(plans: ReadModels) -> None:
    draft = did.MeasureProposed(
        measure=LOAN, plan=PLAN, kind="finance", department="civil-affairs", answers=("illness",), base=False, due=DUE,
        amount_fen=5_000_000, from_day=TODAY, to_day=TOMORROW,
    )  # fmt: skip
    await plans.write(HOUSEHOLD, *OPENED, draft)
    assert [(5_000_000, TODAY, TOMORROW)] == await plans.rows("SELECT amount_fen, from_day, to_day FROM measures WHERE measure = $1", LOAN)
    assert await plans.difference() is None


async def test_a_risk_is_unanswered_until_a_measure_or_a_reason_answers_it(plans: ReadModels) -> None:
    unanswered = "SELECT plan, risk FROM unanswered"
    await plans.write(HOUSEHOLD, *OPENED)
    assert [] == await plans.rows(unanswered)
    await plans.write(HOUSEHOLD, did.MeasureDeclined(measure=HEALTH, on=TODAY, reason_sha256="why"))
    assert [(PLAN, "illness")] == await plans.rows(unanswered)
    await plans.write(HOUSEHOLD, did.RiskLeftUnanswered(plan=PLAN, risk="illness", reason_sha256="why"))
    assert [] == await plans.rows(unanswered)
    assert [(PLAN, "illness", HOUSEHOLD, TODAY)] == await plans.rows("TABLE reasons")
    assert await plans.difference() is None


async def test_a_reason_for_one_risk_answers_no_other_one(plans: ReadModels) -> None:
    school = did.MeasureProposed(
        measure=LOAN, plan=PLAN, kind="compulsory_education", department="education", answers=("education",), base=False, due=DUE
    )  # fmt: skip
    declined = [did.MeasureDeclined(measure=one, on=TODAY, reason_sha256="why") for one in (HEALTH, LOAN)]
    await plans.write(HOUSEHOLD, *OPENED, school, *declined)
    await plans.write(HOUSEHOLD, did.RiskLeftUnanswered(plan=PLAN, risk="illness", reason_sha256="why"))
    assert [("education",)] == await plans.rows("SELECT risk FROM unanswered")
    await plans.write(HOUSEHOLD, did.PlanRevised(plan=PLAN, risk="education", on=TOMORROW, open=False))
    assert [] == await plans.rows("SELECT risk FROM unanswered")


async def test_what_outlives_its_plan_is_listed_until_it_ends(plans: ReadModels) -> None:
    begun = did.MeasureStarted(measure=HEALTH, on=TODAY)
    await plans.write(HOUSEHOLD, *OPENED, begun, ENDED[0], did.PlanClosed(plan=PLAN, on=TODAY, running=(HEALTH,)))
    assert [(HEALTH, "started")] == await plans.rows("SELECT measure, state FROM running_on")
    await plans.write(HOUSEHOLD, did.MeasureEnded(measure=HEALTH, on=TOMORROW, reason_sha256="why"))
    assert [] == await plans.rows("SELECT measure, state FROM running_on")
    assert await plans.difference() is None


async def test_a_plan_is_seen_with_the_one_before_it(plans: ReadModels) -> None:
    again = did.PlanOpened(plan=LOAN, episode=2, base=BASE, measures=(), before=PLAN)
    await plans.write(HOUSEHOLD, *CLOSED, again)
    assert [(PLAN, None), (LOAN, PLAN)] == await plans.rows("SELECT plan, before FROM plans ORDER BY episode")
    assert await plans.difference() is None


async def test_a_referral_is_outstanding_until_it_is_answered_or_its_measure_is_over(plans: ReadModels) -> None:
    await plans.write(HOUSEHOLD, *OPENED)
    outstanding = "SELECT department, household, measure, due, overdue_on, level FROM outstanding_referrals ORDER BY department"
    security = ("civil-affairs", HOUSEHOLD, BASE, date(2021, 1, 10), None, None)
    cure = ("medical-insurance", HOUSEHOLD, HEALTH, date(2021, 1, 10), None, None)
    assert [security, cure] == await plans.rows(outstanding)
    await plans.write(HOUSEHOLD, did.MeasureAccepted(measure=HEALTH, on=TOMORROW), answered(on=TOMORROW))
    assert [security] == await plans.rows(outstanding)
    await plans.write(HOUSEHOLD, did.MeasureEnded(measure=BASE, on=TOMORROW))
    assert [] == await plans.rows(outstanding)
    ends = [(BASE, None, None, TOMORROW), (HEALTH, "accepted", TOMORROW, None)]
    assert ends == await plans.rows("SELECT measure, outcome, answered_on, withdrawn_on FROM referrals ORDER BY department")
    assert await plans.difference() is None


async def test_a_silence_is_seen_with_the_level_that_was_told(plans: ReadModels) -> None:
    silence = ReferralOverdue(
        referral=uuid5(HEALTH, "referral"), measure=HEALTH, department="medical-insurance", due=date(2021, 1, 10), level="county"
    )
    await plans.write(HOUSEHOLD, *OPENED)
    await plans.write(HOUSEHOLD, silence, on=date(2021, 1, 11))
    late = "SELECT measure, overdue_on, level FROM outstanding_referrals WHERE overdue_on IS NOT NULL"
    assert [(HEALTH, date(2021, 1, 11), "county")] == await plans.rows(late)
    assert await plans.difference() is None


async def test_a_risk_that_is_no_more_needs_no_answer_until_it_is_back(plans: ReadModels) -> None:
    unanswered = "SELECT risk FROM unanswered"
    await plans.write(HOUSEHOLD, *OPENED, did.MeasureDeclined(measure=HEALTH, on=TODAY, reason_sha256="why"))
    await plans.write(HOUSEHOLD, did.PlanRevised(plan=PLAN, risk="illness", on=TOMORROW, open=False))
    assert [] == await plans.rows(unanswered)
    assert [(PLAN, "illness", HOUSEHOLD, TOMORROW)] == await plans.rows("TABLE resolved_risks")
    assert await plans.difference() is None
    await plans.write(HOUSEHOLD, did.PlanRevised(plan=PLAN, risk="illness", on=TOMORROW, open=True))
    assert [("illness",)] == await plans.rows(unanswered)
    assert await plans.difference() is None


async def test_a_measure_that_ended_answers_its_risk_only_if_it_reached_the_household(plans: ReadModels) -> None:
    ended = did.MeasureEnded(measure=HEALTH, on=TOMORROW, reason_sha256="why")
    await plans.write(HOUSEHOLD, *OPENED, ended)
    await plans.write(LOAN, *elsewhere(*OPENED), *elsewhere(did.MeasureDelivered(measure=HEALTH, on=TODAY, evidence_sha256=None), ended))
    assert [(HOUSEHOLD, "illness")] == await plans.rows("SELECT household, risk FROM unanswered")
    assert await plans.difference() is None


async def test_what_is_late_is_listed_until_it_is_done(plans: ReadModels) -> None:
    late = did.MeasureOverdue(measure=HEALTH, kind="health", department="medical-insurance", due=DUE)
    await plans.write(HOUSEHOLD, *OPENED, did.MeasureAccepted(measure=HEALTH, on=TODAY), answered())
    await plans.write(HOUSEHOLD, late, on=date(2021, 1, 16))
    listed = "SELECT measure, department, waits_for, due, overdue_on FROM late"
    assert [(HEALTH, "medical-insurance", "start", DUE, date(2021, 1, 16))] == await plans.rows(listed)
    await plans.write(HOUSEHOLD, did.MeasureStarted(measure=HEALTH, on=date(2021, 1, 17)))
    assert [] == await plans.rows(listed)
    assert await plans.difference() is None


async def test_the_measures_of_each_department_are_counted_by_state(plans: ReadModels) -> None:
    await plans.write(HOUSEHOLD, *OPENED, did.MeasureAccepted(measure=HEALTH, on=TODAY), answered())
    await plans.write(LOAN, *elsewhere(*OPENED))
    counted = "SELECT department, kind, state, measures, bases FROM measures_by_department ORDER BY department, state"
    assert [
        ("civil-affairs", "subsistence_security", "proposed", 2, 2),
        ("medical-insurance", "health", "accepted", 1, 0),
        ("medical-insurance", "health", "proposed", 1, 0),
    ] == await plans.rows(counted)
