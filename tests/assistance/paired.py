"""The household in its village, who answers for it, and who visits it."""

from __future__ import annotations

from datetime import date
from typing import Any, Final
from uuid import UUID

from pipeline.decider import Event
from services.assistance.domain.pairing import pairing_commands as ask
from services.assistance.domain.pairing import pairing_events as did
from services.assistance.domain.pairing.pairings import answers_on
from services.assistance.domain.state import State
from services.assistance.domain.visits.visit_commands import RecordVisit, ResolveFinding
from services.assistance.domain.visits.visit_events import Finding, FindingResolved, VisitRecorded
from tests.assistance.helped import CADRE, TODAY, asked, given
from tests.specification import Specification

VILLAGE, NEXT_VILLAGE, OTHER_TOWN = "370323100201", "370323100202", "370323101201"
FIRST: Final = date(2021, 1, 1)
VISIT, FINDING = UUID(int=700), UUID(int=800)


def day(number: int) -> date:
    """Of January 2021."""
    return date(2021, 1, number)


def place(category: str = "lifted_receiving", village: str = VILLAGE, on: date = FIRST) -> ask.PlaceHousehold:
    return ask.PlaceHousehold(**asked(on), village_code=village, category=category)


def move(village: str, on: date, told: date = TODAY) -> ask.MoveHousehold:
    return ask.MoveHousehold(**asked(told), village_code=village, day=on)


def end_household(on: date = TODAY, *, for_good: bool = False) -> ask.EndHousehold:
    return ask.EndHousehold(**asked(), day=on, for_good=for_good)


def come_back(on: date = TODAY) -> ask.ReturnHousehold:
    return ask.ReturnHousehold(**asked(), day=on)


def pair(cadre: UUID, from_day: date, until: date | None = None, *left: date) -> ask.AssignCadre:
    return ask.AssignCadre(**asked(), cadre=cadre, from_day=from_day, until=until, left=left)


def release(cadre: UUID = CADRE, on: date = TODAY, told: date = TODAY) -> ask.ReleaseCadre:
    return ask.ReleaseCadre(**asked(told), cadre=cadre, day=on)


def leave(on: date = TODAY, cadre: UUID = CADRE) -> ask.RecordLeaving:
    return ask.RecordLeaving(**asked(), cadre=cadre, day=on)


def check(on: date = TODAY) -> ask.CheckPairing:
    return ask.CheckPairing(**asked(on))


def placed(category: str = "lifted_receiving", village: str = VILLAGE, on: date = FIRST) -> did.HouseholdPlaced:
    return did.HouseholdPlaced(village_code=village, category=category, on=on)


def paired(cadre: UUID, from_day: date, until: date | None = None) -> did.CadreAssigned:
    return did.CadreAssigned(cadre=cadre, from_day=from_day, until=until)


def answers(cadre: UUID | None, on: date = TODAY) -> did.CadreAnswers:
    return did.CadreAnswers(cadre=cadre, on=on)


def found(finding: UUID = FINDING, kind: str = "guarantee", risk: str | None = "housing") -> Finding:
    return Finding(finding, kind, "what he saw", risk)


def visit(  # noqa: PLR0913 - what a visit says
    on: date = TODAY,
    cadre: UUID = CADRE,
    identity: UUID = VISIT,
    *,
    unmet: frozenset[str] = frozenset(),
    findings: tuple[Finding, ...] = (),
    told: date = TODAY,
) -> RecordVisit:
    """By the paired cadre, who looked at food and water."""
    met = frozenset({"food", "water"}) - unmet
    return RecordVisit(**asked(told), visit=identity, cadre=cadre, day=on, met=met, unmet=unmet, findings=findings)


def visited(  # noqa: PLR0913 - what a visit says
    on: date = TODAY,
    cadre: UUID = CADRE,
    identity: UUID = VISIT,
    *,
    by_paired: bool = True,
    unmet: tuple[str, ...] = (),
    findings: tuple[Finding, ...] = (),
) -> VisitRecorded:
    met = tuple(item for item in ("food", "water") if item not in unmet)
    return VisitRecorded(visit=identity, cadre=cadre, on=on, paired=by_paired, met=met, unmet=unmet, findings=findings)


def resolve(finding: UUID = FINDING, on: date = TODAY) -> ResolveFinding:
    return ResolveFinding(**asked(on), finding=finding, evidence_sha256="evidence")


def resolved(finding: UUID = FINDING, on: date = TODAY) -> FindingResolved:
    return FindingResolved(finding=finding, on=on, evidence_sha256="evidence")


HOME: Final = (placed(), paired(CADRE, day(1)), answers(CADRE, day(1)))


def who(history: tuple[Event, ...], *days: int) -> list[UUID | None]:
    """Who answers on these days of January 2021."""
    return who_after(given(*history), *days)


def who_after(story: Specification[Any, State, Any], *days: int) -> list[UUID | None]:
    return [answers_on(story.state.pairings, day(number)) for number in days]
