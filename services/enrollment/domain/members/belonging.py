"""How a household knows who belongs to it and where it lives, and which facts count with that."""

from __future__ import annotations

from datetime import date
from typing import Final, TypeAlias, assert_never

from msgspec.structs import replace

from services.enrollment.domain.fact import Fact
from services.enrollment.domain.household.state import Household
from services.enrollment.domain.household.stays import born_on, died_on, end_stays, headed_by, last_day, resume_stays, stays_of
from services.enrollment.domain.members.change_events import HeadChanged, HouseholdMoved, MembershipRedated, MembersJoined, MembersLeft
from services.enrollment.domain.members.one_person import of_household
from services.enrollment.domain.members.person_events import AnyPersonEvent, PersonsMerged, PersonsUnmerged

Belonging: TypeAlias = MembersJoined | MembersLeft | MembershipRedated | HouseholdMoved | HeadChanged | AnyPersonEvent


# Births and deaths leave an income what it is: it is divided by more or fewer.
REGROUPS: Final = frozenset({"split", "married", "merged"})


def belong(state: Household, event: Belonging) -> Household:
    match event:
        case MembersJoined(members=members, on=day, reason=reason, fact=fact):
            persons = frozenset(member.person for member in members)
            again = reason == "withdrawn"
            stays = resume_stays(state.stays, members) if again else (*state.stays, *stays_of(members, day, fact))
            since = _regrouped(state, day) if reason in REGROUPS else state.regrouped
            return _sorted(replace(state, stays=stays, gone=state.gone - persons, ended=None, regrouped=since))
        case MembersLeft(members=members, on=day, reason=reason, fact=fact):
            persons = frozenset(member.person for member in members)
            stays = end_stays(state.stays, persons, day, fact, reason)
            since = _regrouped(state, day) if reason in REGROUPS else state.regrouped
            return _sorted(replace(state, stays=stays, gone=state.gone | persons, regrouped=since))
        case MembershipRedated():
            return _redated(state, event)
        case HouseholdMoved(village_code=village):
            return _sorted(replace(state, village_code=village))
        case HeadChanged(person=person):
            return replace(state, stays=headed_by(state.stays, person))
        case PersonsMerged() | PersonsUnmerged():
            return _sorted(of_household(state, event))
        case _:
            assert_never(event)


def counts(fact: Fact, state: Household) -> bool:
    return fact.about[0] not in state.gone and (not fact.whole_village or fact.village_code == state.village_code)


def _regrouped(state: Household, day: date) -> date:
    return max(state.regrouped, day)


def _redated(state: Household, event: MembershipRedated) -> Household:
    redate = born_on if event.reason == "born" else died_on
    stays = redate(state.stays, event.person, event.instead_of, event.on, event.fact)
    return replace(state, stays=stays, ended=replace(state.ended, on=last_day(stays)) if state.ended is not None else None)


def _sorted(state: Household) -> Household:
    """Which facts count changes with who belongs to the household and where it lives."""
    known = {**state.facts, **state.former}
    facts = {identity: fact for identity, fact in known.items() if counts(fact, state)}
    return replace(state, facts=facts, former={identity: fact for identity, fact in known.items() if identity not in facts})
