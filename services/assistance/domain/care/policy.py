"""What a policy pack says of special-group care."""

from __future__ import annotations

from pydantic import BaseModel

from services.assistance.domain.care.weeks import Dependency


class Quota(BaseModel, frozen=True):
    """From `least` to `most` caregivers, and `required` visits (partly dependent) or days with a visit (fully dependent) a week."""

    least: int
    most: int
    required: int


class Care(BaseModel, frozen=True):
    """`age_limit` in full years, from which on nobody gives care; a late visit corrects one of the `kept_weeks` before the present one."""

    categories: tuple[str, ...]
    age_limit: int
    kept_weeks: int
    partial: Quota
    full: Quota

    def quota(self, dependency: Dependency) -> Quota:
        return self.full if dependency == "full" else self.partial
