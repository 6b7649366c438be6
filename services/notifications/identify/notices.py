"""What there is to say of a message, and to whom by the routes of the pack."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from pipeline.envelope import Envelope
from pipeline.value import Value
from schemas.assistance import MeasureProposed
from schemas.enrollment import DeadlineEscalated, HouseholdEnrolled
from services.notifications.domain.commands import Notice, Target
from services.notifications.domain.policy import Policy
from services.notifications.domain.routing import Subject, route_of, targets_of
from services.notifications.matters import about


class Told(Value, frozen=True):
    """A notice, those of whom each names one person, and those that are told to everybody of a role."""

    notice: Notice
    one: Sequence[Target]
    many: Sequence[Target]


def to_notice(envelope: Envelope, policy: Policy) -> Told | None:
    """None of a message that no route concerns; what was taken over from before this log is told to nobody."""
    data: Any = envelope.data
    if isinstance(data, HouseholdEnrolled | MeasureProposed) and data.taken_over:
        return None  # it was so before this log, and who answers for the household knows
    _, _, part, kind, _ = data.TYPE.split(".") if data.TYPE.count(".") == 4 else ("",) * 5  # noqa: PLR2004
    subject = Subject(
        kind=kind,
        on=envelope.on,
        of=data.to if isinstance(data, DeadlineEscalated) else str(getattr(data, "kind", "")),
        department=str(getattr(data, "department", "") or ""),
        people=tuple(getattr(data, "group", ())),
    )
    route = route_of(subject, policy) if part == "event" else None
    if route is None:
        return None
    due = data.until if isinstance(data, DeadlineEscalated) else getattr(data, "due", None)
    notice = Notice(
        event=envelope.id,
        kind=kind,
        household=getattr(data, "household_id", None),
        due=due if isinstance(due, date) else None,
        urgency=route.urgency,
        area=str(getattr(data, "area", "")),
        escalates=route.escalates,
        about=about(data),
    )
    return Told(notice, *targets_of(route, subject))
