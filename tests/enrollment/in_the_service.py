"""Messages as the service takes them: door, vault, log and register of a real database."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from pipeline.envelope import Record
from pipeline.handler import Handler
from schemas.message import Message
from schemas.topics import ALLOWED
from services.enrollment.identify import Identify
from services.enrollment.main import rules
from services.enrollment.vault import Vault
from tests.enrollment.book import ZHANG
from tests.enrollment.zhang import POLICIES
from tests.read_models import ReadModels

Row: TypeAlias = tuple[object, ...]
EVENTS = "SELECT originator_id, originator_version, topic, convert_from(state, 'UTF8') FROM stored_events ORDER BY 1, 2"


def record(offset: int, message: Message, topic: str | None = None) -> Record:
    """Said by `/department` at noon in Shandong, on the first topic that may carry it unless another one is named."""
    topic = topic or next(topic for topic, types in ALLOWED.items() if message.TYPE in types)
    attributes = {"specversion": "1.0", "id": str(offset), "source": "/department", "type": message.TYPE, "time": "2021-01-05T04:00:00Z"}
    named = {**attributes, "authid": "clerk", "subject": str(ZHANG)}
    headers = tuple((f"ce_{name}", text.encode()) for name, text in named.items())
    return Record(topic, 0, offset, 1_609_819_200_000, None, message.model_dump_json(exclude_none=True).encode(), headers)


async def take(models: ReadModels, vault: Vault, batches: Sequence[Sequence[Record]]) -> list[Row]:
    """Each batch is taken by a process that just began."""
    for batch in batches:
        await Handler(rules(POLICIES, Identify(models.pool, vault, POLICIES)), models.store).handle(batch)
    return await models.rows(EVENTS)
