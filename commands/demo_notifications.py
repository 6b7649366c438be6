"""What the demo tells of the season's notifications: by channel, acknowledged, gone up."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from county.notification_account import NotificationAccount
from local.language import say

CHINESE: Final = {
    "acknowledged = by those who answer": "已确认 = 会答复的人所收",
    "gone up = urgent and unanswered, once each": "上报 = 紧急且无人确认，各一次",
    "who is above was told of what went up": "上级均已获知上报事项",
}


def notification_document(found: NotificationAccount, received: Mapping[str, int]) -> dict[str, Any]:
    return {
        "intended": sum(found.channels.values()),
        "received": sum(received.values()),
        "channels": {name: {"intended": count, "received": received.get(name, 0)} for name, count in found.channels.items()},
        "acknowledged": len(found.acknowledged),
        "escalated": {level: found.gone_up_to(level) for level in ("town", "county")},
    }


def notification_lines(found: NotificationAccount, received: Mapping[str, int]) -> list[tuple[str, str]]:
    """Name and value of each line."""
    by_channel = ", ".join(f"{name} {count} / {received.get(name, 0)}" for name, count in found.channels.items())
    whole = f"{sum(found.channels.values())} / {sum(received.values())}"
    town, county = found.gone_up_to("town"), found.gone_up_to("county")
    up = say(f"{town + county}（镇{town}，县{county}）", f"{town + county} (to the town {town}, to the county {county})")
    return [
        (say("通知 应发 / 收到", "notifications intended / received"), f"{whole} ({by_channel})" if by_channel else whole),
        (say("已确认 / 上报", "acknowledged / gone up"), f"{len(found.acknowledged)} / {up}"),
    ]
