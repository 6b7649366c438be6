"""The naive peer: FastStream message by message, the `eventsourcing` library, and one awaited publication per fact."""

from __future__ import annotations

import asyncio
import time
from typing import Any
from uuid import uuid4

from faststream.kafka import KafkaBroker, KafkaMessage

from bench.ground import NAIVE, Ground
from bench.library import application
from bench.timing import Round
from pipeline.consumer import security
from schemas.topics import FACTS


async def consume(ground: Ground, name: str, most: int) -> Round:
    """The first `most` facts; the clock runs from the first fact in the handler to the last acknowledgement."""
    broker = KafkaBroker(ground.stack.kafka.servers, security=security(ground.stack.kafka), logger=None)
    done, handled = asyncio.Event(), list[float]()
    with application(await ground.empty(name)) as register:

        @broker.subscriber(*FACTS.values(), group_id=f"bench-{uuid4()}", auto_offset_reset="earliest")
        async def record(fact: dict[str, Any], message: KafkaMessage) -> None:
            if done.is_set():
                return
            handled.append(time.monotonic())
            raw: Any = message.raw_message
            register.record_fact(raw.key.decode(), fact)
            await broker.publish({"fact": fact}, NAIVE, key=raw.key)
            if len(handled) == most:
                handled.append(time.monotonic())
                done.set()

        async with broker:
            await broker.start()
            await done.wait()
    return Round(len(handled) - 1, handled[-1] - handled[0])
