"""The villages of the county as its division table has them: codes are dated, and villages merge."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Literal, TypeAlias

from pipeline.value import Value

Misplaced: TypeAlias = Literal["unknown", "abolished"]


class Village(Value, frozen=True):
    """`code` has 12 digits; the code is in force up to and with the local date `until`, then it is `merged_into`, where that is told."""

    code: str
    name: str
    town: str
    until: date | None = None
    merged_into: str = ""


class Divisions(Value, frozen=True):
    """Every village by its code."""

    villages: Mapping[str, Village]

    def problem(self, code: str, on: date) -> Misplaced | None:
        """Why nobody can live in a village of this code on a local date."""
        village = self.villages.get(code)
        if village is None:
            return "unknown"
        return "abolished" if village.until is not None and on > village.until else None

    def name(self, code: str) -> str:
        """Town and village; of a village that the table does not have, the code."""
        village = self.villages.get(code)
        return f"{village.town}{village.name}" if village is not None else code
