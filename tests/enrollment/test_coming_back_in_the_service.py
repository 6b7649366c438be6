"""Who left the county and is registered here again, as the service takes it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Final
from uuid import UUID

import pytest

from schemas import facts as say
from schemas.message import Message
from schemas.topics import FACTS
from services.enrollment.vault import Vault
from tests.enrollment.book import FATHER, MOTHER, SON, WANG, WIFE, ZHANG, registers
from tests.enrollment.in_the_service import Row, record, take
from tests.enrollment.told import NEXT_COUNTY, bill, married, moved
from tests.enrollment.zhang import TODAY
from tests.read_models import ReadModels, read_models

NEW: Final = UUID(int=300)
MESSAGES: Final[Sequence[Message]] = (
    registers(ZHANG, FATHER, MOTHER, SON),
    registers(WANG, WIFE),
    bill(SON),
    moved(NEXT_COUNTY, TODAY),
    bill(FATHER),
    registers(NEW, FATHER, MOTHER),
    married(WIFE, SON, TODAY),
    say.FactWithdrawn(source="/department", id="4", reason="wrong"),
)
OPEN: Final = "SELECT household FROM households WHERE stage = 'clue' ORDER BY household"
EACH: Final = list(range(1, len(MESSAGES)))


async def taken(models: ReadModels, vault: Vault, cuts: Sequence[int]) -> list[Row]:
    told = [record(n, one, FACTS["medical-insurance"] if isinstance(one, say.FactWithdrawn) else None) for n, one in enumerate(MESSAGES)]
    return await take(models, vault, [told[start:end] for start, end in pairwise([0, *cuts, len(told)])])


@pytest.mark.parametrize("cuts", [[], [3], [4], [5], [6], [7]], ids=str)
async def test_wherever_a_batch_ends_who_comes_back_is_known(prepared: str, vault: Vault, cuts: list[int]) -> None:
    async with read_models(prepared, "enrollment") as models:
        each = await taken(models, vault, EACH)
    async with read_models(prepared, "enrollment") as models:
        assert each == await taken(models, vault, cuts)
        assert [(WANG,)] == [tuple(row) for row in await models.rows(OPEN)]
