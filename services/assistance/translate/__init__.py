"""The border of assistance: messages become commands, stored events become messages; pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, assert_never, cast
from uuid import UUID

from pipeline.envelope import Envelope
from pipeline.facts_lost import FactsLost
from pipeline.relay import Outgoing
from pipeline.store import Recorded
from pipeline.text_digest import text_digest
from schemas import assistance as words
from schemas.clock import DayStarted
from schemas.enrollment import (
    CaseEnded,
    HouseholdEnded,
    HouseholdEnrolled,
    HouseholdExited,
    HouseholdMoved,
    HouseholdRegistered,
    MembersJoined,
    ReferralAnswered,
    RiskAdded,
    RiskResolved,
)
from schemas.message import Message
from services.assistance.domain import commands, events
from services.assistance.domain.care.care_events import CareEvent
from services.assistance.domain.care.merge_events import CareFileGivenBack, CareFileTakenOver, PersonMerged, PersonUnmerged
from services.assistance.domain.commands import AnyCommand
from services.assistance.domain.referrals.referral_events import ReferralAnswered as Answered
from services.assistance.domain.referrals.referral_events import ReferralOverdue, ReferralSent
from services.assistance.domain.told_days import DayTold
from services.assistance.identify.found import Found
from services.assistance.translate import care, pairing, referrals, visits
from services.refused_command import with_again

# The stream of the days that were told.
TOLD_DAYS: Final = UUID("b09cf390-e405-5504-9ffd-f4c4b6857ea3")
TEXTS: Final = {
    "plan.already-open": "该户已有帮扶方案。 The household has an open plan.",
    "measure.not-open": "该措施未提出或已结束。 There is no such open measure.",
    "measure.not-ready": "措施尚未到这一步。 The measure has not reached this step.",
    "measure.begun": "措施已开始，不能再拒绝；如须停止请终止。 The measure has begun; end it instead of declining it.",
    "plan.not-open": "该户没有执行中的帮扶方案。 The household has no open plan.",
    "risk.not-in-plan": "方案中没有这项风险。 The plan knows no such risk.",
    **referrals.TEXTS,
    **visits.TEXTS,
    **pairing.TEXTS,
    **{code: text for code, (text, _) in care.TEXTS.items()},
}
# What whoever was refused can do about it, where that is not plain.
REMEDIES: Final = {
    "measure.not-open": "请核对措施编号和该户的方案。 Check the id of the measure and the household's plan.",
    **referrals.REMEDIES,
    **visits.REMEDIES,
    **pairing.REMEDIES,
    **{code: remedy for code, (_, remedy) in care.TEXTS.items()},
}


def to_commands(envelope: Envelope, found: Found) -> Sequence[tuple[UUID, AnyCommand]]:
    own, household = _own(envelope, found), found.household
    if household is None or not (found.answers or found.kept):
        return own
    asked = [*found.kept, *(_command(answer, found) for answer in found.answers)]
    return [*own, *((household, command) for command in asked if command is not None)]


def _own(envelope: Envelope, found: Found) -> Sequence[tuple[UUID, AnyCommand]]:
    asked = _asked(envelope, found)
    of_care = care.to_commands(envelope.data, found, asked)
    match envelope.data:
        case DayStarted(date=day) as started:
            of_day: dict[str, Any] = {**asked, "on": day}
            late = [(household, commands.CheckPlan(**of_day)) for household in found.late]
            told = (TOLD_DAYS, commands.TellDay(**of_day))
            return [*pairing.to_many(started, found.pairings, asked), *late, *of_care, told]
        case words.ReleaseCadre() as release:
            return pairing.to_many(release, found.pairings, asked)
        case HouseholdEnrolled() as enrolled:
            both = [pairing.where_it_lives(enrolled, asked), _command(envelope, found)]
            return [(enrolled.household_id, command) for command in both if command is not None]
        case _:
            command = _command(envelope, found)
            return [(found.household, command), *of_care] if command is not None and found.household is not None else of_care


def _asked(envelope: Envelope, found: Found) -> dict[str, Any]:
    """The fields of every command."""
    return {"id": envelope.id, "on": envelope.on, "today": found.today}


def _command(envelope: Envelope, found: Found) -> AnyCommand | None:
    asked = _asked(envelope, found)
    match envelope.data:
        case HouseholdEnrolled(case_id=case, episode=episode, risks=risks, taken_over=before):
            begun = tuple(commands.Help(one.answers, one.step) for one in before.measures) if before is not None else ()
            return commands.OpenPlan(**asked, case=case, episode=episode, risks=risks, before=begun)
        case RiskAdded(risk=risk):
            return commands.AnswerRisk(**asked, risk=risk)
        case RiskResolved(risk=risk):
            return commands.ResolveRisk(**asked, risk=risk)
        case HouseholdExited() | CaseEnded():
            return commands.ClosePlan(**asked)
        case words.AcceptMeasure(measure_id=measure):
            return commands.AdvanceMeasure(**asked, measure=measure, to="accepted")
        case words.StartMeasure(measure_id=measure):
            return commands.AdvanceMeasure(**asked, measure=measure, to="started")
        case words.DeliverMeasure(measure_id=measure, evidence=evidence):
            return commands.AdvanceMeasure(**asked, measure=measure, to="delivered", evidence_sha256=text_digest(evidence))
        case words.DeclineMeasure(measure_id=measure, reason=reason):
            return commands.DeclineMeasure(**asked, measure=measure, reason_sha256=text_digest(reason))
        case words.EndMeasure(measure_id=measure, reason=reason):
            return commands.EndMeasure(**asked, measure=measure, reason_sha256=text_digest(reason))
        case words.DraftPlan(measures=measures, unanswered=unanswered):
            drafts = tuple(commands.Draft(**measure.model_dump()) for measure in measures)
            reasons = tuple(commands.Unanswered(one.risk, text_digest(one.reason)) for one in unanswered)
            return commands.DraftPlan(**asked, source=envelope.source, measures=drafts, unanswered=reasons)
        case HouseholdRegistered() | HouseholdMoved() | HouseholdEnded() | MembersJoined() | words.AssignCadre():
            return pairing.to_command(envelope.data, found.left, asked)
        case ReferralAnswered() | words.AnswerReferral():
            return referrals.to_command(envelope.data, asked)
        case words.RecordVisit() | words.ResolveFinding():
            return visits.to_command(envelope.data, asked)
        case _:
            return None


def to_message(recorded: Recorded) -> Outgoing | None:
    """The public message of a stored event; None keeps it private."""
    if isinstance(recorded.event, FactsLost):
        return None
    event, about = cast("events.AnyEvent", recorded.event), recorded.stream
    if isinstance(event, CareEvent | events.CommandRefused) and event.household is not None:
        about = event.household
    elif isinstance(event, events.CadreLeft):
        about = event.cadre
    public = _public(about, event)
    return Outgoing(public, about) if public is not None else None


def _public(household: UUID, event: events.AnyEvent) -> Message | None:
    same: dict[str, Any] = {"household_id": household}
    match event:
        case events.PlanOpened(plan=plan, episode=episode, base=base, measures=measures, before=before, more_bases=more):
            named: dict[str, Any] = {"plan_id": plan, "base": base, "measures": measures, "more_bases": more or None}
            return words.PlanOpened(**same, **named, episode=episode, before_plan_id=before)
        case events.MeasureProposed():
            return _proposed(event, same)
        case events.MeasureAccepted(measure=measure, on=on):
            return words.MeasureAccepted(**same, measure_id=measure, on=on)
        case events.MeasureStarted(measure=measure, on=on, episode=episode):
            return words.MeasureStarted(**same, measure_id=measure, on=on, episode=episode)
        case events.MeasureDelivered(measure=measure, on=on, episode=episode):
            return words.MeasureDelivered(**same, measure_id=measure, on=on, episode=episode)
        case events.MeasureDeclined(measure=measure, on=on):
            return words.MeasureDeclined(**same, measure_id=measure, on=on)
        case events.MeasureEnded(measure=measure, on=on, because=because):
            return words.MeasureEnded(**same, measure_id=measure, on=on, because=because)
        case events.MeasureOverdue(measure=measure, kind=kind, department=department, due=due):
            return words.MeasureOverdue(**same, measure_id=measure, kind=kind, department=department, due=due)
        case events.PlanRevised() | DayTold():
            return None
        case events.RiskLeftUnanswered(plan=plan, risk=risk):
            return words.RiskLeftUnanswered(**same, plan_id=plan, risk=risk)
        case events.PlanClosed(plan=plan, on=on, running=running):
            return words.PlanClosed(**same, plan_id=plan, on=on, running=running or None)
        case events.CommandRefused():
            return _refused(event, same)
        case (
            events.HouseholdPlaced()
            | events.HouseholdEnded()
            | events.CadreAssigned()
            | events.CadreReleased()
            | events.CadreLeft()
            | events.CadreMissing()
            | events.CadreAnswers()
        ):
            return pairing.of_pairing(event, same)
        case events.VisitRecorded() | events.FindingResolved():
            return visits.of_visits(event, same)
        case ReferralSent() | Answered() | ReferralOverdue():
            return referrals.of_referrals(event, same)
        case PersonMerged() | PersonUnmerged() | CareFileTakenOver() | CareFileGivenBack():
            return care.of_merging(event)
        case CareEvent():
            return care.public(event)
        case _:
            assert_never(event)


def text_of(reason_code: str, limit: str | None) -> str:
    """The sentence of a refusal, Chinese first; empty for a code that a newer release wrote."""
    return TEXTS.get(reason_code, "").replace("{limit}", limit or "")


def _refused(event: events.CommandRefused, same: dict[str, Any]) -> words.CommandRefused:
    code, person = event.reason_code, event.person
    said: dict[str, Any] = {"reason_code": code, "text": text_of(code, event.limit), "remedy": with_again(REMEDIES.get(code, ""))}
    return words.CommandRefused(**same, **said, command_id=event.command, person_id=person)


def _proposed(event: events.MeasureProposed, same: dict[str, Any]) -> words.MeasureProposed:
    return words.MeasureProposed(
        **same,
        measure_id=event.measure,
        plan_id=event.plan,
        kind=event.kind,
        department=event.department,
        answers=event.answers,
        base=event.base,
        due=event.due,
        taken_over=event.taken_over or None,
        amount_fen=event.amount_fen,
        from_day=event.from_day,
        to_day=event.to_day,
        owner=event.owner,
    )
