"""What a delivery asks and answers, by the service's own door."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final, TypeAlias
from uuid import UUID, uuid5

from aiokafka import AIOKafkaProducer

from schemas.notifications import BeginDelivery, BeginDigest, Outcome, RecordDelivery, RecordDigest
from schemas.topics import COMMANDS
from services.notifications.own_door import Sender, to_record

DELIVER: Final = Sender("deliver")
# Of a notification or of a digest, and until when.
Lease: TypeAlias = tuple[UUID, datetime]
Question: TypeAlias = BeginDelivery | BeginDigest
Answer: TypeAlias = RecordDelivery | RecordDigest
DETAIL: Final[dict[Outcome, str]] = {
    "sent": "the channel took it",
    "failed": "the channel refused it",
    "deferred": "the channel asked to try again later",
    "released": "the lease ended before it was sent",
    "unknown": "no answer before the lease ended",
}


def question(lease: Lease, listed: Sequence[UUID], holder: UUID) -> Question:
    """`listed` is what is in a digest, nothing for a notification alone."""
    one, until = lease
    if listed:
        return BeginDigest(digest_id=one, notification_ids=tuple(listed), holder=holder, until=until)
    return BeginDelivery(notification_id=one, holder=holder, until=until)


def answer(lease: Lease, listed: Sequence[UUID], holder: UUID, outcome: Outcome) -> Answer:
    """What became of a digest became of all that is `listed` in it."""
    (one, until), detail = lease, DETAIL[outcome]
    if listed:
        return RecordDigest(digest_id=one, notification_ids=tuple(listed), holder=holder, outcome=outcome, detail=detail, until=until)
    return RecordDelivery(notification_id=one, holder=holder, outcome=outcome, detail=detail, until=until)


async def publish(producer: AIOKafkaProducer, commands: Iterable[tuple[Lease, Question | Answer]], at: datetime) -> None:
    """Returns when Kafka has them all."""
    sent = [await producer.send(COMMANDS["notifications"], **_record(*command, at)) for command in commands]
    await asyncio.gather(*sent)


def _record(lease: Lease, command: Question | Answer, at: datetime) -> dict[str, Any]:
    """One message per lease and outcome: a letter that is refused twice is told twice."""
    one, until = lease
    identity = uuid5(one, f"{command.holder} {until.isoformat()} {command.TYPE} {command.model_dump_json()}")
    return to_record(command, one, identity, DELIVER, at)
