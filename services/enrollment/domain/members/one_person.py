"""What is known of a duplicate counts for the person who is kept, and is told apart again by whom each fact named."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from uuid import UUID

from msgspec.structs import replace

from services.enrollment.domain.fact import Fact, Series
from services.enrollment.domain.household.stages import ClueOpen
from services.enrollment.domain.household.state import Household, Unregistered
from services.enrollment.domain.members.person_events import AnyPersonEvent, PersonsMerged, PersonsUnmerged


def about_kept(fact: Fact, duplicate: UUID, keep: UUID) -> Fact:
    """`named` stays whom the department named."""
    return replace(fact, person=keep, named=fact.named or duplicate) if fact.person == duplicate else fact


def about_named(fact: Fact, duplicate: UUID) -> Fact:
    """About the duplicate again; whoever was merged into him before still is."""
    return replace(fact, person=duplicate, named=None if fact.named == duplicate else fact.named)


def of_own(state: Unregistered, event: AnyPersonEvent) -> Unregistered:
    """In the stream of a person: his facts wait where he is kept."""
    match event:
        case PersonsMerged(keep=keep):
            return replace(state, facts=frozenset(), same_as=keep)
        case PersonsUnmerged(keep=keep, facts=facts):
            gone = frozenset(fact.id for fact in facts)
            return replace(state, facts=state.facts - gone, same_as=None, parted=state.parted | {keep})


def of_household(state: Household, event: AnyPersonEvent) -> Household:
    """Every fact is with one household: it leaves the others without a trace."""
    match event:
        case PersonsMerged(home=home, keep=keep, duplicate=duplicate) if home == state.id:
            renamed: dict[Series, Series] = {(duplicate, fact.series): (keep, fact.series) for fact in known(state)}
            return _with(_resourced(state, renamed, renamed), [about_kept(fact, duplicate, keep) for fact in known(state)])
        case PersonsUnmerged(home=home, back=back, keep=keep, duplicate=duplicate, facts=parted) if home == state.id == back:
            apart = {fact.id: fact for fact in parted}
            stand, looked_at = (_apart(facts, keep, duplicate, apart) for facts in (state.standing(), _looked_at(state)))
            return _with(_resourced(state, stand, looked_at), [apart.get(fact.id, fact) for fact in known(state)])
        case PersonsMerged(facts=gone) | PersonsUnmerged(facts=gone):
            ids = {fact.id for fact in gone}
            return _with(state, [fact for fact in known(state) if fact.id not in ids])


def known(state: Household) -> list[Fact]:
    return [*state.facts.values(), *state.former.values()]


def _apart(facts: Mapping[Series, Fact], keep: UUID, duplicate: UUID, parted: Container[UUID]) -> dict[Series, Series]:
    """What was told of the one and of the other stood for one of them: it goes with whom that was told of."""
    return {(keep, series): (duplicate, series) for (person, series), fact in facts.items() if person == keep and fact.id in parted}


def _looked_at(state: Household) -> Mapping[Series, Fact]:
    return state.closed.looked_at if state.closed is not None else {}


def _resourced(state: Household, renamed: Mapping[Series, Series], looked_at: Mapping[Series, Series]) -> Household:
    """The open clue goes on with the same sources, and what was looked at stays looked at, whoever it is about now."""
    if (closed := state.closed) is not None:
        told = {looked_at.get(one, one): fact for one, fact in closed.looked_at.items()}
        state = replace(state, closed=replace(closed, looked_at=told))
    if not isinstance(state.stage, ClueOpen):
        return state
    sources, answered = (frozenset(renamed.get(one, one) for one in told) for told in (state.stage.sources, state.stage.answered))
    return replace(state, stage=replace(state.stage, sources=sources, answered=answered))


def _with(state: Household, facts: Iterable[Fact]) -> Household:
    """Whether they count is for the caller to say."""
    return replace(state, facts={fact.id: fact for fact in facts}, former={})
