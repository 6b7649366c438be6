"""Deaths and births that were not so, and what comes behind their withdrawal, as the service takes them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Final
from uuid import UUID

import pytest

from pipeline.uuid5 import uuid5
from schemas import facts as say
from schemas.message import Message
from schemas.topics import FACTS
from services.enrollment.translate.facts import fact_id
from services.enrollment.vault import Vault
from tests.enrollment.book import CHILD, FATHER, MOTHER, NUMBER_OF, SON, STRANGER, WANG, WIFE, ZHANG, named, registers
from tests.enrollment.in_the_service import Row, record, take
from tests.enrollment.told import died, married, merged, split
from tests.enrollment.zhang import TODAY, VILLAGE
from tests.read_models import ReadModels, read_models

LI, ZHAO = UUID(int=300), UUID(int=400)
OF_CHANGES, OF_PERSONS = FACTS["public-security"], FACTS["civil-affairs"]
MESSAGES: Final[Sequence[Message]] = (
    registers(ZHANG, FATHER, MOTHER, SON),
    registers(WANG, WIFE),
    registers(LI, STRANGER),
    died(SON, TODAY),
    say.FactWithdrawn(source="/department", id="3", reason="wrong"),
    married(WIFE, SON, TODAY),
    died(WIFE, TODAY),
    say.FactWithdrawn(source="/department", id="6", reason="wrong"),
    split(SON, on=TODAY, by=WIFE),
    say.PersonBorn(valid_on=TODAY, person=named(CHILD), mother_id_number=NUMBER_OF[MOTHER]),
    say.FactWithdrawn(source="/department", id="9", reason="wrong"),
    registers(ZHAO, CHILD),
    died(STRANGER, TODAY),
    say.FactWithdrawn(source="/department", id="12", reason="wrong"),
    say.WaterTested(valid_on=TODAY, village_code=VILLAGE, safe=False),
    merged(LI, TODAY),
)
SONS = uuid5(fact_id(OF_CHANGES, "/department", "8"), "household")
LIVING = "SELECT household, member_count FROM households WHERE stage <> 'ended'"
REFUSED = "SELECT convert_from(state, 'UTF8') FROM stored_events WHERE topic = 'enrollment.command-refused'"
EACH = list(range(1, len(MESSAGES)))


async def taken(models: ReadModels, vault: Vault, cuts: Sequence[int]) -> list[Row]:
    """The log, when a batch ends before each of these messages."""
    told = [record(n, one, OF_PERSONS if isinstance(one, say.FactWithdrawn) else None) for n, one in enumerate(MESSAGES)]
    return await take(models, vault, [told[start:end] for start, end in pairwise([0, *cuts, len(told)])])


@pytest.mark.parametrize("cuts", [[], [4], [5], [7], [8], [10], [11], [13], [14], [3, 4, 6, 7, 9, 10, 12, 13]], ids=str)
async def test_wherever_a_batch_ends_what_comes_behind_a_withdrawal_is_taken(prepared: str, vault: Vault, cuts: list[int]) -> None:
    async with read_models(prepared, "enrollment") as models:
        each = await taken(models, vault, EACH)
    async with read_models(prepared, "enrollment") as models:
        assert each == await taken(models, vault, cuts)
        assert {(ZHANG, 3), (WANG, 1), (SONS, 1), (ZHAO, 1)} == set(await models.rows(LIVING))
        assert [] == await models.rows(REFUSED)
        assert await models.difference() is None


async def test_a_household_that_lives_again_hears_of_its_villages_water_in_the_same_batch(prepared: str, vault: Vault) -> None:
    async with read_models(prepared, "enrollment") as models:
        await taken(models, vault, [13])
        assert [(1,)] == await models.rows("SELECT count(*)::int FROM facts WHERE stream = $1 AND department = 'water'", LI)


@pytest.mark.parametrize("cuts", [[], [3], [1, 2, 3]], ids=str)
async def test_a_birth_that_waited_for_who_did_not_die_is_told_at_home(prepared: str, vault: Vault, cuts: list[int]) -> None:
    born = say.PersonBorn(valid_on=TODAY, person=named(CHILD), mother_id_number=NUMBER_OF[MOTHER])
    back = say.FactWithdrawn(source="/department", id="1", reason="wrong")
    messages = (registers(ZHANG, FATHER, MOTHER), died(MOTHER, TODAY), born, back)
    told = [record(n, one, OF_PERSONS if one is back else None) for n, one in enumerate(messages)]
    async with read_models(prepared, "enrollment") as models:
        await take(models, vault, [told[start:end] for start, end in pairwise([0, *cuts, len(told)])])
        assert [(ZHANG, 3)] == await models.rows(LIVING)
        assert await models.difference() is None
