"""The policy pack of assistance as values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import BaseModel, Field

from services.assistance.domain.care.policy import Care


class Answer(BaseModel, frozen=True):
    kind: str
    department: str


class BaseItem(Answer, frozen=True):
    """`owner` is the role of the one person who answers for it."""

    owner: str


class Referrals(BaseModel, frozen=True):
    """How long a department has to answer, in calendar days, `days_of` those with a time of their own; then `overdue_to` is told."""

    days: int
    days_of: Mapping[str, int]
    overdue_to: str


class Policy(BaseModel, frozen=True):
    """The part of the pack that these rules read; `first_measure_days` in calendar days.

    Until then a measure must have begun; kinds in `start_days_of` have a time of their own.
    Every plan begins with the `base` items; a risk without an answer of its own has that of the first one.
    Measures of the kinds `natural_end` run on when the household leaves.
    Households of the categories `paired` must have a paired cadre on every day. `checklist` are the items that a visit looks at.
    """

    digest: str
    first_measure_days: int
    start_days_of: Mapping[str, int]
    base: Annotated[tuple[BaseItem, ...], Field(min_length=1)]
    answers: Mapping[str, Answer]
    natural_end: frozenset[str]
    paired: frozenset[str]
    checklist: frozenset[str]
    finding_kinds: frozenset[str]
    referrals: Referrals
    care: Care
