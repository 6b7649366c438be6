"""What is promised of one household, held against each event as it happens, without asking the rules."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Final
from uuid import UUID

from pipeline.decider import Event
from services.enrollment.domain import events as did
from services.enrollment.domain.case.procedure_events import AppealDecided, AppealFiled, CaseEnded, CaseReopened
from services.enrollment.domain.clocks import deadline_events as time
from services.enrollment.domain.clocks.deadline_events import DeadlineBreached, DeadlineMet, DeadlineStarted
from services.enrollment.domain.members.change_events import HouseholdEnded
from services.enrollment.domain.pack.policy import Policy
from services.enrollment.domain.policies import Policies

MONTHS: Final = {"example-pilot": 0, "example-national-2021": 6}
NEEDED: Final = {
    ("example-pilot", "in"): {"authorisation", "verification", "comparison", "review", "notice", "township"},
    ("example-pilot", "out"): set[str](),
    ("example-national-2021", "in"): {"authorisation", "verification", "comparison", "review", "notice", "township"},
    ("example-national-2021", "out"): {"verification", "review", "notice", "township"},
}
# A department's fact may answer these, so that a visit's word about them is not the last.
ANSWERED: Final = {"housing", "water", "education"}


@dataclass
class Life:
    """`done` are the steps of the present way with who did them, `deadlines` what became of each kind that started."""

    policies: Policies
    clue: UUID | None = None
    case: UUID | None = None
    closed: UUID | None = None
    pack: str = ""
    episode: int = 0
    since: date | None = None
    proposed: bool = False
    helped: bool = False
    appealed: bool = False
    risks: set[str] = field(default_factory=set[str])
    done: dict[str, frozenset[str]] = field(default_factory=dict[str, frozenset[str]])
    rejected: dict[str, frozenset[str]] = field(default_factory=dict[str, frozenset[str]])
    visitor: str = ""
    unmet: tuple[str, ...] = ()
    deadlines: dict[str, str] = field(default_factory=dict[str, str])
    escalated: set[str] = field(default_factory=set[str])

    @property
    def policy(self) -> Policy:
        return self.policies.packs[self.pack]

    def follow(self, event: Event, on: date) -> None:
        self._clues(event)
        self._case(event)
        self._decisions(event, on)
        self._risks(event)
        self._deadlines(event)

    def _clues(self, event: Event) -> None:
        """One clue is open at a time, and none beside a case."""
        match event:
            case did.ClueRaised(clue=clue):
                assert (None, None) == (self.clue, self.case)
                self.clue = clue
            case did.ClueClosed(clue=clue):
                assert clue == self.clue
                self.clue = None
            case HouseholdEnded():
                assert (None, None) == (self.clue, self.case)
            case _:
                pass

    def _case(self, event: Event) -> None:
        """One episode is open at a time, and they count 1, 2, 3."""
        match event:
            case did.CaseOpened(case=case, episode=episode, pack=pack):
                assert (None, None, self.episode + 1) == (self.clue, self.case, episode)
                self.case, self.episode, self.pack, self.done, self.closed = case, episode, pack, {}, None
            case CaseReopened(case=case, episode=episode, undone=undone):
                assert (self.closed, self.episode, None, None) == (case, episode, self.case, self.clue)
                self.case, self.closed = case, None
                self.done = {step: by for step, by in self.rejected.items() if step not in undone}
            case _:
                self._steps(event)

    def _steps(self, event: Event) -> None:
        match event:
            case did.StepCompleted(case=case, step=step, by=by, unmet=unmet):
                assert self.case == case
                if step in {"verification", "recheck"}:
                    self.visitor, self.unmet = by, unmet
                if step != "recheck":
                    self.done[step] = self.done.get(step, frozenset()) | {by}
            case did.StepReturned(case=case, step="exit"):
                assert (self.case, True) == (case, self.proposed)
                self.proposed, self.done = False, {}
            case did.StepReturned(case=case, undone=undone):
                assert self.case == case
                self.done = {step: by for step, by in self.done.items() if step not in undone}
            case _:
                pass

    def _approved(self, way: str, by: str) -> None:
        """No approval without its steps, and none by who did what goes before."""
        assert NEEDED[self.pack, way] <= self.done.keys()
        before = {**self.done, "verification": self.done.get("verification", frozenset()) | {self.visitor}}
        assert by not in frozenset({""}).union(*(before.get(act, frozenset()) for act in self.policy.procedure.others_of("county")))
        assert not self.appealed

    def _decisions(self, event: Event, on: date) -> None:
        match event:
            case did.HouseholdEnrolled(case=case, episode=episode, by=by, pack=pack, evaluation=judged):
                assert (self.case, self.episode, self.pack, None, "true") == (case, episode, pack, self.since, judged.outcome)
                self._approved("in", by)
                self.since, self.done, self.helped = on, {}, False
            case did.EnrollmentRejected(case=case):
                assert (self.case, None) == (case, self.since)
                self.case, self.closed, self.rejected, self.done = None, case, self.done, {}
            case did.MeasureCounted():
                assert self.since is not None
                self.helped = True
            case did.ExitProposed(case=case, evaluation=judged, by=by):
                assert (self.case, False, "false") == (case, self.proposed, judged.outcome)
                assert self.since is not None
                self.proposed, self.done = True, {"proposal": frozenset({by})} if by else {}
            case did.HouseholdExited(case=case, method=method, by=by):
                assert (self.case, True) == (case, self.proposed)
                self._approved("out", by)
                assert self.helped or method == "natural"
                assert set(self.unmet) <= ANSWERED
                assert self.since is not None
                assert MONTHS[self.pack] == 0 or on > self.policy.period(self.since, MONTHS[self.pack], "months")
                self._over(case)
            case CaseEnded(case=case, episode=episode):
                assert (self.case, self.episode) == (case, episode)
                self._over(case)
            case AppealFiled():
                assert not self.appealed
                self.appealed = True
            case AppealDecided():
                assert self.appealed
                self.appealed = False
            case _:
                pass

    def _over(self, case: UUID) -> None:
        self.case, self.closed, self.since, self.proposed, self.done, self.risks = None, case, None, False, {}, set()

    def _risks(self, event: Event) -> None:
        """No more than the pack's number at any moment, and none twice."""
        match event:
            case did.HouseholdEnrolled(risks=risks):
                self.risks = set(risks)
                assert len(self.risks) == len(risks) > 0
            case did.RiskAdded(risk=risk):
                assert risk not in self.risks
                self.risks.add(risk)
            case did.RiskResolved(risk=risk):
                self.risks.remove(risk)
            case _:
                return
        assert len(self.risks) <= 5

    def _deadlines(self, event: Event) -> None:
        """None starts while it runs, none ends that does not, and what is late goes up, and is over, once."""
        match event:
            case DeadlineStarted(kind=kind):
                assert self.deadlines.get(kind) not in {"runs", "paused"}
                self.deadlines[kind] = "runs"
            case DeadlineMet(kind=kind) | DeadlineBreached(kind=kind) | time.DeadlineDropped(kind=kind):
                assert self.deadlines[kind] in {"runs", "paused"}
                self.deadlines[kind] = "late" if isinstance(event, DeadlineBreached) else "over"
            case time.DeadlinePaused(kind=kind):
                assert self.deadlines[kind] == "runs"
                self.deadlines[kind] = "paused"
            case time.DeadlineResumed(kind=kind):
                assert self.deadlines[kind] == "paused"
                self.deadlines[kind] = "runs"
            case time.DeadlineEscalated(kind=kind):
                assert self.deadlines[kind] == "late"
                self.escalated.add(kind)
            case time.EscalationEnded(kind=kind):
                assert self.deadlines[kind] == "late"
                self.deadlines[kind] = "over"
                self.escalated.discard(kind)
            case _:
                pass
