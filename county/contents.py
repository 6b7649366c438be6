"""What departments say about people, and amounts that lie close to a threshold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Final

from county.people import chance

SCHOOL_YEAR: Final = "2020-2021"


@dataclass(frozen=True, slots=True)
class Content:
    """`valid_on` is None where it is the day of the report."""

    department: str
    name: str
    data: Mapping[str, object]
    valid_on: date | None = None


def previous_month(day: date) -> str:
    """The month whose expenses are reported on a day, YYYY-MM."""
    return f"{day.year - 1}-12" if day.month == 1 else f"{day.year}-{day.month - 1:02d}"


def medical(kind: str, period: str, out_of_pocket_fen: int) -> Content:
    within = out_of_pocket_fen * 3
    amounts = {"out_of_pocket_fen": out_of_pocket_fen, "within_policy_fen": within, "reimbursed_fen": within - out_of_pocket_fen // 2}
    return Content("medical-insurance", "medical-expense-reported", {"period": period, "kind": kind, **amounts})


def school_fee(stage: str, fen: int) -> Content:
    return Content("education", "school-fee-reported", {"school_year": SCHOOL_YEAR, "stage": stage, "fee_after_aid_fen": fen})


def just_below(random: Random, threshold: int) -> int:
    """Often one fen below, never the threshold itself."""
    return threshold - (1 if chance(random, 0.3) else random.randrange(1, 20_000))


def at_or_above(random: Random, threshold: int) -> int:
    """Often the threshold itself."""
    return threshold + (0 if chance(random, 0.2) else random.randrange(1, threshold))
