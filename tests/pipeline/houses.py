"""A service small enough to see through, for the tests of the path: turnover houses are lent to one household at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Final, TypeAlias
from uuid import UUID

from msgspec import structs
from msgspec.structs import astuple

from pipeline.decider import Decider, Event
from pipeline.envelope import Envelope, Record, redrive
from pipeline.facts_lost import FactsLost
from pipeline.handler import Handler
from pipeline.kernel import register
from pipeline.memory import MemoryStore, Shared
from pipeline.relay import Outgoing
from pipeline.rules import Rules
from pipeline.store import Recorded, SetAside, Store
from schemas.message import Message

COMMANDS: Final = "houses.commands"
NEIGHBOURS: Final = "neighbours.events"
NORTH, SOUTH, EAST = UUID(int=1), UUID(int=2), UUID(int=3)


class Lend(Message):
    TYPE: ClassVar = "houses.command.lend.v1"
    household: str


class Return(Message):
    TYPE: ClassVar = "houses.command.return.v1"


class Swap(Message):
    """Both houses change their household: one message, two streams."""

    TYPE: ClassVar = "houses.command.swap.v1"
    other: UUID
    household: str
    other_household: str


class Arrived(Message):
    """Another service tells that a household needs a house."""

    TYPE: ClassVar = "neighbours.event.arrived.v1"
    household: str


class Lent(Event, frozen=True):
    TYPE: ClassVar = "houses.event.lent.v1"
    TOPIC: ClassVar = "houses.lent"
    household: str


class Returned(Event, frozen=True):
    TOPIC: ClassVar = "houses.returned"


class Refused(Event, frozen=True):
    TOPIC: ClassVar = "houses.refused"
    household: str


class HouseLent(Message):
    TYPE: ClassVar = "houses.event.lent.v1"
    household: str


register([Lent, Returned, Refused, FactsLost])

Command: TypeAlias = Lend | Return
Policy: TypeAlias = frozenset[str]
"""Households whose command raises: the bug of ours that parks a house."""
ZHANG_HAS_A_BUG: Final[Policy] = frozenset({"Zhang"})


def decide(command: Command, household: str, policy: Policy) -> tuple[Event, ...]:
    match command:
        case Return():
            return (Returned(),) if household else ()
        case Lend(household=asking) if asking in policy:
            message = "a bug of ours"
            raise RuntimeError(message)
        case Lend(household=asking) if household:
            return () if asking == household else (Refused(household=_written(asking)),)
        case Lend(household=asking):
            return (Lent(household=_written(asking)),)


def _written(household: str) -> str:
    """A name that no store takes, for `unwritable`."""
    return household.replace("unwritable", "\0")


def evolve(household: str, event: Event) -> str:
    match event:
        case Lent(household=lent):
            return lent
        case Returned():
            return ""
        case _:
            return household


async def identify(envelopes: Sequence[Envelope]) -> list[UUID]:
    """The house is the subject; a message about `unidentifiable` meets a bug here."""
    if any(getattr(envelope.data, "household", "") == "unidentifiable" for envelope in envelopes):
        message = "a bug of ours in identify"
        raise LookupError(message)
    return [UUID(envelope.subject) for envelope in envelopes]


def to_commands(envelope: Envelope, house: UUID) -> Sequence[tuple[UUID, Command]]:
    match envelope.data:
        case Swap(other=other, household=household, other_household=elsewhere):
            back = [(house, Return()), (other, Return())]
            return [*back, (house, Lend(household=household)), (other, Lend(household=elsewhere))]
        case Arrived(household=household):
            return [(house, Lend(household=household))]
        case Lend() | Return() as command:
            return [(house, command)]
        case _:
            return []


def rules(policy: Policy = frozenset(), commands: str = COMMANDS) -> Rules[UUID, Command, str, Policy]:
    """`commands` is the topic that carries them."""
    return Rules(
        decider=Decider(decide, evolve, ""),
        policy=policy,
        identify=identify,
        to_commands=to_commands,
        allowed={commands: {m.TYPE: m for m in (Lend, Return, Swap)}, NEIGHBOURS: {Arrived.TYPE: Arrived}},
        event_topics=frozenset({NEIGHBOURS}),
    )


def record(offset: int, data: Message, house: UUID = NORTH, **named: str) -> Record:
    """One message about a house at an offset of its topic; `identity`, `source` and `position` where they matter."""
    topic = NEIGHBOURS if isinstance(data, Arrived) else COMMANDS
    attributes = {
        "specversion": "1.0", "id": named.get("identity", f"{topic} {offset}"), "source": named.get("source", "/clerk"), "type": data.TYPE,
        "time": "2021-01-05T04:00:00Z", "subject": str(house), **{name: named[name] for name in ("position",) if name in named},
    }  # fmt: skip
    headers = tuple((f"ce_{name}", text.encode()) for name, text in attributes.items())
    return Record(topic, 0, offset, 1_609_819_200_000, str(house).encode(), data.model_dump_json().encode(), headers)


def again(row: SetAside, offset: int) -> Record:
    """What redrive publishes: the record as it was, at the end of its topic, and which row it repeats."""
    return structs.replace(redrive(row.record, row.id), offset=offset)


def to_message(recorded: Recorded) -> Outgoing | None:
    """A refusal stays private."""
    event = recorded.event
    return Outgoing(HouseLent(household=event.household), recorded.stream) if isinstance(event, Lent) else None


@dataclass
class Town:
    """Everything that outlives a writer, and what a test asks about it."""

    shared: Shared

    async def writer(self, policy: Policy = frozenset(), store: Store | None = None, **more: Any) -> Handler[UUID, Command, str, Policy]:  # noqa: ANN401 - fields of a dataclass
        """A new process that leads, with an empty cache; `more` are other fields of its `Rules`."""
        store = store or MemoryStore("houses", self.shared)
        await store.lead()
        return Handler(replace(rules(policy), **more), store)

    def told(self, house: UUID | None = None) -> list[tuple[int, str]]:
        """The log as (house, what happened), in its order."""
        return [
            (event.stream.int, " ".join([event.event.TOPIC.partition(".")[2], *astuple(event.event)]))
            for event in self.shared.recorded
            if house in {None, event.stream}
        ]

    def waiting(self) -> list[SetAside]:
        """Parked and refused rows that were not redriven, oldest first."""
        return [row for row in self.shared.set_aside.values() if row.id not in self.shared.settled]

    def reasons(self) -> list[tuple[int, str, int | None]]:
        """What waits: offset, reason, house it is parked for."""
        return [(row.record.offset, row.reason, row.stream.int if row.stream else None) for row in self.waiting()]
