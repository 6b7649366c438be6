"""Writes an export: masked, or with what the vault knows of the persons, of whom each reading is written down first."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import AbstractContextManager, asynccontextmanager, nullcontext
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

from audit.export.extract import Part, extract
from audit.export.files import Writing, digest, writing
from pipeline.postgres import connect
from services.enrollment.vault import Vault
from services.enrollment.vault_keys import Keys


@dataclass(frozen=True)
class Reading:
    """Who asks for plain personal data, why, by which way to the vault, and with which master secret of it.

    The vault is opened and read `within` a context, which may explain what it answers instead.
    """

    by_whom: str
    purpose: str
    dsn: str
    key: str
    within: Callable[[], AbstractContextManager[None]] = nullcontext


@dataclass(frozen=True)
class Exported:
    """`content` is the SHA-256 of the lines, `file` that of the file."""

    parts: Sequence[Part]
    events: int
    persons: int
    content: str
    file: str


async def may_read(reading: Reading) -> None:
    """Reads nobody; raises `NoVaultKey` with another vault's key, and what asyncpg and the network raise where there is no way in."""
    async with _opened(reading):
        pass


async def export(dsn: str, days: tuple[date, date], target: Path, reading: Reading | None, tell: Callable[[int, int], None]) -> Exported:
    """Of the local dates from the first to the last; `tell` hears how many events are written, of how many.

    Raises `UnreadableLog`, `audit.export.extract.Altered`, `audit.export.files.TooManyRows`, and before anything is read in plain
    `NoVaultKey`.
    """
    async with extract(dsn, *days) as logs:
        with writing(target) as out:
            total, events = sum(part.events for part in logs.parts), 0
            out.add("export", {"from": days[0], "to": days[1], "plain": reading is not None, "purpose": reading and reading.purpose})
            async for event in logs.events():
                out.add("event", event)
                events += 1
                tell(events, total)
            persons = await logs.persons()
            for person in await _told(persons, reading):
                out.add("person", person)
            content = out.content
            _end(out, logs.parts, content)
        return Exported(logs.parts, events, len(persons), content, digest(target))


def _end(out: Writing, parts: Sequence[Part], content: str) -> None:
    said: dict[str, Any] = {"sha256": content}
    for part in parts:
        said |= {f"{part.service}_first": part.first, f"{part.service}_last": part.last, f"{part.service}_checkpoint": part.checkpoint}
    out.end(said)


async def _told(persons: Sequence[tuple[UUID, UUID]], reading: Reading | None) -> Sequence[Mapping[str, Any]]:
    """By internal ids alone, or with what the vault knows."""
    if reading is None:
        return [{"person": person, "household": household} for person, household in persons]
    async with _opened(reading) as vault:
        known = {person: await vault.read(person, reading.by_whom, reading.purpose) for person in dict.fromkeys(one for one, _ in persons)}
    return [{"person": person, "household": household, "known": known[person]} for person, household in persons]


@asynccontextmanager
async def _opened(reading: Reading) -> AsyncGenerator[Vault]:
    with reading.within():
        pool = await connect(reading.dsn, "vault", size=1)
        try:
            vault = Vault(pool, Keys.from_text(reading.key))
            await vault.check()
            yield vault
        finally:
            await pool.close()
