"""What a refusal says to whoever asked: what is so, then what to do, Chinese first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

TEXTS: Final[Mapping[str, tuple[str, str]]] = {
    "notification.unknown": (
        "没有这条通知。 There is no such notification.",
        "请核对通知编号。 Check the id of the notification.",
    ),
    "notification.not-sent": (
        "该通知未由此渠道送出，或已撤销。 The notification has not gone out by its channel, or was withdrawn.",
        "请在收到后确认。 Acknowledge it when it has arrived.",
    ),
    "recipient.unknown": (
        "没有登记过这名收件人。 No such recipient was ever registered.",
        "请核对收件人编号。 Check the id of the recipient.",
    ),
}


def text_of(reason_code: str) -> tuple[str, str]:
    """Both are empty for a code that a newer release wrote."""
    return TEXTS.get(reason_code, ("", ""))
