"""Those who ask for help and those who look for them: an application and a screening raise a clue as facts do."""

from __future__ import annotations

from typing import assert_never
from uuid import UUID

from msgspec.structs import replace

from pipeline.decider import Events
from services.enrollment.domain.commands import Apply, Command, RegisterHousehold, ReportScreening
from services.enrollment.domain.discovery.clues import raise_clue
from services.enrollment.domain.discovery.comings import comes_to
from services.enrollment.domain.discovery.discovery_events import ApplicationReceived, ClueJoined, ScreeningReported
from services.enrollment.domain.fact import Fact
from services.enrollment.domain.household.stages import CaseOpen, ClueOpen, Coming, Enrolled, Outside
from services.enrollment.domain.household.state import State, Unregistered
from services.enrollment.domain.judging.evaluation import crossing
from services.enrollment.domain.pack.policy import Policy
from services.enrollment.domain.refusal import refused


def ask_for_help(command: Apply | ReportScreening, state: State, policy: Policy) -> Events:
    """What was heard is written down before the clue that it leads to; whoever it was said to has a name."""
    if isinstance(state, Unregistered):
        return _wait(command, state)
    if command.request in state.requests:
        return ()
    if not command.is_named:
        return refused(command, "application.unnamed")
    if state.ended is not None:
        return refused(command, "household.ended")
    match state.stage:
        case Outside():
            answered = tuple(crossing(state, policy).values())
            return (_heard(command), *raise_clue(command, _source(command), command.risks[0], policy, answered))
        case ClueOpen(clue=clue):
            return (_heard(command), ClueJoined(clue=clue, risk=command.risks[0], fact=_source(command)))
        case CaseOpen(case=case) | Enrolled(case=case) if isinstance(command, ReportScreening) and command.at_visit:
            return (_heard(command), comes_to(Coming(_source(command), command.risks), case))
        case CaseOpen():
            return refused(command, "application.case-open")
        case Enrolled():
            return refused(command, "application.enrolled")
        case _:
            assert_never(state.stage)


def reported_before(command: RegisterHousehold, state: Unregistered, policy: Policy) -> Events:
    """What visitors found before anybody registered the household raises its clue now."""
    if not state.reported:
        return ()
    first, *others = state.reported
    raised = raise_clue(command, _screening(command, first.screening, first.source, first.reference), first.risks[0], policy)
    facts = [(one.risks[0], _screening(command, one.screening, one.source, one.reference)) for one in others]
    return (*raised, *(ClueJoined(clue=raised[0].clue, risk=risk, fact=fact) for risk, fact in facts))


def _wait(command: Apply | ReportScreening, state: Unregistered) -> Events:
    """A visit is told once, by assistance, and may come before the registration; whoever sends a command is told what to do."""
    if not isinstance(command, ReportScreening) or not command.at_visit:
        return refused(command, "household.unknown")
    if not command.is_named:
        return refused(command, "application.unnamed")
    if any(one.screening == command.request for one in state.reported):
        return ()
    return (_heard(command),)


def _heard(command: Apply | ReportScreening) -> ApplicationReceived | ScreeningReported:
    match command:
        case Apply(request=request, applicant=applicant, by=by, risks=risks, difficulty_sha256=text):
            return ApplicationReceived(application=request, applicant=applicant, by=by, risks=risks, difficulty_sha256=text)
        case ReportScreening(request=request, by=by, risks=risks, findings_sha256=text, source=source, reference=reference):
            return ScreeningReported(screening=request, by=by, risks=risks, findings_sha256=text, source=source, reference=reference)


def _source(command: Apply | ReportScreening) -> Fact:
    """A clue names what raised it; nothing of this counts as a fact of the household."""
    seen = _screening(command, command.request, command.source, command.reference)
    match command:
        case Apply(applicant=person):
            return replace(seen, name="application", series="application", person=person)
        case ReportScreening():
            return seen


def _screening(command: Command, request: UUID, source: str, reference: str) -> Fact:
    return Fact(
        id=request,
        source=source,
        reference=reference,
        name="screening",
        person=None,
        series="screening",
        time=command.at,
        valid_on=command.on,
        present=True,
    )
