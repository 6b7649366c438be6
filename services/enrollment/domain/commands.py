"""What enrollment is asked to do; time and ids arrive with the command."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Literal, TypeAlias
from uuid import UUID

from pipeline.value import Value
from services.enrollment.domain.asked import Command, Outcome
from services.enrollment.domain.case.opening import Opening
from services.enrollment.domain.case.procedure_commands import AnyProcedureCommand
from services.enrollment.domain.erasure.custody_commands import AnyCustodyCommand
from services.enrollment.domain.fact import Fact, Income
from services.enrollment.domain.members.change import Change, Due
from services.enrollment.domain.members.person_commands import AnyPersonCommand
from services.enrollment.domain.pack.lines import Assignment, Line
from services.enrollment.domain.reporting.referral_answers import HandOnAnswer

Category: TypeAlias = Literal["lifted_receiving", "lifted_not_receiving", "never_registered"]
LabourCapacity: TypeAlias = Literal["none", "partial", "full"]


class Member(Value, frozen=True):
    person: UUID
    relation: str
    labour_capacity: LabourCapacity | None = None


class Labour(Value, frozen=True):
    """What a visit found that a member can do."""

    person: UUID
    capacity: LabourCapacity


class RegisterHousehold(Command, frozen=True, kw_only=True):
    """`elsewhere` are members who already belong to another household of the register, `dead` those whose death was told there.

    `merged` are members whose number is that of an entry in whose place they are kept.
    `since` is given where somebody had been a member of another one: before that day he was not one here.
    `opening` is given where the household comes from the register that was kept before this log. `handed` is what other households of
    the register know of members who left the county from there, `left` by what they went while the risks that somebody had `claimed`
    were open.
    """

    household: UUID
    village_code: str
    category: Category
    members: tuple[Member, ...]
    elsewhere: frozenset[UUID] = frozenset()
    since: date | None = None
    dead: frozenset[UUID] = frozenset()
    merged: frozenset[UUID] = frozenset()
    opening: Opening | None = None
    handed: tuple[Fact, ...] = ()
    left: Fact | None = None
    claimed: tuple[str, ...] = ()


class RecordFact(Command, frozen=True, kw_only=True):
    """`elsewhere`: the person belongs to another household, so that a birth brings nobody in.

    `waited`: it was told before anybody knew that it is about this household.
    """

    fact: Fact
    elsewhere: bool = False
    waited: bool = False


class Handed(Value, frozen=True):
    """What the households before it in the same message did: who left, from when on, and what goes with them.

    `pending` says that a clue, a case, an enrolment or an appeal stayed behind, `beyond_facts` that more than these facts spoke for
    it, `claimed` which risks somebody had named, `due` until when they were to be visited and the county to decide; `refused` that
    nothing may follow.
    """

    members: tuple[Member, ...] = ()
    facts: tuple[Fact, ...] = ()
    on: date | None = None
    village_code: str = ""
    category: Category = "never_registered"
    pending: bool = False
    beyond_facts: bool = False
    claimed: tuple[str, ...] = ()
    due: tuple[Due, ...] = ()
    refused: bool = False


class ChangeHousehold(Command, frozen=True, kw_only=True):
    """One household's part in what `fact` changed."""

    fact: Fact
    change: Change
    handed: Handed = Handed()


class HandOnFacts(Command, frozen=True, kw_only=True):
    """These persons left the county from this household and come in again in the household `to`: what is known of them goes there."""

    persons: tuple[UUID, ...]
    to: UUID


class WithdrawFact(Command, frozen=True, kw_only=True):
    """The department takes back one fact, for instance because it was about the wrong person.

    `joined`: by this fact two persons are one, which the county alone undoes. `along`: it is not known whether the fact went along to
    this household; where it did not, there is nothing to take back.
    """

    fact: UUID
    source: str
    reference: str
    reason_sha256: str = ""
    joined: bool = False
    along: bool = False


class RecordVerification(Command, frozen=True, kw_only=True):
    """What a visit found; `unmet` are the guarantees that do not hold.

    `findings_sha256` is the digest of the text in the vault, with the names of those who were there.
    """

    findings_sha256: str
    income: Income | None
    unmet: tuple[str, ...]
    outcome: Outcome
    return_to: str | None = None
    labour: tuple[Labour, ...] = ()


class Apply(Command, frozen=True, kw_only=True):
    """Somebody of the household asks for help himself; `source` and `reference` name the message."""

    request: UUID
    applicant: UUID
    source: str
    reference: str
    risks: tuple[str, ...]
    difficulty_sha256: str


class ReportScreening(Command, frozen=True, kw_only=True):
    """A cadre who looked for households in difficulty found this one.

    `at_visit`: it was found at a home visit that assistance recorded; the digest of the words is in its log, and empty here.
    """

    request: UUID
    source: str
    reference: str
    risks: tuple[str, ...]
    findings_sha256: str
    at_visit: bool = False


class DismissClue(Command, frozen=True, kw_only=True):
    reason_sha256: str


class DecideAtCounty(Command, frozen=True, kw_only=True):
    """`type` and `risks` are those that the machine finds where the county names none."""

    outcome: Outcome
    type: str | None
    reason_sha256: str
    return_to: str | None = None
    risks: tuple[str, ...] = ()


class CountMeasure(Command, frozen=True, kw_only=True):
    """Assistance began a measure, or delivered it; `episode` is that of its plan, None where its message does not say it."""

    measure: UUID
    delivered: bool = True
    episode: int | None = None


class StartDay(Command, frozen=True, kw_only=True):
    """A local day began; `told` is the last one that was told before it."""

    told: date | None = None


class ReportDelivery(Command, frozen=True, kw_only=True):
    """A department told how many facts the period (YYYY-MM) holds; a `full` list names everybody."""

    department: str
    period: str
    count: int
    full: bool
    reference: str


class CheckFeed(Command, frozen=True, kw_only=True):
    """A local day began for a department's feed; `received` counts the facts of periods whose report is still compared."""

    department: str
    received: Mapping[str, int]


class TellDay(Command, frozen=True, kw_only=True):
    """A local day began, for the stream of the days."""


class PublishLine(Command, frozen=True, kw_only=True):
    """The standard line of an area from a day to come."""

    line: Line
    document_sha256: str


class PublishPack(Command, frozen=True, kw_only=True):
    """The pack under which cases of an area open from a day to come."""

    assignment: Assignment
    document_sha256: str


OfHousehold: TypeAlias = (
    RegisterHousehold
    | RecordFact
    | ChangeHousehold
    | HandOnFacts
    | WithdrawFact
    | Apply
    | ReportScreening
    | RecordVerification
    | DismissClue
    | DecideAtCounty
    | CountMeasure
    | StartDay
    | AnyProcedureCommand
    | AnyPersonCommand
)
AnyCommand: TypeAlias = OfHousehold | ReportDelivery | CheckFeed | TellDay | HandOnAnswer | PublishLine | PublishPack | AnyCustodyCommand
