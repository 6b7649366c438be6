"""Who belongs to a household: births and deaths, marriages, splits, merges and moves, and what each does to an open case.

The facts of a person go with him. Where a fact leaves something open, `docs/decisions/0013-date-who-belongs-to-a-household.md` says
what is done and why.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, assert_never
from uuid import UUID

from msgspec.structs import replace

from pipeline.decider import Event, Events
from services.enrollment.domain.commands import (
    AnyCommand,
    ChangeHousehold,
    Handed,
    Member,
    RecordFact,
    RegisterHousehold,
    WithdrawFact,
)
from services.enrollment.domain.events import (
    CommandRefused,
    FactRecorded,
    FactUnmatched,
    FactWithdrawn,
    HouseholdRegistered,
)
from services.enrollment.domain.fact import Fact, Settled
from services.enrollment.domain.household.state import Household, State, Unregistered
from services.enrollment.domain.household.stays import HEAD, Stay, as_member
from services.enrollment.domain.members.births_and_deaths import REASONS, other_reports, taken_back, told_again
from services.enrollment.domain.members.change import Admit, Form, Leave, Move, Note, Offer, Receive, Refuse
from services.enrollment.domain.members.change_events import (
    FactDoubted,
    FactsHandedOn,
    HeadChanged,
    HouseholdMoved,
    MembersJoined,
    MembersLeft,
)
from services.enrollment.domain.members.departures import COUNTY, at_home, end, leave
from services.enrollment.domain.members.merging import take
from services.enrollment.domain.members.person_commands import MergePersons, UnmergePersons
from services.enrollment.domain.refusal import refused

IRREVERSIBLE: Final = frozenset({"head-changed", "household-moved"})
# A death told again, and a number, are not about what somebody did.
DOUBTED_NEVER: Final = frozenset({"person-died", "identity-corrected"})


def hand_over(command: AnyCommand, events: Sequence[Event]) -> AnyCommand:
    """What the households before it in the same message did, as far as this one's part needs it."""
    if isinstance(command, MergePersons | UnmergePersons):
        return take(command, events)
    back = [event for event in events if isinstance(event, FactsHandedOn)]
    brought = tuple(fact for event in back for fact in event.facts)
    claimed = tuple(sorted({risk for event in back for risk in event.claimed}))
    if isinstance(command, RegisterHousehold):
        left = next((event.left for event in back if event.left is not None), None)
        return replace(command, handed=brought, left=left, claimed=claimed)
    if not isinstance(command, ChangeHousehold):
        return command
    if any(isinstance(event, CommandRefused) for event in events):
        return replace(command, handed=Handed(refused=True))
    left = next((event for event in events if isinstance(event, MembersLeft)), None)
    if left is None:
        known = Handed(facts=brought, pending=bool(claimed), beyond_facts=bool(claimed), claimed=claimed)
        return replace(command, handed=known)
    place = (left.village_code, left.category)
    handed = Handed(left.members, left.facts, left.on, *place, left.pending, left.beyond_facts, left.claimed, left.due)
    return replace(command, handed=handed)


def record(command: RecordFact, state: State) -> Events:
    fact = command.fact
    if _is_known(fact.id, state):
        return ()
    if isinstance(state, Unregistered):
        return (FactUnmatched(fact=fact),)
    if (doubt := _doubt(fact, state)) is not None:
        return (FactDoubted(fact=fact, reason_code=doubt),)
    recorded = FactRecorded(fact=fact)
    match fact.name, fact.person:
        case "person-died", UUID() as person if person in state.members:
            return (recorded, *leave(command, frozenset({person}), state, "died"))
        case "person-died", UUID():
            return (recorded, *told_again(fact, state))
        case "person-born", UUID() as person if not command.elsewhere and _was_never(person, state):
            child = Member(person=person, relation="child", labour_capacity="none")
            born = MembersJoined(members=(child,), on=fact.valid_on, reason="born", fact=fact.id)
            return (recorded, at_home(born, state))
        case "person-born", UUID():
            return (recorded, *told_again(fact, state))
        case "head-changed", UUID() as person if person in state.members and _settles(fact, "head", state):
            before = tuple(stay.person for stay in state.stays if stay.lasts and stay.relation in HEAD)
            changed = HeadChanged(person=person, on=fact.valid_on, before=before)
            settled = FactRecorded(fact=fact, settles="head")
            return (settled,) if before == (person,) else (settled, changed)
        case _:
            return (recorded,)


def withdraw(command: WithdrawFact, state: State) -> Events:
    """A birth or a death that was not so is undone; of the other changes only the opposite one takes back what they did."""
    if command.fact in state.withdrawn or (command.along and not _is_known(command.fact, state)):
        return ()
    gone = FactWithdrawn(fact=command.fact, source=command.source, reference=command.reference, reason_sha256=command.reason_sha256)
    if command.joined:
        return (gone, *refused(command, "identity.not-reversible", ("unmerge-persons",)))
    return (gone,) if isinstance(state, Unregistered) else (gone, *_undo(command, state))


def change(command: ChangeHousehold, state: State) -> Events:
    """One household's part in a change; nothing, where another household's part was refused."""
    if command.handed.refused or _is_known(command.fact.id, state):
        return ()
    match state:
        case Unregistered():
            return _found(command)
        case Household(ended=end) if end is not None:
            return _late(command)
        case Household():
            return _change(command, state)
        case _:
            assert_never(state)


def _found(command: ChangeHousehold) -> Events:
    """Out of nothing comes only a household that left another one."""
    unmatched = FactUnmatched(fact=command.fact)
    match command.change:
        case Form() as part:
            return _form(command, part)
        case Refuse(reason_code=code, fits=fits):
            return (unmatched, *refused(command, code, fits))
        case Offer() | Leave() | Move():
            return (unmatched, *refused(command, "household.unknown"))
        case Receive() | Admit() | Note():
            return (unmatched,)
        case _:
            assert_never(command.change)


def _late(command: ChangeHousehold) -> Events:
    return (FactDoubted(fact=command.fact, reason_code="household.ended"), *refused(command, "household.ended"))


def _change(command: ChangeHousehold, home: Household) -> Events:
    recorded = FactRecorded(fact=command.fact)
    match command.change:
        case Offer() | Form():
            return ()
        case Note():
            return (recorded,)
        case Refuse(reason_code=code, fits=fits):
            return (recorded, *refused(command, code, fits))
        case Leave() as part:
            return (recorded, *_send(command, part, home))
        case Receive() as part:
            return (recorded, *_receive(command, part, home)) if command.handed.members else ()
        case Admit(person=person, relation=relation, on=day):
            member = Member(person=person, relation=relation)
            joined = MembersJoined(members=(member,), on=day, reason="married", fact=command.fact.id)
            return (recorded,) if person in home.members else (recorded, at_home(joined, home), *_brought(command, home))
        case Move(village_code=village):
            return _move(command, village, home)
        case _:
            assert_never(command.change)


def _form(command: ChangeHousehold, part: Form) -> Events:
    handed = command.handed
    if not handed.members:
        return ()
    members = tuple(replace(one, relation="head" if one.person == part.head else "member") for one in handed.members)
    formed = HouseholdRegistered(
        household=part.household,
        village_code=handed.village_code,
        category=handed.category,
        members=members,
        since=handed.on,
        origin=part.origin,
    )
    return (formed, FactRecorded(fact=command.fact), *(FactRecorded(fact=fact) for fact in handed.facts))


def _send(command: ChangeHousehold, part: Leave, home: Household) -> Events:
    """The border asks for no such parting as is refused here; the rules do not rely on it."""
    persons = frozenset(part.persons) or home.members
    if not persons <= home.members:
        return refused(command, "person.not-a-member")
    if part.reason == "split" and persons == home.members:
        return refused(command, "split.nobody-stays")
    return leave(command, persons, home, part.reason, part.to)


def _receive(command: ChangeHousehold, part: Receive, home: Household) -> Events:
    handed = command.handed
    members = tuple(replace(one, relation=part.relation) for one in handed.members)
    joined = MembersJoined(
        members=members, on=handed.on or command.fact.valid_on, reason=part.reason, fact=command.fact.id, origin=part.origin
    )
    return (at_home(joined, home), *_brought(command, home))


def _brought(command: ChangeHousehold, home: Household) -> Events:
    facts = command.handed.facts
    return tuple(FactRecorded(fact=fact) for fact in facts if not _is_known(fact.id, home) or _is_of_another(fact, home))


def _move(command: ChangeHousehold, village: str, home: Household) -> Events:
    """Whoever left the county left it, whatever was told before or after of a move within it."""
    fact = command.fact
    if village[:COUNTY] != home.village_code[:COUNTY]:
        return (FactRecorded(fact=fact), *leave(command, home.members, home, "moved-out"))
    if not _settles(fact, "village", home):
        return (FactRecorded(fact=fact),)
    settled = FactRecorded(fact=fact, settles="village")
    moved = HouseholdMoved(village_code=village, on=fact.valid_on, category=home.category)
    return (settled, moved) if village != home.village_code else (settled,)


def _settles(fact: Fact, what: Settled, home: Household) -> bool:
    """Nothing that was told later said it before; the latest stands, whatever the order of arrival."""
    return what not in home.settled or home.settled[what] < fact.told


def _undo(command: WithdrawFact, home: Household) -> Events:
    fact = home.facts.get(command.fact) or home.former.get(command.fact)
    if fact is not None and fact.name in REASONS and other_reports(fact, home):
        return taken_back(fact, home)
    died = [stay for stay in home.stays if stay.over == command.fact and stay.left == "died" and stay.person in home.gone]
    if died:
        headed = any(stay.lasts and stay.relation in HEAD for stay in home.stays)
        back = tuple(replace(as_member(stay), relation="member") if headed and stay.relation in HEAD else as_member(stay) for stay in died)
        on = max(day for stay in died for day in (stay.since, stay.until) if day is not None)
        return (at_home(MembersJoined(members=back, on=on, reason="withdrawn", fact=command.fact), home),)
    began = [stay for stay in home.stays if stay.lasts and stay.began == command.fact]
    if began and fact is not None and fact.name == "person-born":
        return _unborn(command, began, home)
    changed = any(command.fact in {stay.began, stay.over} for stay in home.stays)
    return refused(command, "change.not-reversible") if changed or (fact is not None and fact.name in IRREVERSIBLE) else ()


def _unborn(command: WithdrawFact, began: Iterable[Stay], home: Household) -> Events:
    """He was a member on no day."""
    child = tuple(as_member(stay) for stay in began)
    since = min((stay.since for stay in began if stay.since is not None), default=command.on)
    left = MembersLeft(members=child, on=since, reason="withdrawn", fact=command.fact, category=home.category)
    return (left, *end(home, left)) if home.members == frozenset(stay.person for stay in began) else (left,)


def _is_known(fact: UUID, state: State) -> bool:
    known = fact in state.facts or fact in state.withdrawn
    return known or (isinstance(state, Household) and fact in state.former)


def _is_of_another(fact: Fact, home: Household) -> bool:
    """It was told of an entry that is merged now, while he was here."""
    told = home.former.get(fact.id)
    return told is not None and told.person != fact.person


def _was_never(person: UUID, home: Household) -> bool:
    """A member here; whoever was not born after all was none."""
    return all(stay.person != person or stay.left == "withdrawn" for stay in home.stays)


def _doubt(fact: Fact, home: Household) -> str | None:
    """The reason code, where a fact cannot be so."""
    if fact.about[0] in home.gone and fact.name not in DOUBTED_NEVER:
        last = next(stay for stay in reversed(home.stays) if stay.person == fact.about[0])
        if last.left == "died" and last.until is not None and fact.valid_on > last.until:
            return "person.died"
    late = home.ended is not None and (fact.person is None or fact.valid_on >= home.ended.on)
    return "household.ended" if late and fact.name not in DOUBTED_NEVER else None
