"""What the procedure of a case is asked to do, beside the visit and the county's decision; texts are digests of the vault's."""

from __future__ import annotations

from typing import ClassVar, Literal, TypeAlias
from uuid import UUID

from pipeline.value import Value
from services.enrollment.domain.asked import Command, Outcome
from services.enrollment.domain.pack.procedure import Act


class ProcedureCommand(Command, frozen=True, kw_only=True):
    """`ACT` is what the policy pack calls it where it says who may do it."""

    ACT: ClassVar[Act]
    text_sha256: str = ""


class Judgement(ProcedureCommand, frozen=True, kw_only=True):
    """Ends a step; `return_to` names the step to be done again, else it is the nearest that was done."""

    outcome: Outcome
    return_to: str | None = None


class SignAuthorisation(ProcedureCommand, frozen=True, kw_only=True):
    """The household lets its assets be compared (授权)."""

    ACT: ClassVar = "authorisation"


class RecordComparison(Judgement, frozen=True, kw_only=True):
    """What the asset comparison (信息比对) says."""

    ACT: ClassVar = "comparison"


class RecordReview(Judgement, frozen=True, kw_only=True):
    """The village's democratic review (民主评议): who was there is in the vault, how many and how they voted is not personal."""

    ACT: ClassVar = "review"
    attendees: int
    in_favour: int
    against: int


class PostNotice(ProcedureCommand, frozen=True, kw_only=True):
    ACT: ClassVar = "notice"


class RaiseObjection(ProcedureCommand, frozen=True, kw_only=True):
    """Somebody objects while the notice hangs (异议)."""

    ACT: ClassVar = "objection"


class CloseNotice(ProcedureCommand, frozen=True, kw_only=True):
    ACT: ClassVar = "notice"


class DecideAtTownship(Judgement, frozen=True, kw_only=True):
    ACT: ClassVar = "township"


class StartEmergencyHelp(ProcedureCommand, frozen=True, kw_only=True):
    """Help first, the procedure runs beside it (先行救助)."""

    ACT: ClassVar = "emergency"


class Withdraw(ProcedureCommand, frozen=True, kw_only=True):
    """The household no longer wants it, or who proposed an exit takes it back."""

    ACT: ClassVar = "withdrawal"


class ProposeExit(ProcedureCommand, frozen=True, kw_only=True):
    ACT: ClassVar = "proposal"
    method: Literal["help", "natural"]


class Decision(Value, frozen=True):
    """A decision on the household; `by` took it, "" where the log does not say, in `case`: None where it was about none."""

    by: str
    case: UUID | None = None


class FileAppeal(ProcedureCommand, frozen=True, kw_only=True):
    """`decision` is the id of the event that somebody appeals against, `against` what the log knows of it: None where it is no decision."""

    ACT: ClassVar = "appeal"
    decision: UUID
    against: Decision | None = None


class DecideAppeal(ProcedureCommand, frozen=True, kw_only=True):
    ACT: ClassVar = "appeal-decision"
    outcome: Outcome


class Void(ProcedureCommand, frozen=True, kw_only=True):
    """The household was taken in because facts were concealed."""

    ACT: ClassVar = "voiding"


AnyProcedureCommand: TypeAlias = (
    SignAuthorisation
    | RecordComparison
    | RecordReview
    | PostNotice
    | RaiseObjection
    | CloseNotice
    | DecideAtTownship
    | StartEmergencyHelp
    | Withdraw
    | ProposeExit
    | FileAppeal
    | DecideAppeal
    | Void
)
