"""What the figures of an answer do not say: that it was asked for what nobody knew yet, or for what is still to come."""

import asyncio
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from typing import NamedTuple

from audit.as_of import reading
from audit.by_service import events
from audit.question import Question
from commands.audit.moment import said
from local.language import say
from schemas.clock import COUNTY_TIME


class Hint(NamedTuple):
    """A sentence in both languages."""

    zh: str
    en: str

    @property
    def line(self) -> str:
        return say(*self)


def document(hints: Iterable[Hint]) -> list[dict[str, str]]:
    """As a machine reads them."""
    return [one._asdict() for one in hints]


def of_question(dsn: str, asked: Question) -> list[Hint]:
    """Where the log of enrollment begins and ends is asked for."""
    hints = of_moment(asked.last, asked.known, asyncio.run(reading.began(dsn)))
    return [*hints, *of_position(asked.position, asyncio.run(events(dsn, ["enrollment"])))]


def of_moment(on: date, known: datetime, began: datetime | None) -> Iterator[Hint]:
    """`on` is a local date, `known` an instant; the log's first event was recorded at `began`, None where there is none."""
    now = datetime.now(UTC)
    if began is None:
        yield Hint("日志中还没有事件。", "the log holds no event yet.")
    elif known < began:
        yield Hint(
            f"日志始于 {said(began)}，{said(known)} 时尚无任何记录。",
            f"the log begins on {said(began)}: on {said(known)} nothing had been recorded.",
        )
    if known > now:
        yield Hint(f"{said(known)} 尚未到来，按此刻所知作答。", f"{said(known)} is still to come: this is what is known by now.")
    if on > now.astimezone(COUNTY_TIME).date():
        yield Hint(f"{on} 尚未到来，届时的情况可能不同。", f"{on} is still to come: what happens until then may change it.")


def of_position(asked: int | None, head: int) -> Iterator[Hint]:
    """Where the log ends at `head`, before the position that was asked for."""
    if asked is not None and asked > head:
        yield Hint(f"日志止于第 {head} 条，没有第 {asked} 条。", f"the log ends at {head}, there is no position {asked}.")
