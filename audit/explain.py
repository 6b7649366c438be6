"""Why a decision was taken: its criteria, and the events that each of them rests on, from the log alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

import orjson

from audit.recorded import SHOWN
from audit.snapshot import whole
from audit.wording import reason
from schemas.topics import SERVICES

FOUND: Final = f"""
SELECT stream, version, position, topic, state::text AS state, actor, source, causation, valid_on, encode(pack_hash, 'hex') AS pack_hash
FROM {SHOWN} WHERE event_id = $1"""  # noqa: S608 - a constant of our own
# A criterion names facts, requests and visits by their own ids; of several events about one the first told it.
SOURCES: Final = f"""
SELECT DISTINCT ON (named) named, event_id, position, topic, state::text AS state, source, valid_on
FROM {SHOWN.format(service="enrollment")},
    coalesce(state #>> '{{fact,id}}', state ->> 'application', state ->> 'screening', state ->> 'visit') AS named
WHERE stream = $1 AND version <= $2 AND named = ANY($3::text[])
ORDER BY named, version"""  # noqa: S608

COMPARED: Final = f"""
SELECT event_id, position, topic, state::text AS state, source, valid_on FROM {SHOWN.format(service="enrollment")}
WHERE stream = $1 AND version <= $2 AND topic = 'enrollment.step-completed' AND state ->> 'step' = 'comparison'
ORDER BY version DESC LIMIT 1"""  # noqa: S608


@dataclass(frozen=True)
class Source:
    """An event that a criterion rests on, with what it says; `source` is who said it: for a fact the department's."""

    event_id: UUID
    position: int
    topic: str
    valid_on: date
    source: str
    state: Mapping[str, Any]


@dataclass(frozen=True)
class Explanation:
    """A decision: what it says, and by id what its criteria rest on.

    `pack_sha256` is of the content of the pack under which it was taken, None where it was under none; `pack_hash` names all packs in
    force when the event was written, and is empty where there was none. Both are hexadecimal.
    `criteria` are as the log keeps them: `id`, `result`, `value`, `threshold`, `facts`, `asks`; none where the event judges nothing.
    What is so because nothing was found rests on the last `comparison` before.
    """

    event_id: UUID
    service: str
    stream: UUID
    position: int
    topic: str
    on: date
    actor: str
    source: str
    causation: str
    pack_sha256: str | None
    pack_hash: str
    state: Mapping[str, Any]
    criteria: Sequence[Mapping[str, Any]]
    sources: Mapping[str, Source]
    comparison: Source | None

    def behind(self, criterion: Mapping[str, Any]) -> Sequence[Source]:
        """The events that it rests on."""
        facts: Sequence[str] = criterion.get("facts", ())
        if not facts and criterion["result"] == "true":
            return () if self.comparison is None else (self.comparison,)
        return [self.sources[fact] for fact in facts if fact in self.sources]

    @property
    def reason(self) -> str:
        return reason(self.state)


async def explain(dsn: str, decision: UUID) -> Explanation | None:
    """Of an event of any of the three logs; None where there is no such event."""
    async with whole(dsn) as connection:
        for service in SERVICES:
            if row := await connection.fetchrow(FOUND.format(service=service), decision):
                return await _explained(connection, service, decision, row)
    return None


async def _explained(connection: Any, service: str, decision: UUID, row: Any) -> Explanation:  # noqa: ANN401 - asyncpg's
    state = orjson.loads(row["state"])
    judged: Mapping[str, Any] = state.get("evaluation") or {}
    basis: Mapping[str, Any] = judged.get("basis") or state.get("basis") or {}
    criteria: list[Mapping[str, Any]] = judged.get("criteria", [])
    named = sorted({fact for one in criteria for fact in one.get("facts", ())})
    rows: list[Any] = await connection.fetch(SOURCES, row["stream"], row["version"], named)
    compared: Any = await connection.fetchrow(COMPARED, row["stream"], row["version"]) if criteria else None
    return Explanation(
        event_id=decision,
        service=service,
        stream=row["stream"],
        position=row["position"],
        topic=row["topic"],
        on=row["valid_on"],
        actor=row["actor"],
        source=row["source"],
        causation=row["causation"],
        pack_sha256=basis.get("pack_sha256"),
        pack_hash=row["pack_hash"],
        state=state,
        criteria=criteria,
        sources={one["named"]: _source(one) for one in rows},
        comparison=_source(compared) if compared is not None else None,
    )


def _source(row: Any) -> Source:  # noqa: ANN401 - asyncpg's
    state = orjson.loads(row["state"])
    said_by = state.get("fact", {}).get("source", row["source"])
    return Source(row["event_id"], row["position"], row["topic"], row["valid_on"], said_by, state)
