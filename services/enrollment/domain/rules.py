"""What follows from a command: the answer itself, then the consequences of the facts it changed."""

from __future__ import annotations

from functools import reduce
from typing import assert_never
from uuid import UUID

from msgspec.structs import replace

from pipeline.decider import Events
from services.enrollment.domain.case.acts import act
from services.enrollment.domain.case.procedure_commands import DecideAppeal, ProcedureCommand
from services.enrollment.domain.case.procedure_events import CaseEnded, CaseReopened
from services.enrollment.domain.case.taking_over import cannot_be_taken_over, take_over
from services.enrollment.domain.clocks.deadline_events import MinimumReached
from services.enrollment.domain.clocks.deadlines import day, no_later, timed
from services.enrollment.domain.commands import (
    Apply,
    ChangeHousehold,
    CountMeasure,
    DecideAtCounty,
    DismissClue,
    HandOnFacts,
    OfHousehold,
    RecordFact,
    RecordVerification,
    RegisterHousehold,
    ReportScreening,
    StartDay,
    WithdrawFact,
)
from services.enrollment.domain.consequences import consequences
from services.enrollment.domain.discovery.applications import ask_for_help, reported_before
from services.enrollment.domain.discovery.clues import found_by_pack
from services.enrollment.domain.events import (
    ClueClosed,
    CommandRefused,
    EnrollmentRejected,
    FactRecorded,
    HouseholdExited,
    HouseholdReevaluated,
    HouseholdRegistered,
    MeasureBegun,
    MeasureCounted,
)
from services.enrollment.domain.evolution import evolve
from services.enrollment.domain.household.stages import Enrolled, Outside
from services.enrollment.domain.household.state import Household, State, Unregistered
from services.enrollment.domain.judging.conflicts import followed
from services.enrollment.domain.judging.evaluation import crosses
from services.enrollment.domain.judging.latest_day import judged_from
from services.enrollment.domain.judging.reevaluation import reevaluate
from services.enrollment.domain.members.change import Due
from services.enrollment.domain.members.departures import hand_on
from services.enrollment.domain.members.membership import change, record, withdraw
from services.enrollment.domain.members.merging import as_before, merge, unmerge
from services.enrollment.domain.members.person_commands import MergePersons, UnmergePersons
from services.enrollment.domain.pack.policy import Policy
from services.enrollment.domain.policies import Policies
from services.enrollment.domain.refusal import refused


def decide(command: OfHousehold, state: State, policies: Policies) -> Events:
    policy = policies.of(command, state)
    answer = _answer(command, state, policy, policies)
    if not answer or isinstance(answer[0], CommandRefused) or (len(answer) == 1 and _is_everyday(command, state, policy)):
        return answer
    # a case that goes on keeps the times of its own pack, whichever its village has now
    goes_on = any(isinstance(event, CaseReopened) for event in answer)
    clock = policies.of(command, reduce(evolve, answer, state)) if goes_on else policy
    answer = timed(state, answer, command.came, clock)
    after = reduce(evolve, answer, state)
    if not isinstance(after, Household):
        return answer
    conflicts, now = followed(answer, after, policy), policies.of(command, after)
    if after.ended is not None:
        return answer + conflicts
    # who moved, and whose case has ended, may live under another pack from here on
    told, other = _may_have_consequences(command, answer, after), now.name != policy.name
    if not told and not other:
        return answer + conflicts
    command = replace(command, on=judged_from(command.came, after, now))
    before = as_before(state, answer) if isinstance(command, MergePersons | UnmergePersons) else state
    found = consequences(command, before, after, now) if told else ()
    if other and not found:
        found = found_by_pack(command, after, policy, now)
    return answer + no_later(timed(after, found, command.on, now), command.on, _due_along(command)) + conflicts


def _due_along(command: OfHousehold) -> tuple[Due, ...]:
    match command:
        case ChangeHousehold(handed=handed):
            return handed.due
        case MergePersons(due=due):
            return due
        case _:
            return ()


def _may_have_consequences(command: OfHousehold, answer: Events, after: Household) -> bool:
    """Whether clues, risks or exits may follow from it, beside the answer itself."""
    if any(isinstance(event, EnrollmentRejected | HouseholdExited | CaseEnded | ClueClosed) for event in answer):
        return True
    match command:
        case RegisterHousehold() | RecordFact() | ChangeHousehold() | WithdrawFact() | CountMeasure() | MergePersons() | UnmergePersons():
            return True
        case RecordVerification(outcome="approved") | ReportScreening() | DecideAppeal():
            return isinstance(after.stage, Enrolled)
        case StartDay():
            return any(isinstance(event, MinimumReached | HouseholdReevaluated) for event in answer)
        case RecordVerification() | Apply() | DismissClue() | DecideAtCounty() | ProcedureCommand() | HandOnFacts():
            return False
        case _:
            assert_never(command)


def _is_everyday(command: OfHousehold, state: State, policy: Policy) -> bool:
    """A fact that crosses nothing changes nothing else for a household outside, for which nothing ever spoke: most facts are so."""
    return (
        isinstance(command, RecordFact)
        and isinstance(state, Household)
        and isinstance(state.stage, Outside)
        and not crosses(command.fact, state.category, policy)
        and command.fact.benefit is None
        and not state.claimed
        and not any(fact.signal and crosses(fact, state.category, policy) for fact in state.facts.values())
    )


def _answer(command: OfHousehold, state: State, policy: Policy, policies: Policies) -> Events:
    match command:
        case RegisterHousehold():
            return _register(command, state, policy)
        case RecordFact():
            return record(command, state)
        case ChangeHousehold():
            return change(command, state)
        case HandOnFacts():
            return hand_on(command, state)
        case WithdrawFact():
            return withdraw(command, state)
        case Apply() | ReportScreening():
            return ask_for_help(command, state, policy)
        case MergePersons():
            return merge(command, state)
        case UnmergePersons():
            return unmerge(command, state)
        case CountMeasure():
            return _count_measure(command, state) if isinstance(state, Household) else ()
        case StartDay():
            return (*_start_day(command, state, policy), *reevaluate(command, state, policies))
        case DismissClue() | RecordVerification() | DecideAtCounty() | ProcedureCommand():
            if isinstance(state, Unregistered):
                return refused(command, "household.unknown", ("register-household",))
            return act(command, state, policy)
        case _:
            assert_never(command)


def _register(command: RegisterHousehold, state: State, policy: Policy) -> Events:
    persons = frozenset(member.person for member in command.members)
    if problem := cannot_be_taken_over(command, policy):
        return problem
    if isinstance(state, Household):
        is_same = _says_nothing_else(command, persons, state)
        return take_over(command, state, policy) if is_same else refused(command, "household.registered-differently")
    if problem := _cannot_be_members(command, persons):
        return refused(command, problem, ("unmerge-persons",) if problem == "person.merged-into-another" else ())
    registered = HouseholdRegistered(
        household=command.household,
        village_code=command.village_code,
        category=command.category,
        members=command.members,
        since=command.since,
        opening=command.opening is not None,
    )
    told = (registered, *(FactRecorded(fact=fact) for fact in command.handed if fact.id not in state.withdrawn))
    household = reduce(evolve, told, state)
    taken_over = take_over(command, household, policy) if isinstance(household, Household) else ()
    return (*told, *(taken_over or reported_before(command, state, policy)))


def _says_nothing_else(command: RegisterHousehold, persons: frozenset[UUID], state: Household) -> bool:
    """Than the register knows; what it does not know of a member, it learns at a visit."""
    told = {(one.person, one.labour_capacity) for one in command.members if one.labour_capacity is not None}
    known = {(stay.person, stay.labour_capacity) for stay in state.stays if stay.lasts}
    same = (state.village_code, state.category, state.members) == (command.village_code, command.category, persons)
    return same and told <= known


def _cannot_be_members(command: RegisterHousehold, persons: frozenset[UUID]) -> str | None:
    """The reason code; who was merged into another person by mistake stands in his own way, and only the county can part them."""
    twice = frozenset(one for one in persons if sum(member.person == one for member in command.members) > 1)
    if command.merged & (command.elsewhere | command.dead | twice):
        return "person.merged-into-another"
    if command.elsewhere:
        return "person.in-another-household"
    if command.dead:
        return "person.died"
    return "person.named-twice" if twice else None


def _count_measure(command: CountMeasure, state: Household) -> Events:
    """Each that begins and the first that arrives; what has arrived has begun. Help of an earlier episode is none of this one."""
    stage, counted = state.stage, state.counted.get(command.measure)
    if not isinstance(stage, Enrolled) or not {counted, command.episode} <= {None, state.episode}:
        return ()
    if command.delivered and not stage.helped:
        return (MeasureCounted(measure=command.measure),)
    return (MeasureBegun(measure=command.measure),) if counted is None else ()


def _start_day(command: StartDay, state: State, policy: Policy) -> Events:
    return () if isinstance(state, Unregistered) else day(state, command.on, policy)
