"""The worklist of households whose village nobody knows, and whom a day asks about."""

from __future__ import annotations

from collections.abc import AsyncIterator
from uuid import UUID

import pytest

from services.divisions import Divisions, Village
from services.enrollment.domain import events as did
from services.enrollment.domain.members.change_events import HouseholdEnded, HouseholdMoved, VillageKnown
from services.enrollment.identify.villages import misplaced
from tests.enrollment.villages import DIVISIONS, FEBRUARY, LAST_DAY, LOST, MERGED, NEW, NOWHERE, OLD, registered
from tests.enrollment.zhang import HOUSEHOLD, TODAY
from tests.read_models import ReadModels, read_models


@pytest.fixture
async def models(prepared: str) -> AsyncIterator[ReadModels]:
    async with read_models(prepared, "enrollment") as models:
        yield models


async def test_who_keeps_the_register_sees_the_households_without_a_village(models: ReadModels) -> None:
    neighbours = UUID(int=200)
    await models.write(HOUSEHOLD, registered(NOWHERE), LOST)
    await models.write(neighbours, replaced(registered(OLD), neighbours), MERGED)
    worklist = "TABLE unplaced ORDER BY household"
    assert [(HOUSEHOLD, NOWHERE, "unknown", None), (neighbours, OLD, "abolished", NEW)] == await models.rows(worklist)
    await models.write(HOUSEHOLD, HouseholdMoved(village_code=NEW, on=TODAY), VillageKnown(village_code=NEW))
    await models.write(neighbours, HouseholdEnded(reason="died", on=TODAY))
    assert [] == await models.rows(worklist)
    assert await models.difference() is None


async def test_a_day_finds_whoever_is_to_be_told_and_nobody_else(models: ReadModels) -> None:
    told, neighbours = UUID(int=200), UUID(int=300)
    await models.write(HOUSEHOLD, registered(OLD))
    await models.write(told, replaced(registered(NOWHERE), told), LOST)
    await models.write(neighbours, replaced(registered(NEW), neighbours))
    mended = Divisions({**DIVISIONS.villages, NOWHERE: Village(NOWHERE, "新村", "历山街道")})
    assert [] == await misplaced(models.pool, DIVISIONS, LAST_DAY)
    assert [HOUSEHOLD] == await misplaced(models.pool, DIVISIONS, FEBRUARY)
    assert [told] == await misplaced(models.pool, mended, LAST_DAY)
    await models.write(neighbours, HouseholdMoved(village_code=NOWHERE, on=TODAY))
    assert [neighbours] == await misplaced(models.pool, DIVISIONS, LAST_DAY)


def replaced(event: did.HouseholdRegistered, household: UUID) -> did.HouseholdRegistered:
    return did.HouseholdRegistered(household=household, village_code=event.village_code, category=event.category, members=())
