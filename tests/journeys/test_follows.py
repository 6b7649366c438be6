"""What a service passes over of another's events could change nothing in it, and what it follows it understands."""

from __future__ import annotations

from pathlib import Path
from typing import Final
from uuid import UUID

import pytest

from pipeline.envelope import Envelope, Record, read
from schemas.topics import ALLOWED, EVENTS, FOLLOWS
from services.assistance import identify as assistance_identify
from services.assistance import translate as assistance
from services.enrollment import translate as enrollment
from services.notifications import identify as notifications_identify
from services.notifications import packs
from services.notifications import translate as notifications

PACK: Final = packs.load("example-pilot")
GOLDEN: Final = Path(__file__).parents[1] / "schemas" / "golden"
HOUSEHOLD: Final = UUID(int=7)
READ: Final = [
    (service, topic, name) for service, topics in FOLLOWS.items() for topic in topics if topic in EVENTS.values() for name in ALLOWED[topic]
]


def envelope(topic: str, name: str) -> Envelope:
    attributes = {"specversion": "1.0", "id": "1", "source": "/s", "type": name, "time": "2021-01-05T04:00:00Z", "subject": str(HOUSEHOLD)}
    headers = tuple((f"ce_{key}", text.encode()) for key, text in attributes.items())
    found = read(Record(topic, 0, 0, 0, None, (GOLDEN / f"{name}.json").read_bytes(), headers), ALLOWED[topic])
    assert isinstance(found, Envelope)
    return found


def commands(service: str, message: Envelope) -> int:
    """How many commands the service makes of it."""
    match service:
        case "enrollment":
            return len(enrollment.to_commands(message, enrollment.Found((HOUSEHOLD,))))
        case "assistance":
            return len(assistance.to_commands(message, assistance_identify.Found(HOUSEHOLD)))
        case _:
            return len(notifications.to_commands(message, notifications_identify.Directory(PACK).find(message)))


@pytest.mark.parametrize(("service", "topic", "name"), READ)
def test_a_service_follows_exactly_what_can_change_something_in_it(service: str, topic: str, name: str) -> None:
    assert (commands(service, envelope(topic, name)) > 0) == (name in FOLLOWS[service][topic])
