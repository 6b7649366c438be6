"""What one stream's events say of each day, as far as they were known at an instant; pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from functools import reduce
from typing import Final, TypeAlias

from msgspec.structs import replace

from audit.as_of.corrections import corrected
from pipeline.store import Recorded
from schemas.clock import COUNTY_TIME
from services.enrollment.domain.clocks.deadline_events import DeadlineStarted
from services.enrollment.domain.events import FactRecorded, FactUnmatched, FactWithdrawn, HouseholdEnrolled, HouseholdRegistered
from services.enrollment.domain.evolution import evolve
from services.enrollment.domain.household.state import Household, State, Unregistered
from services.enrollment.domain.household.stays import covers
from services.enrollment.domain.members.change_events import (
    FactDoubted,
    HeadChanged,
    HouseholdEnded,
    HouseholdMoved,
    MembersJoined,
    MembersLeft,
)
from services.enrollment.domain.members.person_events import PersonsMerged, PersonsUnmerged

Cause: TypeAlias = tuple[str, str]
NOBODY: Final[State] = Unregistered()
# What departments say holds from its own day, however late they say it; what the office does follows from what it did before.
TOLD = (
    FactRecorded, FactUnmatched, FactWithdrawn, FactDoubted,
    MembersJoined, MembersLeft, HouseholdMoved, HeadChanged, HouseholdEnded, PersonsMerged, PersonsUnmerged,
)  # fmt: skip


class Known:
    """One stream's events that were recorded by an instant, as they were corrected by then.

    Their `valid_on` is the day from which they count: a decision takes effect on its day, but not before the one that it follows,
    and a register that was taken over counts from the days that it names. Who is a member is dated by itself: by all that was known.
    """

    def __init__(self, recorded: Iterable[Recorded], known: datetime) -> None:
        events = [one for one in recorded if one.recorded_at <= known]
        # nobody comes into or leaves most households, of which each day says by itself who is a member
        changed = any(isinstance(one.event, MembersJoined | MembersLeft) for one in events)
        self._latest = reduce(evolve, (one.event for one in events), NOBODY) if changed else NOBODY
        self._events = list(_dated(list(corrected(events, self._latest))))

    @property
    def days(self) -> frozenset[date]:
        """The local dates on which anything begins or ends to be so."""
        stays = self._latest.stays if isinstance(self._latest, Household) else ()
        ends = {day for stay in stays for day in (stay.since, stay.until) if day is not None}
        return frozenset(ends | {one.metadata.valid_on for one in self._events})

    def on(self, day: date) -> State:
        """What was so on a local date; the members are those of that day alone."""
        return self._as_on(day, reduce(evolve, (one.event for one in self._counted(day)), NOBODY))

    def steps(self, day: date) -> Iterator[tuple[Recorded, State]]:
        """How it came to that: each event that counts on the day, in the order of the stream, with what was so after it."""
        state = NOBODY
        for one in self._counted(day):
            state = evolve(state, one.event)
            yield one, self._as_on(day, state)

    def _counted(self, day: date) -> Iterator[Recorded]:
        return (one for one in self._events if one.metadata.valid_on <= day)

    def _as_on(self, day: date, state: State) -> State:
        """What each member is to the head is that of the day; what is known of those who are none on it does not count.

        Nobody who is one has died, whatever was said before another day was told. What a household brought here of somebody who turned out
        to be a member counts from the day on which it came.
        """
        if not isinstance(state, Household) or not isinstance(self._latest, Household):
            return state
        relations = {(stay.person, stay.since): stay.relation for stay in state.stays}
        stays = tuple(
            replace(stay, relation=relations[stay.person, stay.since], until=None, over=None, left=None)
            for stay in self._latest.stays
            if stay.includes(day) and (stay.person, stay.since) in relations
        )
        ever = {stay.person for stay in self._latest.stays}
        away = ever - {stay.person for stay in stays}
        to_come = ever - {stay.person for stay in self._latest.stays if covers(stay.since, None, day)}
        facts = {
            identity: fact
            for identity, fact in state.facts.items()
            if fact.about[0] not in away and fact.named not in to_come and fact.name != "person-died"
        }
        return replace(state, stays=stays, facts=facts)


def _dated(events: Iterable[Recorded]) -> Iterator[Recorded]:
    named, merged = dict(_named(events)), {_cause(one): one.event.on for one in events if isinstance(one.event, PersonsMerged)}
    begun = decided = date.min
    for one in events:
        day = _day(one, named)
        match one.event:
            case HouseholdRegistered():
                begun = day
            case HouseholdEnded():
                day = max(begun, day)
            case FactRecorded(fact=fact) if fact.named is not None:
                # told of an entry that was joined to somebody of this household by the same message
                day = max(day, merged.get(_cause(one), day))
            case _:
                pass
        if not isinstance(one.event, TOLD):
            decided = day = max(decided, day)
        yield one if day == one.metadata.valid_on else replace(one, metadata=one.metadata._replace(valid_on=day))


def _named(events: Iterable[Recorded]) -> Iterator[tuple[Cause, date]]:
    """The day that a message names for all that follows from it: that of an enrolment taken over, or of the end of the household."""
    for one in events:
        match one.event:
            case HouseholdEnrolled(taken_over=before) if before is not None:
                yield _cause(one), before.since
            case HouseholdEnded(on=day):
                yield _cause(one), day
            case _:
                pass


def _day(one: Recorded, named: Mapping[Cause, date]) -> date:
    match one.event:
        case HouseholdRegistered(opening=True):
            return date.min
        case HouseholdRegistered(since=since) if since is not None:
            return since
        case FactRecorded(fact=fact) | FactDoubted(fact=fact):
            return fact.valid_on
        case MembersJoined() | MembersLeft() | HouseholdMoved() | HeadChanged() | HouseholdEnded() | PersonsMerged() | PersonsUnmerged():
            return one.event.on
        case DeadlineStarted():
            # it runs from when somebody said so, also where what he said began long before
            return _own_day(one)
        case _:
            return named.get(_cause(one)) or _own_day(one)


def _own_day(one: Recorded) -> date:
    """What follows from a fact is done when the fact is told."""
    said, told = one.metadata.valid_on, one.metadata.occurred_at.astimezone(COUNTY_TIME).date()
    return said if isinstance(one.event, TOLD) else max(said, told)


def _cause(one: Recorded) -> Cause:
    return one.metadata.source, one.metadata.causation
