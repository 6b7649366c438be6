"""The way out: proposed by the machine or a person when the facts no longer hold, and refused as long as something forbids it."""

from __future__ import annotations

from datetime import date
from typing import Final, Literal
from uuid import UUID

from msgspec.structs import replace

from pipeline.decider import Events
from schemas.clock import COUNTY_TIME
from services.enrollment.domain.case.procedure_commands import ProposeExit
from services.enrollment.domain.clocks.deadline_events import MinimumDropped, MinimumStarted
from services.enrollment.domain.clocks.deadlines import renewed
from services.enrollment.domain.clocks.running import Running
from services.enrollment.domain.commands import AnyCommand, DecideAtCounty, RecordFact, RecordVerification
from services.enrollment.domain.events import Evaluation, ExitProposed, HouseholdExited, RiskAdded, RiskResolved, StepReturned
from services.enrollment.domain.household.stages import Enrolled
from services.enrollment.domain.household.state import Household, State
from services.enrollment.domain.judging.evaluation import crosses, evaluate, foremost, latest_income, risks_of
from services.enrollment.domain.judging.latest_day import judged_from
from services.enrollment.domain.pack.policy import Policy
from services.enrollment.domain.pack.procedure import missing
from services.enrollment.domain.refusal import does_not_fit, refused, too_early, undecided

BEFORE_EXIT: Final = "before-exit"
INCOME_STABLE: Final = "income-stable"
# What has to pass first, by the reason code of who comes before.
WAITS: Final = {"exit.too-early": BEFORE_EXIT, "exit.income-not-stable": INCOME_STABLE}
MINIMA: Final = tuple(WAITS.values())
# The signal by which a department says of a guarantee that it is unmet, or met again.
TOLD_BY: Final = {"housing": "house", "water": "water", "education": "dropout"}


def recheck(command: AnyCommand, before: State, after: Household, stage: Enrolled, policy: Policy) -> Events:
    """The moment the facts no longer hold, an exit is proposed; it is taken back when that is no longer so.

    Of a household that is perhaps without labour, in which somebody died and nobody has looked at those who stay, or that somebody kept on
    the same figures, the machine proposes none: a person may, who has looked.
    """
    evaluation = evaluate(after, command.on, policy)
    changes = (*_risks(after, stage, policy), *_income_told(command, after, policy), *_calm(evaluation, before, after, command.on, policy))
    waits = any(isinstance(change, MinimumStarted) for change in changes)
    if stage.exit_proposed and (code := _why_back(evaluation, after, policy, waits=waits)) is not None:
        return (*changes, StepReturned(case=stage.case, step="exit", reason_code=code, evaluation=evaluation))
    if stage.exit_proposed or evaluation.outcome != "false" or waits or forbidden(after, stage, "help", command.on, policy):
        return changes
    if (after.perhaps_without_labour and policy.exit_blocked_without_labour) or _nobody_looked_since_a_death(after, policy):
        return changes
    if _kept(command, before, stage, evaluation, policy):
        return changes
    return (*changes, _proposed(command, after, stage.case, evaluation, policy.due("exit-decision", command.on)))


def _nobody_looked_since_a_death(home: Household, policy: Policy) -> bool:
    """With the sick ends the risk, and not what it cost those who stay: until a visit of a later day, or an income, says how they are."""
    if home.bereaved == date.min or (home.visited is not None and home.visited.on > home.bereaved):
        return False
    income = latest_income(home, policy)
    return income is None or income.on < home.bereaved


def _kept(command: AnyCommand, before: State, stage: Enrolled, evaluation: Evaluation, policy: Policy) -> bool:
    if stage.progress.returned is None or not isinstance(before, Household):
        return False
    return evaluate(before, command.on, policy).criteria == evaluation.criteria


def _why_back(evaluation: Evaluation, after: Household, policy: Policy, *, waits: bool) -> str | None:
    """The facts hold again, nobody knows, the months of a stable income have just begun, or a guarantee is open."""
    if evaluation.outcome != "false":
        return "facts.hold-again" if evaluation.outcome == "true" else "evaluation.unknown"
    if waits:
        return "exit.income-not-stable"
    return "exit.guarantee-open" if open_guarantees(after, policy) else None


def propose(command: ProposeExit, state: Household, policy: Policy) -> Events:
    """Months that never began, since no message told that the facts hold no more, begin with the refusal that names their end."""
    stage = state.stage
    if not isinstance(stage, Enrolled) or stage.exit_proposed:
        return does_not_fit(command, state, policy)
    on = judged_from(command.came, state, policy)
    evaluation = evaluate(state, on, policy)
    if evaluation.outcome != "false":
        return _not_false(command, evaluation)
    if problems := forbidden(state, stage, command.method, command.on, policy):
        return _not_now(command, problems[0], state)
    if begun := _stable_from(on, state.running, policy):
        return (*begun, *too_early(command, "exit.income-not-stable", begun[0].until))
    proposed = _proposed(command, state, stage.case, evaluation, policy.due("exit-decision", on))
    return (replace(proposed, method=command.method, by=command.by, reason_sha256=command.text_sha256),)


def _not_false(command: ProposeExit | DecideAtCounty, evaluation: Evaluation) -> Events:
    fits = ("record-verification",)
    return refused(command, "exit.facts-hold", fits) if evaluation.outcome == "true" else undecided(command, evaluation, fits)


def _proposed(command: AnyCommand, state: Household, case: UUID, evaluation: Evaluation, due: date) -> ExitProposed:
    """Told as of the message that led to it, so that whoever answers dates his decision no earlier."""
    on = command.at.astimezone(COUNTY_TIME).date()
    return ExitProposed(case=case, episode=state.episode, method="help", due=due, evaluation=evaluation, on=on)


def is_about_the_entry(command: DecideAtCounty) -> bool:
    """A type and risks are what somebody is taken in with."""
    return command.type is not None or bool(command.risks)


def let_out(command: DecideAtCounty, stage: Enrolled, state: Household, policy: Policy) -> Events:
    """The county's approval; whatever forbids an exit forbids it until the end, an income that got old meanwhile as well."""
    if missing(policy.procedure.exit, stage.progress.done):
        return does_not_fit(command, state, policy, "step.too-early")
    if problems := forbidden(state, stage, stage.progress.method, command.on, policy):
        return _not_now(command, problems[0], state)
    if (judged := evaluate(state, judged_from(command.on, state, policy), policy)).outcome != "false":
        return _not_false(command, judged)
    return (
        HouseholdExited(
            case=stage.case,
            episode=state.episode,
            method=stage.progress.method,
            reason_sha256=command.reason_sha256,
            basis=judged.basis,
            by=command.by,
            evaluation=judged,
        ),
    )


def _not_now(command: ProposeExit | DecideAtCounty, code: str, state: Household) -> Events:
    """What has to pass first says until when."""
    return too_early(command, code, state.running.minima[WAITS[code]]) if code in WAITS else refused(command, code)


def forbidden(state: Household, stage: Enrolled, method: Literal["help", "natural"], on: date, policy: Policy) -> tuple[str, ...]:
    """The reason codes of all that forbids an exit now."""
    checks = {
        **{code: waiting(minimum, state, on) for code, minimum in WAITS.items()},
        "exit.no-measure": method == "help" and not stage.helped,
        "exit.guarantee-open": bool(open_guarantees(state, policy)),
        "exit.without-labour": state.without_labour and policy.exit_blocked_without_labour,
        "exit.appeal-open": state.appeal is not None,
    }
    return tuple(code for code, applies in checks.items() if applies)


def waiting(minimum: str, state: Household, on: date) -> bool:
    until = state.running.minima.get(minimum)
    return until is not None and on <= until


def open_guarantees(state: Household, policy: Policy) -> tuple[str, ...]:
    """What the last visit found unmet and no department has reported mended since, and what a department has reported unmet since.

    Neither water that is safe in the village mends that of the house, nor a child who is back at school what one who is not yet opened.
    """
    visited, stands = state.visited, state.standing().values()
    since = [fact for fact in stands if visited is None or fact.heard_at > visited.at]
    lasts = {fact.signal for fact in stands if crosses(fact, state.category, policy)}
    mended = {fact.signal for fact in since if not fact.present and not fact.whole_village} - lasts
    unmet = {fact.signal for fact in since if crosses(fact, state.category, policy)}
    seen = tuple(one for one in (visited.unmet if visited is not None else ()) if TOLD_BY.get(one) not in mended)
    return seen + tuple(one for one, signal in TOLD_BY.items() if signal in unmet and one not in seen)


def before_exit(on: date, policy: Policy) -> tuple[MinimumStarted, ...]:
    """How long an enrolled household stays at least, if the pack says so."""
    months = policy.exit.minimum_months
    return (MinimumStarted(kind=BEFORE_EXIT, until=policy.period(on, months, "months")),) if months else ()


def _calm(evaluation: Evaluation, before: State, state: Household, on: date, policy: Policy) -> Events:
    """One noisy fact swings no household out: what no longer holds has to stay so for a while; an income that got old ends nothing.

    It begins anew when others live together: the income that was stable was not theirs.
    """
    regrouped = isinstance(before, Household) and before.regrouped < state.regrouped
    over = _is_begun(state.running) and (evaluation.outcome == "true" or regrouped)
    dropped = MinimumDropped(kind=INCOME_STABLE)
    running = state.running.after(dropped) if over else state.running
    begins = _stable_from(on, running, policy) if evaluation.outcome == "false" else ()
    return (dropped, *begins) if over else begins


def _is_begun(running: Running) -> bool:
    return INCOME_STABLE in running.minima or INCOME_STABLE in running.reached


def _stable_from(on: date, running: Running, policy: Policy) -> tuple[MinimumStarted, ...]:
    """The months for which what no longer holds has to stay so begin, where the pack wants them and they have not begun."""
    months = policy.exit.income_stable_months
    return (MinimumStarted(kind=INCOME_STABLE, until=policy.period(on, months, "months")),) if months and not _is_begun(running) else ()


def _risks(after: Household, stage: Enrolled, policy: Policy) -> Events:
    """What is resolved makes room for what the form did not hold."""
    present = risks_of(after, policy)
    room = policy.risks.most - len(stage.risks & present)
    resolved = tuple(RiskResolved(risk=risk) for risk in sorted(stage.risks - present))
    return resolved + tuple(RiskAdded(risk=risk) for risk in sorted(foremost(present - stage.risks, room, policy)))


def _income_told(command: AnyCommand, after: Household, policy: Policy) -> Events:
    income = command.fact.income if isinstance(command, RecordFact) else command.income if isinstance(command, RecordVerification) else None
    is_news = income is not None and policy.believes(income, command.on)
    return renewed("income-staleness", after, command.on, policy) if is_news else ()
