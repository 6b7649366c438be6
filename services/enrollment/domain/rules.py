"""What follows from a command: the answer itself, then the consequences of the facts it changed."""

from __future__ import annotations

from functools import reduce
from typing import assert_never
from uuid import UUID, uuid5

from msgspec.structs import asdict, replace

from services.enrollment.domain.applications import ask_for_help
from services.enrollment.domain.commands import (
    AnyCommand,
    Apply,
    CountMeasure,
    DecideAtCounty,
    DismissClue,
    RecordFact,
    RecordVerification,
    RegisterHousehold,
    ReportScreening,
    StartDay,
    WithdrawFact,
)
from services.enrollment.domain.consequences import Events, consequences, ended
from services.enrollment.domain.evaluation import crosses, crossing, evaluate, risks
from services.enrollment.domain.events import (
    CaseOpened,
    ClueClosed,
    CommandRefused,
    DeadlineBreached,
    DeadlineStarted,
    EnrollmentRejected,
    FactRecorded,
    FactUnmatched,
    FactWithdrawn,
    HouseholdEnrolled,
    HouseholdExited,
    HouseholdRegistered,
    MeasureCounted,
    Step,
    StepCompleted,
    StepReturned,
)
from services.enrollment.domain.policies import Policies
from services.enrollment.domain.policy import Policy
from services.enrollment.domain.state import CaseOpen, ClueOpen, Enrolled, Household, Outside, State, Unregistered, Visit, evolve


def decide(command: AnyCommand, state: State, policies: Policies) -> Events:
    policy = policies.of(command, state)
    answer = _answer(command, state, policy)
    if not answer or _is_everyday(command, state, policy):
        return answer
    after = reduce(evolve, answer, state)
    if not isinstance(after, Household):
        return answer
    match command:
        case RegisterHousehold() | RecordFact() | WithdrawFact() | CountMeasure():
            return answer + consequences(command, state, after, policy)
        case RecordVerification() if isinstance(after.stage, Enrolled):
            return answer + consequences(command, state, after, policy)
        case _:
            return answer


def _is_everyday(command: AnyCommand, state: State, policy: Policy) -> bool:
    """A fact that crosses nothing changes nothing else for a household outside: most facts are so."""
    return (
        isinstance(command, RecordFact)
        and isinstance(state, Household)
        and isinstance(state.stage, Outside)
        and not crosses(command.fact, state.category, policy)
    )


def _answer(command: AnyCommand, state: State, policy: Policy) -> Events:
    match command:
        case RegisterHousehold():
            return _register(command, state)
        case RecordFact():
            return _record(command, state)
        case WithdrawFact():
            return _withdraw(command, state)
        case Apply() | ReportScreening():
            return ask_for_help(command, state, policy)
        case CountMeasure(measure=measure):
            helped = isinstance(state, Household) and isinstance(state.stage, Enrolled) and not state.stage.helped
            return (MeasureCounted(measure=measure),) if helped else ()
        case StartDay():
            return _start_day(command, state)
        case DismissClue() | RecordVerification() | DecideAtCounty():
            if isinstance(state, Unregistered):
                return _refuse(command, "household.unknown")
            return _act(command, state, policy)
        case _:
            assert_never(command)


def _register(command: RegisterHousehold, state: State) -> Events:
    persons = frozenset(member.person for member in command.members)
    if isinstance(state, Household):
        same = (state.village_code, state.category, state.members) == (command.village_code, command.category, persons)
        return () if same else _refuse(command, "household.registered-differently")
    if command.elsewhere:
        return _refuse(command, "person.in-another-household")
    if len(persons) < len(command.members):
        return _refuse(command, "person.named-twice")
    registered = HouseholdRegistered(
        household=command.household, village_code=command.village_code, category=command.category, members=command.members
    )
    return (registered,)


def _record(command: RecordFact, state: State) -> Events:
    if command.fact.id in state.facts or command.fact.id in state.withdrawn:
        return ()
    return (FactUnmatched(fact=command.fact),) if isinstance(state, Unregistered) else (FactRecorded(fact=command.fact),)


def _withdraw(command: WithdrawFact, state: State) -> Events:
    if command.fact in state.withdrawn:
        return ()
    return (FactWithdrawn(fact=command.fact, source=command.source, reference=command.reference),)


def _start_day(command: StartDay, state: State) -> Events:
    if isinstance(state, Unregistered):
        return ()
    late = sorted((kind, due) for kind, due in state.deadlines.items() if command.on > due)
    return tuple(DeadlineBreached(kind=kind, due=due) for kind, due in late)


def _act(command: DismissClue | RecordVerification | DecideAtCounty, state: Household, policy: Policy) -> Events:
    match command, state.stage:
        case ((RecordVerification(by="") | DismissClue(by="")), _):
            return _refuse(command, "visit.unnamed")
        case DismissClue(reason_sha256=reason), ClueOpen(clue=clue):
            return (*ended(state, "verify", command.on), ClueClosed(clue=clue, reason="dismissed", reason_sha256=reason))
        case RecordVerification(outcome="rejected", findings_sha256=findings), ClueOpen(clue=clue):
            return (*ended(state, "verify", command.on), ClueClosed(clue=clue, reason="not-confirmed", reason_sha256=findings))
        case RecordVerification(outcome="approved"), ClueOpen(clue=clue):
            return _open_case(command, clue, state, policy)
        case RecordVerification(outcome="approved"), CaseOpen(case=case) | Enrolled(case=case):
            step = "recheck" if isinstance(state.stage, Enrolled) else "verification"
            return () if _told_before(command, state) else (_step(command, case, step, state, policy),)
        case DecideAtCounty(by=""), _:
            return _refuse(command, "decision.unnamed")
        case DecideAtCounty(by=by), CaseOpen() | Enrolled(exit_proposed=True) if state.visited is not None and by == state.visited.by:
            return _refuse(command, "decision.same-person")
        case DecideAtCounty(outcome="approved"), CaseOpen(case=case):
            return _enroll(command, case, state, policy)
        case DecideAtCounty(outcome="rejected", reason_sha256=reason), CaseOpen(case=case):
            evaluation = evaluate(state, command.on, policy)
            rejected = EnrollmentRejected(case=case, reason_code="county.rejected", reason_sha256=reason, evaluation=evaluation)
            return (*ended(state, "county-decision", command.on), rejected)
        case DecideAtCounty(outcome="approved", reason_sha256=reason), Enrolled(case=case, exit_proposed=True):
            basis = policy.basis(state.village_code, command.on)
            exited = HouseholdExited(case=case, episode=state.episode, method="help", reason_sha256=reason, basis=basis)
            return (*ended(state, "exit-decision", command.on), exited)
        case DecideAtCounty(outcome="rejected"), Enrolled(case=case, exit_proposed=True):
            return (*ended(state, "exit-decision", command.on), StepReturned(case=case, step="exit", reason_code="county.rejected"))
        case _:
            return _refuse(command, "state.does-not-fit")


def _open_case(command: RecordVerification, clue: UUID, state: Household, policy: Policy) -> Events:
    case = uuid5(clue, "case")
    opened = (
        ClueClosed(clue=clue, reason="case-opened"),
        CaseOpened(case=case, episode=state.episode + 1, pack=policy.name, basis=policy.basis(state.village_code, command.on)),
    )
    step = _step(command, case, "verification", state, policy)
    return (
        *ended(state, "verify", command.on),
        *opened,
        step,
        DeadlineStarted(kind="county-decision", due=policy.due("county-decision", command.on)),
    )


def _told_before(command: RecordVerification, state: Household) -> bool:
    last = state.visited
    return last is not None and (last.by, last.at, last.findings_sha256) == (command.by, command.at, command.findings_sha256)


def _step(command: RecordVerification, case: UUID, step: Step, state: Household, policy: Policy) -> StepCompleted:
    visit = Visit(command.by, command.at, command.income, command.unmet, command.findings_sha256)
    evaluation = evaluate(replace(state, visited=visit), command.on, policy)
    return StepCompleted(case=case, step=step, **asdict(visit), evaluation=evaluation)


def _enroll(command: DecideAtCounty, case: UUID, state: Household, policy: Policy) -> Events:
    evaluation = evaluate(state, command.on, policy)
    if evaluation.outcome != "true":
        return _refuse(command, f"evaluation.{evaluation.outcome}")
    enrolled = HouseholdEnrolled(
        case=case,
        episode=state.episode,
        type=command.type or policy.household_type,
        risks=tuple(sorted(risks(crossing(state, policy), policy))),
        pack=policy.name,
        reason_sha256=command.reason_sha256,
        evaluation=evaluation,
    )
    return (*ended(state, "county-decision", command.on), enrolled)


def _refuse(command: AnyCommand, reason_code: str) -> Events:
    return (CommandRefused(command=command.id, reason_code=reason_code),)
