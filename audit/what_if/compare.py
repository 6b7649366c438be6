"""One household judged twice, by the rules as they were and by others; pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import ClassVar, Final, Literal, NamedTuple, TypeAlias
from uuid import UUID

from audit.question import Question
from pipeline.value import Value
from services.enrollment.domain.commands import StartDay
from services.enrollment.domain.household.stages import Enrolled
from services.enrollment.domain.household.state import Household, State
from services.enrollment.domain.judging.evaluation import evaluate
from services.enrollment.domain.pack.explanations import Criterion, Evaluation, Truth
from services.enrollment.domain.pack.lines import Published
from services.enrollment.domain.pack.policy import Policy, WrittenLine
from services.enrollment.domain.policies import Policies

# Who is enrolled already cannot enter, and who is not cannot leave.
Way: TypeAlias = Literal["entered", "left", "may-stay", "may-not-enter", "other-type", "to-verify"]
NOBODY_ASKED: Final = datetime.min.replace(tzinfo=UTC)


class Changed(Value, frozen=True):
    """A criterion whose result or threshold is another one; amounts in fen, None where that side does not ask it."""

    id: str
    before: Truth | None
    after: Truth | None
    value: int | None
    threshold_before: int | None
    threshold_after: int | None
    value_before: int | None = None


class Difference(Value, frozen=True):
    """A household that on each day from `since` to `until` would have qualified, or not, or as another type, or nobody could have told.

    The types are empty where it does not qualify.
    """

    household: UUID
    village_code: str
    way: Way
    since: date
    until: date
    type_before: str
    type_after: str
    changed: tuple[Changed, ...]


class InForce(NamedTuple):
    """The packs of the release, and what the county had published beside them."""

    policies: Policies
    published: Published = Published()

    def of(self, state: Household, on: date) -> Policy:
        """By which the rules judged the household on a local date."""
        return self.policies.of(StartDay(id="", by="", on=on, at=NOBODY_ASKED, published=self.published), state)

    def named(self, pack: str) -> Policy:
        """Raises KeyError."""
        return self.policies.packs[pack].with_lines(self.published.lines)


class WhatIf(Question, frozen=True):
    """Another line, in fen for each person and year in every village, or another pack, or both.

    It is held against each household's own rules, or those of the pack `against`.
    """

    KIND: ClassVar[str] = "what-if"

    line_fen: int | None = None
    pack: str | None = None
    against: str | None = None

    def policy(self, in_force: InForce, before: Policy) -> Policy:
        policy = before if self.pack is None else in_force.named(self.pack)
        return policy if self.line_fen is None else _with_line(policy, self.line_fen)


def _with_line(policy: Policy, fen: int) -> Policy:
    everywhere = WrittenLine.model_construct(source="what-if", verified=False, area="", valid_from=date.min, fen_per_person=fen)
    return policy.model_copy(update={"lines": (everywhere,)})


def compare(state: State, on: date, in_force: InForce, asked: WhatIf) -> Difference | None:
    """Judged on a local date by what was in force, and by what is asked for; None where both come to the same."""
    if not isinstance(state, Household) or state.ended is not None:
        return None
    own = in_force.of(state, on) if asked.against is None else in_force.named(asked.against)
    before, after = evaluate(state, on, own), evaluate(state, on, asked.policy(in_force, own))
    if (way := _way(before, after, enrolled=isinstance(state.stage, Enrolled))) is None:
        return None
    return Difference(state.id, state.village_code, way, on, on, before.type, after.type, tuple(changes(before, after)))


def _way(before: Evaluation, after: Evaluation, *, enrolled: bool) -> Way | None:
    match before.outcome, after.outcome:
        case "true", "true":
            return "other-type" if before.type != after.type else None
        case was, now if was == now:
            return None
        case _, "true":
            return "may-stay" if enrolled else "entered"
        case _, "unknown":
            return "to-verify"
        case "true", _:
            return "left" if enrolled else "may-not-enter"
        case _:
            return None


def changes(before: Evaluation, after: Evaluation) -> Iterable[Changed]:
    """The criteria that came to something else, or were held against something else."""
    was = {one.id: one for one in before.criteria}
    now = {one.id: one for one in after.criteria}
    for name in dict.fromkeys((*was, *now)):
        if _said(was.get(name)) != _said(now.get(name)):
            yield _changed(name, was.get(name), now.get(name))


def _said(one: Criterion | None) -> tuple[Truth, int | None] | None:
    return None if one is None else (one.result, one.threshold)


def _changed(name: str, before: Criterion | None, after: Criterion | None) -> Changed:
    known = after or before
    return Changed(
        name,
        before and before.result,
        after and after.result,
        known and known.value,
        before and before.threshold,
        after and after.threshold,
        before and before.value,
    )
