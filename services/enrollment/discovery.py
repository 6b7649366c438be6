"""The border where households are found: what applications and screenings ask, what is said of clues; pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, assert_never
from uuid import UUID

from pipeline.envelope import Envelope
from pipeline.uuid5 import uuid5
from schemas import enrollment as words
from schemas.message import Message
from services.enrollment.domain import commands
from services.enrollment.domain.discovery_events import ApplicationReceived, ClueJoined, ClueSourceEnded, ScreeningReported
from services.enrollment.domain.events import ClueClosed
from services.enrollment.refusals import APPEAL, text_of
from services.enrollment.vault import text_digest

REQUESTS: Final = UUID("0c1a7f0e-33b4-5a0a-9b8c-52a8f2f5c6d1")
TURNED_DOWN: Final = frozenset({"dismissed", "not-confirmed"})


def asked_for_help(
    envelope: Envelope, data: words.Apply | words.ReportScreening, streams: Sequence[UUID], person: UUID | None, asked: dict[str, Any]
) -> Sequence[tuple[UUID, commands.Apply | commands.ReportScreening]]:
    """`asked` are the fields of every command; the words that somebody used stay in the vault."""
    request = uuid5(REQUESTS, f"{envelope.source}\0{envelope.id}")
    same: dict[str, Any] = {**asked, "request": request, "source": envelope.source, "reference": envelope.id, "risks": data.risks}
    match data:
        case words.Apply(difficulty=text):
            applied = [commands.Apply(**same, applicant=person, difficulty_sha256=text_digest(text))] if person is not None else []
            return [(stream, command) for stream in streams for command in applied]
        case words.ReportScreening(findings=text):
            return [(stream, commands.ReportScreening(**same, findings_sha256=text_digest(text))) for stream in streams]


def clue_closed(household: UUID, event: ClueClosed, by: str) -> words.ClueClosed:
    """Whoever asked and was turned down hears by whom, why, what he can do, and where to appeal."""
    closed = words.ClueClosed(household_id=household, clue_id=event.clue, reason=event.reason)
    if event.reason not in TURNED_DOWN:
        return closed
    code = f"clue.{event.reason}"
    text, remedy = text_of(code)
    return closed.model_copy(update={"by": by or None, "reason_code": code, "text": text, "remedy": remedy, "appeal": APPEAL})


def of_discovery(household: UUID, event: ClueJoined | ClueSourceEnded | ApplicationReceived | ScreeningReported) -> Message:
    match event:
        case ClueJoined(clue=clue, risk=risk, fact=fact):
            return words.ClueJoined(household_id=household, clue_id=clue, risk=risk, fact_source=fact.source, fact_id=fact.reference)
        case ClueSourceEnded(clue=clue, risk=risk, fact=fact):
            return words.ClueSourceEnded(household_id=household, clue_id=clue, risk=risk, fact_source=fact.source, fact_id=fact.reference)
        case ApplicationReceived(application=application, applicant=person, risks=risks):
            return words.ApplicationReceived(household_id=household, application_id=application, person_id=person, risks=risks)
        case ScreeningReported(screening=screening, risks=risks):
            return words.ScreeningReported(household_id=household, screening_id=screening, risks=risks)
        case _:
            assert_never(event)
