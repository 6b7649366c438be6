"""What enrollment is asked to do; time and ids arrive with the command."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Final, Literal, TypeAlias
from uuid import UUID

from pipeline.value import Value
from services.enrollment.domain.asked import Command, Outcome
from services.enrollment.domain.change import Change
from services.enrollment.domain.lines import Assignment, Line
from services.enrollment.domain.procedure_commands import AnyProcedureCommand

Category: TypeAlias = Literal["lifted_receiving", "lifted_not_receiving", "never_registered"]
Series: TypeAlias = tuple[UUID | None, str]
OF_THE_HOUSE: Final = frozenset({"house", "water"})
BENEFIT: Final = "benefit:"


class Member(Value, frozen=True):
    person: UUID
    relation: str
    labour_capacity: Literal["none", "partial", "full"] | None = None


class Income(Value, frozen=True):
    """Twelve months of a household's income in fen."""

    window_from: date
    window_to: date
    wage_fen: int
    business_fen: int
    business_cost_fen: int
    property_fen: int
    transfer_fen: int
    payouts_fen: int
    within_policy_out_of_pocket_fen: int

    @property
    def net_fen(self) -> int:
        return self.wage_fen + self.business_fen - self.business_cost_fen + self.property_fen + self.transfer_fen

    @property
    def reference_fen(self) -> int:
        """Net income with insurance pay-outs, less the within-policy cost a household had to bear itself."""
        return self.net_fen + self.payouts_fen - self.within_policy_out_of_pocket_fen


class Fact(Value, frozen=True, kw_only=True):
    """What a department said, without a person's name or number.

    Facts `about` the same replace one another; the greatest `order` stands, whatever the order of arrival. `kind` is which
    benefit, level or stage it is about, `village_code` where the department says that it is, where it says so;
    with `whole_village` it is about everybody there.
    """

    id: UUID
    source: str
    reference: str
    name: str
    person: UUID | None
    series: str
    signal: str | None = None
    period: str = ""
    time: datetime
    valid_on: date
    amount_fen: int | None = None
    present: bool = False
    income: Income | None = None
    department: str = ""
    kind: str | None = None
    village_code: str | None = None
    whole_village: bool = False

    @property
    def about(self) -> Series:
        """A house and its water are the whole household's, whoever of it was named."""
        return (None if self.series in OF_THE_HOUSE else self.person, self.series)

    @property
    def benefit(self) -> str | None:
        """Which benefit was granted, or (`present`) stopped; None for any other fact."""
        return self.series.removeprefix(BENEFIT) if self.series.startswith(BENEFIT) else None

    @property
    def delivered_in(self) -> str:
        """The period (YYYY-MM) whose report counts it: the one that it names, else the month from which it holds."""
        return self.period or f"{self.valid_on:%Y-%m}"

    @property
    def order(self) -> tuple[str, datetime, str, str]:
        return (self.period, self.time, self.source, self.reference)


class RegisterHousehold(Command, frozen=True, kw_only=True):
    """`elsewhere` are members who already belong to another household of the register, `dead` those whose death was told there.

    `since` is given where somebody had been a member of another one: before that day he was not one here.
    """

    household: UUID
    village_code: str
    category: Category
    members: tuple[Member, ...]
    elsewhere: frozenset[UUID] = frozenset()
    since: date | None = None
    dead: frozenset[UUID] = frozenset()


class RecordFact(Command, frozen=True, kw_only=True):
    """`elsewhere`: the person belongs to another household, so that a birth brings nobody in."""

    fact: Fact
    elsewhere: bool = False


class Handed(Value, frozen=True):
    """What the households before it in the same message did: who left, from when on, and what goes with them.

    `pending` says that a clue, a case or an enrolment stayed behind; `refused` that nothing may follow.
    """

    members: tuple[Member, ...] = ()
    facts: tuple[Fact, ...] = ()
    on: date | None = None
    village_code: str = ""
    category: Category = "never_registered"
    pending: bool = False
    refused: bool = False


class ChangeHousehold(Command, frozen=True, kw_only=True):
    """One household's part in what `fact` changed."""

    fact: Fact
    change: Change
    handed: Handed = Handed()


class WithdrawFact(Command, frozen=True, kw_only=True):
    """The department takes back one fact, for instance because it was about the wrong person."""

    fact: UUID
    source: str
    reference: str


class RecordVerification(Command, frozen=True, kw_only=True):
    """What a visit found; `unmet` are the guarantees that do not hold, `findings_sha256` the digest of the text in the vault."""

    findings_sha256: str
    income: Income | None
    unmet: tuple[str, ...]
    outcome: Outcome
    return_to: str | None = None


class Apply(Command, frozen=True, kw_only=True):
    """Somebody of the household asks for help himself; `source` and `reference` name the message."""

    request: UUID
    applicant: UUID
    source: str
    reference: str
    risks: tuple[str, ...]
    difficulty_sha256: str


class ReportScreening(Command, frozen=True, kw_only=True):
    """A cadre who looked for households in difficulty found this one."""

    request: UUID
    source: str
    reference: str
    risks: tuple[str, ...]
    findings_sha256: str


class DismissClue(Command, frozen=True, kw_only=True):
    reason_sha256: str


class DecideAtCounty(Command, frozen=True, kw_only=True):
    outcome: Outcome
    type: str | None
    reason_sha256: str
    return_to: str | None = None


class CountMeasure(Command, frozen=True, kw_only=True):
    """Assistance delivered a measure."""

    measure: UUID


class StartDay(Command, frozen=True, kw_only=True):
    """A local day began."""


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
    | WithdrawFact
    | Apply
    | ReportScreening
    | RecordVerification
    | DismissClue
    | DecideAtCounty
    | CountMeasure
    | StartDay
    | AnyProcedureCommand
)
AnyCommand: TypeAlias = OfHousehold | ReportDelivery | CheckFeed | PublishLine | PublishPack
