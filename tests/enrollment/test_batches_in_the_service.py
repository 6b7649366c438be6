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
from tests.enrollment.told import bill, died, one_person, two_persons
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


@pytest.mark.parametrize("cuts", [[], [2], [3], [4], [1, 2, 3, 4]], ids=str)
async def test_what_waited_for_two_who_are_one_is_told_in_the_order_in_which_it_came_to_him(
    prepared: str, vault: Vault, cuts: list[int]
) -> None:
    """The bill of who was merged came to the one who is kept after his own."""
    story = [bill(STRANGER, 1), bill(SON, 2), one_person(SON, STRANGER), bill(SON, 3), registers(ZHANG, SON)]
    async with read_models(prepared, "enrollment") as models:
        log = await taken(models, vault, story, cuts)
        recorded = [str(state) for stream, _, kind, state in log if (stream, kind) == (ZHANG, "enrollment.fact-recorded")]
        assert [2, 1, 3] == [next(fen for fen in (1, 2, 3) if f'"amount_fen":{fen},' in state) for state in recorded]


@pytest.mark.parametrize("cuts", [[], [3], [5], [1, 2, 3, 4, 5]], ids=str)
async def test_what_was_parted_is_told_in_the_order_in_which_it_came_back(prepared: str, vault: Vault, cuts: list[int]) -> None:
    story = [bill(STRANGER, 1), one_person(SON, STRANGER), bill(FATHER, 2), two_persons(SON, STRANGER), bill(SON, 3)]
    async with read_models(prepared, "enrollment") as models:
        log = await taken(models, vault, [*story, registers(ZHANG, FATHER, SON, STRANGER)], cuts)
        recorded = [str(state) for stream, _, kind, state in log if (stream, kind) == (ZHANG, "enrollment.fact-recorded")]
        assert [2, 1, 3] == [next(fen for fen in (1, 2, 3) if f'"amount_fen":{fen},' in state) for state in recorded]
