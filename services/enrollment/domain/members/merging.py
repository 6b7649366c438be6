"""Two entries for one person, joined and parted: each stream's part in it.

What is done is dated by the day of the decision, and what was decided before stands: `docs/decisions/0021-join-persons-in-the-log.md`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import reduce
from typing import cast
from uuid import UUID, uuid5

from msgspec.structs import replace

from pipeline.decider import Event, Events
from services.enrollment.domain.events import FactRecorded, FactUnmatched
from services.enrollment.domain.evolution import evolve
from services.enrollment.domain.fact import Fact
from services.enrollment.domain.household.state import Household, State, Unregistered
from services.enrollment.domain.household.stays import HEAD, Stay, as_member
from services.enrollment.domain.members.change_events import HeadChanged, MembersJoined, MembersLeft
from services.enrollment.domain.members.departures import at_home, claimed_along, due_along, end, is_of_household, is_open_beyond
from services.enrollment.domain.members.one_person import about_kept, about_named, known
from services.enrollment.domain.members.person_commands import AnyPersonCommand, MergePersons, UnmergePersons
from services.enrollment.domain.members.person_events import PersonsMerged, PersonsUnmerged
from services.enrollment.domain.refusal import refused


def take(command: AnyPersonCommand, events: Iterable[Event]) -> AnyPersonCommand:
    """The facts that the streams before this one in the same message gave away, and whether something was open where he left."""
    given = [event.facts for event in events if isinstance(event, PersonsMerged | PersonsUnmerged)]
    handed = tuple(fact for facts in given for fact in facts)
    if isinstance(command, UnmergePersons):
        return replace(command, handed=handed)
    left = next((event for event in events if isinstance(event, MembersLeft)), None)
    if left is None:
        return replace(command, handed=handed)
    return replace(command, handed=handed, pending=left.pending, beyond_facts=left.beyond_facts, claimed=left.claimed, due=left.due)


def decision(command: AnyPersonCommand) -> Fact:
    """What a clue names that follows from it: the county's word, no department's."""
    match command:
        case MergePersons(merge=one):
            name, person = "persons-merged", one.keep
        case UnmergePersons(unmerge=one):
            name, person = "persons-unmerged", one.duplicate
    return Fact(
        id=uuid5(one.duplicate, command.id),
        source=command.source,
        reference=command.id,
        name=name,
        person=person,
        series=name,
        time=command.at,
        valid_on=command.on,
        present=True,
    )


def as_before(state: State, answer: Sequence[Event]) -> State:
    """What to hold the outcome against: a fact that stood, and is about somebody else in the same household now, is no new one."""
    if not isinstance(state, Household) or not any(_stays(event, state.id) for event in answer):
        return state
    stood = replace(state, facts={fact.id: fact for fact in state.standing().values()})
    told = [event for event in answer if isinstance(event, PersonsMerged | PersonsUnmerged | MembersJoined)]
    return replace(cast("Household", reduce(evolve, told, stood)), ended=state.ended)


def _stays(event: Event, here: UUID) -> bool:
    match event:
        case PersonsMerged(home=home):
            return home == here
        case PersonsUnmerged(home=home, back=back):
            return home == back == here
        case _:
            return False


def merge(command: MergePersons, state: State) -> Events:
    one = command.merge
    match state, command.part:
        case Unregistered(same_as=already), "person":
            if one.refusal is not None:
                return refused(command, one.refusal)
            return (_merged(command),) if already is None else ()
        case Household(), "left":
            own = [fact for fact in known(state) if fact.person == one.duplicate and not is_of_household(fact)]
            given = tuple(about_kept(fact, one.duplicate, one.keep) for fact in own)
            leaving = _leave(command, state)
            return (_merged(command, given), *leaving) if given or leaving else ()
        case Household(), "home":
            return _merge_at_home(command, state)
        case _:
            return ()


def _merge_at_home(command: MergePersons, home: Household) -> Events:
    one = command.merge
    here = any(fact.person == one.duplicate for fact in known(home))
    leaving = _leave(command, home)
    brought = _not_known(command.handed, home)
    return (_merged(command), *leaving, *brought) if here or leaving or brought or command.pending else ()


def _merged(command: MergePersons, facts: tuple[Fact, ...] = ()) -> PersonsMerged:
    one = command.merge
    same = PersonsMerged(keep=one.keep, duplicate=one.duplicate, home=one.home, on=command.on, by=command.by, facts=facts)
    return replace(same, reason_sha256=command.reason_sha256, fact=one.fact)


def _leave(command: MergePersons, home: Household) -> Events:
    """The household stays without him; where it has the person who is kept, he heads it in his place. A case ends with its last member."""
    one = command.merge
    going = [stay for stay in home.stays if stay.lasts and stay.person == one.duplicate]
    if not going:
        return ()
    last = home.members == frozenset({one.duplicate})
    left = MembersLeft(
        members=tuple(as_member(stay) for stay in going),
        on=max([command.on, *(stay.since for stay in going if stay.since is not None)]),
        reason="duplicate",
        fact=uuid5(one.duplicate, command.id),
        to=one.home if one.home != home.id else None,
        category=home.category,
        pending=last and home.is_pending,
        beyond_facts=last and is_open_beyond([fact for fact in known(home) if fact.person == one.duplicate], home),
        claimed=claimed_along(home) if last else (),
        due=due_along(home) if last else (),
    )
    if last:
        return (left, *end(home, left))
    headless = going[0].relation in HEAD and one.keep in home.members
    return (left, HeadChanged(person=one.keep, on=left.on)) if headless else (left,)


def unmerge(command: UnmergePersons, state: State) -> Events:
    one = command.unmerge
    match state, command.part:
        case Unregistered(), "home":
            return (_unmerged(command, one.waiting),) if one.waiting else ()
        case Unregistered(same_as=kept, parted=parted), "person":
            if one.refusal is not None:
                return refused(command, one.refusal) if one.keep not in parted else ()
            return (_unmerged(command), *_wait(command)) if kept is not None else ()
        case Household(), "home":
            return _unmerge_at_home(command, state)
        case Household(), "back":
            coming = _come_back(command, state)
            return (_unmerged(command), *coming, *_not_known(command.handed, state)) if coming or command.handed else ()
        case _:
            return ()


def _unmerge_at_home(command: UnmergePersons, home: Household) -> Events:
    """A fact that stays in the household is told once more, of whom it was said."""
    one = command.unmerge
    parted = tuple(about_named(fact, one.duplicate) for fact in known(home) if fact.named in one.persons)
    coming = _come_back(command, home) if one.back == home.id else ()
    again = tuple(FactRecorded(fact=fact) for fact in parted) if one.back == home.id else ()
    return (_unmerged(command, parted), *coming, *again) if parted or coming else ()


def _unmerged(command: UnmergePersons, facts: tuple[Fact, ...] = ()) -> PersonsUnmerged:
    one = command.unmerge
    apart = PersonsUnmerged(keep=one.keep, duplicate=one.duplicate, home=one.home, on=command.on, back=one.back, by=command.by)
    return replace(apart, reason_sha256=command.reason_sha256, facts=facts)


def _come_back(command: UnmergePersons, home: Household) -> Events:
    """From the day on which he left as a duplicate, so that he was a member on every day."""
    one = command.unmerge
    last: Stay | None = next((stay for stay in reversed(home.stays) if stay.person == one.duplicate), None)
    if last is None or last.left != "duplicate":
        return ()
    day = last.until or command.on
    joined = at_home(MembersJoined(members=(as_member(last),), on=day, reason="unmerged", fact=uuid5(one.duplicate, command.id)), home)
    heads = tuple(stay.person for stay in home.stays if stay.lasts and stay.relation in HEAD)
    return (joined, HeadChanged(person=one.duplicate, on=day, before=heads)) if last.relation in HEAD and heads else (joined,)


def _wait(command: UnmergePersons) -> Events:
    """Nobody ever registered him."""
    return tuple(FactUnmatched(fact=fact) for fact in command.handed) if command.unmerge.back is None else ()


def _not_known(facts: Iterable[Fact], home: Household) -> Events:
    here: set[UUID] = {*home.facts, *home.former}
    return tuple(FactRecorded(fact=fact) for fact in facts if fact.id not in here)
