"""Which events count for a day and an instant: what was so by then, and was known by then; pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime

from msgspec.structs import replace

from pipeline.store import Recorded
from services.enrollment.domain.events import FactRecorded, FactUnmatched, FactWithdrawn, HouseholdEnrolled, HouseholdRegistered
from services.enrollment.domain.members.change_events import (
    FactDoubted,
    HeadChanged,
    HouseholdMoved,
    MembershipRedated,
    MembersJoined,
    MembersLeft,
)

# What departments say holds from its own day, however late they say it; what the office does follows from what it did before.
TOLD = (
    FactRecorded, FactUnmatched, FactWithdrawn, FactDoubted,
    MembersJoined, MembersLeft, MembershipRedated, HouseholdMoved, HeadChanged,
)  # fmt: skip


def known_on(recorded: Iterable[Recorded], on: date, known: datetime) -> Iterator[Recorded]:
    """Of one stream's events, in their order, those that count on the local date `on` and were recorded by the instant `known`.

    Their `valid_on` is the day from which they count: a decision takes effect on its day, but not before the one that it follows,
    and a register that was taken over counts from the days that it names.
    """
    events = [one for one in recorded if one.recorded_at <= known]
    decided, taken_over = date.min, dict(_taken_over(events))
    for one in events:
        day = _day(one, taken_over)
        if not isinstance(one.event, TOLD):
            decided = day = max(decided, day)
        if day <= on:
            yield replace(one, metadata=one.metadata._replace(valid_on=day))


def _taken_over(events: Iterable[Recorded]) -> Iterator[tuple[str, date]]:
    """The message that took an enrolment over, and the day since which it lasts."""
    for one in events:
        if isinstance(one.event, HouseholdEnrolled) and one.event.taken_over is not None:
            yield one.metadata.causation, one.event.taken_over.since


def _day(one: Recorded, taken_over: Mapping[str, date]) -> date:
    match one.event:
        case HouseholdRegistered(opening=True):
            return date.min
        case HouseholdRegistered(since=since) if since is not None:
            return since
        case FactRecorded(fact=fact) | FactDoubted(fact=fact):
            return fact.valid_on
        case _:
            return taken_over.get(one.metadata.causation, one.metadata.valid_on)
