"""One stream's events without what was taken back, and with each birth, death and end on the day that was told last; pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final, Literal, TypeAlias
from uuid import UUID

from msgspec.structs import replace

from pipeline.decider import Event
from pipeline.store import Recorded
from services.enrollment.domain.commands import Member
from services.enrollment.domain.events import FactRecorded, FactUnmatched, FactWithdrawn
from services.enrollment.domain.household.state import Household, State
from services.enrollment.domain.members.change_events import FactDoubted, HouseholdEnded, MembershipRedated, MembersJoined, MembersLeft
from services.enrollment.domain.members.person_events import PersonsUnmerged

Matter: TypeAlias = tuple[UUID | None, Literal["born", "died", "ended"]]
THE_END: Final[Matter] = (None, "ended")


def corrected(events: Sequence[Recorded], latest: State) -> Iterable[Recorded]:
    """In their order; `latest` is what all of them come to.

    What is corrected keeps its place, and names the event that corrected it; the end of a household names itself.
    """
    withdrawn = {one.event.fact for one in events if isinstance(one.event, FactWithdrawn)}
    kept, told = dict[int, Recorded](), dict[Matter, int]()
    for one in events:
        for matter in _taken_back(one.event):
            kept.pop(told.pop(matter, 0), None)
        for position in _of_somebody_else(one, kept.values()):
            del kept[position]
        if isinstance(one.event, MembershipRedated):
            _redate(one, one.event, kept, told)
        elif not _is_no_more(one.event, withdrawn):
            kept[one.position] = one
            told |= dict.fromkeys(_told(one.event), one.position)
    if isinstance(latest, Household) and latest.ended is not None and THE_END in told:
        end = kept[told[THE_END]]
        kept[told[THE_END]] = replace(end, event=replace(end.event, on=latest.ended.on))
    return kept.values()


def _redate(one: Recorded, event: MembershipRedated, kept: dict[int, Recorded], told: dict[Matter, int]) -> None:
    place = told.get((event.person, event.reason))
    if place is not None:
        kept[place] = replace(one, event=replace(kept[place].event, on=event.on))


def _told(event: Event) -> Iterator[Matter]:
    match event:
        case MembersJoined(reason="born", members=members):
            yield from _of(members, "born")
        case MembersLeft(reason="died", members=members):
            yield from _of(members, "died")
        case HouseholdEnded():
            yield THE_END
        case _:
            return


def _taken_back(event: Event) -> Iterator[Matter]:
    """Whoever is a member again undoes the end of the household as well."""
    match event:
        case MembersJoined(reason=reason, members=members):
            yield THE_END
            yield from _of(members, "died") if reason == "withdrawn" else ()
        case MembersLeft(reason="withdrawn", members=members):
            yield from _of(members, "born")
        case _:
            return


def _of_somebody_else(one: Recorded, before: Iterable[Recorded]) -> list[int]:
    """Two persons were taken for one, of whom only the other one is at home here: what was told of the one was so here on no day."""
    if not isinstance(one.event, PersonsUnmerged) or one.event.back == one.stream:
        return []
    gone = {fact.id for fact in one.event.facts}
    return [other.position for other in before if isinstance(other.event, FactRecorded | FactDoubted) and other.event.fact.id in gone]


def _of(members: Iterable[Member], what: Literal["born", "died"]) -> Iterator[Matter]:
    return ((member.person, what) for member in members)


def _is_no_more(event: Event, withdrawn: set[UUID]) -> bool:
    """Neither what was withdrawn, nor the event that undid what followed from it."""
    match event:
        case FactRecorded(fact=fact) | FactUnmatched(fact=fact) | FactDoubted(fact=fact):
            return fact.id in withdrawn
        case MembersJoined(reason="withdrawn") | MembersLeft(reason="withdrawn"):
            return True
        case _:
            return False
