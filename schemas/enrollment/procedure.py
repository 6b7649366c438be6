"""Commands of the procedure beside the visit and the county's decision; every free text goes to the vault."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import ConfigDict, Field

from schemas.message import Count, LongText, Message, PersonalLongText, Text, personal

Outcome = Literal["approved", "rejected", "returned"]
Step = Literal["authorisation", "verification", "comparison", "review", "notice", "township", "county"]


class ProcedureCommand(Message):
    HOUSEHOLD_IS_SUBJECT: ClassVar = True


class Judgement(ProcedureCommand):
    """`return_to` names the step to do again where the outcome is returned; without it the nearest one that was done."""

    outcome: Outcome
    return_to: Step | None = None


class SignAuthorisation(ProcedureCommand):
    """The household lets its assets be compared."""

    TYPE: ClassVar = "suishi.enrollment.command.sign-authorisation.v1"
    document: PersonalLongText


class RecordComparison(Judgement):
    """What the comparison of assets says."""

    TYPE: ClassVar = "suishi.enrollment.command.record-comparison.v1"
    items: Annotated[tuple[LongText, ...], Field(max_length=100), personal] = ()


class RecordReview(Judgement):
    """What the village's review decided; who was there is personal, the votes are not."""

    model_config = ConfigDict(serialize_by_alias=True)
    TYPE: ClassVar = "suishi.enrollment.command.record-review.v1"
    attendees: Annotated[tuple[Text, ...], Field(min_length=1, max_length=1000), personal]
    in_favour: Count = Field(alias="for")
    against: Count
    minutes: PersonalLongText


class PostNotice(ProcedureCommand):
    """The notice hangs from now on."""

    TYPE: ClassVar = "suishi.enrollment.command.post-notice.v1"


class RaiseObjection(ProcedureCommand):
    """Somebody objects while the notice hangs."""

    TYPE: ClassVar = "suishi.enrollment.command.raise-objection.v1"
    grounds: PersonalLongText


class CloseNotice(ProcedureCommand):
    """The notice hung long enough and nobody's objection is open."""

    TYPE: ClassVar = "suishi.enrollment.command.close-notice.v1"


class DecideAtTownship(Judgement):
    """The township's decision on an open case or a proposed exit."""

    TYPE: ClassVar = "suishi.enrollment.command.decide-at-township.v1"
    reason: PersonalLongText


class StartEmergencyHelp(ProcedureCommand):
    """Help comes first, the procedure runs beside it."""

    TYPE: ClassVar = "suishi.enrollment.command.start-emergency-help.v1"
    reason: PersonalLongText


class Withdraw(ProcedureCommand):
    """The household does not want it any more, or a proposed exit is taken back."""

    TYPE: ClassVar = "suishi.enrollment.command.withdraw.v1"
    reason: PersonalLongText


class ProposeExit(ProcedureCommand):
    """A named person proposes to let an enrolled household out."""

    TYPE: ClassVar = "suishi.enrollment.command.propose-exit.v1"
    method: Literal["help", "natural"]
    reason: PersonalLongText


class FileAppeal(ProcedureCommand):
    """`decision_event_id` is the id of the published event that somebody appeals against."""

    TYPE: ClassVar = "suishi.enrollment.command.file-appeal.v1"
    decision_event_id: UUID
    grounds: PersonalLongText


class DecideAppeal(ProcedureCommand):
    """An appeal is right (approved) or not (rejected)."""

    TYPE: ClassVar = "suishi.enrollment.command.decide-appeal.v1"
    outcome: Outcome
    reason: PersonalLongText


class Void(ProcedureCommand):
    """An enrolment rests on concealed facts and ends."""

    TYPE: ClassVar = "suishi.enrollment.command.void.v1"
    reason: PersonalLongText
