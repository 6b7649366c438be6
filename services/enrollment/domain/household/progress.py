"""How far a case is: which steps are done and by whom, on the way in or on the way out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Literal, TypeAlias
from uuid import UUID

from msgspec import field
from msgspec.structs import replace

from pipeline.value import Value
from services.enrollment.domain.case.procedure_events import NoticeEnded, NoticePosted, ObjectionRaised
from services.enrollment.domain.events import StepCompleted, StepReturned
from services.enrollment.domain.fact import Fact, Series

ProgressEvent: TypeAlias = StepCompleted | StepReturned | NoticePosted | NoticeEnded | ObjectionRaised


class Progress(Value, frozen=True):
    """`done` are the steps with everybody who did them.

    `proposed_by` is who proposed an exit ("" is the machine), `proposed_on` the local date as of which it was proposed.
    `posted_until` is the last day on which the notice must hang, until it is closed, and `taken_down` that the day is over; `objected`,
    that a review must answer an objection;
    `returned` is what sent the case back last: its command, who said so and why, because another sender may use the same id.
    """

    done: Mapping[str, frozenset[str]] = field(default_factory=dict[str, frozenset[str]])
    posted_until: date | None = None
    taken_down: bool = False
    objected: bool = False
    returned: tuple[str, str, str | None] | None = None
    proposed_by: str = ""
    proposed_on: date = date.min
    method: Literal["help", "natural"] = "help"

    def after(self, event: ProgressEvent) -> Progress:
        match event:
            case StepCompleted(step="notice", by=by):
                return replace(self._did("notice", by), posted_until=None)
            case StepCompleted(step="review", by=by):
                return replace(self._did("review", by), objected=False)
            case StepCompleted(step=step, by=by):
                return self._did(step, by)
            case StepReturned(undone=undone):
                return replace(self.without(undone), returned=sent_back_by(event))
            case NoticePosted(until=until):
                return replace(self, posted_until=until, taken_down=False)
            case NoticeEnded():
                return replace(self, taken_down=True)
            case ObjectionRaised():
                return replace(self, objected=True)

    def without(self, undone: tuple[str, ...]) -> Progress:
        """A notice that hangs is taken down when it, or what it waits for, is done again."""
        done = {step: by for step, by in self.done.items() if step not in undone}
        return replace(self, done=done, posted_until=None if "notice" in undone else self.posted_until)

    def _did(self, step: str, by: str) -> Progress:
        return replace(self, done={**self.done, step: self.done.get(step, frozenset()) | {by}})


def sent_back_by(event: StepReturned) -> tuple[str, str, str | None] | None:
    """None where no command did."""
    return (event.command, event.by, event.reason_sha256) if event.command else None


class Closed(Value, frozen=True):
    """What somebody ended that may be appealed against: a case, an enrolment, or a clue, whose `case` would have been this one.

    `stood_at` is how far a case was that was rejected or withdrawn, None for an enrolment and a clue. `by` decided, "" where the event
    does not say; `claimed` are the risks that somebody had named, `looked_at` the facts that stood, `known` and `visited`
    those of a case.
    """

    case: UUID
    by: str
    stood_at: Progress | None
    claimed: frozenset[str] = frozenset()
    looked_at: Mapping[Series, Fact] = field(default_factory=dict[Series, Fact])
    known: frozenset[UUID] = frozenset()
    visited: datetime | None = None


class Appeal(Value, frozen=True):
    """`decided_by` are those who took the decision that it is against, and who ended the last case: none of them decides it.

    Nor does who `filed` it. `against` is what had ended when it was filed, which may be covered up by what ends after it.
    """

    id: UUID
    decided_by: frozenset[str]
    filed: str = ""
    against: Closed | None = None

    def ended(self, last: Closed | None) -> Closed | None:
        """What goes on when it is right: the `last` case that ended, or what it is against, where only a clue or nothing ended since."""
        return last if last is not None and (last.stood_at is not None or self.against is None) else self.against
