"""Who comes to a household, by what, and with what: the clue or the case that is open there covers him."""

from __future__ import annotations

from uuid import UUID

from pipeline.decider import Events
from services.enrollment.domain.commands import AnyCommand, ChangeHousehold, RecordFact, RegisterHousehold, WithdrawFact
from services.enrollment.domain.discovery.discovery_events import CaseJoined, ClueJoined
from services.enrollment.domain.events import ClueRaised
from services.enrollment.domain.fact import Fact
from services.enrollment.domain.household.stages import Coming
from services.enrollment.domain.household.state import Household, State
from services.enrollment.domain.judging.evaluation import crossing
from services.enrollment.domain.members.merging import decision
from services.enrollment.domain.members.person_commands import MergePersons, UnmergePersons
from services.enrollment.domain.pack.policy import Policy


def joined_by(change: Coming, clue: UUID) -> ClueJoined:
    """It keeps the clue open."""
    return ClueJoined(clue=clue, risk=change.risk, fact=change.fact, claimed=change.claimed)


def case_joined(command: AnyCommand, state: State, after: Household, case: UUID, policy: Policy) -> Events:
    """The next visit covers the newcomers and what they brought; if the case or the enrolment ends without one, they get a clue."""
    change = change_to_look_at(command, ()) or _brought_along(command, state, after, policy)
    return (comes_to(change, case),) if change is not None else ()


def _brought_along(command: AnyCommand, state: State, after: Household, policy: Policy) -> Coming | None:
    """That by which something crosses here which crossed nothing where it was told, or waited for whoever is a member now."""
    cause = cause_of(command, state)
    if cause is None or not isinstance(state, Household):
        return None
    return None if crossing(after, policy).keys() <= crossing(state, policy).keys() else Coming(cause)


def cause_of(command: AnyCommand, state: State) -> Fact | None:
    """By what somebody came, or what is known of him came to this household; None where nothing like it happened."""
    match command:
        case ChangeHousehold(fact=fact):
            return fact
        case RecordFact(fact=fact, waited=True):
            return fact
        case MergePersons() | UnmergePersons():
            return decision(command)
        case WithdrawFact(fact=fact) if isinstance(state, Household):
            return state.former.get(fact)
        case _:
            return None


def comes_to(coming: Coming, case: UUID) -> CaseJoined:
    return CaseJoined(case=case, risk=coming.risk, fact=coming.fact, claimed=coming.claimed)


def change_to_look_at(command: AnyCommand, found: Events) -> Coming | None:
    """The change that brought somebody who was looked at or helped elsewhere, or by which he had left the county.

    None where the facts that he brought are `found` here already and nothing else spoke for him.
    """
    spoken = any(isinstance(event, ClueRaised | ClueJoined) for event in found)
    match command:
        case ChangeHousehold(fact=fact, handed=left) if left.pending and (left.beyond_facts or not spoken):
            return Coming(fact, left.claimed)
        case RegisterHousehold(left=Fact() as left, claimed=claimed):
            return Coming(left, claimed)
        case MergePersons(pending=True, beyond_facts=beyond, claimed=claimed) if beyond or not spoken:
            return Coming(decision(command), claimed)
        case _:
            return None
