"""The procedure as a policy pack says it: which steps, in which order, by whom, and who may not do two of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Final, Literal, Self, TypeAlias

from pydantic import BaseModel, Field, model_validator

Step: TypeAlias = Literal["authorisation", "verification", "comparison", "review", "notice", "township", "county"]
Aside: TypeAlias = Literal["proposal", "objection", "emergency", "withdrawal", "appeal", "appeal-decision", "voiding"]
Act: TypeAlias = Literal[Step, Aside]
# What is done anew when an objection or an appeal was right.
REVIEW_ONWARDS: Final = ("review", "notice", "township")


class StepRule(BaseModel, frozen=True, extra="forbid"):
    """A step that may be done when all of `after` are; steps that wait for the same ones run beside one another."""

    step: Step
    after: tuple[Step, ...] = ()
    required: bool = True


Steps: TypeAlias = Annotated[tuple[StepRule, ...], Field(min_length=1)]


class Procedure(BaseModel, frozen=True, extra="forbid"):
    """`notice_days` is the minimum that a notice hangs, in calendar days.

    `four_eyes` are pairs of acts that one person may not do both; who has no `roles` given may be anybody with a name.
    """

    entry: Steps
    exit: Steps
    four_eyes: tuple[tuple[Act, Act], ...]
    roles: Mapping[Act, tuple[str, ...]] = {}
    notice_days: Annotated[int, Field(strict=True, ge=0)] = 0
    source: Annotated[str, Field(min_length=1)]
    verified: Annotated[bool, Field(strict=True)]

    @model_validator(mode="after")
    def _can_be_walked(self) -> Self:
        for name, steps in (("entry", self.entry), ("exit", self.exit)):
            if problem := _problem(steps):
                message = f"{name} {problem}"
                raise ValueError(message)
        return self

    def others_of(self, act: str) -> frozenset[str]:
        """The acts whose doer may not do this one."""
        return frozenset(other for pair in self.four_eyes if act in pair for other in pair if other != act)


def _problem(steps: Sequence[StepRule]) -> str | None:
    """Why nobody could walk through these steps."""
    earlier: list[str] = []
    for rule in steps:
        if rule.step in earlier:
            return f"names {rule.step} twice"
        if unknown := [step for step in rule.after if step not in earlier]:
            return f"lets {rule.step} wait for {', '.join(unknown)}, which is not before it"
        if rule.step == "notice" and "review" not in rule.after:
            return "has a notice that does not wait for a review: an objection would lead nowhere"
        earlier.append(rule.step)
    return None if earlier[-1] == "county" else "does not end with county"


def rule_of(steps: Iterable[StepRule], step: str) -> StepRule | None:
    return next((rule for rule in steps if rule.step == step), None)


def ready(steps: Sequence[StepRule], done: Iterable[str]) -> tuple[Step, ...]:
    """The steps that may be done now."""
    finished = set(done)
    return tuple(rule.step for rule in steps if rule.step not in finished and not awaited(steps, rule, finished))


def awaited(steps: Iterable[StepRule], rule: StepRule, done: Iterable[str]) -> frozenset[str]:
    """What still has to be done before a step: nothing waits for a step that is not required."""
    return frozenset(rule.after).intersection(one.step for one in steps if one.required).difference(done)


def missing(steps: Iterable[StepRule], done: Iterable[str]) -> tuple[Step, ...]:
    """The required steps before the county's decision that were not done."""
    finished = set(done)
    return tuple(rule.step for rule in steps if rule.required and rule.step != "county" and rule.step not in finished)


def onwards(steps: Iterable[StepRule], step: str) -> tuple[Step, ...]:
    """A step and all that wait for it."""
    found: list[Step] = []
    for rule in steps:
        if rule.step == step or any(before in found for before in rule.after):
            found.append(rule.step)
    return tuple(found)
