"""Who leaves a household, what goes with him, and what ends with the last one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, Literal, TypeAlias, assert_never
from uuid import UUID

from msgspec.structs import replace

from pipeline.decider import Events
from services.enrollment.domain.case.procedure_events import CaseEnded
from services.enrollment.domain.commands import ChangeHousehold, HandOnFacts, RecordFact
from services.enrollment.domain.events import ClueClosed
from services.enrollment.domain.fact import Fact
from services.enrollment.domain.household.stages import CaseOpen, ClueOpen, Enrolled, Outside
from services.enrollment.domain.household.state import Household, State
from services.enrollment.domain.household.stays import as_member, last_day
from services.enrollment.domain.members.change import Due, End
from services.enrollment.domain.members.change_events import FactsHandedOn, HouseholdEnded, MembersJoined, MembersLeft

Left: TypeAlias = Literal["died", "split", "married", "merged", "moved-out", "withdrawn", "duplicate"]
COUNTY: Final = 6
"""Digits of a village code that name its county (province, city, county: two each)."""
ENTRY: Final = frozenset({"verify", "whole-entry"})


def leave(command: ChangeHousehold | RecordFact, persons: frozenset[UUID], home: Household, reason: Left, to: UUID | None = None) -> Events:
    """Whoever goes to another household is a member until the day of the fact, or the day on which he came where that is later."""
    fact = command.fact
    going = [stay for stay in home.stays if stay.lasts and stay.person in persons]
    days = [stay.since for stay in going if stay.since is not None and to is not None]
    along = _going_along(persons, home, reason) if to is not None else ()
    left = MembersLeft(
        members=tuple(as_member(stay) for stay in going),
        on=max([fact.valid_on, *days]),
        reason=reason,
        fact=fact.id,
        to=to,
        facts=along,
        village_code=home.village_code if to is not None else "",
        category=home.category,
        pending=to is not None and home.is_pending,
        beyond_facts=to is not None and is_open_beyond(along, home),
        claimed=claimed_along(home) if to is not None else (),
        due=due_along(home) if to is not None else (),
    )
    return (left, *end(home, left)) if persons == home.members else (left,)


def _going_along(persons: frozenset[UUID], home: Household, reason: Left) -> tuple[Fact, ...]:
    """What is known of those who leave; of the household with its last members, of the village with those who stay there by a split."""
    own = persons == home.members
    return tuple(
        fact for fact in home.facts.values() if fact.about[0] in persons or (fact.about[0] is None and _is_shared(fact, reason, own))
    )


def _is_shared(fact: Fact, reason: Left, own: bool) -> bool:  # noqa: FBT001 - both kinds of fact about no person
    return reason == "split" if fact.whole_village else own


def is_open_beyond(facts: Iterable[Fact], home: Household) -> bool:
    """Whoever is told these facts does not find all by them that is open here: somebody asked, appealed or decided, or other facts stay."""
    match home.stage:
        case _ if home.appeal is not None:
            return True
        case Outside():
            return False
        case ClueOpen(sources=sources, asked=asked, kept=kept):
            return asked or kept is not None or not sources <= {fact.about for fact in facts}
        case CaseOpen() | Enrolled():
            return True
        case _:
            assert_never(home.stage)


def claimed_along(home: Household) -> tuple[str, ...]:
    """The risks that somebody named in what is, or was to the end, open here: those of whoever leaves, too, until a visit has seen him."""
    if not home.is_pending and not (home.ended is not None and home.ended.pending):
        return ()
    appealed = home.appeal.against if home.appeal is not None else None
    return tuple(sorted(home.claimed | (appealed.claimed if appealed is not None else frozenset[str]())))


def due_along(home: Household) -> tuple[Due, ...]:
    """Nobody waits longer for a visit and a decision since he married, moved in or was told twice."""
    return tuple(Due(kind, last) for kind, last in sorted(home.running.due.items()) if kind in ENTRY)


def is_of_household(fact: Fact) -> bool:
    """An income is that of all who lived with whoever told it, and none of those to whom he comes."""
    return fact.income is not None


def hand_on(command: HandOnFacts, state: State) -> Events:
    """Also what was told of them while they were away, and could count nowhere; that they left stays with whom they left."""
    if not isinstance(state, Household):
        return ()
    left = {stay.over for stay in state.stays}
    own = [fact for fact in state.former.values() if fact.about[0] in command.persons and not is_of_household(fact)]
    handed = FactsHandedOn(to=command.to, facts=tuple(fact for fact in own if fact.id not in left))
    went = next((fact for fact in state.former.values() if fact.id in left and fact.name == "household-moved"), None)
    if went is not None and (claimed := claimed_along(state)):
        return (replace(handed, left=went, claimed=claimed),)
    return (handed,) if handed.facts else ()


def at_home(joined: MembersJoined, home: Household) -> MembersJoined:
    """With where they live now, so that whoever follows knows the household though it was registered before he did."""
    return replace(joined, village_code=home.village_code, category=home.category)


def end(home: Household, left: MembersLeft) -> Events:
    """Nobody is left: whatever was open ends by nature; a change that is told late may be before the last one's."""
    reason: End = "died" if left.reason == "died" else "moved-out" if left.reason == "moved-out" else "dissolved"
    end = HouseholdEnded(reason=reason, on=max(left.on, last_day(home.stays)), into=left.to, pending=home.is_pending)
    match home.stage:
        case Outside():
            return (end,)
        case ClueOpen(clue=clue):
            return (ClueClosed(clue=clue, reason="household-ended"), end)
        case CaseOpen(case=case) | Enrolled(case=case):
            return (CaseEnded(case=case, episode=home.episode, reason=reason), end)
        case _:
            assert_never(home.stage)
