"""What a person may do with a household: who, then whether it fits, then what follows."""

from __future__ import annotations

from typing import TypeAlias, assert_never

from pipeline.decider import Events
from services.enrollment.domain.actors import is_one_of, role_of
from services.enrollment.domain.case.appeals import decide_appeal, file_appeal
from services.enrollment.domain.case.entering import enroll
from services.enrollment.domain.case.leaving import is_about_the_entry, let_out, propose
from services.enrollment.domain.case.procedure_commands import (
    AnyProcedureCommand,
    CloseNotice,
    DecideAppeal,
    DecideAtTownship,
    FileAppeal,
    Judgement,
    PostNotice,
    ProposeExit,
    RaiseObjection,
    RecordComparison,
    RecordReview,
    SignAuthorisation,
    StartEmergencyHelp,
    Void,
    Withdraw,
)
from services.enrollment.domain.case.procedure_events import CaseEnded, EmergencyHelpStarted
from services.enrollment.domain.case.steps import (
    close_notice,
    complete,
    is_before_the_exit,
    object_to_notice,
    post_notice,
    reject,
    send_back,
    step_completed,
    way_of,
)
from services.enrollment.domain.commands import DecideAtCounty, DismissClue, RecordVerification
from services.enrollment.domain.events import ClueClosed, Step, StepReturned
from services.enrollment.domain.household.stages import CaseOpen, ClueOpen, Enrolled
from services.enrollment.domain.household.state import Household
from services.enrollment.domain.pack.policy import Policy
from services.enrollment.domain.pack.procedure import Act, rule_of
from services.enrollment.domain.refusal import does_not_fit, refused

ActCommand: TypeAlias = DismissClue | RecordVerification | DecideAtCounty | AnyProcedureCommand


def act(command: ActCommand, state: Household, policy: Policy) -> Events:
    if stopped := _wrong_person(command, state, policy):
        return stopped
    match command:
        case DismissClue() | RecordVerification():
            return _visit(command, state, policy)
        case DecideAtCounty() | Judgement() | SignAuthorisation() | PostNotice() | CloseNotice() | RaiseObjection() | Withdraw() if (
            is_before_the_exit(command, state)
        ):
            return does_not_fit(command, state, policy, "exit.proposed-later")
        case DecideAtCounty():
            return _county(command, state, policy)
        case SignAuthorisation():
            return complete(command, "authorisation", state, policy)
        case RecordComparison():
            return _judge(command, "comparison", state, policy)
        case RecordReview():
            return _judge(command, "review", state, policy)
        case DecideAtTownship():
            return _judge(command, "township", state, policy)
        case PostNotice():
            return post_notice(command, state, policy)
        case CloseNotice():
            return close_notice(command, state, policy)
        case RaiseObjection():
            return object_to_notice(command, state, policy)
        case ProposeExit():
            return propose(command, state, policy)
        case FileAppeal():
            return file_appeal(command, state, policy)
        case DecideAppeal():
            return decide_appeal(command, state, policy)
        case StartEmergencyHelp() | Withdraw() | Void():
            return _aside(command, state, policy)
        case _:
            assert_never(command)


def _wrong_person(command: ActCommand, state: Household, policy: Policy) -> Events:
    """The refusal, if this person may not do this."""
    name = _act_of(command)
    if not command.is_named:
        return refused(command, {"verification": "visit.unnamed", "county": "decision.unnamed"}.get(name, "actor.unnamed"))
    roles = policy.procedure.roles.get(name)
    if roles and role_of(command.by) not in roles:
        return refused(command, "actor.wrong-role", supported=roles)
    return refused(command, "decision.same-person") if is_one_of(command.by, _others(name, state, policy)) else ()


def _act_of(command: ActCommand) -> Act:
    match command:
        case DismissClue() | RecordVerification():
            return "verification"
        case DecideAtCounty():
            return "county"
        case _:
            return command.ACT


def _others(name: Act, state: Household, policy: Policy) -> frozenset[str]:
    """Who did what the doer of this act may not have done."""
    way = way_of(state, policy)
    if way is None or isinstance(state.stage, ClueOpen) or rule_of(way.steps, name) is None:
        return frozenset()
    did = {**way.progress.done, "proposal": frozenset({way.progress.proposed_by})}
    if state.visited is not None:
        did["verification"] = did.get("verification", frozenset()) | {state.visited.by}
    return frozenset[str]().union(*(did.get(act, frozenset()) for act in policy.procedure.others_of(name))) - {""}


def _visit(command: DismissClue | RecordVerification, state: Household, policy: Policy) -> Events:
    match command, state.stage:
        case RecordVerification(labour=labour), _ if any(one.person not in state.members for one in labour):
            return refused(command, "person.not-a-member")
        case DismissClue() | RecordVerification(outcome="rejected"), ClueOpen(since=since) if since is not None and command.at < since:
            return does_not_fit(command, state, policy, "clue.raised-since")
        case DismissClue(reason_sha256=reason), ClueOpen(clue=clue):
            return (ClueClosed(clue=clue, reason="dismissed", reason_sha256=reason),)
        case RecordVerification(outcome="rejected", findings_sha256=findings), ClueOpen(clue=clue):
            return (ClueClosed(clue=clue, reason="not-confirmed", reason_sha256=findings),)
        case RecordVerification(outcome="approved"), CaseOpen() | Enrolled() if _told_before(command, state):
            return ()
        case RecordVerification(outcome="approved"), Enrolled(case=case) if not _visit_is_a_step(command, state, policy):
            return (step_completed(command, case, "recheck", state, policy),)
        case RecordVerification(), _ if is_before_the_exit(command, state):
            return does_not_fit(command, state, policy, "exit.proposed-later")
        case RecordVerification(), _:
            return _judge(command, "verification", state, policy)
        case _:
            return does_not_fit(command, state, policy)


def _told_before(command: RecordVerification, state: Household) -> bool:
    told = (command.by, command.at, command.findings_sha256, command.income, command.unmet)
    return any((one.by, one.at, one.findings_sha256, one.income, one.unmet) == told for one in state.visits)


def _visit_is_a_step(command: RecordVerification, state: Household, policy: Policy) -> bool:
    """What somebody found before the exit was proposed counts, and is no visit of the way out."""
    way = way_of(state, policy)
    return way is not None and rule_of(way.steps, "verification") is not None and not is_before_the_exit(command, state)


def _judge(command: RecordVerification | Judgement, step: Step, state: Household, policy: Policy) -> Events:
    match command.outcome:
        case _ if isinstance(command, RecordReview) and command.in_favour + command.against > command.attendees:
            return does_not_fit(command, state, policy, "review.too-many-votes")
        case "approved" if isinstance(command, RecordReview) and command.in_favour <= command.against:
            return does_not_fit(command, state, policy, "review.not-carried")
        case "rejected" if isinstance(command, RecordReview) and command.in_favour > command.against:
            return does_not_fit(command, state, policy, "review.carried")
        case "approved":
            return complete(command, step, state, policy)
        case "rejected":
            return reject(command, step, state, policy)
        case "returned":
            return send_back(command, step, state, policy)


def _county(command: DecideAtCounty, state: Household, policy: Policy) -> Events:
    if state.appeal is not None and command.outcome == "approved":
        return does_not_fit(command, state, policy, "appeal.open")
    match command.outcome, state.stage:
        case _, Enrolled(exit_proposed=True) if is_about_the_entry(command):
            return does_not_fit(command, state, policy, "exit.names-a-type")
        case "approved", CaseOpen() as stage:
            return enroll(command, stage, state, policy)
        case "approved", Enrolled(exit_proposed=True) as stage:
            return let_out(command, stage, state, policy)
        case "rejected", CaseOpen() | Enrolled(exit_proposed=True):
            return reject(command, "county", state, policy)
        case "returned", CaseOpen() | Enrolled(exit_proposed=True):
            return send_back(command, "county", state, policy)
        case _:
            return does_not_fit(command, state, policy)


def _aside(command: StartEmergencyHelp | Withdraw | Void, state: Household, policy: Policy) -> Events:
    """What is done beside the steps, or ends them."""
    text = command.text_sha256
    match command, state.stage:
        case StartEmergencyHelp(), (ClueOpen(case=case) | CaseOpen(case=case)) if state.emergency != case:
            return (EmergencyHelpStarted(case=case, by=command.by, reason_sha256=text),)
        case StartEmergencyHelp(), ClueOpen() | CaseOpen():
            return does_not_fit(command, state, policy, "emergency.already-started")
        case Withdraw(), ClueOpen(clue=clue):
            return (ClueClosed(clue=clue, reason="withdrawn", reason_sha256=text),)
        case Withdraw(), CaseOpen(case=case):
            return (CaseEnded(case=case, episode=state.episode, reason="withdrawn", by=command.by, reason_sha256=text),)
        case Withdraw(), Enrolled(case=case, exit_proposed=True):
            return (StepReturned(case=case, step="exit", reason_code="exit.withdrawn", by=command.by, reason_sha256=text),)
        case Void(), Enrolled(case=case):
            return (CaseEnded(case=case, episode=state.episode, reason="voided", by=command.by, reason_sha256=text),)
        case _:
            return does_not_fit(command, state, policy)
