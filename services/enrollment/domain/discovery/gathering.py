"""What the events of a clue, and of who comes to a case, change in what is known of a household."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from msgspec.structs import replace

from services.enrollment.domain.discovery.discovery_events import CaseJoined, ClueJoined
from services.enrollment.domain.events import ClueRaised
from services.enrollment.domain.fact import Fact
from services.enrollment.domain.household.stages import CaseOpen, ClueOpen, Coming, Enrolled, Stage
from services.enrollment.domain.household.state import Household

# What crosses no threshold and raises a clue all the same: those who left a household with one are looked at, and those who are back.
CHANGES: Final = frozenset(
    {"household-split", "household-merged", "household-moved", "marriage-registered", "person-died", "persons-merged", "persons-unmerged"}
)


def raised(state: Household, event: ClueRaised) -> Household:
    answered = frozenset(state.facts[fact].about for fact in event.answered if fact in state.facts)
    claimed = state.claimed if _is_request(event.fact, state) else frozenset[str]()
    running, line, assignment = state.running.by_a_clue(), event.line or state.line, event.assignment or state.assignment
    stage = ClueOpen(event.clue, answered=answered, since=event.fact.heard_at)
    clue = replace(state, stage=stage, claimed=claimed, running=running, line=line, assignment=assignment)
    return _with_source(_with_risks(clue, event.fact, event.claimed), event.fact, event.claimed)


def joined(state: Household, event: ClueJoined) -> Household:
    return _with_source(_with_risks(state, event.fact, event.claimed), event.fact, event.claimed)


def _is_request(fact: Fact, state: Household) -> bool:
    """Somebody asked by it, or came in by it with what he had asked for elsewhere."""
    return fact.id in state.requests or (state.request is not None and fact.id == state.request.id)


def _with_risks(state: Household, change: Fact, claimed: tuple[str, ...]) -> Household:
    """That came along by a change, which stands for the application or the screening that named them."""
    return replace(state, claimed=state.claimed.union(claimed), request=change) if claimed else state


def _with_source(state: Household, fact: Fact, claimed: tuple[str, ...]) -> Household:
    match state.stage:
        case ClueOpen() as stage if fact.id in state.requests:
            return replace(state, stage=replace(stage, asked=True), request=fact)
        case ClueOpen(kept=before) as stage if fact.name in CHANGES:
            return replace(state, stage=replace(stage, kept=Coming(fact, claimed).after(before)))
        case ClueOpen(sources=sources) as stage:
            return replace(state, stage=replace(stage, sources=sources | {fact.about}))
        case _:
            return state


def without_source(state: Household, fact: Fact) -> Household:
    stage = state.stage
    return replace(state, stage=replace(stage, sources=stage.sources - {fact.about})) if isinstance(stage, ClueOpen) else state


def case_joined(state: Household, event: CaseJoined) -> Household:
    known = _with_risks(state, event.fact, event.claimed)
    match known.stage:
        case (CaseOpen(unseen=before) | Enrolled(unseen=before)) as stage:
            return replace(known, stage=replace(stage, unseen=Coming(event.fact, event.claimed).after(before)))
        case _:
            return known


def seen(stage: Stage, at: datetime) -> Stage:
    """A visit sees everybody."""
    match stage:
        case CaseOpen(unseen=coming, visited=before):
            return replace(stage, unseen=_came_after(at, coming), visited=max(at, before or at))
        case Enrolled(unseen=coming):
            return replace(stage, unseen=_came_after(at, coming))
        case _:
            return stage


def _came_after(at: datetime, coming: Coming | None) -> Coming | None:
    """A visit that is told late saw nobody who came after it."""
    return coming if coming is not None and coming.fact.heard_at > at else None
