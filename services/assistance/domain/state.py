"""What the rules know of a household: where it is, who is paired with it and visited it, and its open plan; or a person in care."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final, Literal, TypeAlias, assert_never, cast
from uuid import UUID

from msgspec import field
from msgspec.structs import replace

from pipeline.decider import Event
from pipeline.value import Value
from services.assistance.domain.care import evolution, handing
from services.assistance.domain.care.care_events import CareEvent
from services.assistance.domain.care.care_file import CareFile
from services.assistance.domain.care.merge_events import CareFileGivenBack, CareFileTakenOver, PersonMerged, PersonUnmerged
from services.assistance.domain.events import (
    AnyEvent,
    CommandRefused,
    MeasureAccepted,
    MeasureDeclined,
    MeasureDelivered,
    MeasureEnded,
    MeasureOverdue,
    MeasureProposed,
    MeasureStarted,
    PlanClosed,
    PlanOpened,
    PlanRevised,
    RiskLeftUnanswered,
)
from services.assistance.domain.pairing.pairing_events import (
    CadreAnswers,
    CadreAssigned,
    CadreLeft,
    CadreMissing,
    CadreReleased,
    HouseholdEnded,
    HouseholdPlaced,
)
from services.assistance.domain.pairing.pairings import Pairings, assigned, released
from services.assistance.domain.pairing.stays import Stays, ends, lives
from services.assistance.domain.referrals.referral import Referral
from services.assistance.domain.referrals.referral_events import ReferralAnswered, ReferralOverdue, ReferralSent
from services.assistance.domain.told_days import DayTold
from services.assistance.domain.visits.visit_events import FindingResolved, VisitRecorded

Step: TypeAlias = Literal["proposed", "accepted", "started", "delivered", "declined", "ended"]
NEXT: Final[Mapping[Step, Step]] = {"proposed": "accepted", "accepted": "started", "started": "delivered"}
OVER: Final = frozenset({"declined", "ended"})


class Measure(Value, frozen=True):
    """`answers` are the risks, none for the base item; nobody was asked where there is no `referral`.

    `due` is the last local date in time to begin, `overdue` says that it was told to be late. `served` are the risks that were resolved
    after it had been delivered for them: it answers none of them that comes back. `episode` is that of its plan.
    """

    step: Step
    kind: str
    answers: tuple[str, ...]
    department: str = ""
    due: date | None = None
    overdue: bool = False
    referral: Referral | None = None
    served: frozenset[str] = frozenset()
    episode: int = 0

    @property
    def is_open(self) -> bool:
        return self.step not in OVER

    def after_resolving(self, risk: str) -> Measure:
        """After a risk was resolved."""
        return replace(self, served=self.served | {risk}) if risk in self.answers and self.step == "delivered" else self


class Plan(Value, frozen=True):
    """`unanswered` are the digests of the reasons why a risk has no measure, `resolved` the risks that are no more."""

    id: UUID
    measures: Mapping[UUID, Measure] = field(default_factory=dict[UUID, Measure])
    unanswered: Mapping[str, str] = field(default_factory=dict[str, str])
    resolved: frozenset[str] = frozenset()

    @property
    def risks(self) -> frozenset[str]:
        """Every risk that a measure was proposed for."""
        return frozenset(risk for measure in self.measures.values() for risk in measure.answers)


class Place(Value, frozen=True):
    """Where the household lives; `ended` is the first day on which nobody is a member any more."""

    village_code: str
    category: str
    ended: date | None = None


class State(Value, frozen=True):
    """`plan` is the open one, `last` the one before it, `episode` that of the last.

    `running` are measures of a plan that is closed; `unanswered` of a plan are the digests of the reasons, by risk.
    `stays` are the towns in which the household lived, and when it ended.
    `unpaired` says that a missing cadre was told and nothing changed since, `answering` who was told to answer from which day on;
    `resolved` are findings that are put right.
    `care` is what there is where the stream is that of a person in special-group care, `same_as` who he was found to be.
    `leavings` are the days on which he left, where the stream is that of a cadre.
    `told_day` is the last one that began, where the stream is that of the days.
    """

    plan: Plan | None = None
    last: UUID | None = None
    running: Mapping[UUID, Measure] = field(default_factory=dict[UUID, Measure])
    episode: int = 0
    place: Place | None = None
    stays: Stays = ()
    pairings: Pairings = ()
    unpaired: bool = False
    answering: CadreAnswers | None = None
    visits: Mapping[UUID, VisitRecorded] = field(default_factory=dict[UUID, VisitRecorded])
    resolved: frozenset[UUID] = frozenset()
    care: CareFile | None = None
    same_as: UUID | None = None
    leavings: frozenset[date] = frozenset()
    told_day: date | None = None

    @property
    def found(self) -> frozenset[UUID]:
        """Everything that any visit found."""
        return frozenset(one.finding for visit in self.visits.values() for one in visit.findings)

    @property
    def measures(self) -> Mapping[UUID, Measure]:
        """Everything that can go on: of the open plan, and what outlived an earlier one."""
        return {**self.running, **(self.plan.measures if self.plan is not None else {})}


def evolve(state: State, event: Event) -> State:
    stored = cast("AnyEvent", event)
    match stored:
        case PlanOpened(plan=plan, episode=episode):
            return replace(state, plan=Plan(plan), episode=episode, unpaired=False)
        case MeasureProposed(measure=measure, kind=kind, answers=answers, department=department, due=due):
            return _with(state, measure, Measure("proposed", kind, answers, department, due, episode=state.episode))
        case MeasureOverdue(measure=measure):
            return _changed(state, measure, overdue=True)
        case PlanRevised(risk=risk, open=is_open):
            return _revised(state, risk, is_open=is_open)
        case MeasureAccepted(measure=measure):
            return _changed(state, measure, step="accepted")
        case MeasureStarted(measure=measure):
            return _changed(state, measure, step="started")
        case MeasureDelivered(measure=measure):
            return _changed(state, measure, step="delivered")
        case MeasureDeclined(measure=measure):
            return _changed(state, measure, step="declined")
        case MeasureEnded(measure=measure):
            return _changed(state, measure, step="ended")
        case RiskLeftUnanswered(risk=risk, reason_sha256=reason):
            plan = state.plan
            return replace(state, plan=replace(plan, unanswered={**plan.unanswered, risk: reason})) if plan is not None else state
        case PlanClosed(plan=plan, running=running):
            going_on = {measure: state.measures[measure] for measure in running if measure in state.measures}
            return replace(state, plan=None, last=plan, running={**state.running, **going_on}, unpaired=False)
        case HouseholdPlaced(village_code=village, category=category, on=day):
            return replace(state, place=Place(village, category), stays=lives(state.stays, village, day), unpaired=False)
        case HouseholdEnded(on=day):
            place = replace(state.place, ended=day) if state.place is not None else None
            return replace(state, place=place, stays=ends(state.stays, day), unpaired=False)
        case CadreAssigned():
            return replace(state, pairings=assigned(state.pairings, stored), unpaired=False)
        case CadreReleased():
            return replace(state, pairings=released(state.pairings, stored))
        case CadreLeft(on=day):
            return replace(state, leavings=state.leavings | {day})
        case CadreMissing():
            return replace(state, unpaired=True)
        case CadreAnswers(cadre=cadre):
            return replace(state, answering=stored, unpaired=state.unpaired and cadre is None)
        case VisitRecorded(visit=visit):
            return replace(state, visits={**state.visits, visit: stored})
        case FindingResolved(finding=finding):
            return replace(state, resolved=state.resolved | {finding})
        case ReferralSent(referral=referral, measure=measure, department=department, due=due):
            return _changed(state, measure, referral=Referral(referral, department, due))
        case ReferralOverdue(referral=referral, measure=measure, department=department, due=due):
            return _changed(state, measure, referral=Referral(referral, department, due, overdue=True))
        case ReferralAnswered() | CommandRefused():
            return state
        case PersonMerged(into=into):
            return replace(state, same_as=into)
        case PersonUnmerged():
            return replace(state, same_as=None)
        case DayTold(day=day):
            return replace(state, told_day=day)
        case CareFileTakenOver() | CareFileGivenBack():
            return replace(state, care=handing.handed(state.care, stored))
        case CareEvent():
            return replace(state, care=evolution.evolve(state.care, stored))
        case _:
            assert_never(stored)


def _changed(state: State, measure: UUID, **changes: Any) -> State:  # noqa: ANN401 - the fields of Measure
    known = state.measures.get(measure)
    return _with(state, measure, replace(known, **changes)) if known is not None else state


def _revised(state: State, risk: str, *, is_open: bool) -> State:
    plan = state.plan
    if plan is None:
        return state
    if is_open:
        return replace(state, plan=replace(plan, resolved=plan.resolved - {risk}))
    measures = {identity: measure.after_resolving(risk) for identity, measure in plan.measures.items()}
    return replace(state, plan=replace(plan, measures=measures, resolved=plan.resolved | {risk}))


def _with(state: State, identity: UUID, measure: Measure) -> State:
    """In the open plan; what outlived an earlier one stays apart, and is forgotten when it is over."""
    if identity in state.running:
        others = {one: kept for one, kept in state.running.items() if one != identity}
        return replace(state, running={**others, identity: measure} if measure.is_open else others)
    plan = state.plan
    return replace(state, plan=replace(plan, measures={**plan.measures, identity: measure})) if plan is not None else state
