"""A 1+N plan: one base item and a measure for each risk, from the proposal to the proof of delivery."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import ClassVar, Final, Literal, TypeAlias, assert_never, cast
from uuid import UUID, uuid5

from msgspec import field
from msgspec.structs import replace
from pydantic import BaseModel

from pipeline.decider import Decider, Event
from pipeline.value import Value

# --- Commands ---


class Command(Value, frozen=True, kw_only=True):
    """`id` names the message that asked, `on` the local date of asking."""

    id: str
    on: date


class AssignCadre(Command, frozen=True, kw_only=True):
    cadre: UUID
    from_day: date


class Help(Value, frozen=True):
    """A measure that had begun before this log; `answers` is "base" or a risk."""

    answers: str
    to: Literal["started", "delivered"]


class OpenPlan(Command, frozen=True, kw_only=True):
    case: UUID
    episode: int
    risks: tuple[str, ...]
    before: tuple[Help, ...] = ()


class AnswerRisk(Command, frozen=True, kw_only=True):
    risk: str


class AdvanceMeasure(Command, frozen=True, kw_only=True):
    """A department accepts, starts or delivers; a delivery names its evidence by SHA-256."""

    measure: UUID
    to: Literal["accepted", "started", "delivered"]
    evidence_sha256: str | None = None


class ClosePlan(Command, frozen=True, kw_only=True):
    pass


AnyCommand: TypeAlias = AssignCadre | OpenPlan | AnswerRisk | AdvanceMeasure | ClosePlan

# --- Events ---


class CadreAssigned(Event, frozen=True):
    TOPIC: ClassVar = "assistance.cadre-assigned"
    cadre: UUID
    from_day: date


class PlanOpened(Event, frozen=True):
    TOPIC: ClassVar = "assistance.plan-opened"
    plan: UUID
    episode: int
    base: UUID
    measures: tuple[UUID, ...]


class MeasureProposed(Event, frozen=True):
    """`taken_over` says that the measure had begun before this log, so that nobody is asked for it."""

    TOPIC: ClassVar = "assistance.measure-proposed"
    measure: UUID
    plan: UUID
    kind: str
    department: str
    answers: tuple[str, ...]
    base: bool
    due: date
    taken_over: bool = False


class MeasureAccepted(Event, frozen=True):
    TOPIC: ClassVar = "assistance.measure-accepted"
    measure: UUID
    on: date


class MeasureStarted(Event, frozen=True):
    TOPIC: ClassVar = "assistance.measure-started"
    measure: UUID
    on: date


class MeasureDelivered(Event, frozen=True):
    TOPIC: ClassVar = "assistance.measure-delivered"
    measure: UUID
    on: date
    evidence_sha256: str | None


class MeasureEnded(Event, frozen=True):
    TOPIC: ClassVar = "assistance.measure-ended"
    measure: UUID
    on: date


class PlanClosed(Event, frozen=True):
    TOPIC: ClassVar = "assistance.plan-closed"
    plan: UUID
    on: date


class CommandRefused(Event, frozen=True):
    TOPIC: ClassVar = "assistance.command-refused"
    command: str
    reason_code: str


AnyEvent: TypeAlias = (
    CadreAssigned
    | PlanOpened
    | MeasureProposed
    | MeasureAccepted
    | MeasureStarted
    | MeasureDelivered
    | MeasureEnded
    | PlanClosed
    | CommandRefused
)

# --- State ---

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


# --- Rules ---


class Answer(BaseModel, frozen=True):
    kind: str
    department: str


class Policy(BaseModel, frozen=True):
    """The part of the pack that these rules read; `first_measure_days` in calendar days.

    A risk without an answer of its own has the base item's.
    """

    digest: str
    first_measure_days: int
    base: Answer
    answers: Mapping[str, Answer]


def decide(command: AnyCommand, state: State, policy: Policy) -> tuple[Event, ...]:
    match command:
        case AssignCadre(cadre=cadre, from_day=day):
            later = state.cadre is None or ((day, cadre) != state.cadre and day >= state.cadre[0])
            return (CadreAssigned(cadre=cadre, from_day=day),) if later else ()
        case OpenPlan():
            return _open(command, state, policy)
        case AnswerRisk(risk=risk, on=on):
            if state.plan is None or measure_id(state.plan.id, risk) in state.plan.measures:
                return ()
            return (_propose(state.plan.id, risk, on, policy),)
        case AdvanceMeasure():
            return _advance(command, state)
        case ClosePlan(on=on):
            if state.plan is None:
                return ()
            ended = tuple(MeasureEnded(measure=measure, on=on) for measure in state.plan.measures)
            return (*ended, PlanClosed(plan=state.plan.id, on=on))
        case _:
            assert_never(command)


def measure_id(plan: UUID, answers: str) -> UUID:
    return uuid5(plan, answers)


def _open(command: OpenPlan, state: State, policy: Policy) -> tuple[Event, ...]:
    plan = uuid5(command.case, f"plan {command.episode}")
    if state.plan is not None:
        return () if state.plan.id == plan else (CommandRefused(command=command.id, reason_code="plan.already-open"),)
    if command.episode <= state.episode:
        return ()
    begun = {one.answers for one in command.before}
    proposed = [_propose(plan, answers, command.on, policy) for answers in dict.fromkeys(("base", *command.risks))]
    base, *measures = (replace(one, taken_over=(one.answers or ("base",))[0] in begun) for one in proposed)
    opened = PlanOpened(plan=plan, episode=command.episode, base=base.measure, measures=tuple(m.measure for m in measures))
    return (opened, base, *measures, *(event for one in command.before for event in _begun(plan, one, command.on)))


def _begun(plan: UUID, before: Help, on: date) -> tuple[Event, ...]:
    """How far a measure had come before this log; nobody here saw the evidence."""
    measure = measure_id(plan, before.answers)
    started = (MeasureAccepted(measure=measure, on=on), MeasureStarted(measure=measure, on=on))
    return started if before.to == "started" else (*started, MeasureDelivered(measure=measure, on=on, evidence_sha256=None))


def _propose(plan: UUID, answers: str, on: date, policy: Policy) -> MeasureProposed:
    base = answers == "base"
    answer = policy.answers.get(answers, policy.base)
    return MeasureProposed(
        measure=measure_id(plan, answers),
        plan=plan,
        kind=answer.kind,
        department=answer.department,
        answers=() if base else (answers,),
        base=base,
        due=on + timedelta(days=policy.first_measure_days),
    )


def _advance(command: AdvanceMeasure, state: State) -> tuple[Event, ...]:
    measures: Mapping[UUID, Step] = state.plan.measures if state.plan is not None else {}
    now = measures.get(command.measure)
    if now is None:
        return (CommandRefused(command=command.id, reason_code="measure.not-open"),)
    if NEXT.get(now) != command.to:
        passed = list(NEXT.values())
        repeated = now in passed and passed.index(command.to) <= passed.index(now)
        return () if repeated else (CommandRefused(command=command.id, reason_code="measure.not-ready"),)
    match command.to:
        case "accepted":
            return (MeasureAccepted(measure=command.measure, on=command.on),)
        case "started":
            return (MeasureStarted(measure=command.measure, on=command.on),)
        case "delivered":
            return (MeasureDelivered(measure=command.measure, on=command.on, evidence_sha256=command.evidence_sha256),)


DECIDER: Final[Decider[AnyCommand, State, Policy]] = Decider(decide, evolve, State())
