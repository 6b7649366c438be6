"""The day and the instant that a question about the past is asked for, and what a log that cannot be read answers."""

import asyncio
from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time
from typing import Annotated, Any, Final

import typer

from audit.as_of.reading import last_told
from audit.unreadable import UnreadableLog
from commands.reach import database, from_database
from commands.started_with import usual
from commands.system import folder
from local.language import say
from local.problem import Problem
from schemas.clock import COUNTY_TIME


def day_option(name: str, chinese: str, english: str) -> Any:  # noqa: ANN401 - as typer has it
    """An option that is a local date."""
    return typer.Option(name, parser=_day, metavar="DAY", help=say(chinese, english))


def _day(text: str) -> datetime:
    try:
        return datetime.combine(date.fromisoformat(text), time())
    except ValueError as error:
        raise typer.BadParameter(say(f"{text} 不是日期；请写作 2021-01-20。", f"{text} is no date; write it as 2021-01-20.")) from error


TODAY: Final = ("今天；日期由他人发布时为最后发布之日", "today, or the last day told where somebody else tells the days")
On = Annotated[datetime | None, day_option("--on", f"哪一天的情况（默认{TODAY[0]}）", f"what was so on this day ({TODAY[1]})")]
Known = Annotated[
    str,
    typer.Option(
        metavar="INSTANT",
        help=say("截至何时所知，日期或时刻（默认现在）", "as known at this instant, or at the end of this day (now)"),
    ),
]


def to_day(on: datetime | None) -> date:
    """The local date that was asked for; where none was, the last one told to a system whose clock is somebody else, else today.

    Raises Problem.
    """
    if on is not None:
        return on.date()
    told = _last_told() if usual(folder(), "SUISHI_CLOCK") == "external" else None
    return told or datetime.now(COUNTY_TIME).date()


def _last_told() -> date | None:
    dsn = database()
    with from_database(dsn):
        return asyncio.run(last_told(dsn))


def in_order(first: date, last: date) -> tuple[date, date]:
    """Raises Problem."""
    if first > last:
        raise Problem(say(f"--from {first} 晚于 --to {last}。", f"--from {first} comes after --to {last}."))
    return first, last


def to_instant(known: str) -> datetime:
    """UTC; without an offset it is the county's time, and a date alone is its end. Raises a Problem."""
    if not known:
        return datetime.now(UTC)
    try:
        read = _end_of(known) or datetime.fromisoformat(known)
        instant = (read if read.tzinfo else read.replace(tzinfo=COUNTY_TIME)).astimezone(UTC)
        said(instant)
    except (ValueError, OverflowError) as error:
        zh = f"--known {known} 不是日期或时刻；例如 2021-06-30 或 2021-06-30T12:00+08:00。"
        raise Problem(say(zh, f"--known {known} is neither a day nor an instant; say 2021-06-30 or 2021-06-30T12:00+08:00.")) from error
    return instant


def _end_of(day: str) -> datetime | None:
    try:
        return datetime.combine(date.fromisoformat(day), time.max)
    except ValueError:
        return None


def said(known: datetime) -> str:
    """An instant in the county's time."""
    return known.astimezone(COUNTY_TIME).isoformat(" ", "seconds")


@contextmanager
def from_log() -> Generator[None]:
    """A log that cannot be read, as a Problem."""
    try:
        yield
    except UnreadableLog as unread:
        zh = f"户 {unread} 的日志无法解读；请执行 ./suishi audit replay。"
        raise Problem(say(zh, f"the log of household {unread} cannot be read; run ./suishi audit replay.")) from unread
