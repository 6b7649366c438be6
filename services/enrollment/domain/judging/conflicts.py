"""Nobody is in two layers of assistance at once: who has benefits of two is told once, with the benefit that should end."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeAlias
from uuid import UUID

from pipeline.decider import Event
from services.enrollment.domain.events import FactRecorded, FactWithdrawn
from services.enrollment.domain.fact import Fact
from services.enrollment.domain.household.state import Conflict, Household
from services.enrollment.domain.judging.layer_events import BenefitConflictDetected, BenefitConflictEnded, Held, LayerEvent
from services.enrollment.domain.members.change_events import MembersJoined, MembersLeft
from services.enrollment.domain.members.person_events import PersonsMerged, PersonsUnmerged
from services.enrollment.domain.pack.policy import Policy

Grants: TypeAlias = Mapping[str, Fact]


def followed(happened: Iterable[Event], after: Household, policy: Policy) -> tuple[LayerEvent, ...]:
    """The conflicts that ended and those that began; looked for only where somebody's benefits may be others than before."""
    if not any(_changes_benefits(event) for event in happened):
        return ()
    now = {} if after.ended is not None else conflicts(after, policy)
    over = sorted(after.conflicts - now.keys(), key=_order)
    begun = sorted(now.keys() - after.conflicts, key=_order)
    return (*(BenefitConflictEnded(one.person, one.higher, one.lower) for one in over), *(now[one] for one in begun))


def _changes_benefits(event: Event) -> bool:
    match event:
        case FactRecorded(fact=fact):
            return fact.benefit is not None
        case FactWithdrawn() | MembersJoined() | MembersLeft() | PersonsMerged() | PersonsUnmerged():
            return True
        case _:
            return False


def conflicts(state: Household, policy: Policy) -> dict[Conflict, BenefitConflictDetected]:
    """Of everybody the highest benefit against each one below; what the whole household was granted, each member has."""
    granted: dict[UUID | None, dict[str, Fact]] = {None: {}}
    for fact in state.standing().values():
        if not fact.present and (name := fact.benefit) is not None:
            granted.setdefault(fact.person, {})[name] = fact
    shared = granted[None]
    found = [event for person, own in granted.items() for event in _of(person, own, shared, policy)]
    return {Conflict(event.person, event.higher.benefit, event.lower.benefit): event for event in found}


def _of(person: UUID | None, own: Grants, shared: Grants, policy: Policy) -> Iterable[BenefitConflictDetected]:
    ranked = [
        (layer.name, benefit, (own.get(benefit) or shared[benefit]))
        for layer in policy.layers
        for benefit in layer.benefits
        if benefit in own or benefit in shared
    ]
    for layer, benefit, fact in ranked[1:]:
        highest_layer, highest, first = ranked[0]
        if layer != highest_layer and (highest in own or benefit in own):
            higher, lower = _held(highest, highest_layer, first), _held(benefit, layer, fact)
            yield BenefitConflictDetected(person, higher, lower, end_on=max(first.valid_on, fact.valid_on))


def _held(benefit: str, layer: str, fact: Fact) -> Held:
    return Held(benefit, layer, fact.id, fact.source, fact.reference)


def _order(conflict: Conflict) -> tuple[str, str]:
    """The household before its members; the higher benefit is the same for all of one person."""
    return (str(conflict.person or ""), conflict.lower)
