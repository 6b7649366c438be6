"""Households become the messages that bring them in: the same household with the same data always under the same id."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

import orjson

from commands.register_sheet.households import Household
from pipeline.envelope import Envelope, Record, read
from schemas.topics import ALLOWED

SOURCE: Final = "/opening-register"
COUNTY_DIGITS: Final = 6


class Sent(NamedTuple):
    """A message at the door, and the rows of the sheet that it speaks for."""

    envelope: Envelope
    rows: tuple[int, ...]


class Sender(NamedTuple):
    """Who brings the register in and when; `name` gives ids that nobody can guess who has not the key of the vault."""

    actor: str
    time: datetime
    name: Callable[[str], UUID]


def messages(households: Sequence[Household], addresses: dict[str, str], sender: Sender) -> Iterator[Sent]:
    """Cadres first, so that somebody answers for each household from the beginning; then registrations, then pairings."""
    county = next((one.data["village_code"][:COUNTY_DIGITS] for one in households), "")
    for cadre, address in addresses.items():
        channels = [{"kind": "email", "address": address}]
        data = {"recipient_id": cadre_id(cadre, sender), "role": "paired-cadre", "area": county, "channels": channels}
        rows = next(one.rows for one in households if one.cadre == cadre)
        yield _sent(("notifications", "register-recipient"), cadre_id(cadre, sender), data, rows, sender)
    for one in households:
        identity = household_id(one, sender)
        yield _sent(("enrollment", "register-household"), identity, {"household_id": identity, **one.data}, one.rows, sender)
    for one in households:
        if one.cadre:
            data = {"cadre_id": cadre_id(one.cadre, sender), "from_day": one.from_day}
            yield _sent(("assistance", "assign-cadre"), household_id(one, sender), data, one.rows, sender)


def household_id(household: Household, sender: Sender) -> UUID:
    """Its own where the county's number is a UUID already."""
    return _own(household.key.removeprefix("number ")) or sender.name(f"household {household.key}")


def cadre_id(cadre: str, sender: Sender) -> UUID:
    return _own(cadre) or sender.name(f"cadre {cadre}")


def _own(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _sent(command: tuple[str, str], about: UUID, data: dict[str, Any], rows: tuple[int, ...], sender: Sender) -> Sent:
    service, name = command
    body, topic, kind = orjson.dumps(data), f"suishi.{service}.commands.v1", f"suishi.{service}.command.{name}.v1"
    attributes = {
        "specversion": "1.0",
        "id": f"{name}/{sender.name(f'{kind} {about} {body.decode()}')}",
        "source": SOURCE,
        "type": kind,
        "time": sender.time.isoformat(timespec="seconds"),
        "subject": str(about),
        "partitionkey": str(about),
        "authtype": "user",
        "authid": sender.actor,
    }
    headers = (*((f"ce_{attribute}", text.encode()) for attribute, text in attributes.items()), ("content-type", b"application/json"))
    record = Record(topic, -1, -1, 0, str(about).encode(), body, headers)
    envelope = read(record, ALLOWED[topic], sender.time)
    if not isinstance(envelope, Envelope):  # each row was judged by the same models
        message = f"rows {rows}: {envelope.field} {envelope.problem}"
        raise TypeError(message)
    return Sent(envelope, rows)
