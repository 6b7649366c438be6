"""What the loops beside the writer ask for goes through the service's own door, as a message like any other."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from schemas.message import Message


class Sender(NamedTuple):
    """Which loop asks, and for whom."""

    name: str
    actor: str = "service:notifications"


def to_record(message: Message, key: UUID, identity: UUID, sender: Sender, at: datetime) -> dict[str, Any]:
    """Value, key and headers for the commands topic; the same `identity` is the same message, however often it is sent."""
    headers = {
        "ce_specversion": "1.0",
        "ce_id": str(identity),
        "ce_source": f"/suishi/notifications/{sender.name}",
        "ce_type": message.TYPE,
        "ce_time": at.isoformat(),
        "ce_authid": sender.actor,
        "content-type": "application/json",
    }
    encoded = [(name, text.encode()) for name, text in headers.items()]
    return {"value": message.model_dump_json().encode(), "key": str(key).encode(), "headers": encoded}
