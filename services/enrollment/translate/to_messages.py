"""The door out: which message tells a stored event to the others; pure."""

from __future__ import annotations

from typing import Any, assert_never, cast
from uuid import UUID

from msgspec.structs import asdict

from pipeline.decider import Event
from pipeline.facts_lost import FactsLost
from pipeline.relay import Outgoing
from pipeline.store import Recorded
from schemas import enrollment as words
from schemas.message import Message
from services.enrollment.domain import commands, events
from services.enrollment.domain.case.opening import TakenOver
from services.enrollment.domain.case.procedure_events import ProcedureEvent
from services.enrollment.domain.clocks.deadline_events import DeadlineEvent
from services.enrollment.domain.clocks.told_days import DayTold
from services.enrollment.domain.discovery.discovery_events import (
    ApplicationReceived,
    CaseJoined,
    ClueJoined,
    ClueSourceEnded,
    ScreeningReported,
)
from services.enrollment.domain.erasure.custody_events import DataRead, ErasureRequested, PersonErased
from services.enrollment.domain.judging.layer_events import BenefitConflictDetected, BenefitConflictEnded
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
from services.enrollment.domain.members.person_events import PersonsMerged, PersonsUnmerged
from services.enrollment.domain.pack.lines import Basis
from services.enrollment.domain.reporting import feed_events
from services.enrollment.domain.reporting.feed_events import FeedCompared, FeedFollowed, SourceOverdue
from services.enrollment.domain.reporting.referral_answers import ReferralAnswered
from services.enrollment.refusals import APPEAL, text_of, text_with
from services.enrollment.translate import deadlines, persons, procedure, referrals
from services.enrollment.translate.changes import to_public
from services.enrollment.translate.custody import of_custody
from services.enrollment.translate.discovery import clue_closed, of_discovery, of_feeds
from services.enrollment.translate.layers import of_layers
from services.enrollment.translate.publications import to_announcement
from services.refused_command import with_again


def to_message(recorded: Recorded) -> Outgoing | None:
    """The public message of a stored event; None keeps it private."""
    said = _public(recorded.stream, recorded.event, recorded)
    return Outgoing(said, recorded.stream) if said is not None else None


def _public(household: UUID, event: Event, recorded: Recorded) -> Message | None:
    stored = cast("events.AnyEvent | FactsLost", event)
    same: dict[str, Any] = {"household_id": household}
    match stored:
        case events.FactRecorded(fact=fact):
            return words.FactRecorded(**same, person_id=fact.person, **_reported(fact))
        case events.HouseholdRegistered(village_code=village, category=category, members=members, origin=origin, opening=opening):
            ids = tuple(member.person for member in members)
            more: dict[str, Any] = {"member_count": len(members), "split_from": origin, "opening": opening or None}
            return words.HouseholdRegistered(**same, village_code=village, category=category, person_ids=ids, **more)
        case events.FactUnmatched(fact=fact):
            where: dict[str, Any] = {"department": fact.department or None, "village_code": fact.village_code}
            return words.FactUnmatched(person_id=fact.person, **_reported(fact), **where)
        case events.FactWithdrawn(source=source, reference=reference):
            return words.FactWithdrawn(fact_source=source, fact_id=reference)
        case events.ClueRaised(clue=clue, risk=risk, fact=fact, due=due):
            return words.ClueRaised(**same, clue_id=clue, risk=risk, fact_source=fact.source, fact_id=fact.reference, due=due)
        case events.ClueClosed():
            return clue_closed(household, stored, recorded.metadata.actor)
        case ClueJoined() | ClueSourceEnded() | ApplicationReceived() | ScreeningReported():
            return of_discovery(household, stored)
        case FeedFollowed() | feed_events.FeedDelivered() | FeedCompared() | SourceOverdue():
            return of_feeds(stored)
        case ReferralAnswered():
            return referrals.to_public(stored)
        case events.CaseOpened(case=case, episode=episode, pack=pack, basis=basis):
            return words.CaseOpened(**same, case_id=case, episode=episode, pack=pack, basis=_basis(basis))
        case events.StepCompleted(case=case, step=step, evaluation=judged, visit=visit):
            basis = _basis(judged.basis)
            return words.StepCompleted(**same, case_id=case, step=step, evaluation=_evaluation(judged), basis=basis, visit_id=visit)
        case events.StepReturned(case=case, step=step, reason_code=code, undone=undone):
            return words.StepReturned(**same, case_id=case, step=step, reason_code=code, undone=undone or None)
        case events.HouseholdEnrolled():
            return _enrolled(stored, same, recorded)
        case events.EnrollmentRejected(case=case, reason_code=code, evaluation=judged):
            text, remedy = text_of(code)
            told: dict[str, Any] = {"reason_code": code, "text": text, "remedy": remedy, "appeal": APPEAL, "basis": _basis(judged.basis)}
            return words.EnrollmentRejected(**same, case_id=case, **told)
        case events.HouseholdReevaluated(case=case, episode=episode, evaluation=judged):
            basis = _basis(judged.basis)
            return words.HouseholdReevaluated(**same, case_id=case, episode=episode, evaluation=_evaluation(judged), basis=basis)
        case events.LinePublished() | events.PackPublished():
            return to_announcement(stored)
        case events.RiskAdded(risk=risk):
            return words.RiskAdded(**same, risk=risk)
        case events.RiskResolved(risk=risk):
            return words.RiskResolved(**same, risk=risk)
        case events.ExitProposed(case=case, episode=episode, method=method, due=due, evaluation=judged):
            basis = _basis(judged.basis)
            return words.ExitProposed(**same, case_id=case, episode=episode, method=method, due=due, basis=basis)
        case events.HouseholdExited(case=case, episode=episode, method=method, basis=basis):
            return words.HouseholdExited(**same, case_id=case, episode=episode, method=method, basis=_basis(basis))
        case events.CommandRefused(command=command, reason_code=code, fits=fits, asks=asks, until=until, supported=supported):
            text, remedy = text_with(code, asks, supported), with_again(text_of(code)[1])
            text = f"{text} 截至 {until}。 Until {until}." if until is not None else text
            return words.CommandRefused(
                **same, command_id=command, reason_code=code, text=text, remedy=remedy, appeal=APPEAL, fits=fits or None, until=until
            )
        case ProcedureEvent():
            return procedure.to_message(household, stored)
        case DeadlineEvent():
            return deadlines.to_message(household, stored)
        case events.MeasureBegun() | events.MeasureCounted() | DayTold() | FactsHandedOn() | CaseJoined():
            return None
        case DataRead() | ErasureRequested() | PersonErased():
            return of_custody(stored)
        case MembersJoined() | MembersLeft() | MembershipRedated() | HouseholdMoved() | HeadChanged() | HouseholdEnded():
            return to_public(household, stored)
        case FactDoubted() | VillageUnknown() | VillageKnown():
            return to_public(household, stored)
        case BenefitConflictDetected() | BenefitConflictEnded():
            return of_layers(household, stored)
        case PersonsMerged() | PersonsUnmerged():
            return persons.to_public(household, stored)
        case FactsLost():
            return words.FactsLost(**asdict(stored))
        case _:
            assert_never(stored)


def _reported(fact: commands.Fact) -> dict[str, Any]:
    return {"fact": fact.name, "fact_source": fact.source, "fact_id": fact.reference, "valid_on": fact.valid_on}


def _evaluation(evaluation: events.Evaluation) -> words.Evaluation:
    return words.Evaluation.model_validate(evaluation, from_attributes=True)


def _basis(basis: Basis | None) -> words.Basis | None:
    return words.Basis.model_validate(basis, from_attributes=True) if basis is not None else None


def _enrolled(event: events.HouseholdEnrolled, same: dict[str, Any], recorded: Recorded) -> words.HouseholdEnrolled:
    return words.HouseholdEnrolled(
        **same,
        case_id=event.case,
        episode=event.episode,
        type=event.type,
        risks=event.risks,
        pack=event.pack,
        line_fen=event.evaluation.line_fen,
        basis=_basis(event.evaluation.basis),
        decision_event_id=recorded.event_id,
        taken_over=_taken_over(event.taken_over) if event.taken_over is not None else None,
        village_code=event.village_code or None,
        category=event.category or None,
    )


def _taken_over(before: TakenOver) -> words.TakenOver:
    measures = tuple(words.MeasureBefore(answers=one.answers, step=one.step) for one in before.help)
    return words.TakenOver(since=before.since, measures=measures)
