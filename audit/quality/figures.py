"""What a policy pack says of data quality: every number and every list of names that a rule compares with."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from services import policy_pack
from services.enrollment.domain.pack.sourced import Sourced

PACKS: Final = Path(__file__).parent / "packs"
Names = Annotated[frozenset[str], Field(min_length=1)]
Count = Annotated[int, Field(strict=True, ge=0)]


class Months(Sourced, frozen=True):
    months: Count


class Income(Sourced, frozen=True):
    figure: Literal["net", "reference"]


class Signals(Sourced, frozen=True):
    signals: Names


class Benefits(Sourced, frozen=True):
    benefits: Names


class Answered(Sourced, frozen=True):
    """Whoever gets one of `benefits` needs a measure of one of `kinds`."""

    benefits: Names
    kinds: Names


class Risks(Sourced, frozen=True):
    risks: Names


class Figures(BaseModel, frozen=True, extra="forbid"):
    """One pack, a table a rule; `digest` is the SHA-256 of its content, hexadecimal."""

    model_config = ConfigDict(alias_generator=lambda name: name.replace("_", "-"))
    digest: str
    no_measure: Months
    exit_too_soon: Months
    exit_below_line: Income
    exit_in_danger: Signals
    labour_not_flagged: Benefits
    destitute_unsupported: Answered
    transfer_income_zero: Benefits
    water_not_watched: Signals
    work_without_labour: Risks
    other_without_remark: Risks


def load(name: str) -> Figures:
    """Raises `WrongPack`."""
    return policy_pack.load(Figures, PACKS, name)
