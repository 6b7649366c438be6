"""Where recipients are reached: in a table beside the log, so that an event names an entry of it and never an address or a token."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import asyncpg

from schemas.notifications import RegisterRecipient
from services.notifications.domain.commands import Contact

ENTER: Final = "INSERT INTO address_book (kind, address) SELECT * FROM unnest($1::text[], $2::text[]) ON CONFLICT DO NOTHING"
ENTERED: Final = """
SELECT kind, address, entry FROM address_book JOIN unnest($1::text[], $2::text[]) AS asked (kind, address) USING (kind, address)"""


async def enter(pool: asyncpg.Pool[asyncpg.Record], said: Sequence[RegisterRecipient]) -> list[tuple[Contact, ...]]:
    """How each of them is reached; what is entered stays, though nothing may come to name it after a crash."""
    if not said:
        return []
    wanted = [_first_of_each_kind(one) for one in said]
    asked = list(zip(*{pair for one in wanted for pair in one.items()}, strict=True))
    await pool.execute(ENTER, *asked)
    entries = {(kind, address): entry for kind, address, entry in await pool.fetch(ENTERED, *asked)}
    return [tuple(Contact(kind, entries[kind, address]) for kind, address in one.items()) for one in wanted]


def kinds(said: RegisterRecipient) -> tuple[str, ...]:
    return tuple(_first_of_each_kind(said))


def _first_of_each_kind(said: RegisterRecipient) -> dict[str, str]:
    first: dict[str, str] = {}
    for channel in said.channels:
        first.setdefault(channel.kind, channel.to)
    return first
