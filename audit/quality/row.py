"""What a rule of data quality looks at: one household as the logs tell it, without a name or a number."""

from __future__ import annotations

from datetime import date
from typing import Literal
from uuid import UUID

from pipeline.value import Value


class Measure(Value, frozen=True):
    """Of the open plan; `answers` are the risks, `under_way` says that somebody started it, also where it is over by now."""

    kind: str
    answers: frozenset[str]
    under_way: bool


class Enrolment(Value, frozen=True):
    """The present one, from the local date `since`; `explained` are the risks that a fact or somebody's words stand for.

    `most_risks` is how many the pack of its case lets it have.
    """

    since: date
    risks: frozenset[str]
    most_risks: int
    explained: frozenset[str] = frozenset()
    plan: tuple[Measure, ...] = ()


class Exit(Value, frozen=True):
    """One that is over: `helped` says that a measure was delivered, the rest how the household stood on the local date `on`.

    Amounts are fen: incomes of the whole household in twelve months, None where nobody told any; `line_fen` is per person.
    `visited` says that somebody looked at the guarantees, `signals` are those that crossed their threshold.
    """

    pack: str
    method: Literal["help", "natural"]
    since: date
    on: date
    helped: bool
    net_fen: int | None
    reference_fen: int | None
    line_fen: int
    members: int
    visited: bool
    signals: frozenset[str]


class Row(Value, frozen=True):
    """`pack` names whose figures count; `watched` says that a clue, a case or an enrolment is open, `labour` what each member can do.

    `signals` are those that cross their threshold, `benefits` those that somebody of the household gets; `transfer_fen` is None where
    nobody told the income.
    """

    household: UUID
    pack: str
    watched: bool
    labour: tuple[Literal["none", "partial", "full"] | None, ...]
    signals: frozenset[str] = frozenset()
    benefits: frozenset[str] = frozenset()
    transfer_fen: int | None = None
    enrolment: Enrolment | None = None
    exits: tuple[Exit, ...] = ()
