"""What messages about places, pairings and visits ask, and what is public of what happened."""

from __future__ import annotations

from hashlib import sha256
from typing import Final
from uuid import UUID

from msgspec.structs import replace

from pipeline.decider import Event
from pipeline.uuid5 import uuid5
from schemas import assistance as words
from schemas import enrollment as heard
from schemas.assistance.visits import ToldFinding, VisitFinding
from schemas.clock import DayStarted
from schemas.message import Message
from services.assistance.domain import events as did
from services.assistance.domain.commands import AnyCommand
from services.assistance.domain.visits.visit_events import Finding
from tests.assistance.helped import CADRE, HOUSEHOLD, SUCCESSOR, TODAY
from tests.assistance.paired import (
    FINDING,
    OTHER_TOWN,
    VILLAGE,
    VISIT,
    answers,
    check,
    come_back,
    day,
    end_household,
    found,
    move,
    pair,
    paired,
    place,
    placed,
    release,
    resolve,
    resolved,
    visit,
    visited,
)

ID: Final = {"household_id": HOUSEHOLD}
SEEN: Final = "屋顶漏雨"
SHA: Final = sha256(SEEN.encode()).hexdigest()
NAMED, UNNAMED = Finding(FINDING, "guarantee", SHA, "housing"), Finding(uuid5(VISIT, "finding 1"), "other", SHA)
TOLD: Final = (ToldFinding(kind="guarantee", text=SEEN, finding_id=FINDING, risk="housing"), ToldFinding(kind="other", text=SEEN))
ASKED: Final[list[tuple[Message, AnyCommand]]] = [
    (
        heard.HouseholdRegistered(**ID, village_code=VILLAGE, category="lifted_receiving", member_count=2),
        replace(place(), on=TODAY),
    ),
    (heard.HouseholdMoved(**ID, village_code=OTHER_TOWN, on=day(4)), move(OTHER_TOWN, day(4))),
    (heard.HouseholdEnded(**ID, reason="died", on=day(4)), end_household(day(4), for_good=True)),
    (heard.HouseholdEnded(**ID, reason="moved-out", on=day(4)), end_household(day(4), for_good=True)),
    (heard.HouseholdEnded(**ID, reason="dissolved", on=day(4)), end_household(day(4))),
    (heard.MembersJoined(**ID, person_ids=(UUID(int=1),), on=day(4), reason="born"), come_back(day(4))),
    (words.AssignCadre(cadre_id=CADRE, from_day=day(4), until=day(9)), pair(CADRE, day(4), day(9))),
    (words.ReleaseCadre(cadre_id=CADRE, on=day(9)), release(CADRE, day(9))),
    (DayStarted(date=day(9)), check(day(9))),
    (
        words.RecordVisit(visit_id=VISIT, cadre=SUCCESSOR, on=day(4), checklist={"food": True, "water": False}, findings=TOLD),
        visit(day(4), SUCCESSOR, unmet=frozenset({"water"}), findings=(NAMED, UNNAMED)),
    ),
    (words.ResolveFinding(finding_id=FINDING, evidence=SEEN), replace(resolve(), evidence_sha256=SHA)),
]
SAID: Final[list[tuple[Event, Message | None]]] = [
    (placed(), None),
    (did.HouseholdEnded(on=TODAY), None),
    (paired(CADRE, TODAY, day(9)), words.CadreAssigned(**ID, cadre_id=CADRE, from_day=TODAY, until=day(9))),
    (
        did.CadreReleased(cadre=CADRE, from_day=TODAY, on=day(9), reason="moved"),
        words.CadreReleased(**ID, cadre_id=CADRE, on=day(9), reason="moved"),
    ),
    (answers(CADRE, day(9)), words.CadreAnswers(**ID, cadre_id=CADRE, on=day(9))),
    (answers(None, day(9)), words.CadreAnswers(**ID, on=day(9))),
    (did.CadreMissing(on=day(10), since=day(9)), words.CadreMissing(**ID, on=day(10), since=day(9))),
    (visited(), words.VisitRecorded(**ID, visit_id=VISIT, cadre_id=CADRE, on=TODAY, paired=True)),
    (
        visited(by_paired=False, unmet=("water",), findings=(found(), UNNAMED)),
        words.VisitRecorded(
            **ID,
            visit_id=VISIT,
            cadre_id=CADRE,
            on=TODAY,
            paired=False,
            findings=(
                VisitFinding(finding_id=FINDING, kind="guarantee", risk="housing"),
                VisitFinding(finding_id=uuid5(VISIT, "finding 1"), kind="other"),
            ),
        ),
    ),
    (resolved(), words.FindingResolved(**ID, finding_id=FINDING, on=TODAY)),
]
