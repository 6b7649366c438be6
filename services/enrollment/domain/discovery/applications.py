"""Those who ask for help and those who look for them: an application and a screening raise a clue as facts do."""

from __future__ import annotations

from typing import assert_never
from uuid import UUID

from pipeline.decider import Events
from services.enrollment.domain.commands import Apply, ReportScreening
from services.enrollment.domain.discovery.clues import raise_clue
from services.enrollment.domain.discovery.discovery_events import ApplicationReceived, ClueJoined, ScreeningReported
from services.enrollment.domain.events import CommandRefused
from services.enrollment.domain.fact import Fact
from services.enrollment.domain.household.stages import CaseOpen, ClueOpen, Enrolled, Outside
from services.enrollment.domain.household.state import State, Unregistered
from services.enrollment.domain.judging.evaluation import crossing
from services.enrollment.domain.pack.policy import Policy


def ask_for_help(command: Apply | ReportScreening, state: State, policy: Policy) -> Events:
    """What was heard is written down before the clue that it leads to; whoever it was said to has a name."""
    if isinstance(state, Unregistered):
        return _refuse(command, "household.unknown")
    if command.request in state.requests:
        return ()
    if not command.by:
        return _refuse(command, "application.unnamed")
    match state.stage:
        case Outside():
            answered = tuple(crossing(state, policy).values())
            return (_heard(command), *raise_clue(command, _source(command), command.risks[0], policy, answered))
        case ClueOpen(clue=clue):
            return (_heard(command), ClueJoined(clue=clue, risk=command.risks[0], fact=_source(command)))
        case CaseOpen() | Enrolled() if isinstance(command, ReportScreening) and command.at_visit:
            return ()  # nobody asked for a clue: it stays an open finding of assistance, and others look at this household already
        case CaseOpen():
            return _refuse(command, "application.case-open")
        case Enrolled():
            return _refuse(command, "application.enrolled")
        case _:
            assert_never(state.stage)


def _heard(command: Apply | ReportScreening) -> ApplicationReceived | ScreeningReported:
    match command:
        case Apply(request=request, applicant=applicant, by=by, risks=risks, difficulty_sha256=text):
            return ApplicationReceived(application=request, applicant=applicant, by=by, risks=risks, difficulty_sha256=text)
        case ReportScreening(request=request, by=by, risks=risks, findings_sha256=text):
            return ScreeningReported(screening=request, by=by, risks=risks, findings_sha256=text)


def _source(command: Apply | ReportScreening) -> Fact:
    """A clue names what raised it; nothing of this counts as a fact of the household."""
    name, person = _named(command)
    return Fact(
        id=command.request,
        source=command.source,
        reference=command.reference,
        name=name,
        person=person,
        series=name,
        time=command.at,
        valid_on=command.on,
        present=True,
    )


def _named(command: Apply | ReportScreening) -> tuple[str, UUID | None]:
    return ("application", command.applicant) if isinstance(command, Apply) else ("screening", None)


def _refuse(command: Apply | ReportScreening, reason_code: str) -> Events:
    return (CommandRefused(command=command.id, reason_code=reason_code),)
