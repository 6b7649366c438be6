"""Every local day is told once and in order, also those on which nobody told the time."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, date, datetime, timedelta

from aiokafka import AIOKafkaConsumer, TopicPartition

from local.stack import Stack
from pipeline.service import end
from schemas.clock import COUNTY_TIME, DayStarted
from schemas.topics import CLOCK
from services import prepare
from services.enrollment.clock import Clock, day_message, days_after

FRIDAY, SATURDAY, SUNDAY, MONDAY = (date(2021, 1, day) for day in (1, 2, 3, 4))


def test_the_first_start_tells_today_alone() -> None:
    assert days_after(None, MONDAY) == [MONDAY]


def test_a_day_is_told_once() -> None:
    assert days_after(MONDAY, MONDAY) == []


def test_the_days_of_a_stop_are_told_in_order() -> None:
    assert days_after(FRIDAY, MONDAY) == [SATURDAY, SUNDAY, MONDAY]


def test_a_clock_that_ran_ahead_tells_nothing() -> None:
    assert days_after(MONDAY, FRIDAY) == []


async def test_a_restarted_clock_goes_on_after_the_last_day_that_was_told(stack: Stack) -> None:
    await prepare.topics(stack.kafka)
    today = datetime.now(COUNTY_TIME).date()
    days = [today - timedelta(days=number) for number in (3, 2, 1, 0)]
    value, headers = day_message(days[0], datetime.now(UTC))
    async with stack.kafka.producer() as producer:
        first = await producer.send_and_wait(CLOCK, value, headers=headers)
    ticking = asyncio.create_task(Clock(stack.kafka).run())
    async with AIOKafkaConsumer(**stack.kafka.options) as consumer:
        consumer.assign([TopicPartition(CLOCK, 0)])
        consumer.seek(TopicPartition(CLOCK, 0), first.offset)
        told = [DayStarted.model_validate_json((await consumer.getone()).value or b"").date for _ in days]
    await end([ticking])
    assert told == days


async def test_a_day_to_come_that_somebody_told_does_not_stop_the_clock(stack: Stack) -> None:
    await prepare.topics(stack.kafka)
    today = datetime.now(COUNTY_TIME).date()
    told = [day_message(day, datetime.now(UTC)) for day in (today - timedelta(days=1), today + timedelta(days=9))]
    async with stack.kafka.producer() as producer:
        *_, wrong = [await producer.send_and_wait(CLOCK, value, headers=headers) for value, headers in told]
    ticking = asyncio.create_task(Clock(stack.kafka).run())
    async with AIOKafkaConsumer(**stack.kafka.options) as consumer:
        consumer.assign([TopicPartition(CLOCK, 0)])
        consumer.seek(TopicPartition(CLOCK, 0), wrong.offset + 1)
        following = DayStarted.model_validate_json((await consumer.getone()).value or b"").date
    await end([ticking])
    assert today == following


async def test_the_last_day_is_known_in_whatever_form_it_was_told_and_whatever_came_after_it(stack: Stack) -> None:
    await prepare.topics(stack.kafka)
    today = datetime.now(COUNTY_TIME).date()
    days = [today - timedelta(days=number) for number in (2, 1, 0)]
    attributes = {"specversion": "1.0", "id": "day", "source": "/clock", "type": DayStarted.TYPE, "time": f"{days[0]}T00:00:00+08:00"}
    structured = json.dumps({**attributes, "data": {"date": days[0].isoformat()}}).encode()
    async with stack.kafka.producer() as producer:
        await producer.send_and_wait(CLOCK, structured, headers=[("content-type", b"application/cloudevents+json")])
        last = await producer.send_and_wait(CLOCK, b"tomorrow", headers=[])
    ticking = asyncio.create_task(Clock(stack.kafka).run())
    async with AIOKafkaConsumer(**stack.kafka.options) as consumer:
        consumer.assign([TopicPartition(CLOCK, 0)])
        consumer.seek(TopicPartition(CLOCK, 0), last.offset + 1)
        told = [DayStarted.model_validate_json((await consumer.getone()).value or b"").date for _ in days[1:]]
    await end([ticking])
    assert days[1:] == told
