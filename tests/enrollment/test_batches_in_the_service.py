"""Whether messages come in one batch or one by one, as the service takes them: what a batch needs of the register is read before it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import pytest

from schemas import facts as say
from schemas.message import Message
from services.enrollment.translate.facts import village_stream
from services.enrollment.vault import Vault
from tests.enrollment.book import FATHER, MOTHER, SON, STRANGER, WANG, WIFE, ZHANG, registers
from tests.enrollment.in_the_service import Row, record, take
from tests.enrollment.told import died, one_person, two_persons
from tests.enrollment.zhang import TODAY, VILLAGE
from tests.read_models import ReadModels, read_models

WATER = say.WaterTested(valid_on=TODAY, village_code=VILLAGE, safe=False)
TOLD_OF_WATER = "SELECT stream FROM facts WHERE department = 'water'"
DOUBTED = "SELECT originator_id FROM stored_events WHERE topic = 'enrollment.fact-doubted'"


async def taken(models: ReadModels, vault: Vault, messages: Sequence[Message], cuts: Sequence[int]) -> list[Row]:
    """The log, when a batch ends before each of these messages."""
    told = [record(number, message) for number, message in enumerate(messages)]
    return await take(models, vault, [told[start:end] for start, end in pairwise([0, *cuts, len(told)])])


@pytest.mark.parametrize("cuts", [[], [2], [3], [2, 3, 4]], ids=str)
async def test_what_is_told_of_a_village_concerns_no_household_that_ended_in_the_same_batch(
    prepared: str, vault: Vault, cuts: list[int]
) -> None:
    """Of another one somebody died too, and of those who live on the batch says nothing."""
    story = [registers(ZHANG, FATHER, MOTHER), registers(WANG, WIFE), died(FATHER, TODAY), died(WIFE, TODAY), WATER]
    async with read_models(prepared, "enrollment") as models:
        await taken(models, vault, story, cuts)
        assert {(ZHANG,), (village_stream(VILLAGE),)} == set(await models.rows(TOLD_OF_WATER))
        assert [] == await models.rows(DOUBTED)


@pytest.mark.parametrize("cuts", [[], [2], [3], [2, 3, 4]], ids=str)
async def test_what_is_told_of_a_village_concerns_a_household_to_which_somebody_came_back(
    prepared: str, vault: Vault, cuts: list[int]
) -> None:
    story = [registers(ZHANG, FATHER, SON), registers(WANG, STRANGER), one_person(SON, STRANGER), two_persons(SON, STRANGER), WATER]
    async with read_models(prepared, "enrollment") as models:
        await taken(models, vault, story, cuts)
        assert {(ZHANG,), (WANG,), (village_stream(VILLAGE),)} == set(await models.rows(TOLD_OF_WATER))
