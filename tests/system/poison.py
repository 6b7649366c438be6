"""Messages that must be set aside, each for its reason, and where they are found again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import uuid5

import orjson
from aiokafka import AIOKafkaProducer

from commands.letters import Letter, Letters
from local.services import settings
from pipeline.envelope import Record
from schemas.topics import COMMANDS, EVENTS, FACTS, PARTITIONS, PERSONAL, dlq
from tests.journeys.system import System
from tests.pipeline.kafka import Broker, Headers, publish_named
from tests.system.county import NAMES, House, Said

EXPENSES: Final = FACTS["medical-insurance"]
EXPENSE: Final = "suishi.fact.medical-expense-reported.v1"
DISMISS: Final = "suishi.enrollment.command.dismiss-clue.v1"
ASSIGN: Final = "suishi.assistance.command.assign-cadre.v1"
NEWER: Final = "suishi.enrollment.event.household-enrolled.v2"
LARGEST: Final = 16 * 1024 * 1024
ONE: Final = House(6999)


@dataclass(frozen=True)
class Poison:
    """`headers` come after the usual ones; `name` is that of one more header; every service in `by` sets it aside."""

    reason: str
    value: bytes | None = b"{}"
    headers: Sequence[tuple[str, bytes | None]] = ()
    topic: str = EXPENSES
    kind: str = EXPENSE
    name: bytes | None = None
    by: Sequence[str] = ("enrollment",)


def expense(**changed: object) -> bytes:
    return orjson.dumps({**ONE.facts()[0].data, **changed})


def of(poison: Poison, name: str) -> tuple[bytes, Headers]:
    """Its key, by which it is found again, and its headers."""
    said = Said(poison.topic, poison.kind, {}, uuid5(NAMES, name))
    return name.encode(), [*said.headers(), *poison.headers]


POISON: Final[Mapping[str, Poison]] = {
    "null header": Poison("header.null", expense(), [("ce_authtype", None)]),
    "header that is no text": Poison("header.not-utf8", expense(), [("ce_authid", b"\xff\xfe")]),
    "header name that is no text": Poison("header.not-utf8", expense(), name=b"tr\xffceparent"),
    "header name of a command": Poison("header.not-utf8", b"{}", topic=COMMANDS["enrollment"], kind=DISMISS, name=b"\xc3(ceparent "),
    "tombstone": Poison("value.empty", None),
    "nothing": Poison("value.empty", b""),
    "cut off": Poison("data.invalid", b'{"valid_on": "2021-01-0'),
    "no text": Poison("data.invalid", b'{"valid_on": "\xff"}'),
    "deep lists": Poison("data.invalid", b"[" * 100_000),
    "deep objects": Poison("data.invalid", b'{"person":' * 9_999 + b"1" + b"}" * 9_999),
    "wrong types": Poison("data.invalid", expense(out_of_pocket_fen="1", person=[1], period={})),
    "no object": Poison("data.invalid", b"7"),
    "5 MB": Poison("value.too-large", expense(padding="x" * 5_000_000)),
    "U+0000": Poison("text.nul", expense(period="\0")),
    "no instant": Poison("attribute.invalid", expense(), [("ce_time", b"yesterday")]),
    "future": Poison("time.future", expense(), [("ce_time", b"2999-01-01T00:00:00Z")]),
    "unknown version": Poison("type.not-allowed", expense(), kind="suishi.fact.medical-expense-reported.v9"),
    "another department's": Poison("type.not-allowed", expense(), kind="suishi.fact.serious-illness-confirmed.v1"),
    "no household": Poison("subject.invalid", b'{"reason":"-"}', [("ce_subject", b"nobody")], COMMANDS["enrollment"], DISMISS),
    "newer event": Poison("type.not-allowed", b"{}", (), EVENTS["enrollment"], NEWER, None, ("assistance", "notifications")),
    "empty command": Poison("data.invalid", b"{}", (), COMMANDS["assistance"], ASSIGN, None, ("assistance",)),
}


async def send_all(system: System) -> None:
    """One after the other, between other people's messages."""
    settings = {"acks": "all", "max_request_size": LARGEST}
    async with AIOKafkaProducer(**system.stack.kafka.options, **settings) as producer:
        for number, (name, poison) in enumerate(POISON.items()):
            (key, headers), partition = of(poison, name), number % PARTITIONS[poison.topic]
            if poison.name is None:
                await producer.send_and_wait(poison.topic, poison.value, key=key, headers=headers, partition=partition)
            else:
                record = Record("", 0, 0, 0, key, poison.value, tuple(headers))
                await publish_named(system.stack.kafka, (poison.topic, partition), record, poison.name)


async def letters(system: System) -> list[tuple[Letter, Record]]:
    """All that was set aside, with the originals."""
    key = settings(system.stack, system.stack.folder)["SUISHI_VAULT_KEY"]
    there = await Letters.of(system.stack.database)
    try:
        return [(one, one.open(key)) for one in await there.waiting()]
    finally:
        await there.close()


async def notices(system: System) -> set[bytes]:
    """Ids of the references on the dead-letter topics of personal data, and keys of the messages on all others."""
    found = set[bytes]()
    for topic in {poison.topic for poison in POISON.values()}:
        sent = await Broker(system.stack.kafka, dlq(topic), partitions=1).everything()
        found |= {orjson.loads(one.value or b"")["id"].encode() if topic in PERSONAL else one.key or b"" for one in sent}
    return found
