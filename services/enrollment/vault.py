"""Personal data, encrypted and outside the log: a keyed hash finds a person, a key per person opens what is known of him."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime
from hashlib import sha256
from typing import Any, Final, NamedTuple
from uuid import UUID

import asyncpg
import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from pipeline.text_digest import text_digest
from schemas.clock import COUNTY_TIME
from services.enrollment.masking import shown
from services.enrollment.vault_keys import Keys, NoVaultKey, close, derive, open_

KEEP: Final = """
INSERT INTO persons (person, hash, wrapped_key, sealed, masked)
SELECT * FROM unnest($1::uuid[], $2::bytea[], $3::bytea[], $4::bytea[], $5::text[])
ON CONFLICT (hash) DO NOTHING"""
NEW_IDS: Final = "SELECT uuidv7() FROM generate_series(1, $1)"
SEALED: Final = "SELECT person, hash, wrapped_key, sealed FROM persons WHERE hash = ANY($1::bytea[])"
# What is left is an id that says nothing; his number, should it come again, is that of somebody new.
ERASE: Final = """
UPDATE persons SET hash = sha256(hash || gen_random_uuid()::text::bytea || gen_random_uuid()::text::bytea),
    wrapped_key = '', sealed = '', masked = NULL, erased_at = clock_timestamp()
WHERE person = ANY($1::uuid[]) AND erased_at IS NULL RETURNING person"""
# Readings of an earlier release have no login.
UNTOLD: Final = """
SELECT id, what, concat_ws('@', by_whom, login) AS by_whom, purpose, read_at FROM reads WHERE told_at IS NULL ORDER BY id LIMIT $1"""
TOLD: Final = "UPDATE reads SET told_at = clock_timestamp() WHERE id = ANY($1::bigint[])"
COMPLETE: Final = "UPDATE persons SET sealed = $2, masked = $3 WHERE hash = $1"
OF_PERSON: Final = "SELECT person, hash, wrapped_key, sealed FROM persons WHERE person = $1 AND erased_at IS NULL"
CHANGE: Final = "UPDATE persons SET sealed = $2, masked = $3 WHERE person = $1 AND erased_at IS NULL"
UNMASKED: Final = """
SELECT person, hash, wrapped_key, sealed FROM persons
WHERE masked IS NULL AND erased_at IS NULL AND ($1::uuid IS NULL OR person > $1) ORDER BY person LIMIT $2"""
# Whoever was written anew or erased since he was read is left as he is now.
MASK: Final = """
UPDATE persons p SET masked = shown.masked FROM unnest($1::uuid[], $2::bytea[], $3::text[]) AS shown (person, sealed, masked)
WHERE p.person = shown.person AND p.sealed = shown.sealed"""
CORRECTIONS: Final = "corrections"


def local_today() -> date:
    return datetime.now(COUNTY_TIME).date()


class Identity(NamedTuple):
    """Somebody as a message names him; `details` is everything personal that the message said, most in a registration."""

    id_type: str
    number: str
    details: Mapping[str, Any]
    registered: bool = False


class Correction(NamedTuple):
    """A resident's number was wrong: the old one is an alias until the local date `on`."""

    old: str
    new: str
    on: date


class Vault:
    """The vault's tables; its role may not read the log and the log's role may not read it."""

    def __init__(self, pool: asyncpg.Pool[asyncpg.Record], keys: Keys, today: Callable[[], date] = local_today) -> None:
        self._pool, self._keys, self._today = pool, keys, today
        self._hash_key, self._wrap = derive(keys.master, b"hash"), derive(keys.master, b"wrap")

    async def persons(self, identities: Sequence[Identity]) -> dict[tuple[str, str], UUID]:
        """The internal id of each person, given out at first sight; keys are (id_type, number)."""
        hashes = {(i.id_type, i.number): self._hash(i) for i in identities}
        told = {hashes[i.id_type, i.number]: i for i in sorted(identities, key=lambda i: i.registered)}
        found = await self._find(list(told))
        fresh = {digest: i for digest, i in told.items() if digest not in found}
        if known := {digest: i for digest, i in told.items() if digest in found and i.registered}:
            await self._complete(known)
        if fresh:
            await self._keep(fresh)
            found |= await self._find(list(fresh))
        return {identity: found[digest] for identity, digest in hashes.items()}

    async def texts(self, texts: Sequence[str]) -> None:
        """Keep free texts; events name them by SHA-256 only."""
        rows = [(text_digest(text), self._keys.close(text.encode(), text_digest(text).encode())) for text in set(texts)]
        await self._pool.executemany("INSERT INTO texts (sha256, sealed) VALUES ($1, $2) ON CONFLICT DO NOTHING", rows)

    async def read(self, person: UUID, by_whom: str, purpose: str) -> dict[str, Any]:
        """What is known of a person, nothing of whom was erased.

        The reading is written down first, and who reads: `by_whom` as the caller says, the database's login as the database says.
        """
        async with self._pool.acquire() as connection, connection.transaction():
            await connection.execute("INSERT INTO reads (what, by_whom, purpose) VALUES ($1, $2, $3)", str(person), by_whom, purpose)
            row = await connection.fetchrow(OF_PERSON, person)
        return _with_right_number(self._plain(row)[1]) if row is not None else {}

    async def correct(self, person: UUID, fact: UUID, correction: Correction | None) -> None:
        """What this fact says of his number, or that it says nothing any more; each of them once, in whatever order they come."""

        def corrected(known: dict[str, Any]) -> dict[str, Any]:
            others = {told: one for told, one in known.get(CORRECTIONS, {}).items() if told != str(fact)}
            return {**known, CORRECTIONS: {**others, str(fact): correction._asdict()} if correction is not None else others}

        await self._change(person, corrected)

    async def complete(self, person: UUID, details: Mapping[str, Any]) -> None:
        """Add what was not known of a person; what is known stays."""
        await self._change(person, lambda known: _completed(known, details))

    async def _change(self, person: UUID, change: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
        row = await self._pool.fetchrow(OF_PERSON, person)
        if row is not None:
            key, before = self._plain(row)
            await self._pool.execute(CHANGE, person, *self._closed(key, change(before), _place(person, row["hash"])))

    async def check(self) -> None:
        """Raises `NoVaultKey` when the vault was written with another key: everybody would be a stranger."""
        row = await self._pool.fetchrow("SELECT person, hash, wrapped_key, sealed FROM persons WHERE erased_at IS NULL LIMIT 1")
        if row is not None:
            self._plain(row)

    async def known(self, persons: Sequence[UUID]) -> set[UUID]:
        """Those of whom something can still be read."""
        rows = await self._pool.fetch("SELECT person FROM persons WHERE person = ANY($1::uuid[]) AND erased_at IS NULL", persons)
        return {row[0] for row in rows}

    async def erase(self, persons: Sequence[UUID]) -> list[UUID]:
        """Destroys their keys and what was sealed under them; gives those who were there until now."""
        return [row[0] for row in await self._pool.fetch(ERASE, persons)]

    async def mask(self, after: UUID | None, most: int) -> UUID | None:
        """Masks the names of the next of whom nothing is shown, where something may be; gives the last of them, None at the end.

        Whoever cannot be opened is passed over: that is told when he is read.
        """
        rows, today, masks = await self._pool.fetch(UNMASKED, after, most), self._today(), list[tuple[UUID, bytes, str]]()
        for row in rows:
            with suppress(NoVaultKey):
                if (name := shown(_with_right_number(self._plain(row)[1]), today)) is not None:
                    masks.append((row["person"], row["sealed"], name))
        if masks:
            await self._pool.execute(MASK, *zip(*masks, strict=True))
        return rows[-1]["person"] if rows else None

    async def untold_reads(self, most: int) -> list[asyncpg.Record]:
        """Readings of which the log does not know yet, the oldest first; `by_whom` with the login behind an @."""
        return await self._pool.fetch(UNTOLD, most)

    async def reads_told(self, reads: Sequence[int]) -> None:
        await self._pool.execute(TOLD, reads)

    def _plain(self, row: asyncpg.Record) -> tuple[bytes, dict[str, Any]]:
        """The person's key and what is known of him."""
        place = _place(row["person"], row["hash"])
        try:
            key = open_(self._wrap, row["wrapped_key"], place)
            return key, orjson.loads(open_(key, row["sealed"], place))
        except InvalidTag:
            message = (
                "SUISHI_VAULT_KEY is not the key of this vault; set the one that it was written with,"
                f" or, if it is, restore the row of {row['person']}, which is another's"
            )
            raise NoVaultKey(message) from None

    def _hash(self, identity: Identity) -> bytes:
        """The same for both cards of a person: a disability card begins with the identity number."""
        number = identity.number
        plain = number[:18] if identity.id_type in {"resident", "disability_card"} else f"{identity.id_type}:{number}"
        return hmac.digest(self._hash_key, plain.encode(), sha256)

    async def _find(self, hashes: Sequence[bytes]) -> dict[bytes, UUID]:
        return {row[0]: row[1] for row in await self._pool.fetch("SELECT hash, person FROM persons WHERE hash = ANY($1::bytea[])", hashes)}

    async def _complete(self, known: Mapping[bytes, Identity]) -> None:
        """A registration adds what was not known of a person; what is known stays."""
        completed: list[tuple[bytes, bytes, str | None]] = []
        for row in await self._pool.fetch(SEALED, list(known)):
            (key, before), digest = self._plain(row), row["hash"]
            after = _completed(before, known[digest].details)
            completed.append((digest, *self._closed(key, after, _place(row["person"], digest))))
        await self._pool.executemany(COMPLETE, completed)

    async def _keep(self, fresh: Mapping[bytes, Identity]) -> None:
        ids = [row[0] for row in await self._pool.fetch(NEW_IDS, len(fresh))]
        rows = [self.row(person, identity) for person, identity in zip(ids, fresh.values(), strict=True)]
        await self._pool.execute(KEEP, *zip(*rows, strict=True))

    def row(self, person: UUID, identity: Identity) -> tuple[UUID, bytes, bytes, bytes, str | None]:
        """How somebody is kept: his id, the hash that finds him, his key under ours, what is known under his, and his masked name."""
        key, known = AESGCM.generate_key(256), {"id_type": identity.id_type, "id_number": identity.number, **identity.details}
        digest = self._hash(identity)
        place = _place(person, digest)
        return person, digest, close(self._wrap, key, place), *self._closed(key, known, place)

    def _closed(self, key: bytes, known: Mapping[str, Any], place: bytes) -> tuple[bytes, str | None]:
        """What is known of somebody, and what may be shown of it."""
        plain = orjson.dumps(known)
        return close(key, plain, place), shown(_with_right_number(orjson.loads(plain)), self._today())


def _place(person: UUID, digest: bytes) -> bytes:
    return person.bytes + digest


def _completed(before: Mapping[str, Any], details: Mapping[str, Any]) -> dict[str, Any]:
    return {**before, **{name: value for name, value in details.items() if before.get(name) is None}}


def _with_right_number(known: dict[str, Any]) -> dict[str, Any]:
    """The number of the last correction; those before it with the local date until which each was used."""
    told = known.pop(CORRECTIONS, {})
    if not told:
        return known
    corrections = [told[fact] for fact in sorted(told, key=lambda fact: (told[fact]["on"], fact))]
    former = [{"id_number": one["old"], "until": one["on"]} for one in corrections]
    return {**known, "id_type": "resident", "id_number": corrections[-1]["new"], "former_numbers": former}
