"""What a notice is about, and what says that it is over: which message, and of a row the read model."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from schemas import assistance, enrollment

# Of a letter, or of a notice that waits. By the index, whatever the planner thinks of `= ANY(about)`.
OVER: Final = "EXISTS (SELECT FROM unnest(about) AS of (matter) JOIN ended_matters USING (matter))"


def about(data: Any) -> tuple[UUID, ...]:  # noqa: ANN401 - the data of any message
    """The measure, referral or case with whose end nobody need be told of it any more; its household is another matter."""
    match data:
        case assistance.MeasureProposed(measure_id=measure):
            return (measure,)
        case assistance.ReferralSent(measure_id=measure, referral_id=referral):
            return (measure, referral)
        case assistance.ReferralOverdue(measure_id=measure, referral_id=referral):
            return (measure, referral)
        case enrollment.HouseholdEnrolled(case_id=case) | enrollment.ExitProposed(case_id=case):
            return (case,)
        case enrollment.EmergencyHelpStarted(case_id=case):
            return (case,)
        case _:
            return ()


def ended(data: Any) -> UUID | None:  # noqa: ANN401 - the data of any message
    """The matter that is over; a measure that was declined is not, its department may take it on after all."""
    match data:
        case assistance.MeasureEnded(measure_id=matter):
            return matter
        case assistance.ReferralAnswered(referral_id=matter):
            return matter
        case enrollment.HouseholdExited(case_id=matter) | enrollment.CaseEnded(case_id=matter):
            return matter
        case enrollment.HouseholdEnded(household_id=matter):
            return matter
        case _:
            return None


def resumed(data: Any) -> UUID | None:  # noqa: ANN401 - the data of any message
    """The household that has members, or the case that goes on because an appeal was right, whether or not it had ended before."""
    match data:
        case enrollment.MembersJoined(household_id=matter) | enrollment.CaseReopened(case_id=matter):
            return matter
        case _:
            return None
