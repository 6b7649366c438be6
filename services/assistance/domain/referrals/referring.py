"""What follows for the departments that a plan asks: every measure is referred, every answer is told, silence is told once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Final

from msgspec.structs import replace

from pipeline.decider import Event, Events
from services.assistance.domain.commands import AdvanceMeasure, AnyCommand, DeclineMeasure
from services.assistance.domain.events import CommandRefused, MeasureAccepted, MeasureDeclined, MeasureProposed
from services.assistance.domain.policy import Policy
from services.assistance.domain.referrals.referral import UnmatchedAnswer, referral_id
from services.assistance.domain.referrals.referral_commands import AnswerReferral
from services.assistance.domain.referrals.referral_events import ReferralAnswered, ReferralOverdue, ReferralSent
from services.assistance.domain.state import State

UNKNOWN: Final = "referral.unknown"


def meant_by(answer: AnswerReferral, state: State) -> AdvanceMeasure | DeclineMeasure | str:
    """What the department says of its measure, or the reason code why its answer does not count."""
    for measure, known in state.measures.items():
        if known.referral is None or known.referral.id != answer.referral:
            continue
        if answer.department not in {None, known.referral.department}:
            return "referral.another-department"
        if answer.outcome == "accepted":
            return AdvanceMeasure(id=answer.id, on=answer.on, measure=measure, to="accepted")
        return DeclineMeasure(id=answer.id, on=answer.on, measure=measure, reason_sha256=answer.reason_sha256)
    return UNKNOWN


def not_counted(answer: AnswerReferral, reason_code: str) -> CommandRefused:
    """After a restore a department's answer may be read before what asks for it: it is kept, and nobody has to ask for it again."""
    refused = CommandRefused(command=answer.id, reason_code=reason_code)
    if reason_code != UNKNOWN or answer.department is None:
        return refused
    return replace(refused, unmatched=UnmatchedAnswer(answer.referral, answer.department, answer.outcome, answer.on))


def with_referrals(happened: Events, command: AnyCommand, state: State, policy: Policy) -> Events:
    """The same, with what it means to the departments."""
    return tuple(event for one in happened for event in (one, *_referred(one, command, state, policy)))


def overdue(state: State, on: date, policy: Policy) -> Iterable[ReferralOverdue]:
    """Each that nobody answered before `on`, once."""
    for measure, known in state.measures.items():
        referral = known.referral
        if referral is not None and known.step == "proposed" and referral.due < on and not referral.overdue:
            yield ReferralOverdue(
                referral=referral.id,
                measure=measure,
                department=referral.department,
                due=referral.due,
                level=policy.referrals.overdue_to,
            )


def _referred(event: Event, command: AnyCommand, state: State, policy: Policy) -> Events:
    match event:
        case MeasureProposed(taken_over=False):
            days = policy.referrals.days_of.get(event.department, policy.referrals.days)
            return (
                ReferralSent(
                    referral=referral_id(event.measure),
                    measure=event.measure,
                    department=event.department,
                    kind=event.kind,
                    answers=event.answers,
                    due=command.came + timedelta(days=days),
                ),
            )
        case MeasureAccepted():
            return _answered(event, command.reason_sha256 if isinstance(command, AnswerReferral) else None, state)
        case MeasureDeclined(reason_sha256=reason):
            return _answered(event, reason, state)
        case _:
            return ()


def _answered(event: MeasureAccepted | MeasureDeclined, reason: str | None, state: State) -> Events:
    """Where nobody was asked, nobody answers: what had begun before this log, or was proposed before there were referrals."""
    known = state.measures.get(event.measure)
    if known is None or known.referral is None:
        return ()
    return (
        ReferralAnswered(
            referral=known.referral.id,
            measure=event.measure,
            department=known.referral.department,
            outcome="accepted" if isinstance(event, MeasureAccepted) else "declined",
            on=event.on,
            reason_sha256=reason,
        ),
    )
