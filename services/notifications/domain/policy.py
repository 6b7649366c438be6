"""The policy pack of notifications as values."""

from __future__ import annotations

from pydantic import BaseModel


class Policy(BaseModel, frozen=True):
    """`attempts` refusals for good at most, `pauses_minutes` after refusals for now, `lease_seconds` until silence counts as unknown."""

    digest: str
    attempts: int
    pauses_minutes: tuple[int, ...]
    lease_seconds: int
    subjects: dict[str, str]
