"""What happened to a household; these classes are the rows of the log, so their topics are never renamed."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar, Literal, TypeAlias
from uuid import UUID

from pipeline.decider import Event
from pipeline.value import Value
from services.enrollment.domain.case.opening import TakenOver
from services.enrollment.domain.case.procedure_events import AnyProcedureEvent
from services.enrollment.domain.clocks.deadline_events import AnyDeadlineEvent
from services.enrollment.domain.clocks.told_days import DayTold
from services.enrollment.domain.commands import Category, Labour, Member
from services.enrollment.domain.discovery.discovery_events import DiscoveryEvent
from services.enrollment.domain.erasure.custody_events import AnyCustodyEvent
from services.enrollment.domain.fact import Fact, Income, Settled
from services.enrollment.domain.judging.layer_events import LayerEvent
from services.enrollment.domain.members.change_events import AnyChangeEvent, FactsHandedOn
from services.enrollment.domain.members.person_events import AnyPersonEvent
from services.enrollment.domain.pack.explanations import Ask, Evaluation
from services.enrollment.domain.pack.lines import Assignment, Basis, Line
from services.enrollment.domain.publications.publication_events import LinePublished, PackPublished
from services.enrollment.domain.reporting.feed_events import FeedEvent
from services.enrollment.domain.reporting.referral_answers import ReferralAnswered

Step: TypeAlias = Literal["authorisation", "verification", "comparison", "review", "notice", "township", "county", "recheck"]


class HouseholdRegistered(Event, frozen=True):
    """`since` is the first day of the membership, where there was one before; `origin` the household that was split.

    `opening` says that the household comes from the register that was kept before this log.
    """

    TOPIC: ClassVar = "enrollment.household-registered"
    household: UUID
    village_code: str
    category: Category
    members: tuple[Member, ...]
    since: date | None = None
    origin: UUID | None = None
    opening: bool = False


class FactRecorded(Event, frozen=True, omit_defaults=True):
    """`settles` is what it says last of all of this household, as far as is known; a log from before does not say it."""

    TOPIC: ClassVar = "enrollment.fact-recorded"
    fact: Fact
    settles: Settled | None = None


class FactUnmatched(Event, frozen=True):
    """Nobody registered the household of this person yet; the fact waits."""

    TOPIC: ClassVar = "enrollment.fact-unmatched"
    fact: Fact


class FactWithdrawn(Event, frozen=True):
    """`reason_sha256` is empty where the fact came after its withdrawal, and in older logs."""

    TOPIC: ClassVar = "enrollment.fact-withdrawn"
    fact: UUID
    source: str
    reference: str
    reason_sha256: str = ""


class ClueRaised(Event, frozen=True):
    """`answered` are the facts that crossed before and led to nothing; they keep no clue open.

    `line` is the one that took effect, where it is what lets the household qualify; `assignment` the pack that did, where it is what lets
    the household qualify or a fact cross. `claimed` are the risks that somebody had named where those who came in come from; a log from
    before does not say it.
    """

    TOPIC: ClassVar = "enrollment.clue-raised"
    clue: UUID
    risk: str
    fact: Fact
    due: date
    answered: tuple[UUID, ...] = ()
    line: Line | None = None
    claimed: tuple[str, ...] = ()
    assignment: Assignment | None = None


class ClueClosed(Event, frozen=True):
    TOPIC: ClassVar = "enrollment.clue-closed"
    clue: UUID
    reason: Literal["dismissed", "facts-corrected", "case-opened", "not-confirmed", "withdrawn", "household-changed", "household-ended"]
    reason_sha256: str | None = None


class CaseOpened(Event, frozen=True):
    """A case keeps the pack under which it was opened."""

    TOPIC: ClassVar = "enrollment.case-opened"
    case: UUID
    episode: int
    pack: str
    basis: Basis | None = None


class Tally(Value, frozen=True):
    """How many were at a review, and how they voted."""

    attendees: int
    in_favour: int
    against: int


class StepCompleted(Event, frozen=True):
    """`findings_sha256` is the digest of what the step put down in words; `tally` is a review's.

    `income`, `unmet` and `labour` are a visit's, and so is the id `visit`, by which criteria name it among what they rest on (None in older
    logs).
    """

    TOPIC: ClassVar = "enrollment.step-completed"
    case: UUID
    step: Step
    by: str
    at: datetime
    income: Income | None
    unmet: tuple[str, ...]
    findings_sha256: str
    evaluation: Evaluation
    tally: Tally | None = None
    visit: UUID | None = None
    labour: tuple[Labour, ...] = ()


class StepReturned(Event, frozen=True):
    """`step` is to be done again and with it all that is `undone`; "exit" takes the proposal back. `command` asked for it.

    `tally` is that of a review that did not pass, `evaluation` what the machine took the proposal back by; a log from before says neither.
    """

    TOPIC: ClassVar = "enrollment.step-returned"
    case: UUID
    step: Step | Literal["exit"]
    reason_code: str
    undone: tuple[str, ...] = ()
    by: str = ""
    reason_sha256: str | None = None
    command: str = ""
    tally: Tally | None = None
    evaluation: Evaluation | None = None


class HouseholdEnrolled(Event, frozen=True):
    """`taken_over` is given where nobody decided here: the register that was kept before says so, and there is no text of a reason.

    `village_code` and `category` are empty in a log from before.
    """

    TOPIC: ClassVar = "enrollment.household-enrolled"
    case: UUID
    episode: int
    type: str
    risks: tuple[str, ...]
    pack: str
    reason_sha256: str
    evaluation: Evaluation
    by: str = ""
    taken_over: TakenOver | None = None
    village_code: str = ""
    category: str = ""

    def since(self, on: date) -> date:
        """The local date from which the household is enrolled; `on` is that of the event."""
        return self.taken_over.since if self.taken_over is not None else on


class EnrollmentRejected(Event, frozen=True):
    """`tally` is that of a review that did not pass; a log from before does not say it."""

    TOPIC: ClassVar = "enrollment.enrollment-rejected"
    case: UUID
    reason_code: str
    reason_sha256: str
    evaluation: Evaluation
    by: str = ""
    tally: Tally | None = None


class HouseholdReevaluated(Event, frozen=True):
    """Another line took effect; what was decided before keeps its own."""

    TOPIC: ClassVar = "enrollment.household-reevaluated"
    case: UUID
    episode: int
    evaluation: Evaluation


class RiskAdded(Event, frozen=True):
    TOPIC: ClassVar = "enrollment.risk-added"
    risk: str


class RiskResolved(Event, frozen=True):
    TOPIC: ClassVar = "enrollment.risk-resolved"
    risk: str


class MeasureBegun(Event, frozen=True):
    """A measure of this episode began, so that it is none of a later one; a log from before says it of the first alone."""

    TOPIC: ClassVar = "enrollment.measure-begun"
    measure: UUID


class MeasureCounted(Event, frozen=True):
    """The first one reached the household: now it may leave with help."""

    TOPIC: ClassVar = "enrollment.measure-counted"
    measure: UUID


class ExitProposed(Event, frozen=True):
    """`by` is "" where the machine proposes; `on` is the local date of the message that led to it, which a log from before does not say."""

    TOPIC: ClassVar = "enrollment.exit-proposed"
    case: UUID
    episode: int
    method: Literal["help", "natural"]
    due: date
    evaluation: Evaluation
    by: str = ""
    reason_sha256: str | None = None
    on: date | None = None


class HouseholdExited(Event, frozen=True):
    """`evaluation` is what the county decided on; exits of logs from before it was written down have None."""

    TOPIC: ClassVar = "enrollment.household-exited"
    case: UUID
    episode: int
    method: Literal["help", "natural"]
    reason_sha256: str
    basis: Basis | None = None
    by: str = ""
    evaluation: Evaluation | None = None


class CommandRefused(Event, frozen=True):
    """`fits` are the commands that would fit instead, `asks` what would decide a criterion that is unknown.

    `until` is the last local date on which it is refused, where that is known; `supported` are the risks, types or roles that would fit.
    `person` is whose erasure was asked for, whose stream does not say it; a log from before names him nowhere.
    """

    TOPIC: ClassVar = "enrollment.command-refused"
    command: str
    reason_code: str
    fits: tuple[str, ...] = ()
    asks: tuple[Ask, ...] = ()
    until: date | None = None
    supported: tuple[str, ...] = ()
    person: UUID | None = None


OfHousehold: TypeAlias = (
    HouseholdRegistered
    | FactRecorded
    | FactUnmatched
    | FactWithdrawn
    | ClueRaised
    | DiscoveryEvent
    | ClueClosed
    | CaseOpened
    | StepCompleted
    | StepReturned
    | HouseholdEnrolled
    | EnrollmentRejected
    | RiskAdded
    | RiskResolved
    | MeasureBegun
    | MeasureCounted
    | ExitProposed
    | HouseholdExited
    | HouseholdReevaluated
    | AnyProcedureEvent
    | AnyDeadlineEvent
    | CommandRefused
    | AnyChangeEvent
    | FactsHandedOn
    | AnyPersonEvent
    | LayerEvent
)
AnyEvent: TypeAlias = OfHousehold | FeedEvent | ReferralAnswered | LinePublished | PackPublished | AnyCustodyEvent | DayTold
