"""A cadre who leaves, and pairings that are told about him before and after: door, rules, log and read models of a real database."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date
from typing import Final

import pytest

from schemas.assistance import AssignCadre, ReleaseCadre
from schemas.clock import DayStarted
from services.assistance.identify import Identify
from tests.assistance.helped import CADRE, HOUSEHOLD, PILOT, SUCCESSOR
from tests.assistance.paired import day
from tests.assistance.test_care_in_the_service import take
from tests.messages import envelope
from tests.read_models import ReadModels, read_models

LEAVES: Final = (ReleaseCadre(cadre_id=CADRE, on=day(5)), day(5))
LATE: Final = (AssignCadre(cadre_id=CADRE, from_day=day(3)), day(6))
BACK: Final = (AssignCadre(cadre_id=CADRE, from_day=day(9)), day(6))
TENTH: Final = (DayStarted(date=day(10)), day(10))
PAIRED: Final = "SELECT cadre, from_day, to_day FROM paired ORDER BY from_day"
LEFT: Final = "SELECT cadre, on_day FROM left_cadres ORDER BY on_day"
TOLD: Final = "SELECT topic FROM stored_events ORDER BY notification_id"


@pytest.fixture
async def models(prepared: str) -> AsyncIterator[ReadModels]:
    async with read_models(prepared, "assistance") as made:
        yield made
        assert await made.difference() is None
        assert [] == await made.rows("SELECT id FROM set_aside")


@pytest.mark.parametrize("at_once", [1, 9], ids=["one after the other", "all at once"])
@pytest.mark.parametrize("told", [(LEAVES, LATE), (LATE, LEAVES)], ids=["after it", "before it"])
async def test_a_pairing_from_before_a_cadre_left_ended_then_whenever_it_is_told(
    models: ReadModels, told: tuple[tuple[AssignCadre | ReleaseCadre, date], ...], at_once: int
) -> None:
    await take(models, [*told, TENTH], at_once)
    assert [(CADRE, day(3), day(4))] == await models.rows(PAIRED)
    assert [] == await models.rows("SELECT household FROM answering WHERE cadre IS NOT NULL")


@pytest.mark.parametrize("at_once", [1, 9], ids=["one after the other", "all at once"])
async def test_whoever_is_paired_from_a_later_day_after_that_has_come_back(models: ReadModels, at_once: int) -> None:
    await take(models, [LEAVES, BACK, LATE, TENTH], at_once)
    assert [(CADRE, day(3), day(4)), (CADRE, day(9), None)] == await models.rows(PAIRED)
    assert [(HOUSEHOLD, CADRE)] == await models.rows("SELECT household, cadre FROM answering")


@pytest.mark.parametrize("at_once", [1, 9], ids=["one after the other", "all at once"])
async def test_that_somebody_leaves_who_is_paired_with_nobody_is_answered_once(models: ReadModels, at_once: int) -> None:
    await take(models, [LEAVES, LEAVES], at_once)
    assert [("assistance.cadre-left",)] == await models.rows(TOLD)
    assert [(CADRE, day(5))] == await models.rows(LEFT)


async def test_a_pairing_asks_only_when_its_own_cadre_left(models: ReadModels) -> None:
    await take(models, [LEAVES], 1)
    said = [envelope(AssignCadre(cadre_id=cadre, from_day=day(3)), subject=HOUSEHOLD) for cadre in (CADRE, SUCCESSOR)]
    assert [(day(5),), ()] == [one.left for one in await Identify(models.pool, PILOT)(said)]


async def test_a_day_of_leaving_that_is_told_after_the_pairing_is_none_that_was_told_before(models: ReadModels) -> None:
    batch = [envelope(said) for said, _ in (LATE, LEAVES, LATE)]
    assert [(), (), (day(5),)] == [one.left for one in await Identify(models.pool, PILOT)(batch)]
