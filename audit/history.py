"""Everything that happened to one household or person, across the three logs, in the order in which it happened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

import orjson

from audit.recorded import SHOWN
from audit.snapshot import whole
from audit.wording import reason
from schemas.topics import SERVICES
from services.enrollment.translate.custody import custody_stream
from services.enrollment.translate.referrals import answers_stream

# A household's own streams, the facts that waited for its members, each notification about it, the care files of its members;
# or a person's own streams.
STREAMS: Final = """
SELECT $1::uuid UNION SELECT person FROM enrollment.members WHERE household = $1
UNION SELECT notification FROM notifications.outbox WHERE household = $1
UNION SELECT stream FROM assistance.care_files WHERE person = $1 OR household = $1
    OR person IN (SELECT person FROM enrollment.members WHERE household = $1)"""
# Whose readings and erasure are told: those who are or were members, and the person himself.
PERSONS: Final = "SELECT $1::uuid UNION SELECT person FROM enrollment.members WHERE household = $1"
# What departments answered by enrollment's door, whether it counted or not.
REFERRALS: Final = "SELECT referral FROM assistance.referrals WHERE household = $1"
STEPS: Final = f"""
SELECT recorded_at, {{number}} AS service, position, stream, version, topic, event_id, state::text AS state, correlation, causation,
    actor, source, valid_on, occurred_at
FROM {SHOWN}"""  # noqa: S608 - a constant of our own
EVENTS: Final = f"{STEPS} WHERE stream = ANY($1::uuid[])"


@dataclass(frozen=True)
class Step:
    """One event; `causation` is the id of the message that caused it, `correlation` of the one that began it all."""

    recorded_at: datetime
    service: str
    position: int
    stream: UUID
    version: int
    topic: str
    event_id: UUID
    state: Mapping[str, Any]
    correlation: str
    causation: str
    actor: str
    source: str
    valid_on: date
    occurred_at: datetime

    @property
    def reason(self) -> str:
        return reason(self.state)


def told_by(steps: Sequence[Step]) -> dict[str, int]:
    """The position in enrollment's log at which each fact, application, screening and visit was told first, by its id."""
    found: dict[str, int] = {}
    for step in steps:
        said = step.state
        named = said.get("fact", {}).get("id") if isinstance(said.get("fact"), dict) else None
        named = named or said.get("application") or said.get("screening") or said.get("visit")
        if step.service == "enrollment" and named is not None:
            found.setdefault(str(named), step.position)
    return found


async def history(dsn: str, about: UUID) -> list[Step]:
    """By instant of recording, then service and position; empty where nothing is known of the household or person."""
    async with whole(dsn) as connection:
        streams = [row[0] for row in await connection.fetch(STREAMS, about)]
        streams += [custody_stream(str(row[0])) for row in await connection.fetch(PERSONS, about)]
        streams += [answers_stream(row[0]) for row in await connection.fetch(REFERRALS, about)]
        logs = (EVENTS.format(number=number, service=service) for number, service in enumerate(SERVICES))
        rows = await connection.fetch(" UNION ALL ".join(logs) + " ORDER BY 1, 2, 3", streams)
        return [to_step(dict(row)) for row in rows]


def to_step(row: dict[str, Any]) -> Step:
    """Of a row of `STEPS`."""
    said: dict[str, Any] = {"service": SERVICES[row["service"]], "state": orjson.loads(row["state"])}
    return Step(**row | said)
