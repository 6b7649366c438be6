"""What notifications is asked to do; time and ids arrive with the command."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal, TypeAlias
from uuid import UUID

from pipeline.value import Value


class Notice(Value, frozen=True):
    """What there is to say; `event` is the id of the message that says it, `due` the last day to act."""

    event: str
    kind: str
    household: UUID
    due: date | None = None


class Contact(Value, frozen=True):
    """A way to reach a recipient: the kind of channel, and the entry of the address book that says where."""

    kind: str
    entry: UUID


class Command(Value, frozen=True, kw_only=True):
    """`id` names the message that asked, `at` the UTC instant of asking."""

    id: str
    at: datetime


class RegisterRecipient(Command, frozen=True, kw_only=True):
    role: str
    area: str
    contacts: tuple[Contact, ...]


class LocateHousehold(Command, frozen=True, kw_only=True):
    village_code: str


class PairHousehold(Command, frozen=True, kw_only=True):
    cadre: UUID


class Await(Command, frozen=True, kw_only=True):
    """Nobody who answers for the household is known yet."""

    notice: Notice


class StopAwaiting(Command, frozen=True, kw_only=True):
    event: str


class Queue(Command, frozen=True, kw_only=True):
    notice: Notice
    recipient: UUID
    channel: str


class BeginDelivery(Command, frozen=True, kw_only=True):
    holder: UUID
    until: datetime


class RecordDelivery(Command, frozen=True, kw_only=True):
    holder: UUID
    outcome: Literal["sent", "failed", "deferred", "released", "unknown"]


class Acknowledge(Command, frozen=True, kw_only=True):
    pass


AnyCommand: TypeAlias = (
    RegisterRecipient | LocateHousehold | PairHousehold | Await | StopAwaiting | Queue | BeginDelivery | RecordDelivery | Acknowledge
)
