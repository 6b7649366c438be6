"""Departments that speak at an even pace and never wait for an answer, in a process of their own."""

from __future__ import annotations

import asyncio
import gc
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any, Final, NamedTuple

import uvloop
from aiokafka import AIOKafkaProducer

from county.outgoing import Outgoing
from pipeline.kafka import Connection

BEGINS_IN_SECONDS: Final = 0.5
TICK_SECONDS: Final = 0.001  # the loop's own; to sleep for less is to spin


class Sent(NamedTuple):
    """Instants of one message in seconds since 1970; `appended` is Kafka's own, to a millisecond."""

    due: float
    handed: float
    acknowledged: float
    appended: float


async def send(kafka: Connection, messages: Sequence[Outgoing], per_second: float) -> list[Sent]:
    """One `Sent` per message, in order; each is due at its own instant, however late the ones before it went."""
    with ProcessPoolExecutor(1, get_context("spawn")) as apart:
        return await asyncio.get_running_loop().run_in_executor(apart, _send_all, kafka, messages, per_second)


def _send_all(kafka: Connection, messages: Sequence[Outgoing], per_second: float) -> list[Sent]:
    gc.freeze()
    return uvloop.run(_send(kafka, messages, per_second))


async def _send(kafka: Connection, messages: Sequence[Outgoing], per_second: float) -> list[Sent]:
    async with kafka.producer() as producer:
        begins = time.time() + BEGINS_IN_SECONDS
        tasks: list[asyncio.Future[Sent]] = []
        for number, message in enumerate(messages):
            due = begins + number / per_second
            while (early := due - time.time()) > 0:  # noqa: ASYNC110 - an instant is waited for, no condition
                await asyncio.sleep(max(early, TICK_SECONDS))
            tasks.append(await _hand_over(producer, message, due))
        return await asyncio.gather(*tasks)


async def _hand_over(producer: AIOKafkaProducer, message: Outgoing, due: float) -> asyncio.Future[Sent]:
    """The answer is written down by a callback: a task for each message would slow the sender."""
    handed, told = time.time(), asyncio.get_running_loop().create_future()
    answer = await producer.send(**message.record)

    def acknowledged(answer: asyncio.Future[Any]) -> None:
        if (error := answer.exception()) is not None:
            told.set_exception(error)
        else:
            told.set_result(Sent(due, handed, time.time(), answer.result().timestamp / 1000))

    answer.add_done_callback(acknowledged)
    return told
