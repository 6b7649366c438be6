"""What the rules know of a household: who is paired with it, and its open plan."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final, Literal, TypeAlias, assert_never, cast
from uuid import UUID

from msgspec import field
from msgspec.structs import replace

from pipeline.decider import Event
from pipeline.value import Value
from services.assistance.domain.events import (
    AnyEvent,
    CadreAssigned,
    CommandRefused,
    MeasureAccepted,
    MeasureDelivered,
    MeasureEnded,
    MeasureProposed,
    MeasureStarted,
    PlanClosed,
    PlanOpened,
)

Step: TypeAlias = Literal["proposed", "accepted", "started", "delivered"]
NEXT: Final[Mapping[Step, Step]] = {"proposed": "accepted", "accepted": "started", "started": "delivered"}


class Plan(Value, frozen=True):
    id: UUID
    measures: Mapping[UUID, Step] = field(default_factory=dict[UUID, Step])


class State(Value, frozen=True):
    """`plan` is the open one, `episode` that of the last; `cadre` with the day from which he answers for the household."""

    cadre: tuple[date, UUID] | None = None
    plan: Plan | None = None
    episode: int = 0


def evolve(state: State, event: Event) -> State:
    stored = cast("AnyEvent", event)
    match stored:
        case CadreAssigned(cadre=cadre, from_day=day):
            return replace(state, cadre=(day, cadre))
        case PlanOpened(plan=plan, episode=episode):
            return replace(state, plan=Plan(plan), episode=episode)
        case MeasureProposed(measure=measure):
            return _step(state, measure, "proposed")
        case MeasureAccepted(measure=measure):
            return _step(state, measure, "accepted")
        case MeasureStarted(measure=measure):
            return _step(state, measure, "started")
        case MeasureDelivered(measure=measure):
            return _step(state, measure, "delivered")
        case PlanClosed():
            return replace(state, plan=None)
        case MeasureEnded() | CommandRefused():
            return state
        case _:
            assert_never(stored)


def _step(state: State, measure: UUID, step: Step) -> State:
    plan = state.plan
    return replace(state, plan=replace(plan, measures={**plan.measures, measure: step})) if plan is not None else state
