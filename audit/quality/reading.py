"""One household's events, read again by enrollment's own rules of evolution, as a row for the rules of data quality; pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from hashlib import sha256
from typing import Final
from uuid import UUID

from audit.quality.row import Enrolment, Exit, Measure, Row
from pipeline.decider import Event
from services.enrollment.domain.discovery.discovery_events import ApplicationReceived, ScreeningReported
from services.enrollment.domain.events import HouseholdEnrolled, HouseholdExited
from services.enrollment.domain.evolution import evolve
from services.enrollment.domain.household.stages import Enrolled, Outside
from services.enrollment.domain.household.state import Household, State, Unregistered
from services.enrollment.domain.judging.evaluation import crossing, latest_income, risks
from services.enrollment.domain.pack.policy import Policy
from services.enrollment.domain.policies import Policies

BENEFIT: Final = "benefit:"
WORDLESS: Final = frozenset({"", sha256(b"").hexdigest()})


class Reading:
    """Takes the events of one household in their order; `row` is None as long as it is not in the register."""

    def __init__(self, household: UUID, policies: Policies) -> None:
        self._household, self._policies = household, policies
        self._state: State = Unregistered()
        self._since: date | None = None
        self._said = frozenset[str]()
        self._exits: list[Exit] = []

    def take(self, event: Event, on: date) -> None:
        """What happened on a local date."""
        match event:
            case HouseholdEnrolled():
                self._since = event.since(on)
            case HouseholdExited() if isinstance(self._state, Household):
                self._exits.append(self._exit(event, self._state, on))
            case ApplicationReceived(risks=told, difficulty_sha256=words) | ScreeningReported(risks=told, findings_sha256=words):
                self._said |= frozenset(told if words not in WORDLESS else ())
            case _:
                pass
        self._state = evolve(self._state, event)

    def row(self, plan: Iterable[Measure]) -> Row | None:
        state = self._state
        if not isinstance(state, Household):
            return None
        policy = self._policy(state)
        income = latest_income(state, policy)
        return Row(
            household=self._household,
            pack=policy.name,
            watched=state.ended is not None or not isinstance(state.stage, Outside),
            labour=tuple(stay.labour_capacity for stay in state.stays if stay.lasts),
            signals=_signals(state, policy),
            benefits=_benefits(state),
            transfer_fen=income.income.transfer_fen if income is not None else None,
            enrolment=self._enrolment(state, policy, tuple(plan)),
            exits=tuple(self._exits),
        )

    def _policy(self, state: Household) -> Policy:
        return self._policies.packs[state.pack or self._policies.default]

    def _enrolment(self, state: Household, policy: Policy, plan: tuple[Measure, ...]) -> Enrolment | None:
        if not isinstance(state.stage, Enrolled) or self._since is None:
            return None
        explained = self._said | risks(crossing(state, policy), policy)
        return Enrolment(self._since, state.stage.risks, policy.risks.most, explained, plan)

    def _exit(self, event: HouseholdExited, state: Household, on: date) -> Exit:
        policy = self._policy(state)
        known = latest_income(state, policy, on)
        line = event.basis.line if event.basis is not None else policy.line(state.village_code, on)
        return Exit(
            pack=policy.name,
            method=event.method,
            since=self._since or on,
            on=on,
            helped=isinstance(state.stage, Enrolled) and state.stage.helped,
            net_fen=known.income.net_fen if known is not None else None,
            reference_fen=known.income.reference_fen if known is not None else None,
            line_fen=line.fen_per_person,
            members=state.size_on(on),
            visited=state.visited is not None,
            signals=_signals(state, policy),
        )


def _signals(state: Household, policy: Policy) -> frozenset[str]:
    return frozenset(fact.signal for fact in crossing(state, policy).values() if fact.signal is not None)


def _benefits(state: Household) -> frozenset[str]:
    """A benefit that is paid is told as one that did not stop."""
    told = state.standing().values()
    return frozenset(fact.series.removeprefix(BENEFIT) for fact in told if fact.series.startswith(BENEFIT) and not fact.present)
