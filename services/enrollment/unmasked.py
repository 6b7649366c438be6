"""Masks the names of whom the vault kept before it kept masked names, and of who came of age since."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Final

from pipeline.store import Commit, Recorded
from services.enrollment.vault import Vault

AT_ONCE: Final = 200
REST_SECONDS: Final = 24 * 3600


class Unmasked:
    """Runs beside enrollment's writer: through all of whom nothing is shown at the start, and once a day from then on."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    def wake(self, commit: Commit, recorded: Sequence[Recorded]) -> None:
        """It looks by itself."""

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            await self.look()
            await asyncio.sleep(REST_SECONDS)

    async def look(self) -> None:
        last = await self._vault.mask(None, AT_ONCE)
        while last is not None:
            last = await self._vault.mask(last, AT_ONCE)
