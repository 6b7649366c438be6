"""The hidden sheet: what a visit to each house would find, and whom a fact is about. Services never see it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Final, Literal
from uuid import UUID

from schemas.facts import Income

Verdict = Literal["approved", "rejected", "nothing_wrong"]
GUARANTEES: Final = ("food", "clothing", "education", "medical", "housing", "water")


@dataclass(frozen=True, slots=True)
class Finding:
    """What a visit on `since` or later finds; `income` and `unmet` guarantees only count where something is wrong."""

    since: date
    verdict: Verdict
    reason: str
    income: Income | None = None
    unmet: frozenset[str] = frozenset()


NOTHING: Final = Finding(date.min, "nothing_wrong", "入户核查：家庭生活正常，无返贫致贫风险")


@dataclass(frozen=True)
class Sheet:
    """`findings` are in order of `since`; `behind` names the household by (source, id) of a fact."""

    findings: Mapping[UUID, tuple[Finding, ...]]
    behind: Mapping[tuple[str, str], UUID]

    def finding(self, household_id: UUID, on: date) -> Finding:
        """What a visit on a day finds; in a house that nobody prepared, nothing is wrong."""
        known = [finding for finding in self.findings.get(household_id, ()) if finding.since <= on]
        return known[-1] if known else NOTHING

    def household_behind(self, source: str, fact_id: str) -> UUID | None:
        return self.behind.get((source, fact_id))


def income(random: Random, reference_fen: int, window_to: date) -> Income:
    """Twelve months of income whose reference figure is exactly `reference_fen`; net income alone may lie far above it."""
    business, cost = random.randrange(0, 400_000), random.randrange(0, 150_000)
    rent, transfer, payouts = random.randrange(0, 60_000), random.randrange(0, 200_000), random.randrange(0, 300_000)
    out_of_pocket = random.randrange(0, 2_500_000)
    wage = reference_fen - business + cost - rent - transfer - payouts + out_of_pocket
    return Income(
        window_from=window_to - timedelta(days=364),
        window_to=window_to,
        wage_fen=max(0, wage),
        business_fen=business,
        business_cost_fen=cost + max(0, -wage),
        property_fen=rent,
        transfer_fen=transfer,
        payouts_fen=payouts,
        within_policy_out_of_pocket_fen=out_of_pocket,
    )
