"""What a department says, as far as a rule may read it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final, Literal, TypeAlias
from uuid import UUID

from msgspec import UNSET, UnsetType

from pipeline.value import Value

Series: TypeAlias = tuple[UUID | None, str]
Settled: TypeAlias = Literal["village", "head"]
ToldAt: TypeAlias = tuple[datetime, UUID]
WATER: Final = "water"
OWN_WATER: Final = "water:own"
"""What a household itself drinks: a test of the whole village, which is about its supply, says nothing else of it."""
OF_THE_HOUSE: Final = frozenset({"house", WATER, OWN_WATER})
BENEFIT: Final = "benefit:"


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
    with `whole_village` it is about everybody there. `named` is whom the department named, where that is an entry merged into `person`.
    `heard` is when it was told, where `time` is made up for the order of arrival; other facts are written without it.
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
    named: UUID | None = None
    heard: datetime | UnsetType = UNSET

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
    def heard_at(self) -> datetime:
        """Who looked before that has not seen it."""
        return self.time if isinstance(self.heard, UnsetType) else self.heard

    @property
    def told(self) -> ToldAt:
        """Of two that say where a household lives, who heads it or when somebody was born or died, the greater one stands."""
        return (self.time, self.id)

    @property
    def order(self) -> tuple[str, datetime, str, str]:
        return (self.period, self.time, self.source, self.reference)


def without_old_test(standing: dict[Series, Fact]) -> dict[Series, Fact]:
    """A log from before keeps a household's own water in the series of its village's: a later test of its own replaces that as well."""
    old, own = standing.get((None, WATER)), standing.get((None, OWN_WATER))
    if old is None or own is None or old.whole_village or own.order < old.order:
        return standing
    return {series: fact for series, fact in standing.items() if fact is not old}
