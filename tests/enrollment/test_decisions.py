"""What may be appealed against: the log of the household says whether an id names a decision, and who took it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from uuid import UUID

import pytest

from pipeline.decider import Event
from pipeline.postgres import event_id
from services.enrollment.domain import events as did
from services.enrollment.domain.case.decisions import is_decision
from services.enrollment.domain.case.procedure_commands import Decision
from services.enrollment.domain.case.procedure_events import AppealDecided, CaseEnded, EmergencyHelpStarted, ObjectionRaised
from services.enrollment.identify.appeals import decisions
from tests.enrollment.zhang import CASE, CLUE, HOUSEHOLD, ILL, LET_OUT, POOR, PROPOSED, REGISTERED, TAKEN_IN, raised, refused, seen
from tests.read_models import ReadModels, read_models

NEIGHBOURS = UUID(int=200)
REJECTED = did.EnrollmentRejected(case=CASE, reason_code="county.rejected", reason_sha256="why", evaluation=POOR)


@pytest.fixture
async def register(prepared: str) -> AsyncIterator[ReadModels]:
    async with read_models(prepared, "enrollment") as models:
        yield models


@pytest.mark.parametrize(
    "event",
    [
        TAKEN_IN[1],
        REJECTED,
        LET_OUT[1],
        PROPOSED[0],
        CaseEnded(case=CASE, episode=1, reason="voided"),
        seen(CASE, POOR),
        seen(CASE, POOR, "township"),
        did.StepReturned(case=CASE, step="review", reason_code="township.returned", by="town:sun"),
        did.ClueClosed(clue=CLUE, reason="dismissed"),
        did.ClueClosed(clue=CLUE, reason="not-confirmed"),
        AppealDecided(appeal=CASE, outcome="rejected", by="officer:wang", reason_sha256="why"),
        refused("evaluation.false"),
    ],
    ids=lambda event: event.TOPIC,
)
def test_this_is_a_decision(event: Event) -> None:
    assert is_decision(event)


@pytest.mark.parametrize(
    "event",
    [
        REGISTERED[0],
        did.FactRecorded(fact=ILL),
        *raised(ILL),
        did.ClueClosed(clue=CLUE, reason="facts-corrected"),
        did.CaseOpened(case=CASE, episode=1, pack="example-pilot"),
        seen(CASE, POOR, "authorisation"),
        seen(CASE, POOR, "recheck"),
        did.StepReturned(case=CASE, step="exit", reason_code="facts.hold-again"),
        did.StepReturned(case=CASE, step="review", reason_code="objection.raised", by="villager:qian"),
        ObjectionRaised(case=CASE, by="villager:qian", grounds_sha256="why"),
        EmergencyHelpStarted(case=CASE, by="town:sun", reason_sha256="why"),
        did.RiskAdded(risk="illness"),
    ],
    ids=lambda event: event.TOPIC,
)
def test_this_is_none(event: Event) -> None:
    assert not is_decision(event)


async def test_an_appeal_finds_its_decision_and_who_took_it(register: ReadModels) -> None:
    (*_, taken_in) = await register.write(HOUSEHOLD, *REGISTERED, TAKEN_IN[1])
    asked = (HOUSEHOLD, taken_in.event_id)
    assert {asked: Decision(by="clerk", case=taken_in.event.case)} == await decisions(register.pool, [asked])


async def test_an_id_of_something_else_or_of_another_household_is_no_decision(register: ReadModels) -> None:
    (registered,) = await register.write(HOUSEHOLD, *REGISTERED)
    (rejected,) = await register.write(NEIGHBOURS, REJECTED)
    asked = [(HOUSEHOLD, registered.event_id), (HOUSEHOLD, rejected.event_id), (HOUSEHOLD, UUID(int=7))]
    assert {} == await decisions(register.pool, asked)


async def test_several_appeals_of_a_batch_are_kept_apart(register: ReadModels) -> None:
    (_, ours) = await register.write(HOUSEHOLD, *REGISTERED, TAKEN_IN[1])
    (theirs,) = await register.write(NEIGHBOURS, REJECTED)
    crossed = [(HOUSEHOLD, theirs.event_id), (NEIGHBOURS, ours.event_id)]
    right = [(HOUSEHOLD, ours.event_id), (NEIGHBOURS, theirs.event_id)]
    assert set(right) == set(await decisions(register.pool, [*crossed, *right]))


async def test_an_event_that_the_log_does_not_have_is_no_decision(register: ReadModels) -> None:
    """Anybody can reckon the id that the next event of a household will have."""
    await register.write(HOUSEHOLD, *REGISTERED)
    assert {} == await decisions(register.pool, [(HOUSEHOLD, event_id("enrollment", HOUSEHOLD, 2))])
