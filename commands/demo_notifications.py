"""What the demo tells of the season's notifications: by channel, acknowledged, gone up."""

from __future__ import annotations

from typing import Any, Final

from county.calling import Calling
from county.play import Performance
from local.language import say

CHINESE: Final = {
    "acknowledged = by those who answer": "已确认 = 会答复的人所收",
    "gone up = urgent and unanswered, once each": "提级 = 紧急且无人确认，各一次",
    "who is above was told of what went up": "上级均已获知提级事项",
    "letters call every household by a masked name": "通知均以脱敏姓名称呼该户",
}


def notification_document(performance: Performance) -> dict[str, Any]:
    found, received, called = performance.accounts.notifications, performance.received, performance.called
    return {
        "intended": sum(found.channels.values()),
        "received": sum(received.values()),
        "channels": {name: {"intended": count, "received": received.get(name, 0)} for name, count in found.channels.items()},
        "called_by_name": {"letters": called.letters, "named": called.named, "wrong": called.wrong},
        "acknowledged": len(found.acknowledged),
        "escalated": {level: found.gone_up_to(level) for level in ("town", "county")},
    }


def notification_lines(performance: Performance) -> list[tuple[str, str]]:
    """Name and value of each line."""
    found, received, called = performance.accounts.notifications, performance.received, performance.called
    by_channel = ", ".join(f"{name} {count} / {received.get(name, 0)}" for name, count in found.channels.items())
    whole = f"{sum(found.channels.values())} / {sum(received.values())}"
    town, county = found.gone_up_to("town"), found.gone_up_to("county")
    up = say(f"{town + county}（镇{town}，县{county}）", f"{town + county} (to the town {town}, to the county {county})")
    return [
        (say("通知 应发 / 收到", "notifications intended / received"), f"{whole} ({by_channel})" if by_channel else whole),
        (say("关于某户的通知 / 写脱敏姓名", "letters about a household / by masked name"), _called(called)),
        (say("已确认 / 提级", "acknowledged / gone up"), f"{len(found.acknowledged)} / {up}"),
    ]


def _called(called: Calling) -> str:
    counts = f"{called.letters} / {called.named}"
    return f"{counts} ({called.example})" if called.example else counts
