"""How a deadline ends in time: what it waits for was done by a person, or nobody has to do it any more.

Only the first is told as met. A clue that facts closed, a case that was withdrawn, voided or ended by a death, an enrolment that is over:
nobody did anything in time there, and an office that counts them as met flatters itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from pipeline.decider import Event, Events
from services.enrollment.domain.case.procedure_events import AppealDecided, CaseEnded, CaseReopened
from services.enrollment.domain.events import (
    CaseOpened,
    ClueClosed,
    EnrollmentRejected,
    HouseholdEnrolled,
    HouseholdExited,
    MeasureBegun,
    MeasureCounted,
    StepCompleted,
    StepReturned,
)
from services.enrollment.domain.pack.policy import Policy

# The step that each of these deadlines waits for.
STEPS: Final[Mapping[str, str]] = {"verify": "verification", "compare": "comparison", "review": "review"}
# Those who wait for an answer have one when the case is decided, whoever decided it.
DECIDED: Final = frozenset({"county-decision", "whole-entry"})
ANSWERED: Final = DECIDED | {"accept"}
NOT_IN_PACK: Final = "not-in-pack"


def why_dropped(kind: str, happened: Events, policy: Policy) -> str | None:
    """None where what the deadline waits for was done, else the reason code of what ended it; a pack may also not know it any more."""
    if any(_is_done(kind, event, policy) for event in happened):
        return None
    return next((reason for event in happened if (reason := _reason(event))), NOT_IN_PACK)


def _is_done(kind: str, event: Event, policy: Policy) -> bool:
    """A step that was held is done, whatever came of it: approved, rejected or sent back."""
    match event:
        case ClueClosed(reason="not-confirmed"):
            return kind in ANSWERED or kind == "verify"
        case ClueClosed(reason="dismissed"):
            return kind in ANSWERED or (kind == "verify" and dismissed_by_visitors(policy))
        case CaseOpened() | CaseReopened():
            return kind == "accept"
        case StepCompleted(step=step):
            return STEPS.get(kind) == step
        case StepReturned(step="exit", reason_code=code):
            return (kind == "exit-decision" and code.endswith(".rejected")) or code == f"{STEPS.get(kind)}.rejected"
        case StepReturned(reason_code=code):
            return code == f"{STEPS.get(kind)}.returned"
        case EnrollmentRejected(reason_code=code):
            return kind in DECIDED or code == f"{STEPS.get(kind)}.rejected"
        case HouseholdEnrolled():
            return kind in DECIDED
        case HouseholdExited():
            return kind == "exit-decision"
        case MeasureBegun() | MeasureCounted():
            return kind == "first-measure"
        case AppealDecided():
            return kind == "appeal-decision"
        case _:
            return False


def dismissed_by_visitors(policy: Policy) -> bool:
    """A dismissal answers a clue as a visit does where the procedure keeps it to those who visit.

    Dismissing is the act of verification (`acts.act`): where the pack gives that act to roles, whoever dismisses is somebody whose duty it
    is to look, and says what he saw. Where anybody with a name may dismiss, a desk could empty its worklist so, and nobody has looked.
    """
    return bool(policy.procedure.roles.get("verification"))


def _reason(event: Event) -> str:
    match event:
        case ClueClosed(reason="case-opened"):
            return ""
        case ClueClosed(reason=reason) | CaseEnded(reason=reason):
            return reason
        case EnrollmentRejected(reason_code=code) | StepReturned(reason_code=code):
            return code
        case CaseReopened():
            return "appeal.approved"
        case HouseholdExited():
            return "exited"
        case _:
            return ""
