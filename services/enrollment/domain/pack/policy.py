"""The policy pack as values: every number of the law comes from here, none from code.

A pack is written in yuan; its values are fen, as everywhere else. Each table says where its values come from.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated, Final, Literal, Self, get_args

from msgspec.structs import asdict
from pydantic import AfterValidator, BaseModel, Field, field_validator, model_validator

from services.enrollment.domain.commands import Category
from services.enrollment.domain.fact import Fact, Income
from services.enrollment.domain.pack.criteria import Asked, Condition, InNoLayer, named
from services.enrollment.domain.pack.layers import Layers
from services.enrollment.domain.pack.lines import Basis, Line, in_force
from services.enrollment.domain.pack.procedure import Procedure, rule_of
from services.enrollment.domain.pack.sourced import Name, Sourced
from services.enrollment.domain.pack.working_days import Unit, WorkingDays

DEADLINES: Final = ("verify", "exit-decision")
KINDS: Final = frozenset(
    {
        "accept",
        "appeal-decision",
        "compare",
        "county-decision",
        "exit-decision",
        "first-measure",
        "income-staleness",
        "review",
        "verify",
        "whole-entry",
    }
)
Days = Annotated[int, Field(strict=True, ge=0)]
Months = Annotated[int, Field(strict=True, ge=0)]
Flag = Annotated[bool, Field(strict=True)]
FenOfYuan = Annotated[int, Field(strict=True, ge=0), AfterValidator(lambda yuan: yuan * 100)]


class Signal(Sourced, frozen=True):
    """When facts of one signal point to a risk; thresholds in fen, by register category where they differ.

    Of a signal with `kinds` only those count, for instance the stages of compulsory school; facts of old logs name none.
    A fact that was looked at and led to no help is looked at again when its amount reaches `again_at_percent` of the earlier one, or its
    kind stands later in `ranks`, the least severe first.
    """

    risk: str
    test: Literal["presence", "at-least", "above"]
    kinds: frozenset[str] = frozenset()
    threshold_fen: Mapping[Category, FenOfYuan] = Field(default={}, validation_alias="threshold_yuan")
    again_at_percent: Annotated[int, Field(gt=100)] | None = None
    ranks: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _has_a_threshold_for_everybody(self) -> Self:
        missing = [category for category in get_args(Category) if category not in self.threshold_fen]
        if missing and self.test != "presence":
            message = f"lacks threshold_yuan for {', '.join(missing)}"
            raise ValueError(message)
        return self

    @model_validator(mode="after")
    def _ranks_only_its_kinds(self) -> Self:
        unknown = sorted(set(self.ranks) - self.kinds) if self.kinds else []
        if unknown or len(set(self.ranks)) < len(self.ranks):
            message = f"ranks name a kind twice, or one that is not among its kinds: {', '.join(unknown or self.ranks)}"
            raise ValueError(message)
        return self

    def crossed_by(self, fact: Fact, category: Category) -> bool:
        if self.kinds and fact.kind is not None and fact.kind not in self.kinds:
            return False
        match self.test:
            case "presence":
                return fact.present
            case "at-least":
                return fact.amount_fen is not None and fact.amount_fen >= self.threshold_fen[category]
            case "above":
                return fact.amount_fen is not None and fact.amount_fen > self.threshold_fen[category]

    def is_worse(self, fact: Fact, before: Fact) -> bool:
        """Whether `fact` is enough worse than the one `before` to be looked at again."""
        if self.again_at_percent is not None and fact.amount_fen is not None and before.amount_fen is not None:
            return fact.amount_fen * 100 >= before.amount_fen * self.again_at_percent
        return fact.kind in self.ranks and before.kind in self.ranks and self.ranks.index(fact.kind) > self.ranks.index(before.kind)


class WrittenLine(Sourced, frozen=True):
    """One version of the standard line as a pack writes it."""

    area: Annotated[str, Field(pattern=r"^[0-9]{0,12}$")] = ""
    valid_from: date
    fen_per_person: FenOfYuan = Field(validation_alias="yuan_per_person")

    @property
    def value(self) -> Line:
        return Line(self.area, self.valid_from, self.fen_per_person)


class Deadline(Sourced, frozen=True):
    """How long something may take; late, it goes up to the first of `escalates_to`, and every so many calendar days to the next."""

    days: Days
    unit: Literal["calendar-days", "working-days"]
    escalates_to: tuple[Name, ...] = ()
    escalates_every_days: Annotated[int, Field(strict=True, ge=1)] = 1


class FeedCalendar(Sourced, frozen=True):
    """Until which day of a month a department delivers: of the `months` named, else of every one, a short month's last day at most.

    `months_after` is how long after the period it is due: 1 where a month is delivered in the next.
    """

    day: Annotated[int, Field(strict=True, ge=1, le=31)]
    months: frozenset[Annotated[int, Field(strict=True, ge=1, le=12)]] = frozenset()
    months_after: Months = 0


class HouseholdType(Sourced, frozen=True):
    """A type that a household may be enrolled as: the register categories it is for, and the condition under which it qualifies."""

    name: Name
    categories: Annotated[frozenset[Category], Field(min_length=1)] = frozenset(get_args(Category))
    qualifies: Condition


class Exit(Sourced, frozen=True):
    """What must be so before an exit; months count from the enrolment, or from the day on which the facts no longer held."""

    minimum_months: Months
    income_stable_months: Months
    blocked_without_labour: Flag


class Risks(Sourced, frozen=True):
    """As many risks as the form of an enrolled household holds."""

    most: Annotated[int, Field(strict=True, ge=1)]


class IncomeKept(Sourced, frozen=True):
    """For how many months after the end of its window an income is believed, and how many days the window has, both ends counted."""

    stale_after_months: Annotated[int, Field(strict=True, ge=1)]
    window_days_least: Annotated[int, Field(strict=True, ge=1)]
    window_days_most: Annotated[int, Field(strict=True, ge=1)]

    @model_validator(mode="after")
    def _has_a_window(self) -> Self:
        if self.window_days_least > self.window_days_most:
            message = "has a window_days_least above its window_days_most"
            raise ValueError(message)
        return self


class Retention(Sourced, frozen=True):
    """How long the law wants to be kept who somebody was, counted from the day on which anything was last said of him."""

    years: Annotated[int, Field(strict=True, ge=0)]


class Publication(Sourced, frozen=True):
    """What the county may publish beside the pack; the percentages are of the line in force."""

    line_may_begin_in_the_past: Flag
    line_at_least_percent: Annotated[int, Field(strict=True, ge=1, le=100)]
    line_at_most_percent: Annotated[int, Field(strict=True, ge=100)]

    def is_in_proportion(self, line: Line, before: Line) -> bool:
        """Whether it changes no more than a line does; one in yuan instead of fen would let half a county out."""
        new, old = line.fen_per_person * 100, before.fen_per_person
        return old * self.line_at_least_percent <= new <= old * self.line_at_most_percent


class Policy(BaseModel, frozen=True, extra="forbid"):
    """One pack; `digest` is the SHA-256 of its content, hexadecimal, whatever its layout."""

    name: Name
    digest: str
    household_types: Annotated[tuple[HouseholdType, ...], Field(min_length=1)]
    criteria: Mapping[str, Asked]
    signals: Mapping[str, Signal]
    layers: Layers
    income: IncomeKept
    lines: tuple[WrittenLine, ...]
    deadlines: Mapping[str, Deadline]
    risks: Risks
    exit: Exit
    procedure: Procedure
    working_days: WorkingDays = WorkingDays()
    feeds: Mapping[str, FeedCalendar] = Field(default={})
    publication: Publication
    retention: Retention

    @field_validator("deadlines")
    @classmethod
    def _are_complete(cls, deadlines: Mapping[str, Deadline]) -> Mapping[str, Deadline]:
        if missing := [kind for kind in DEADLINES if kind not in deadlines]:
            message = f"lacks {', '.join(missing)}"
            raise ValueError(message)
        if unknown := sorted(deadlines.keys() - KINDS):
            message = f"knows no {', '.join(unknown)}; there are: {', '.join(sorted(KINDS))}"
            raise ValueError(message)
        return deadlines

    @field_validator("lines")
    @classmethod
    def _cover_every_village(cls, lines: tuple[WrittenLine, ...]) -> tuple[WrittenLine, ...]:
        if not any(line.area == "" for line in lines):
            message = "lacks one without an area, for every village"
            raise ValueError(message)
        return lines

    @model_validator(mode="after")
    def _knows_its_criteria(self) -> Self:
        unknown = [f"{kind.name} asks for {name}" for kind in self.household_types for name in named(kind.qualifies) - self.criteria.keys()]
        if unknown:
            message = f"criteria lacks what {', '.join(sorted(unknown))}"
            raise ValueError(message)
        return self

    @model_validator(mode="after")
    def _can_look_into_its_layers(self) -> Self:
        asked = {name: one for name, one in self.criteria.items() if isinstance(one, InNoLayer)}
        known = {layer.name for layer in self.layers}
        if unknown := [f"{name} asks for {layer}" for name, one in sorted(asked.items()) for layer in sorted(one.layers - known)]:
            message = f"layers lacks what {', '.join(unknown)}"
            raise ValueError(message)
        if asked and rule_of(self.procedure.entry, "comparison") is None:
            message = f"procedure: entry has no comparison, which {min(asked)} needs"
            raise ValueError(message)
        return self

    @property
    def exit_blocked_without_labour(self) -> bool:
        return self.exit.blocked_without_labour

    def __hash__(self) -> int:
        return hash(self.digest)

    def with_lines(self, published: Sequence[Line]) -> Policy:
        """The same pack, its series of lines gone on by those published since."""
        written = (WrittenLine.model_construct(source="published", verified=True, **asdict(line)) for line in published)
        return self.model_copy(update={"lines": (*self.lines, *written)})

    def without(self, line: Line) -> Policy | None:
        """The same pack as if that line had never been told; None where no other covers every village."""
        others = tuple(one for one in self.lines if one.value != line)
        return self.model_copy(update={"lines": others}) if any(one.area == "" for one in others) else None

    def line(self, village_code: str, on: date) -> Line:
        """The line in force in a village on a local date."""
        return in_force((line.value for line in self.lines), village_code, on)

    def basis(self, village_code: str, on: date) -> Basis:
        """What a decision of that day rests on."""
        return Basis(self.name, self.digest, self.line(village_code, on))

    def due(self, kind: str, start: date) -> date:
        """The last local date that is still in time."""
        return self.period(start, self.deadlines[kind].days, self.deadlines[kind].unit)

    def counts(self, income: Income) -> bool:
        """Its window is as long as one that the line may be held against: what was earned in a day is no year's income."""
        days = (income.window_to - income.window_from).days + 1
        return self.income.window_days_least <= days <= self.income.window_days_most

    def believes(self, income: Income, on: date) -> bool:
        """It says on a local date what a household has."""
        return self.counts(income) and on <= self.period(income.window_to, self.income.stale_after_months, "months")

    def period(self, start: date, length: int, unit: Unit) -> date:
        """The last day of a period that begins after `start`."""
        return self.working_days.after(start, length, unit)
