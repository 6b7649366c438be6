"""What follows from a visit: it counts once, on its day, in whatever order visits arrive."""

from __future__ import annotations

from typing import assert_never

from msgspec.structs import replace

from pipeline.decider import Events
from services.assistance.domain.pairing.pairings import answers_on
from services.assistance.domain.policy import Policy
from services.assistance.domain.refusal import refused
from services.assistance.domain.state import State
from services.assistance.domain.visits.visit_commands import AnyVisitCommand, RecordVisit, ResolveFinding
from services.assistance.domain.visits.visit_events import FindingResolved, VisitRecorded


def visit(command: AnyVisitCommand, state: State, policy: Policy) -> Events:
    match command:
        case RecordVisit():
            return _record(command, state, policy)
        case ResolveFinding(finding=finding, evidence_sha256=evidence):
            if finding not in state.found:
                return refused(command, "finding.unknown")
            resolved = FindingResolved(finding=finding, on=command.on, evidence_sha256=evidence)
            return () if finding in state.resolved else (resolved,)
        case _:
            assert_never(command)


def _record(command: RecordVisit, state: State, policy: Policy) -> Events:
    recorded = VisitRecorded(
        visit=command.visit,
        cadre=command.cadre,
        on=command.day,
        paired=answers_on(state.pairings, command.day) == command.cadre,
        met=tuple(sorted(command.met)),
        unmet=tuple(sorted(command.unmet)),
        findings=command.findings,
    )
    before = state.visits.get(command.visit)
    if before is not None:
        # who was paired may have been told since; the sender said the same
        return () if replace(before, paired=recorded.paired) == recorded else refused(command, "visit.told-differently")
    ended = state.place.ended if state.place is not None else None
    if ended is not None and command.day > ended:
        return refused(command, "visit.household-ended", ended.isoformat())
    problem = _problem(command, state, policy)
    return refused(command, problem) if problem else (recorded,)


def _problem(command: RecordVisit, state: State, policy: Policy) -> str:
    """The reason why a visit is not taken; empty where it is."""
    if command.day > command.on:
        return "visit.in-the-future"
    if not (command.met | command.unmet) <= policy.checklist:
        return "visit.item-unknown"
    if any(one.kind not in policy.finding_kinds for one in command.findings):
        return "visit.kind-unknown"
    if any(one.finding in state.found for one in command.findings):
        return "visit.finding-told-before"
    return ""
