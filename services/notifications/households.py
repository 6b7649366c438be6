"""What a letter calls a household or an area: village and town, and of the head what may be shown of his name.

`docs/decisions/0029-lend-letters-the-masked-name.md` says where the name comes from and why it is read no earlier.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final, NamedTuple
from uuid import UUID

import asyncpg
import structlog

from services.divisions import Divisions

log = structlog.get_logger()
TOWN_DIGITS: Final = 9
NO_TABLE: Final = Divisions({})
VILLAGES: Final = "SELECT household, village_code FROM answerable WHERE household = ANY($1::uuid[]) AND village_code IS NOT NULL"
HEADS: Final = "SELECT household, masked FROM vault.household_heads WHERE household = ANY($1::uuid[])"
NOT_LENT: Final = (asyncpg.InsufficientPrivilegeError, asyncpg.UndefinedTableError, asyncpg.InvalidSchemaNameError)


class Home(NamedTuple):
    """A household, or an area where `number` is None; what nobody knows of it is empty. `name` is masked."""

    number: UUID | None
    code: str = ""
    name: str = ""
    village: str = ""
    town: str = ""


class Households:
    """Of a county whose villages are in `divisions`; without that table they are named by their codes."""

    def __init__(self, pool: asyncpg.Pool[asyncpg.Record], divisions: Divisions | None = None) -> None:
        self._pool, self._villages = pool, (divisions or NO_TABLE).villages
        self._towns = {village.code[:TOWN_DIGITS]: village.town for village in self._villages.values()}
        self._lent = True

    async def homes(self, households: Collection[UUID]) -> Mapping[UUID, Home]:
        """As of now; whoever was erased a moment ago has no name any more."""
        if not households:
            return {}
        codes = {row[0]: row[1] for row in await self._pool.fetch(VILLAGES, households)}
        names = await self._names(households)
        return {one: self._at(codes.get(one, ""))._replace(number=one, name=names.get(one, "")) for one in households}

    def area(self, code: str) -> Home:
        """A village, a town or a county."""
        return self._at(code)

    def _at(self, code: str) -> Home:
        village = self._villages.get(code)
        if village is not None:
            return Home(None, code, village=village.name, town=village.town)
        return Home(None, code, town=self._towns.get(code, ""))

    async def _names(self, households: Collection[UUID]) -> Mapping[UUID, str]:
        """A county may take the right away: its letters go without names, and somebody is told so."""
        try:
            return {row[0]: row[1] for row in await self._pool.fetch(HEADS, households)}
        except NOT_LENT as refusal:
            if self._lent:
                log.warning("letters.without-names", problem=type(refusal).__name__)
            self._lent = False
            return {}
