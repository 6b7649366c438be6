"""The way in ends: the county takes a household in, as a type and for the risks that its evaluation and its facts support."""

from __future__ import annotations

from pipeline.decider import Events
from services.enrollment.domain.case.leaving import before_exit
from services.enrollment.domain.commands import DecideAtCounty
from services.enrollment.domain.events import HouseholdEnrolled
from services.enrollment.domain.household.stages import CaseOpen
from services.enrollment.domain.household.state import Household
from services.enrollment.domain.judging.evaluation import evaluate, foremost, qualified, risks_of
from services.enrollment.domain.judging.latest_day import judged_from
from services.enrollment.domain.pack.explanations import Evaluation
from services.enrollment.domain.pack.policy import Policy
from services.enrollment.domain.pack.procedure import missing
from services.enrollment.domain.refusal import does_not_fit, refused, undecided


def enroll(command: DecideAtCounty, stage: CaseOpen, state: Household, policy: Policy) -> Events:
    if missing(policy.procedure.entry, stage.progress.done):
        return does_not_fit(command, state, policy, "step.too-early")
    evaluation = evaluate(state, judged_from(command.on, state, policy), policy)
    if evaluation.outcome != "true":
        return undecided(command, evaluation, ("record-verification", "decide-at-county"))
    risks = foremost(risks_of(state, policy), policy.risks.most, policy)
    if problem := _unsupported(command, evaluation, risks, state, policy):
        return problem
    enrolled = HouseholdEnrolled(
        case=stage.case,
        episode=state.episode,
        type=command.type or evaluation.type,
        risks=tuple(sorted(risks)),
        pack=policy.name,
        reason_sha256=command.reason_sha256,
        evaluation=evaluation,
        by=command.by,
        village_code=state.village_code,
        category=state.category,
    )
    return (enrolled, *before_exit(command.came, policy))


def _unsupported(command: DecideAtCounty, judged: Evaluation, risks: frozenset[str], state: Household, policy: Policy) -> Events:
    """Whoever names a type or risks names those that fit."""
    fits = ("decide-at-county",)
    if command.type is not None and command.type not in {kind.name for kind in policy.household_types}:
        return refused(command, "type.not-in-pack", fits)
    types = qualified(judged, state, policy)
    if command.type is not None and command.type not in types:
        return refused(command, "type.does-not-qualify", fits, types)
    if command.risks and frozenset(command.risks) != risks:
        return refused(command, "risks.differ", fits, sorted(risks))
    return ()
