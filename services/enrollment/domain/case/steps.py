"""The steps of a case, on the way in and on the way out alike: done, rejected, or sent back to an earlier one."""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple, TypeAlias
from uuid import UUID, uuid5

from msgspec.structs import replace

from pipeline.decider import Events
from services.enrollment.domain.case.procedure_commands import (
    CloseNotice,
    Judgement,
    PostNotice,
    ProcedureCommand,
    RaiseObjection,
    RecordReview,
)
from services.enrollment.domain.case.procedure_events import NoticePosted, ObjectionRaised
from services.enrollment.domain.commands import DecideAtCounty, RecordVerification
from services.enrollment.domain.events import CaseOpened, ClueClosed, EnrollmentRejected, Step, StepCompleted, StepReturned, Tally
from services.enrollment.domain.household.progress import Progress
from services.enrollment.domain.household.stages import CaseOpen, ClueOpen, Enrolled
from services.enrollment.domain.household.state import Household, Visit
from services.enrollment.domain.judging.evaluation import evaluate
from services.enrollment.domain.pack.explanations import Evaluation
from services.enrollment.domain.pack.policy import Policy
from services.enrollment.domain.pack.procedure import REVIEW_ONWARDS, StepRule, awaited, onwards, rule_of
from services.enrollment.domain.refusal import does_not_fit, too_early

StepCommand: TypeAlias = RecordVerification | DecideAtCounty | ProcedureCommand


class Way(NamedTuple):
    """Where a household is on its way in or out; `case` is the open one, or the one that its clue would open."""

    case: UUID
    steps: tuple[StepRule, ...]
    progress: Progress
    out: bool = False


def way_of(state: Household, policy: Policy) -> Way | None:
    match state.stage:
        case ClueOpen(case=case):
            return Way(case, policy.procedure.entry, Progress())
        case CaseOpen(case=case, progress=progress):
            return Way(case, policy.procedure.entry, progress)
        case Enrolled(case=case, exit_proposed=True, progress=progress):
            return Way(case, policy.procedure.exit, progress, out=True)
        case _:
            return None


def is_before_the_exit(command: StepCommand, state: Household) -> bool:
    """What is dated before the exit was proposed speaks of the way in, or of an earlier proposal, however late it is read."""
    return isinstance(state.stage, Enrolled) and command.on < state.stage.progress.proposed_on


def complete(command: StepCommand, step: Step, state: Household, policy: Policy) -> Events:
    """Approved, the step is done; the first one opens a case. What a visit turns round after the village reviewed it is reviewed again."""
    way = way_of(state, policy)
    problem = _problem(way, step) if way is not None else "state.does-not-fit"
    if way is None or problem is not None:
        return does_not_fit(command, state, policy, problem or "")
    done = step_completed(command, way.case, step, state, policy)
    if isinstance(state.stage, ClueOpen):
        closed = ClueClosed(clue=state.stage.clue, reason="case-opened")
        return (closed, opened(way.case, state, command.on, policy), done)
    if step == "verification" and "review" in way.progress.done and not way.out and _turned(evaluate(state, command.on, policy), done):
        return (done, _returned(command, way, "review", "verification.changed", REVIEW_ONWARDS))
    return (done,)


def _turned(before: Evaluation, done: StepCompleted) -> bool:
    return (before.outcome, before.type) != (done.evaluation.outcome, done.evaluation.type)


def opened(case: UUID, state: Household, on: date, policy: Policy) -> CaseOpened:
    """The next episode begins, under the pack in force."""
    return CaseOpened(case=case, episode=state.episode + 1, pack=policy.name, basis=policy.basis(state.village_code, on))


def _problem(way: Way, step: Step) -> str | None:
    """Why a step cannot be done now; a visit may be repeated as long as the case is open."""
    rule = rule_of(way.steps, step)
    if rule is None:
        return "step.not-in-pack"
    if awaited(way.steps, rule, way.progress.done):
        return "step.too-early"
    return "step.already-done" if step in way.progress.done and step != "verification" else None


def step_completed(command: StepCommand, case: UUID, step: Step, state: Household, policy: Policy) -> StepCompleted:
    found: dict[str, Any] = {"income": None, "unmet": (), "findings_sha256": getattr(command, "text_sha256", "")}
    seen = state
    if isinstance(command, RecordVerification):
        found = {"income": command.income, "unmet": command.unmet, "findings_sha256": command.findings_sha256}
        visit = uuid5(case, f"visit {command.id}")
        seen = state.after(Visit(command.by, command.at, **found, id=visit))
        found |= {"visit": visit, "labour": command.labour}
    if step == "comparison":
        seen = replace(state, compared=state.members)
    evaluation = evaluate(seen, command.on, policy)
    return StepCompleted(case=case, step=step, by=command.by, at=command.at, **found, evaluation=evaluation, tally=_tally_of(command))


def _tally_of(command: StepCommand) -> Tally | None:
    """The votes of a village review, passed or not; None for any other step."""
    return Tally(command.attendees, command.in_favour, command.against) if isinstance(command, RecordReview) else None


def reject(command: RecordVerification | Judgement | DecideAtCounty, step: Step, state: Household, policy: Policy) -> Events:
    """On the way in the case is over, on the way out the household stays, and what a visit found there counts."""
    way = way_of(state, policy)
    problem = _problem(way, step) if way is not None and not isinstance(state.stage, ClueOpen) else "state.does-not-fit"
    if way is None or problem is not None:
        return does_not_fit(command, state, policy, problem or "")
    code, said = f"{step}.rejected", _said(command)
    if way.out:
        found = (step_completed(command, way.case, "recheck", state, policy),) if isinstance(command, RecordVerification) else ()
        return (*found, StepReturned(case=way.case, step="exit", reason_code=code, command=command.id, **said))
    evaluation = evaluate(state, command.on, policy)
    return (EnrollmentRejected(case=way.case, reason_code=code, evaluation=evaluation, **said),)


def send_back(command: RecordVerification | Judgement | DecideAtCounty, step: Step, state: Household, policy: Policy) -> Events:
    """Back to the step that the command names, else to its own where that was done, else to the nearest one before it."""
    way = way_of(state, policy)
    if way is None or rule_of(way.steps, step) is None:
        return does_not_fit(command, state, policy)
    if way.progress.returned == (command.id, command.by, text_of(command)):
        return ()
    target = command.return_to or _nearest_done(way, step)
    if target is None or target not in way.progress.done:
        return does_not_fit(command, state, policy, "return.not-done")
    return (_returned(command, way, target, f"{step}.returned", onwards(way.steps, target)),)


def _nearest_done(way: Way, step: Step) -> str | None:
    until = [rule.step for rule in way.steps]
    done = [one for one in until[: until.index(step) + 1] if one in way.progress.done]
    return done[-1] if done else None


def _returned(command: StepCommand, way: Way, step: Any, code: str, undone: tuple[str, ...]) -> StepReturned:  # noqa: ANN401 - one that was done
    gone = tuple(one for one in undone if one in way.progress.done or (one == "notice" and way.progress.posted_until is not None))
    return StepReturned(case=way.case, step=step, reason_code=code, undone=gone, command=command.id, **_said(command))


def _said(command: StepCommand) -> dict[str, Any]:
    """Who decided, what he wrote, and how a village voted."""
    return {"by": command.by, "reason_sha256": text_of(command), "tally": _tally_of(command)}


def text_of(command: StepCommand) -> str:
    match command:
        case RecordVerification(findings_sha256=text) | DecideAtCounty(reason_sha256=text) | ProcedureCommand(text_sha256=text):
            return text


def post_notice(command: PostNotice, state: Household, policy: Policy) -> Events:
    """It hangs from the day on which the office can know of it: there is nothing to hang before."""
    way = way_of(state, policy)
    if way is None:
        return does_not_fit(command, state, policy)
    problem = "step.already-done" if way.progress.posted_until is not None else _problem(way, "notice")
    if problem is not None:
        return does_not_fit(command, state, policy, problem)
    until = policy.period(command.came, policy.procedure.notice_days, "calendar-days")
    found = None if way.out else evaluate(state, command.on, policy).type
    return (NoticePosted(case=way.case, by=command.by, until=until, type=found),)


def close_notice(command: CloseNotice, state: Household, policy: Policy) -> Events:
    way = way_of(state, policy)
    if way is None or way.progress.posted_until is None:
        return does_not_fit(command, state, policy)
    if command.on <= way.progress.posted_until:
        return too_early(command, "notice.too-early", way.progress.posted_until, ("raise-objection",))
    return complete(command, "notice", state, policy)


def object_to_notice(command: RaiseObjection, state: Household, policy: Policy) -> Events:
    """The notice comes down, the review is held again, and until then the clock stands still."""
    way = way_of(state, policy)
    if way is None or way.progress.posted_until is None:
        return does_not_fit(command, state, policy)
    if way.progress.taken_down:
        return does_not_fit(command, state, policy, "notice.ended")
    raised = ObjectionRaised(case=way.case, by=command.by, grounds_sha256=command.text_sha256)
    return (raised, _returned(command, way, "review", "objection.raised", REVIEW_ONWARDS))
