"""Some hundred households with everything that is said about them, and by hand what must come of it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid5

import orjson
from aiokafka.errors import KafkaError
from stdnum.cn.ric import calc_check_digit

from pipeline.kafka import Connection
from schemas.topics import CLOCK, COMMANDS, FACTS
from tests.way_in import WAY_IN

NAMES: Final = UUID("5d2f1d0a-55a0-5c3d-9a52-0f7a0e6c3b11")
NOON: Final = datetime(2021, 1, 5, 4, tzinfo=UTC)
VILLAGE: Final = "370323001001"
MONTHS: Final = 6
AT_ONCE: Final = 200
ANSWER_S: Final = 20
PATIENCE_S: Final = 180


@dataclass(frozen=True)
class Said:
    """One message: where, what, about whom, in which words; its id is made of them, so that a repeat is one."""

    topic: str
    kind: str
    data: dict[str, Any]
    about: UUID
    by: str = "clerk"
    at: datetime = NOON

    @property
    def id(self) -> str:
        return str(uuid5(self.about, f"{self.kind} {self.value.decode()}"))

    @property
    def value(self) -> bytes:
        return orjson.dumps(self.data)

    def headers(self) -> list[tuple[str, bytes]]:
        named = {"specversion": "1.0", "id": self.id, "source": "/system", "type": self.kind, "time": self.at.isoformat()}
        named |= {"subject": str(self.about), "authid": self.by}
        return [(f"ce_{name}", text.encode()) for name, text in named.items()]


@dataclass(frozen=True)
class House:
    """One household of one person; `number` makes it."""

    number: int

    @property
    def id(self) -> UUID:
        return uuid5(NAMES, f"household {self.number}")

    @property
    def cadre(self) -> UUID:
        return uuid5(NAMES, f"cadre {self.number % 50}")

    @property
    def person(self) -> dict[str, str]:
        month, last = divmod(self.number, 900)
        plain = f"370399{1950 + month // 12}{1 + month % 12:02d}01{100 + last}"
        return {"id_number": plain + calc_check_digit(f"{plain}0"), "name": "欧阳·测试"}

    def facts(self) -> list[Said]:
        """A stay in hospital that crosses the threshold, months that do not, and the stay told once more."""
        amounts = {"within_policy_fen": 0, "reimbursed_fen": 0}
        stay = {"valid_on": "2021-01-04", "person": self.person, "period": "2021-01", "kind": "inpatient", "out_of_pocket_fen": 2_500_000}
        told = [self._expense({**stay, **amounts})]
        for month in range(1, MONTHS + 1):
            small = {"valid_on": f"2020-{month:02d}-28", "person": self.person, "period": f"2020-{month:02d}"}
            told.append(self._expense({**small, "kind": "outpatient_chronic_special", "out_of_pocket_fen": 10_000, **amounts}))
        return [*told, told[0]]

    def registration(self) -> list[Said]:
        member = {**self.person, "relation": "head", "labour_capacity": "full"}
        data = {"household_id": str(self.id), "village_code": VILLAGE, "category": "never_registered", "members": [member]}
        return [Said(COMMANDS["enrollment"], "suishi.enrollment.command.register-household.v1", data, self.id)]

    def pairing(self) -> list[Said]:
        data = {"cadre_id": str(self.cadre), "from_day": "2021-01-01"}
        return [Said(COMMANDS["assistance"], "suishi.assistance.command.assign-cadre.v1", data, self.id)]

    def enrollment(self) -> list[Said]:
        """From the authorisation to the county's decision."""
        topic, kind = COMMANDS["enrollment"], "suishi.enrollment.command.{}.v1"
        return [Said(topic, kind.format(name), data, self.id, by, NOON + timedelta(days=days)) for name, by, data, days in WAY_IN]

    def _expense(self, data: dict[str, Any]) -> Said:
        return Said(FACTS["medical-insurance"], "suishi.fact.medical-expense-reported.v1", data, self.id)


def cadres(houses: Sequence[House]) -> list[Said]:
    """Everybody who is paired with one of the houses."""
    kind, told = "suishi.notifications.command.register-recipient.v1", list[Said]()
    for cadre in sorted({house.cadre for house in houses}):
        channels = [{"kind": "email", "address": "cadre@example.invalid"}]
        data = {"recipient_id": str(cadre), "role": "paired-cadre", "area": VILLAGE, "channels": channels}
        told.append(Said(COMMANDS["notifications"], kind, data, cadre))
    return told


def broken(first: int, count: int = 5) -> list[Said]:
    """Messages that everybody must refuse: their day is a number."""
    numbers = range(first, first + count)
    return [Said(FACTS["health"], "suishi.fact.serious-illness-confirmed.v1", {"valid_on": f"{n}"}, UUID(int=n)) for n in numbers]


def day(date: str) -> Said:
    return Said(CLOCK, "suishi.clock.day-started.v1", {"date": date}, NAMES)


async def publish(kafka: Connection, messages: Sequence[Said]) -> None:
    async with kafka.producer(linger_ms=5) as producer:
        sent = [await producer.send(one.topic, one.value, key=str(one.about).encode(), headers=one.headers()) for one in messages]
        done = await asyncio.gather(*sent, return_exceptions=True)
        if failure := next((one for one in done if isinstance(one, BaseException)), None):
            raise failure


async def insist(kafka: Connection, messages: Sequence[Said], at_once: int = AT_ONCE) -> None:
    """As a department does: what Kafka did not acknowledge is sent once more, until it does; AssertionError when it never does."""
    for first in range(0, len(messages), at_once):
        deadline = time.monotonic() + PATIENCE_S
        while not await _acknowledged(kafka, messages[first : first + at_once]):
            assert time.monotonic() < deadline, f"Kafka at {kafka.servers} acknowledged nothing for {PATIENCE_S} s"
            await asyncio.sleep(0.5)


async def _acknowledged(kafka: Connection, messages: Sequence[Said]) -> bool:
    try:
        await asyncio.wait_for(publish(kafka, messages), ANSWER_S)
    except (KafkaError, OSError, TimeoutError):
        return False
    return True
