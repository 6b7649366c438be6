"""A department's answer counts, in whatever order it and what asks it are read: after a restore it may come first, also long before."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from itertools import permutations
from typing import Final
from uuid import UUID, uuid5

import pytest

from pipeline.decider import Events
from pipeline.handler import Handler
from schemas import assistance as words
from schemas.assistance import DraftedMeasure
from schemas.enrollment import HouseholdEnrolled, ReferralAnswered, RiskAdded
from schemas.message import Message
from services.assistance.domain import DECIDER
from services.assistance.domain.commands import AnyCommand, OpenPlan
from services.assistance.domain.plan_ids import measure_id, plan_id
from services.assistance.domain.policy import Policy
from services.assistance.domain.state import State
from services.assistance.main import rules
from tests.assistance.helped import BASE, CASE, HEALTH, HOUSEHOLD, HOUSING, PILOT, PLAN, TODAY
from tests.assistance.test_care_in_the_service import record, take
from tests.messages import EVENT_ID
from tests.pipeline.houses import again
from tests.read_models import ReadModels, read_models

ENROLLED: Final = HouseholdEnrolled(
    household_id=HOUSEHOLD,
    case_id=CASE,
    episode=1,
    type="immediate-assistance",
    risks=("illness",),
    pack="example-pilot",
    line_fen=600_000,
    decision_event_id=EVENT_ID,
)
MORE: Final = RiskAdded(household_id=HOUSEHOLD, risk="housing")
DRAFT: Final = words.DraftPlan(measures=(DraftedMeasure(kind="employment", department="human-resources", answers=("illness",)),))
HELD: Final = "SELECT measure, outcome FROM referrals WHERE outcome IS NOT NULL ORDER BY measure"
KEPT: Final = "SELECT referral, department, outcome FROM unmatched_answers"
REFUSED: Final = "SELECT convert_from(state, 'UTF8')::jsonb ->> 'reason_code' FROM stored_events WHERE topic = 'assistance.command-refused'"


def answer(measure: UUID, department: str = "medical-insurance") -> ReferralAnswered:
    return ReferralAnswered(referral_id=uuid5(measure, "referral"), department=department, outcome="accepted", on=TODAY)


@pytest.fixture
async def models(prepared: str) -> AsyncIterator[ReadModels]:
    async with read_models(prepared, "assistance") as made:
        yield made
        assert await made.difference() is None
        assert [] == await made.rows("SELECT id FROM set_aside")


async def at_once(models: ReadModels, *told: Message) -> list[tuple[object, ...]]:
    """In one batch; no answer is kept for later."""
    await take(models, [(one, TODAY) for one in told], len(told))
    assert [] == await models.rows(KEPT)
    return await models.rows(HELD)


BATCHES: Final = list(permutations([ENROLLED, answer(HEALTH), answer(BASE, "civil-affairs")]))


@pytest.mark.parametrize("told", BATCHES, ids=lambda told: " ".join(type(one).__name__ for one in told))
async def test_the_answer_to_a_plan_of_the_same_batch_is_taken(models: ReadModels, told: Sequence[Message]) -> None:
    """One that is read before the plan is refused all the same: the plan may yet be parked."""
    assert sorted([(HEALTH, "accepted"), (BASE, "accepted")]) == await at_once(models, *told)
    assert [("referral.unknown",)] * told.index(ENROLLED) == await models.rows(REFUSED)


@pytest.mark.parametrize("early", [False, True], ids=["behind it", "before it"])
async def test_so_is_the_answer_about_a_risk_of_the_same_batch(models: ReadModels, early: bool) -> None:  # noqa: FBT001
    await at_once(models, ENROLLED)
    said = [MORE, answer(HOUSING, "housing")]
    await take(models, [(ENROLLED, TODAY), *((one, TODAY) for one in (reversed(said) if early else said))], 3)
    assert [(HOUSING, "accepted")] == await models.rows(HELD)


async def test_so_is_the_answer_about_a_draft_of_the_same_batch(models: ReadModels) -> None:
    """The message has the id of its place in the batch."""
    drafted = measure_id(PLAN, "/test 1/0")
    assert plan_id(CASE, 1) == PLAN
    assert [(drafted, "accepted")] == await at_once(models, ENROLLED, DRAFT, answer(drafted, "human-resources"))


async def test_an_answer_to_what_nobody_asked_is_refused_and_kept(models: ReadModels) -> None:
    told = [ENROLLED, answer(HOUSING, "housing")]
    await take(models, [(one, TODAY) for one in told], len(told))
    assert [("referral.unknown",)] == await models.rows(REFUSED)
    assert [(uuid5(HOUSING, "referral"), "housing", "accepted")] == await models.rows(KEPT)


async def test_a_plan_and_its_answer_that_come_in_two_batches_are_taken(models: ReadModels) -> None:
    await take(models, [(ENROLLED, TODAY), (answer(HEALTH), TODAY)], 1)
    assert [(HEALTH, "accepted")] == await models.rows(HELD)


async def one_after_the_other(models: ReadModels, *told: Message) -> list[tuple[object, ...]]:
    """Each in a batch of its own; no answer is kept for later."""
    await take(models, [(one, TODAY) for one in told], 1)
    assert [] == await models.rows(KEPT)
    return await models.rows(HELD)


@pytest.mark.parametrize("told", BATCHES, ids=lambda told: " ".join(type(one).__name__ for one in told))
async def test_an_answer_that_was_read_batches_before_the_plan_is_taken_when_it_comes(models: ReadModels, told: Sequence[Message]) -> None:
    assert sorted([(HEALTH, "accepted"), (BASE, "accepted")]) == await one_after_the_other(models, *told)


async def test_so_is_the_answer_about_a_risk_or_a_draft(models: ReadModels) -> None:
    drafted = measure_id(PLAN, "/test 4/0")
    early = (answer(HOUSING, "housing"), answer(drafted, "human-resources"))
    expected = sorted([(HOUSING, "accepted"), (drafted, "accepted")])
    assert expected == await one_after_the_other(models, ENROLLED, *early, MORE, DRAFT)


async def test_of_two_early_answers_of_a_department_the_later_one_is_taken(models: ReadModels) -> None:
    declined = answer(HEALTH).model_copy(update={"outcome": "declined"})
    assert [(HEALTH, "declined")] == await one_after_the_other(models, answer(HEALTH), declined, ENROLLED)


async def test_an_early_answer_of_another_department_does_not_count(models: ReadModels) -> None:
    early = (answer(HEALTH, "education"), answer(HEALTH))
    assert [(HEALTH, "accepted")] == await one_after_the_other(models, *early, ENROLLED)
    assert ("referral.another-department",) in await models.rows(REFUSED)


def no_plan_opens(command: AnyCommand, state: State, policy: Policy) -> Events:
    """The rules with a mistake in them."""
    if isinstance(command, OpenPlan):
        raise ZeroDivisionError
    return DECIDER.decide(command, state, policy)


@pytest.mark.parametrize("told", BATCHES, ids=lambda told: " ".join(type(one).__name__ for one in told))
async def test_the_answer_to_a_plan_that_is_parked_is_taken_when_the_plan_is_redriven(prepared: str, told: Sequence[Message]) -> None:
    async with read_models(prepared, "assistance") as models:
        mended = rules(PILOT, models.pool)
        mistaken = replace(mended, decider=replace(DECIDER, decide=no_plan_opens))
        commit = await Handler(mistaken, models.store).handle([record(offset, one, TODAY) for offset, one in enumerate(told)])
        assert [] == await models.rows(HELD)
        for offset, row in enumerate(commit.set_aside, len(told)):
            await Handler(mended, models.store).handle([again(row, offset)])
        assert sorted([(HEALTH, "accepted"), (BASE, "accepted")]) == await models.rows(HELD)
        assert [] == await models.rows(KEPT)
        assert await models.difference() is None
