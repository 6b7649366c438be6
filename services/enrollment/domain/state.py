"""What the next decision about a household needs to know, and how each event changes it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, TypeAlias, assert_never, cast
from uuid import UUID

from msgspec import field
from msgspec.structs import replace

from pipeline.decider import Event
from pipeline.value import Value
from services.enrollment.domain.commands import Category, Fact, Income, Series
from services.enrollment.domain.discovery_events import ApplicationReceived, ClueJoined, ClueSourceEnded, ScreeningReported
from services.enrollment.domain.events import (
    AnyEvent,
    CaseOpened,
    ClueClosed,
    ClueRaised,
    CommandRefused,
    DeadlineBreached,
    DeadlineMet,
    DeadlineStarted,
    EnrollmentRejected,
    ExitProposed,
    FactRecorded,
    FactUnmatched,
    FactWithdrawn,
    HouseholdEnrolled,
    HouseholdExited,
    HouseholdRegistered,
    MeasureCounted,
    RiskAdded,
    RiskResolved,
    StepCompleted,
    StepReturned,
)
from services.enrollment.domain.procedure_events import CaseEnded


class Outside(Value, frozen=True):
    """In the register, without an open clue or case."""


class ClueOpen(Value, frozen=True):
    """`sources` are the series that keep it open, `answered` those that led to nothing before.

    Where somebody `asked`, it stays open whatever the facts say.
    """

    clue: UUID
    sources: frozenset[Series] = frozenset()
    answered: frozenset[Series] = frozenset()
    asked: bool = False


class CaseOpen(Value, frozen=True):
    case: UUID


class Enrolled(Value, frozen=True):
    """`exit_proposed` is true from the proposal until a named person decided."""

    case: UUID
    risks: frozenset[str]
    helped: bool = False
    exit_proposed: bool = False


Stage: TypeAlias = Outside | ClueOpen | CaseOpen | Enrolled


class Unregistered(Value, frozen=True):
    """No household yet: the facts with these ids wait."""

    facts: frozenset[UUID] = frozenset()
    withdrawn: frozenset[UUID] = frozenset()


class Visit(Value, frozen=True):
    """What somebody found and reported: he may not decide on it."""

    by: str
    at: datetime
    income: Income | None
    unmet: tuple[str, ...]
    findings_sha256: str


class Household(Value, frozen=True):
    """`visited` is the last visit, `pack` the name of the policy pack that the last case was opened under.

    `requests` are the applications and screenings, `claimed` the risks that those of the present clue and case name.
    """

    id: UUID
    village_code: str
    category: Category
    members: frozenset[UUID]
    without_labour: bool
    stage: Stage = Outside()
    episode: int = 0
    facts: Mapping[UUID, Fact] = field(default_factory=dict[UUID, Fact])
    withdrawn: frozenset[UUID] = frozenset()
    visited: Visit | None = None
    deadlines: Mapping[str, date] = field(default_factory=dict[str, date])
    pack: str = ""
    requests: frozenset[UUID] = frozenset()
    claimed: frozenset[str] = frozenset()


State: TypeAlias = Unregistered | Household


def evolve(state: State, event: Event) -> State:
    """Total over the events of this service."""
    match state:
        case Unregistered():
            return _wait(state, event)
        case Household():
            return _change(state, cast("AnyEvent", event))
        case _:
            assert_never(state)


def _wait(state: Unregistered, event: Event) -> State:
    match event:
        case FactUnmatched(fact=fact):
            return replace(state, facts=state.facts | {fact.id})
        case FactWithdrawn(fact=fact):
            return replace(state, facts=state.facts - {fact}, withdrawn=state.withdrawn | {fact})
        case HouseholdRegistered():
            return _register(event, state.withdrawn)
        case _:
            return state


def _register(event: HouseholdRegistered, withdrawn: frozenset[UUID]) -> Household:
    return Household(
        id=event.household,
        village_code=event.village_code,
        category=event.category,
        members=frozenset(member.person for member in event.members),
        without_labour=all(member.labour_capacity == "none" for member in event.members),
        withdrawn=withdrawn,
    )


def _change(state: Household, event: AnyEvent) -> Household:
    match event:
        case FactRecorded(fact=fact):
            return replace(state, facts={**state.facts, fact.id: fact})
        case FactWithdrawn(fact=fact):
            facts = {identity: kept for identity, kept in state.facts.items() if identity != fact}
            return replace(state, facts=facts, withdrawn=state.withdrawn | {fact})
        case ClueRaised():
            return _clue(state, event)
        case ClueJoined(fact=fact):
            return _sources(state, fact)
        case ClueSourceEnded(fact=fact):
            return _sources(state, fact, ended=True)
        case ApplicationReceived(application=request, risks=risks) | ScreeningReported(screening=request, risks=risks):
            claimed = state.claimed if isinstance(state.stage, ClueOpen) else frozenset[str]()
            return replace(state, requests=state.requests | {request}, claimed=claimed | frozenset(risks))
        case ClueClosed():
            return replace(state, stage=Outside())
        case CaseOpened(case=case, episode=episode, pack=pack):
            return replace(state, stage=CaseOpen(case), episode=episode, pack=pack)
        case StepCompleted(by=by, at=at, income=income, unmet=unmet, findings_sha256=findings):
            return replace(state, visited=Visit(by, at, income, unmet, findings))
        case HouseholdEnrolled(case=case, risks=risks):
            return replace(state, stage=Enrolled(case, frozenset(risks)))
        case EnrollmentRejected() | HouseholdExited() | CaseEnded():
            return replace(state, stage=Outside())
        case RiskAdded(risk=risk):
            return _enrolled(state, risks=_risks(state) | {risk})
        case RiskResolved(risk=risk):
            return _enrolled(state, risks=_risks(state) - {risk})
        case MeasureCounted():
            return _enrolled(state, helped=True)
        case ExitProposed():
            return _enrolled(state, exit_proposed=True)
        case StepReturned():
            return _enrolled(state, exit_proposed=False)
        case DeadlineStarted(kind=kind, due=due):
            return replace(state, deadlines={**state.deadlines, kind: due})
        case DeadlineMet(kind=kind) | DeadlineBreached(kind=kind):
            return replace(state, deadlines={other: due for other, due in state.deadlines.items() if other != kind})
        case HouseholdRegistered() | FactUnmatched() | CommandRefused():
            return state
        case _:
            assert_never(event)


def _clue(state: Household, event: ClueRaised) -> Household:
    answered = frozenset(state.facts[fact].about for fact in event.answered if fact in state.facts)
    claimed = state.claimed if event.fact.id in state.requests else frozenset[str]()
    return _sources(replace(state, stage=ClueOpen(event.clue, answered=answered), claimed=claimed), event.fact)


def _sources(state: Household, fact: Fact, *, ended: bool = False) -> Household:
    match state.stage:
        case ClueOpen() as stage if fact.id in state.requests:
            return replace(state, stage=replace(stage, asked=True))
        case ClueOpen(sources=sources) as stage:
            return replace(state, stage=replace(stage, sources=sources - {fact.about} if ended else sources | {fact.about}))
        case _:
            return state


def _risks(state: Household) -> frozenset[str]:
    return state.stage.risks if isinstance(state.stage, Enrolled) else frozenset()


def _enrolled(state: Household, **changes: Any) -> Household:  # noqa: ANN401 - the fields of Enrolled
    return replace(state, stage=replace(state.stage, **changes)) if isinstance(state.stage, Enrolled) else state
