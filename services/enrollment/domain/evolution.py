"""How each event changes what is known of a household."""

from __future__ import annotations

from datetime import date
from typing import Any, assert_never, cast
from uuid import UUID

from msgspec.structs import replace

from pipeline.decider import Event
from schemas.clock import COUNTY_TIME
from services.enrollment.domain.case.closing import closed, filed, outside, reopened, upheld
from services.enrollment.domain.case.opening import Opening, TakenOver
from services.enrollment.domain.case.procedure_events import (
    AppealDecided,
    AppealFiled,
    CaseEnded,
    CaseReopened,
    EmergencyHelpStarted,
    NoticeEnded,
    NoticePosted,
    ObjectionRaised,
)
from services.enrollment.domain.clocks.deadline_events import DeadlineEvent
from services.enrollment.domain.clocks.running import without
from services.enrollment.domain.discovery.discovery_events import (
    ApplicationReceived,
    CaseJoined,
    ClueJoined,
    ClueSourceEnded,
    ScreeningReported,
)
from services.enrollment.domain.discovery.gathering import case_joined, joined, raised, seen, without_source
from services.enrollment.domain.events import (
    CaseOpened,
    ClueClosed,
    ClueRaised,
    CommandRefused,
    EnrollmentRejected,
    ExitProposed,
    FactRecorded,
    FactUnmatched,
    FactWithdrawn,
    HouseholdEnrolled,
    HouseholdExited,
    HouseholdReevaluated,
    HouseholdRegistered,
    MeasureBegun,
    MeasureCounted,
    OfHousehold,
    RiskAdded,
    RiskResolved,
    StepCompleted,
    StepReturned,
)
from services.enrollment.domain.fact import Fact
from services.enrollment.domain.household.progress import Progress, ProgressEvent, sent_back_by
from services.enrollment.domain.household.stages import CaseOpen, ClueOpen, Enrolled, Outside
from services.enrollment.domain.household.state import Conflict, Household, State, Unregistered, Visit
from services.enrollment.domain.household.stays import Ended, able_as_seen, stays_of
from services.enrollment.domain.judging.layer_events import BenefitConflictDetected, BenefitConflictEnded
from services.enrollment.domain.members.belonging import belong, counts
from services.enrollment.domain.members.change_events import (
    FactDoubted,
    FactsHandedOn,
    HeadChanged,
    HouseholdEnded,
    HouseholdMoved,
    MembershipRedated,
    MembersJoined,
    MembersLeft,
    VillageKnown,
    VillageUnknown,
)
from services.enrollment.domain.members.one_person import of_own
from services.enrollment.domain.members.person_events import PersonsMerged, PersonsUnmerged
from services.enrollment.domain.pack.lines import Basis, Line, told_last
from services.enrollment.domain.publications.publication_events import LinePublished, PackPublished


def evolve(state: State, event: Event) -> State:
    """Total over the events of a household, and of somebody or some area that has none."""
    match state:
        case Unregistered():
            return _wait(state, event)
        case Household():
            return _change(state, cast("OfHousehold", event))
        case _:
            assert_never(state)


def _wait(state: Unregistered, event: Event) -> State:
    match event:
        case FactUnmatched(fact=fact):
            return replace(state, facts=state.facts | {fact.id})
        case FactWithdrawn(fact=fact):
            return replace(state, facts=state.facts - {fact}, withdrawn=state.withdrawn | {fact})
        case LinePublished(line=told) | PackPublished(assignment=told):
            return replace(state, published=told_last(state.published, told))
        case HouseholdRegistered():
            return _register(event, state)
        case ScreeningReported():
            return replace(state, reported=(*state.reported, event))
        case PersonsMerged() | PersonsUnmerged():
            return of_own(state, event)
        case _:
            return state


def _register(event: HouseholdRegistered, before: Unregistered) -> Household:
    return Household(
        id=event.household,
        village_code=event.village_code,
        category=event.category,
        stays=stays_of(event.members, event.since, None),
        regrouped=event.since or date.min,
        withdrawn=before.withdrawn,
        requests=frozenset(one.screening for one in before.reported),
        claimed=frozenset(risk for one in before.reported for risk in one.risks),
    )


def _change(state: Household, event: OfHousehold) -> Household:
    match event:
        case FactRecorded(fact=fact, settles=None):
            return _recorded(state, fact)
        case FactRecorded(fact=fact, settles=what):
            return replace(_recorded(state, fact), settled={**state.settled, what: fact.told})
        case FactDoubted(fact=fact):
            return replace(state, former={**state.former, fact.id: fact})
        case FactWithdrawn(fact=fact):
            facts, former = without(state.facts, fact), without(state.former, fact)
            return replace(state, facts=facts, former=former, withdrawn=state.withdrawn | {fact})
        case FactsHandedOn(facts=facts):
            gone = frozenset(fact.id for fact in facts)
            return replace(state, former={one: fact for one, fact in state.former.items() if one not in gone})
        case ClueRaised():
            return raised(state, event)
        case ClueJoined():
            return joined(state, event)
        case CaseJoined():
            return case_joined(state, event)
        case ClueSourceEnded(fact=fact):
            return without_source(state, fact)
        case ApplicationReceived(application=request, risks=risks) | ScreeningReported(screening=request, risks=risks):
            claimed = frozenset[str]() if isinstance(state.stage, Outside) else state.claimed
            return replace(state, requests=state.requests | {request}, claimed=claimed | frozenset(risks))
        case ClueClosed(reason="dismissed" | "not-confirmed" | "withdrawn") if isinstance(state.stage, ClueOpen):
            return closed(state, state.stage.case, "")
        case ClueClosed():
            return replace(state, stage=Outside())
        case CaseOpened(case=case, episode=episode, pack=pack, basis=basis):
            return replace(
                state,
                stage=CaseOpen(case, known=frozenset(state.facts)),
                episode=episode,
                pack=pack,
                line=_line(basis),
                compared=frozenset(),
            )
        case StepCompleted():
            return _stepped(_progressed(state, event), event)
        case StepReturned(undone=undone) if "comparison" in undone:
            return replace(_progressed(state, event), compared=frozenset())
        case NoticePosted() | NoticeEnded() | ObjectionRaised():
            return _progressed(state, event)
        case HouseholdEnrolled(case=case, risks=risks, evaluation=judged):
            unseen = state.stage.unseen if isinstance(state.stage, CaseOpen) else None
            enrolled = replace(state, stage=Enrolled(case, frozenset(risks), unseen=unseen), line=_line(judged.basis))
            return _taken_over(enrolled, event, event.taken_over) if event.taken_over is not None else enrolled
        case HouseholdReevaluated(evaluation=judged):
            return replace(state, line=_line(judged.basis))
        case EnrollmentRejected(case=case, by=by) | HouseholdExited(case=case, by=by) | CaseEnded(case=case, reason="voided", by=by):
            return closed(state, case, by)
        case CaseEnded(case=case, reason="withdrawn", by=by) if state.appeal is None:
            return closed(state, case, by)
        case CaseEnded():
            return outside(state)
        case CaseReopened():
            return reopened(state, event)
        case EmergencyHelpStarted(case=case):
            return replace(state, emergency=case)
        case AppealFiled():
            return filed(state, event)
        case AppealDecided(outcome="approved") if isinstance(state.stage, Outside | ClueOpen) and state.appeal is not None:
            return upheld(state, state.appeal)
        case AppealDecided():
            return replace(state, appeal=None)
        case RiskAdded(risk=risk):
            return _enrolled(state, risks=_risks(state) | {risk})
        case RiskResolved(risk=risk):
            return _enrolled(state, risks=_risks(state) - {risk})
        case MeasureBegun(measure=measure):
            return _enrolled(_counted(state, measure), begun=True)
        case MeasureCounted(measure=measure):
            return _enrolled(_counted(state, measure), helped=True)
        case ExitProposed(by=by, method=method, on=on):
            proposed = Progress(proposed_by=by, proposed_on=on or date.min, method=method)
            return _enrolled(state, exit_proposed=True, progress=proposed, known=frozenset(state.facts), unseen=None)
        case StepReturned(step="exit"):
            return _enrolled(state, exit_proposed=False, progress=Progress(returned=sent_back_by(event)))
        case StepReturned():
            return _progressed(state, event)
        case DeadlineEvent():
            return replace(state, running=state.running.after(event))
        case MembersJoined() | MembersLeft() | MembershipRedated() | HouseholdMoved() | HeadChanged() | PersonsMerged() | PersonsUnmerged():
            return belong(state, event)
        case HouseholdEnded(reason=reason, on=day, pending=pending):
            return replace(state, ended=Ended(reason, day, pending), unplaced="", stage=Outside(), running=state.running.outside())
        case VillageUnknown(village_code=code):
            return replace(state, unplaced=code)
        case VillageKnown():
            return replace(state, unplaced="")
        case BenefitConflictDetected(person=person, higher=higher, lower=lower):
            return replace(state, conflicts=state.conflicts | {Conflict(person, higher.benefit, lower.benefit)})
        case BenefitConflictEnded(person=person, higher=higher, lower=lower):
            return replace(state, conflicts=state.conflicts - {Conflict(person, higher, lower)})
        case HouseholdRegistered() | FactUnmatched() | CommandRefused():
            return state
        case _:
            assert_never(event)


def _counted(state: Household, measure: UUID) -> Household:
    return replace(state, counted={measure: state.episode, **state.counted})


def _recorded(state: Household, fact: Fact) -> Household:
    if not counts(fact, state):
        return replace(state, former={**state.former, fact.id: fact})
    former = without(state.former, fact.id) if fact.id in state.former else state.former
    return replace(state, facts={**state.facts, fact.id: fact}, former=former)


def _stepped(state: Household, event: StepCompleted) -> Household:
    latest = max(state.latest, event.at.astimezone(COUNTY_TIME).date())
    match event:
        case StepCompleted(
            step="verification" | "recheck", by=by, at=at, income=income, unmet=unmet, findings_sha256=findings, visit=visit
        ):
            found = Visit(by, at, income, unmet, findings, visit)
            stays = able_as_seen(state.stays, event.labour, anew=state.last_visit(found) is found) if event.labour else state.stays
            return replace(state.after(found), latest=latest, stays=stays, stage=seen(state.stage, at))
        case StepCompleted(step="comparison"):
            return replace(state, latest=latest, compared=state.members)
        case _:
            return replace(state, latest=latest)


def _line(basis: Basis | None) -> Line | None:
    return basis.line if basis is not None else None


def _risks(state: Household) -> frozenset[str]:
    return state.stage.risks if isinstance(state.stage, Enrolled) else frozenset()


def _progressed(state: Household, event: ProgressEvent) -> Household:
    stage = state.stage
    return replace(state, stage=replace(stage, progress=stage.progress.after(event))) if isinstance(stage, CaseOpen | Enrolled) else state


def _taken_over(state: Household, event: HouseholdEnrolled, before: TakenOver) -> Household:
    # no fact here stands behind its risks: they count as those that somebody named
    claimed, latest = state.claimed | frozenset(event.risks), max(state.latest, before.since)
    return replace(state, claimed=claimed, latest=latest, taken_over=Opening(event.type, event.risks, before))


def _enrolled(state: Household, **changes: Any) -> Household:  # noqa: ANN401 - the fields of Enrolled
    return replace(state, stage=replace(state.stage, **changes)) if isinstance(state.stage, Enrolled) else state
