"""The real towns and villages of 370323: statistics bureau, through china-division 2.7.0 (MIT)."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

COUNTY: Final = "370323"
TABLE: Final = Path(__file__).parent / "county-370323.csv"
TOWN_DIGITS: Final = 9


@dataclass(frozen=True, slots=True)
class Village:
    """`code` has 12 digits, `town_code` the first nine of them."""

    code: str
    name: str
    town_code: str
    town: str


@cache
def villages() -> tuple[Village, ...]:
    """All villages and neighbourhoods in the order of their codes."""
    with TABLE.open(encoding="utf-8", newline="") as table:
        rows = [Village(r["village_code"], r["village"], r["town_code"][:TOWN_DIGITS], r["town"]) for r in csv.DictReader(table)]
    return tuple(sorted(rows, key=lambda village: village.code))


def towns() -> dict[str, str]:
    """The name of each town and subdistrict by its nine digits."""
    return {village.town_code: village.town for village in villages()}
