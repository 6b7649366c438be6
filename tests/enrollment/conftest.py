"""What tests of enrollment on a real database share."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from pipeline.postgres import connect
from services.enrollment.vault import Vault
from services.enrollment.vault_keys import Keys
from tests.enrollment.register import Register, opened


@pytest.fixture
async def vault(prepared: str) -> AsyncIterator[Vault]:
    pool = await connect(prepared, "vault", size=1)
    yield Vault(pool, Keys.from_text("ab" * 32))
    await pool.close()


@pytest.fixture
async def register(prepared: str) -> AsyncIterator[Register]:
    async with opened(prepared) as register:
        yield register
