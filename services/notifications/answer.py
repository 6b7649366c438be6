"""What a delivery asks and answers, by the service's own door."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, Final, TypeAlias
from uuid import UUID, uuid5

from aiokafka import AIOKafkaProducer

from schemas.notifications import BeginDelivery, Outcome, RecordDelivery
from schemas.topics import COMMANDS
from services.notifications.own_door import Sender, to_record

DELIVER: Final = Sender("deliver")
Lease: TypeAlias = tuple[UUID, datetime]
DETAIL: Final[dict[Outcome, str]] = {
    "sent": "the channel took it",
    "failed": "the channel refused it",
    "deferred": "the channel asked to try again later",
    "released": "the lease ended before it was sent",
    "unknown": "no answer before the lease ended",
}


async def publish(producer: AIOKafkaProducer, commands: Iterable[tuple[Lease, BeginDelivery | RecordDelivery]]) -> None:
    """Returns when Kafka has them all."""
    sent = [await producer.send(COMMANDS["notifications"], **_record(*command)) for command in commands]
    await asyncio.gather(*sent)


def _record(lease: Lease, command: BeginDelivery | RecordDelivery) -> dict[str, Any]:
    """One message per lease and outcome: a letter that is refused twice is told twice."""
    notification, until = lease
    identity = uuid5(notification, f"{command.holder} {until.isoformat()} {command.TYPE} {command.model_dump_json()}")
    return to_record(command, notification, identity, DELIVER, datetime.now(UTC))
