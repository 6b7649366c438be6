"""The plan of a household that was enrolled before this log: its measures are as far as they had come, and nobody is asked for them."""

from __future__ import annotations

from msgspec.structs import replace

from schemas.assistance import MeasureProposed
from schemas.enrollment import HouseholdEnrolled, MeasureBefore, TakenOver
from services.assistance.domain import commands as ask
from services.assistance.domain import events as did
from services.assistance.identify import Found
from services.assistance.translate import to_commands, to_message
from tests.assistance.helped import (
    BASE,
    CASE,
    CURE,
    HEALTH,
    HOUSEHOLD,
    HOUSING,
    OPENED,
    PLAN,
    SECURITY,
    TODAY,
    given,
    open_plan,
    proposed,
    referred,
)
from tests.messages import EVENT_ID, envelope, recorded

BEFORE = (ask.Help("base", "delivered"), ask.Help("illness", "started"))
TAKEN_OVER = replace(open_plan("illness", "housing"), before=BEFORE)
REPAIR = proposed(HOUSING, "housing", "housing", "housing")
BEGUN = (
    did.PlanOpened(plan=PLAN, episode=1, base=BASE, measures=(HEALTH, HOUSING)),
    replace(SECURITY, taken_over=True),
    replace(CURE, taken_over=True),
    *referred(REPAIR),
    did.MeasureAccepted(measure=BASE, on=TODAY),
    did.MeasureStarted(measure=BASE, on=TODAY, episode=1),
    did.MeasureDelivered(measure=BASE, on=TODAY, evidence_sha256=None, episode=1),
    did.MeasureAccepted(measure=HEALTH, on=TODAY),
    did.MeasureStarted(measure=HEALTH, on=TODAY, episode=1),
)


def test_measures_that_had_begun_are_as_far_as_they_had_come_and_the_others_are_asked_for() -> None:
    given().when(TAKEN_OVER).then(*BEGUN)


def test_the_same_plan_is_opened_once() -> None:
    given(*BEGUN).when(TAKEN_OVER).then()
    given(*OPENED).when(replace(open_plan("illness"), before=BEFORE)).then()


def test_what_enrollment_took_over_opens_the_plan() -> None:
    said = {"household_id": HOUSEHOLD, "case_id": CASE, "episode": 1, "type": "t", "risks": ("illness", "housing"), "pack": "p"}
    measures = (MeasureBefore(answers="base", step="delivered"), MeasureBefore(answers="illness", step="started"))
    message = HouseholdEnrolled.model_validate(
        {**said, "line_fen": 1, "decision_event_id": EVENT_ID, "taken_over": TakenOver(since=TODAY, measures=measures)}
    )
    assert [(HOUSEHOLD, TAKEN_OVER)] == to_commands(envelope(message, "message"), Found(HOUSEHOLD))


def test_others_hear_which_measure_nobody_is_asked_for() -> None:
    told = [to_message(recorded(event, HOUSEHOLD)) for event in (BEGUN[2], REPAIR)]
    assert [True, None] == [one.data.taken_over for one in told if one is not None and isinstance(one.data, MeasureProposed)]
