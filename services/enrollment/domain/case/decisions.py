"""What somebody may appeal against: a decision on his household, whoever took it."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from pipeline.decider import Event
from services.enrollment.domain.case.procedure_events import AppealDecided, CaseEnded
from services.enrollment.domain.events import (
    ClueClosed,
    CommandRefused,
    EnrollmentRejected,
    ExitProposed,
    HouseholdEnrolled,
    HouseholdExited,
    StepCompleted,
    StepReturned,
)
from services.enrollment.domain.household.stages import case_opened_by

JUDGED: Final = frozenset({"verification", "comparison", "review", "township"})
TURNED_DOWN: Final = frozenset({"dismissed", "not-confirmed", "withdrawn"})
OBJECTION: Final = "objection.raised"


def case_of(decision: Event) -> UUID | None:
    """The one in which it was taken; of a clue, the one that it would have opened. None where it was about none."""
    return case_opened_by(decision.clue) if isinstance(decision, ClueClosed) else getattr(decision, "case", None)


def is_decision(event: Event) -> bool:
    """Also a refusal of a command, and a step that was judged; not what a fact brought about by itself."""
    match event:
        case HouseholdEnrolled() | EnrollmentRejected() | HouseholdExited() | CaseEnded():
            return True
        case ExitProposed() | AppealDecided() | CommandRefused():
            return True
        case StepCompleted(step=step):
            return step in JUDGED
        case StepReturned(by=by, reason_code=code):
            return bool(by) and code != OBJECTION
        case ClueClosed(reason=reason):
            return reason in TURNED_DOWN
        case _:
            return False
