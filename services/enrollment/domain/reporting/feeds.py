"""A department's feed: what is due when, what was delivered, whether all of it arrived. It is no household and has its own rules."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Final, TypeAlias, assert_never, cast

from msgspec import field
from msgspec.structs import replace

from pipeline.decider import Event
from pipeline.value import Value
from services.enrollment.domain.commands import CheckFeed, ReportDelivery
from services.enrollment.domain.pack.policy import FeedCalendar, Policy
from services.enrollment.domain.reporting.feed_events import FeedCompared, FeedDelivered, FeedEvent, FeedFollowed, SourceOverdue

FeedCommand: TypeAlias = ReportDelivery | CheckFeed
FeedEvents: TypeAlias = tuple[FeedEvent, ...]
MONTHS: Final = 12

# --- State ---


class Delivery(Value, frozen=True):
    """The latest report of a period; `received` is what was compared last."""

    at: datetime
    reference: str
    count: int
    received: int | None = None

    @property
    def open(self) -> bool:
        """Facts of a report travel beside it, so some may still be on their way."""
        return self.received is None or self.received < self.count


class Feed(Value, frozen=True):
    """Periods are months, YYYY-MM; `settled` and `overdue` are those of the calendar."""

    since: date | None = None
    deliveries: Mapping[str, Delivery] = field(default_factory=dict[str, Delivery])
    settled: frozenset[str] = frozenset()
    overdue: frozenset[str] = frozenset()


def evolve(state: Feed, event: Event) -> Feed:
    happened = cast("FeedEvent", event)
    match happened:
        case FeedFollowed(since=since):
            return replace(state, since=since)
        case FeedDelivered(period=period, at=at, reference=reference, count=count, settles=settles):
            deliveries = {**state.deliveries, period: Delivery(at, reference, count)}
            return replace(state, deliveries=deliveries, settled=state.settled | ({settles} if settles is not None else frozenset()))
        case FeedCompared(period=period, received=received):
            compared = replace(state.deliveries[period], received=received)
            return replace(state, deliveries={**state.deliveries, period: compared})
        case SourceOverdue(period=period):
            return replace(state, overdue=state.overdue | {period})
        case _:
            assert_never(happened)


# --- Rules ---


def decide(command: FeedCommand, state: Feed, policy: Policy) -> FeedEvents:
    calendar = policy.feeds.get(command.department)
    match command:
        case ReportDelivery():
            return _delivered(command, state, calendar)
        case CheckFeed():
            return (*_followed(command, state, calendar), *_overdue(command, state, calendar), *_compared(command, state))
        case _:
            assert_never(command)


def _delivered(command: ReportDelivery, state: Feed, calendar: FeedCalendar | None) -> FeedEvents:
    """The latest report of a period stands, whatever the order of arrival."""
    before = state.deliveries.get(command.period)
    if before is not None and (before.at, before.reference) >= (command.at, command.reference):
        return ()
    settles = settled_by(command.period, calendar) if calendar is not None else None
    return (
        FeedDelivered(
            department=command.department,
            period=command.period,
            count=command.count,
            full=command.full,
            at=command.at,
            reference=command.reference,
            settles=settles,
            was_overdue=settles in state.overdue - state.settled,
        ),
    )


def _followed(command: CheckFeed, state: Feed, calendar: FeedCalendar | None) -> FeedEvents:
    return (FeedFollowed(department=command.department, since=command.on),) if calendar is not None and state.since is None else ()


def _overdue(command: CheckFeed, state: Feed, calendar: FeedCalendar | None) -> FeedEvents:
    """Once for each period. Only a report counts: facts alone do not say that there are no more, and zero facts say nothing."""
    if calendar is None or state.since is None:
        return ()
    late = [(period, due) for period, due in due_between(state.since, command.on, calendar) if period not in state.settled | state.overdue]
    return tuple(SourceOverdue(department=command.department, period=period, due=due) for period, due in late)


def _compared(command: CheckFeed, state: Feed) -> FeedEvents:
    """Told when it is first looked at, and whenever the difference changes until there is none."""
    news = [
        (period, delivery.count, command.received[period])
        for period, delivery in sorted(state.deliveries.items())
        if delivery.open and period in command.received and command.received[period] != delivery.received
    ]
    return tuple(FeedCompared(department=command.department, period=p, count=count, received=received) for p, count, received in news)


# --- The calendar ---


def due_between(since: date, today: date, calendar: FeedCalendar) -> Iterable[tuple[str, date]]:
    """Period and due date of everything that was due from `since` on and before `today`, in order."""
    for number in range(_number(since), _number(today) + 1):
        due = _due(number, calendar)
        if _is_due_in(number, calendar) and since <= due < today:
            yield _period(number - calendar.months_after), due


def settled_by(period: str, calendar: FeedCalendar) -> str:
    """The period of the calendar that a report answers: its own, or where less is due, the next one that is."""
    number = int(period[:4]) * MONTHS + int(period[5:]) - 1 + calendar.months_after
    while not _is_due_in(number, calendar):
        number += 1
    return _period(number - calendar.months_after)


def _number(day: date) -> int:
    return day.year * MONTHS + day.month - 1


def _period(number: int) -> str:
    return f"{number // MONTHS:04}-{number % MONTHS + 1:02}"


def _is_due_in(number: int, calendar: FeedCalendar) -> bool:
    return not calendar.months or number % MONTHS + 1 in calendar.months


def _due(number: int, calendar: FeedCalendar) -> date:
    year, month = number // MONTHS, number % MONTHS + 1
    return date(year, month, min(calendar.day, monthrange(year, month)[1]))
