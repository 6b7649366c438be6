"""The clock: one message a local day, in order."""

from __future__ import annotations

from typing import ClassVar, Final
from zoneinfo import ZoneInfo

from schemas.message import Day, Message

COUNTY_TIME: Final = ZoneInfo("Asia/Shanghai")


class DayStarted(Message):
    """A day began; `date` is a local date of Asia/Shanghai."""

    TYPE: ClassVar = "suishi.clock.day-started.v1"
    DATED: ClassVar = ("date",)
    date: Day
