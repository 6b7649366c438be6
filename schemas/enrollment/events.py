"""Events that enrollment publishes: internal ids only, never a name, a number or a free text."""

from __future__ import annotations

from typing import ClassVar, Literal
from uuid import UUID

from schemas.enrollment.commands import Category
from schemas.enrollment.opening import TakenOver
from schemas.enrollment.policy import Basis
from schemas.message import Count, Day, Fen, Figure, Flag, LongText, Message, Offset, Reference, Text, Value, VillageCode

Truth = Literal["true", "false", "unknown"]
Method = Literal["help", "natural"]


class HouseholdEvent(Message):
    household_id: UUID


class CaseEvent(HouseholdEvent):
    case_id: UUID


class HouseholdRegistered(HouseholdEvent):
    """A household entered the register; `split_from` is the one that its members left.

    `opening` is true where it comes from the register that was kept before. `person_ids` are internal, in the order of the registration.
    """

    TYPE: ClassVar = "suishi.enrollment.event.household-registered.v1"
    village_code: VillageCode
    category: Category
    member_count: Count
    person_ids: tuple[UUID, ...] | None = None
    split_from: UUID | None = None
    opening: Flag | None = None


class ReportedFact(Message):
    """`fact_source` and `fact_id` name the department's message; `person_id` is internal, absent for a whole household."""

    person_id: UUID | None = None
    fact: Text
    fact_source: Reference
    fact_id: Reference
    valid_on: Day


class FactRecorded(HouseholdEvent, ReportedFact):
    """A department's fact was taken for a household."""

    TYPE: ClassVar = "suishi.enrollment.event.fact-recorded.v1"


class FactUnmatched(ReportedFact):
    """A fact waits, because no registered household has the person; the town asks the department by `fact_source` and `fact_id`.

    `village_code` is where he lives, if the department knows it; else it is the department itself that is asked.
    """

    TYPE: ClassVar = "suishi.enrollment.event.fact-unmatched.v1"
    department: Text | None = None
    village_code: VillageCode | None = None


class FactWithdrawn(Message):
    """A department took a fact back."""

    TYPE: ClassVar = "suishi.enrollment.event.fact-withdrawn.v1"
    fact_source: Reference
    fact_id: Reference
    household_id: UUID | None = None


class ClueRaised(HouseholdEvent):
    """A fact crossed a threshold; somebody must visit by `due`."""

    TYPE: ClassVar = "suishi.enrollment.event.clue-raised.v1"
    clue_id: UUID
    risk: Text
    fact_source: Reference
    fact_id: Reference
    due: Day


class ClueClosed(HouseholdEvent):
    """A clue needs no visit any more; where somebody turned it down, who, why, what can be done, where to appeal."""

    TYPE: ClassVar = "suishi.enrollment.event.clue-closed.v1"
    clue_id: UUID
    reason: Literal["dismissed", "facts-corrected", "case-opened", "not-confirmed", "withdrawn", "household-changed", "household-ended"]
    by: Text | None = None
    reason_code: Text | None = None
    text: Text | None = None
    remedy: Text | None = None
    appeal: Text | None = None


class CaseOpened(CaseEvent):
    """A visit confirmed a clue; the case keeps its policy pack."""

    TYPE: ClassVar = "suishi.enrollment.event.case-opened.v1"
    episode: Count
    pack: Text
    basis: Basis | None = None


class Ask(Value):
    """What is missing to decide a criterion, and who can supply it."""

    what: Text
    of: tuple[Text, ...]


class Criterion(Value):
    """One criterion with the figures that decided it; `facts` are the ids of the facts and of the visit that they come from."""

    id: Text
    result: Truth
    value: Figure | None = None
    threshold: Figure | None = None
    facts: tuple[UUID, ...] = ()
    asks: Ask | None = None


class Evaluation(Value):
    """Three-valued: unknown is never false."""

    outcome: Truth
    criteria: tuple[Criterion, ...]
    type: Reference | None = None


class StepCompleted(CaseEvent):
    """A step of the procedure is done, with what the facts say; a visit has the id by which criteria name it."""

    TYPE: ClassVar = "suishi.enrollment.event.step-completed.v1"
    step: Text
    evaluation: Evaluation
    basis: Basis | None = None
    visit_id: UUID | None = None


class StepReturned(CaseEvent):
    """A step of the procedure must be done again, and with it those that are `undone`; exit means that the household stays."""

    TYPE: ClassVar = "suishi.enrollment.event.step-returned.v1"
    step: Text
    reason_code: Text
    undone: tuple[Text, ...] | None = None


class HouseholdEnrolled(CaseEvent):
    """A named person at the county took the household in; `line_fen` is the standard line applied.

    With `taken_over` nobody decided: the register that was kept before this log says that it was enrolled.
    """

    TYPE: ClassVar = "suishi.enrollment.event.household-enrolled.v1"
    episode: Count
    type: Text
    risks: tuple[Text, ...]
    pack: Text
    line_fen: Fen
    decision_event_id: UUID
    basis: Basis | None = None
    taken_over: TakenOver | None = None
    village_code: VillageCode | None = None
    category: Text | None = None


class EnrollmentRejected(CaseEvent):
    """The county did not take the household in: why, what can be done, where to appeal."""

    TYPE: ClassVar = "suishi.enrollment.event.enrollment-rejected.v1"
    reason_code: Text
    text: Text
    remedy: Text
    appeal: Text
    basis: Basis | None = None


class HouseholdReevaluated(CaseEvent):
    """A line took effect: what it makes of an open case or an enrolled household; earlier decisions keep theirs."""

    TYPE: ClassVar = "suishi.enrollment.event.household-reevaluated.v1"
    episode: Count
    evaluation: Evaluation
    basis: Basis | None = None


class RiskEvent(HouseholdEvent):
    risk: Text


class RiskAdded(RiskEvent):
    """An enrolled household has one more risk."""

    TYPE: ClassVar = "suishi.enrollment.event.risk-added.v1"


class RiskResolved(RiskEvent):
    """No fact supports this risk any more."""

    TYPE: ClassVar = "suishi.enrollment.event.risk-resolved.v1"


class ExitEvent(CaseEvent):
    episode: Count
    method: Method
    basis: Basis | None = None


class ExitProposed(ExitEvent):
    """The facts no longer hold; a named person decides by `due`."""

    TYPE: ClassVar = "suishi.enrollment.event.exit-proposed.v1"
    due: Day


class HouseholdExited(ExitEvent):
    """A named person let the household out; its facts are still followed."""

    TYPE: ClassVar = "suishi.enrollment.event.household-exited.v1"


class CaseEnded(CaseEvent):
    """A case is over without a decision on entry or exit; help that was running stops."""

    TYPE: ClassVar = "suishi.enrollment.event.case-ended.v1"
    episode: Count
    reason: Literal["withdrawn", "voided", "died", "moved-out", "dissolved"]


class DeadlineEvent(HouseholdEvent):
    kind: Text


class DeadlineStarted(DeadlineEvent):
    """Something must be done by `due`; of `unknown_years` no holidays were known, they go by the weekday."""

    TYPE: ClassVar = "suishi.enrollment.event.deadline-started.v1"
    due: Day
    unknown_years: tuple[Count, ...] | None = None


class DeadlineMet(DeadlineEvent):
    """It was done in time, by a person; what need not be done any more is dropped (`DeadlineDropped`)."""

    TYPE: ClassVar = "suishi.enrollment.event.deadline-met.v1"


class DeadlineBreached(DeadlineEvent):
    """It was not done by `due`."""

    TYPE: ClassVar = "suishi.enrollment.event.deadline-breached.v1"
    due: Day


class RefusedCommand(HouseholdEvent):
    """`text` is for the cadre who asked, Chinese first; so is what he can do about it and where to appeal."""

    command_id: Reference
    reason_code: Text
    text: LongText
    remedy: LongText | None = None
    appeal: Text | None = None


class CommandRefused(RefusedCommand):
    """Enrollment did not do what a command asked; `text` says why, `remedy` what to do, `fits` the commands that would fit.

    `until` is the last local date on which it is refused, where that is known.
    """

    TYPE: ClassVar = "suishi.enrollment.event.command-refused.v1"
    remedy: Text | None = None
    appeal: Text | None = None
    fits: tuple[Text, ...] | None = None
    until: Day | None = None


class FactsLost(Message):
    """Kafka deleted messages before they were read: a loud alarm, never silence."""

    TYPE: ClassVar = "suishi.enrollment.event.facts-lost.v1"
    topic: Text
    partition: Count
    from_offset: Offset
    to_offset: Offset
