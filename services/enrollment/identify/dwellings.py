"""Which households live in which village, as one batch follows it; pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from services.enrollment.domain.fact import ToldAt


@dataclass
class Dwellings:
    """`registered` are the households that a registration would find in the register; `in_village` are those that have not ended.

    `moved` is when it was told where a household lives.
    """

    registered: set[UUID] = field(default_factory=set[UUID])
    village_of: dict[UUID, str] = field(default_factory=dict[UUID, str])
    in_village: dict[str, list[UUID]] = field(default_factory=dict[str, list[UUID]])
    moved: dict[UUID, ToldAt] = field(default_factory=dict[UUID, ToldAt])

    def move(self, household: UUID, village: str, told: ToldAt) -> bool:
        """Unless another village was told later."""
        if household in self.moved and self.moved[household] >= told:
            return False
        self.moved[household] = told
        self.live(household, village)
        return True

    def live(self, household: UUID, village: str) -> None:
        """In this village, and in no other one."""
        for households in self.in_village.values():
            households[:] = [other for other in households if other != household]
        self.registered.add(household)
        self.village_of[household] = village
        self.in_village.setdefault(village, []).append(household)

    def live_again(self, household: UUID) -> None:
        """Where it lived before it ended, if it had."""
        if household in self.village_of:
            self.live(household, self.village_of[household])
