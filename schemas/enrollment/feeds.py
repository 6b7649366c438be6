"""What enrollment says of the departments' feeds: what was delivered, what is missing, what is late."""

from __future__ import annotations

from typing import ClassVar

from schemas.message import Count, Day, Flag, Message, Month, Text


class FeedEvent(Message):
    """`feed` is the topic, `period` the month that it is about."""

    department: Text
    feed: Text
    period: Month


class FeedDelivered(FeedEvent):
    """A department told how many facts a period holds; `was_overdue` says that this ends a delay."""

    TYPE: ClassVar = "suishi.enrollment.event.feed-delivered.v1"
    count: Count
    full: Flag
    was_overdue: Flag


class FeedCompared(FeedEvent):
    """How many facts of the period were received: less than `count` are missing, refused, or still on their way."""

    TYPE: ClassVar = "suishi.enrollment.event.feed-compared.v1"
    count: Count
    received: Count


class SourceOverdue(FeedEvent):
    """Nobody told until `due` what the period holds: what is decided meanwhile rests on older data."""

    TYPE: ClassVar = "suishi.enrollment.event.source-overdue.v1"
    due: Day
