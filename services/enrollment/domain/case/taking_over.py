"""The opening balance: a household that was enrolled before this log goes on as enrolled, and its events say that nobody decided here."""

from __future__ import annotations

from uuid import uuid5

from msgspec.structs import replace

from pipeline.decider import Events
from services.enrollment.domain.case.leaving import before_exit
from services.enrollment.domain.case.opening import Opening, TakenOver
from services.enrollment.domain.case.steps import opened
from services.enrollment.domain.clocks.deadlines import timed
from services.enrollment.domain.commands import RegisterHousehold
from services.enrollment.domain.events import CommandRefused, HouseholdEnrolled
from services.enrollment.domain.household.stages import Outside
from services.enrollment.domain.household.state import Household
from services.enrollment.domain.judging.evaluation import evaluate
from services.enrollment.domain.pack.policy import Policy
from services.enrollment.domain.refusal import refused


def cannot_be_taken_over(command: RegisterHousehold, policy: Policy) -> tuple[CommandRefused, ...]:
    """The refusal, if the opening balance says what cannot be."""
    problem = _problem(command, policy)
    if problem == "type.not-in-pack":
        return refused(command, problem, supported=[kind.name for kind in policy.household_types])
    return refused(command, problem) if problem is not None else ()


def _problem(command: RegisterHousehold, policy: Policy) -> str | None:
    opening = command.opening
    if opening is None or opening.taken_over is None:
        return None
    if not command.is_named:
        return "opening.unnamed"
    if opening.taken_over.since > command.on:
        return "opening.in-the-future"
    if len(set(opening.risks)) > policy.risks.most:
        return "opening.too-many-risks"
    return None if opening.type in {kind.name for kind in policy.household_types} else "type.not-in-pack"


def take_over(command: RegisterHousehold, household: Household, policy: Policy) -> Events:
    """Once: whoever has a clue or a case of this log stands where that led, and whoever brings him in is told so.

    Nor does another sheet correct what was taken over.
    """
    opening = command.opening
    if opening is None:
        return ()
    if household.taken_over is not None:
        return () if opening.says(household.taken_over) else refused(command, "opening.taken-over-differently")
    if opening.taken_over is None:
        return ()
    if household.episode or not isinstance(household.stage, Outside):
        return refused(command, "opening.overtaken")
    return timed(household, _enrolled(command, opening, opening.taken_over, household, policy), command.came, policy)


def _enrolled(command: RegisterHousehold, opening: Opening, before: TakenOver, household: Household, policy: Policy) -> Events:
    """The evaluation shows what is known on this day, mostly that somebody has to find it out; it decided nothing."""
    case = uuid5(household.id, "opening")
    named = replace(household, claimed=household.claimed | frozenset(opening.risks))
    enrolled = HouseholdEnrolled(
        case=case,
        episode=household.episode + 1,
        type=opening.type,
        risks=tuple(sorted(set(opening.risks))),
        pack=policy.name,
        reason_sha256="",
        evaluation=evaluate(named, command.on, policy),
        by=command.by,
        taken_over=before,
        village_code=household.village_code,
        category=household.category,
    )
    return (
        opened(case, household, command.on, policy),
        enrolled,
        *(one for one in before_exit(before.since, policy) if one.until >= command.on),
    )
