"""Households that were registered before assistance placed any: whatever comes next that says where they live places them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, time
from typing import Any, Final

import pytest

from pipeline.decider import Event
from schemas import enrollment as heard
from schemas.clock import DayStarted
from schemas.message import Message
from services.assistance.domain import DECIDER
from services.assistance.domain.pairing.pairing_events import CadreMissing
from services.assistance.identify import Identify
from services.assistance.identify.found import found_by_name
from services.assistance.translate import to_commands
from tests.assistance.helped import CADRE, CASE, HOUSEHOLD, OPENED, PILOT, TODAY
from tests.assistance.paired import NEXT_VILLAGE, OTHER_TOWN, VILLAGE, answers, day, paired, placed
from tests.messages import EVENT_ID, envelope
from tests.read_models import ReadModels, read_models

ID: Final = {"household_id": HOUSEHOLD}
LIVES: Final[dict[str, Any]] = {"village_code": VILLAGE, "category": "lifted_receiving"}
ENROLLED: Final[dict[str, Any]] = {
    "case_id": CASE,
    "episode": 1,
    "type": "immediate-assistance",
    "risks": (),
    "pack": "example-pilot",
    "line_fen": 600_000,
    "decision_event_id": EVENT_ID,
}
# As a release before wrote it: paired, and nothing of where.
BEFORE: Final[tuple[Event, ...]] = (paired(CADRE, day(1)), *OPENED)


def told(message: Message, *history: Event) -> tuple[Event, ...]:
    """What follows in the household's stream."""
    said = envelope(message, time=datetime.combine(TODAY, time(4), UTC))
    happened: tuple[Event, ...] = ()
    for stream, command in to_commands(said, found_by_name(said, {})):
        assert stream == HOUSEHOLD
        happened += DECIDER.decide(command, DECIDER.fold((*history, *happened), DECIDER.initial), PILOT)
    return happened


def test_a_household_is_placed_when_it_is_enrolled_and_its_plan_is_opened() -> None:
    happened = told(heard.HouseholdEnrolled(**ID, **ENROLLED, **LIVES))
    assert placed(on=TODAY) == happened[0]
    assert "assistance.plan-opened" == happened[1].TOPIC


def test_who_was_placed_stays_where_a_later_message_put_him() -> None:
    happened = told(heard.HouseholdEnrolled(**ID, **ENROLLED, **LIVES), placed(village=NEXT_VILLAGE))
    assert "assistance.plan-opened" == happened[0].TOPIC


def test_a_message_of_a_release_before_places_nobody() -> None:
    assert "assistance.plan-opened" == told(heard.HouseholdEnrolled(**ID, **ENROLLED))[0].TOPIC
    assert () == told(heard.MembersJoined(**ID, person_ids=(), on=day(4), reason="born"))


def test_a_household_is_placed_when_somebody_joins_it() -> None:
    joined = heard.MembersJoined(**ID, person_ids=(), on=day(4), reason="born", **LIVES)
    assert (placed(on=day(4)), answers(CADRE)) == told(joined, *BEFORE)
    assert () == told(joined, *BEFORE, placed(village=NEXT_VILLAGE), answers(CADRE, day(1)))


def test_a_household_that_moves_is_placed_with_its_category() -> None:
    moved = heard.HouseholdMoved(**ID, village_code=OTHER_TOWN, on=day(4), category="lifted_receiving")
    assert placed(village=OTHER_TOWN, on=day(4)) == told(moved)[0]
    assert placed("never_registered", OTHER_TOWN, day(4)) == told(moved, placed("never_registered"))[0]


def test_a_household_that_moved_under_the_release_before_gets_its_category() -> None:
    """It was placed without one when its registration had not been read."""
    happened = told(heard.HouseholdEnrolled(**ID, **ENROLLED, **LIVES), placed("", VILLAGE))
    assert placed(on=TODAY) == happened[0]


@pytest.fixture
async def models(prepared: str) -> AsyncIterator[ReadModels]:
    async with read_models(prepared, "assistance") as made:
        yield made


async def test_a_day_misses_the_cadre_of_a_household_of_an_old_log_once_it_is_placed(models: ReadModels) -> None:
    await models.write(HOUSEHOLD, *OPENED)
    joined = told(heard.MembersJoined(**ID, person_ids=(), on=day(4), reason="born", **LIVES), *OPENED)
    await models.write(HOUSEHOLD, *joined)
    said = envelope(DayStarted(date=day(6)))
    (found,) = await Identify(models.pool, PILOT)([said])
    assert (HOUSEHOLD,) == found.pairings
    state = DECIDER.fold((*OPENED, *joined), DECIDER.initial)
    asks = [command for stream, command in to_commands(said, found) if stream == HOUSEHOLD]
    assert (CadreMissing(on=day(6)),) == DECIDER.decide(asks[0], state, PILOT)
    assert await models.difference() is None
