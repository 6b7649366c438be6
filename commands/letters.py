"""What the services set aside: read from their databases, and sent once more when its cause is mended."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, cast
from uuid import UUID

import asyncpg
import orjson
from cryptography.exceptions import InvalidTag

from commands.publish import send
from local.language import say
from local.problem import Problem
from local.stack import Stack
from pipeline.cloud_event import LONGEST_ATTRIBUTE
from pipeline.envelope import Record, Repeat
from pipeline.envelope import redrive as redrive_of
from pipeline.set_aside import is_of, unpack
from schemas.identity import holds_resident
from schemas.topics import SERVICES
from services.enrollment.vault_keys import Keys, NoVaultKey

OPEN: Final = """
SELECT '{service}' AS service, id, sequence, stream, topic, partition, record_offset, record_timestamp, record, sealed, reason, field,
    problem, remedy, recorded_at, redriven_at
FROM {service}.set_aside WHERE {condition}"""
READING: Final = "INSERT INTO vault.reads (what, by_whom, purpose) VALUES ($1, $2, $3)"
SETTLED: Final = "SELECT id FROM {service}.set_aside WHERE id = ANY($1::uuid[]) AND redriven_at IS NOT NULL"
NEWEST: Final = "SELECT coalesce(max(sequence), 0) FROM {service}.set_aside"
POLL_SECONDS: Final = 0.1


@dataclass(frozen=True)
class Letter:
    """One message that was refused (`stream` is None) or is parked behind its household; `packed` may be sealed."""

    service: str
    id: UUID
    sequence: int
    stream: UUID | None
    topic: str
    partition: int
    record_offset: int
    record_timestamp: int
    record: bytes
    sealed: bool
    reason: str
    field: str
    problem: str
    remedy: str
    recorded_at: datetime
    redriven_at: datetime | None

    @property
    def came_at(self) -> datetime:
        """When Kafka took it."""
        return datetime.fromtimestamp(self.record_timestamp / 1000, UTC)

    @property
    def message(self) -> tuple[str | None, str | None]:
        """The id and source of the message, where they can be read without opening what is sealed."""
        return (None, None) if self.sealed else message_of(self.open(""))

    def open(self, vault_key: str) -> Record:
        """The original; raises Problem where the key is missing or another one."""
        try:
            packed = Keys.from_text(vault_key).open(self.record) if self.sealed else self.record
        except NoVaultKey as error:
            raise Problem(say(f"该消息已加密：{error}", f"this message is sealed: {error}")) from error
        except InvalidTag as error:
            raise Problem(say("SUISHI_VAULT_KEY 不能打开该消息。", "SUISHI_VAULT_KEY does not open this message.")) from error
        return unpack(packed, self.topic, self.partition, self.record_offset, self.record_timestamp)


def message_of(record: Record) -> tuple[str | None, str | None]:
    """Its CloudEvents id and source; None for what is not there or is nothing to show: it was refused, and may be anything."""
    headers = dict(record.headers)
    try:
        said: object = orjson.loads(record.value or b"")
    except orjson.JSONDecodeError:
        said = None
    written = cast("dict[str, object]", said) if isinstance(said, dict) and "ce_id" not in headers else {}
    return _shown(headers.get("ce_id") or written.get("id")), _shown(headers.get("ce_source") or written.get("source"))


def _shown(given: object) -> str | None:
    text = given.decode(errors="replace") if isinstance(given, bytes) else str(given or "")
    return text if text and len(text) <= LONGEST_ATTRIBUTE and text.isprintable() and not holds_resident(text) else None


class Letters:
    """The set-aside messages of the three services of one system."""

    def __init__(self, connection: asyncpg.Connection) -> None:
        self._connection = connection

    @classmethod
    async def of(cls, dsn: str) -> Letters:
        return cls(await asyncpg.connect(dsn))

    async def close(self) -> None:
        await self._connection.close()

    async def waiting(self) -> list[Letter]:
        """Those not sent again yet, oldest first within each service."""
        return await self._select("redriven_at IS NULL")

    async def find(self, identity: UUID) -> Letter:
        found = await self._select("id = $1", identity)
        if not found:
            raise Problem(say(f"没有编号为 {identity} 的死信。", f"there is no dead letter {identity}."))
        return found[0]

    async def read(self, letter: Letter, vault_key: str, by_whom: str) -> Record:
        """The original; that somebody reads a sealed one is written down before it is opened."""
        if letter.sealed:
            await self._connection.execute(READING, f"set-aside {letter.id}", by_whom, "deadletters show")
        return letter.open(vault_key)

    async def newest(self) -> dict[str, int]:
        return {service: await self._connection.fetchval(NEWEST.format(service=service)) for service in SERVICES}

    async def since(self, before: Mapping[str, int]) -> list[Letter]:
        """Those that were set aside after `newest` gave `before`."""
        return [one for one in await self.waiting() if one.sequence > before[one.service]]

    async def settled(self, letters: Collection[Letter], patience_s: float) -> set[UUID]:
        """Those that their service took, as soon as it has taken all or the patience ends."""
        end = time.monotonic() + patience_s
        while True:
            done: set[UUID] = set()
            for service in {letter.service for letter in letters}:
                ids = [letter.id for letter in letters if letter.service == service]
                done |= {row[0] for row in await self._connection.fetch(SETTLED.format(service=service), ids)}
            if len(done) == len(letters) or time.monotonic() > end:
                return done
            await asyncio.sleep(POLL_SECONDS)

    async def _select(self, condition: str, *arguments: object) -> list[Letter]:
        logs = " UNION ALL ".join(OPEN.format(service=service, condition=condition) for service in SERVICES)
        rows = await self._connection.fetch(f"{logs} ORDER BY service, sequence", *arguments)
        return [Letter(**dict(row)) for row in rows]


def anew(chosen: Sequence[Letter], since: Sequence[Letter], vault_key: str) -> dict[UUID, UUID]:
    """By the id of each letter that was set aside once more, the id under which it lies now."""
    found: dict[UUID, UUID] = {}
    for letter in chosen:
        record = letter.open(vault_key)
        for one in since:
            if one.topic == letter.topic and is_of(record, Repeat(one.id, one.partition, one.record_offset), one.stream):
                found[letter.id] = one.id
    return found


def first_of_each(letters: Sequence[Letter]) -> list[Letter]:
    """All that were refused, and of each household the one that has waited longest."""
    heads: dict[tuple[str, UUID], Letter] = {}
    for letter in letters:
        heads.setdefault((letter.service, letter.stream or letter.id), letter)
    return list(heads.values())


async def redrive(stack: Stack, letters: Letters, chosen: Sequence[Letter], vault_key: str, patience_s: float) -> set[UUID]:
    """Sends them again, a household's one after the other; gives those that were taken."""
    taken: set[UUID] = set()
    left = list(chosen)
    while heads := first_of_each(left):
        await send(stack.kafka, [redrive_of(letter.open(vault_key), letter.id) for letter in heads])
        done = await letters.settled(heads, patience_s)
        taken |= done
        stuck = {(head.service, head.stream or head.id) for head in heads if head.id not in done}
        left = [one for one in left if one.id not in done and (one.service, one.stream or one.id) not in stuck]
    return taken
