"""The border where households are found: what applications and screenings ask, what is said of clues; pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, assert_never
from uuid import UUID

from pipeline.envelope import Envelope
from pipeline.uuid5 import uuid5
from pipeline.value import Value
from schemas import enrollment as words
from schemas.assistance import VisitRecorded
from schemas.facts import FeedDelivered
from schemas.message import Message
from schemas.topics import FACTS
from services.enrollment.domain import commands
from services.enrollment.domain.case.decisions import TURNED_DOWN
from services.enrollment.domain.discovery.discovery_events import ApplicationReceived, ClueJoined, ClueSourceEnded, ScreeningReported
from services.enrollment.domain.events import ClueClosed
from services.enrollment.domain.reporting import feed_events as events
from services.enrollment.domain.reporting.feed_events import FeedEvent
from services.enrollment.refusals import APPEAL, text_of
from services.enrollment.translate.facts import department_of, feed_stream
from services.enrollment.translate.free_text import digest_of_text


class FeedToday(Value, frozen=True):
    """What a feed's rules ask of the register: how many facts it received of each period that is still compared."""

    department: str
    received: Mapping[str, int]


REQUESTS: Final = UUID("0c1a7f0e-33b4-5a0a-9b8c-52a8f2f5c6d1")


def asked_for_help(
    envelope: Envelope, data: words.Apply | words.ReportScreening, streams: Sequence[UUID], person: UUID | None, asked: dict[str, Any]
) -> Sequence[tuple[UUID, commands.Apply | commands.ReportScreening]]:
    """`asked` are the fields of every command; the words that somebody used stay in the vault."""
    request = uuid5(REQUESTS, f"{envelope.source}\0{envelope.id}")
    same: dict[str, Any] = {**asked, "request": request, "source": envelope.source, "reference": envelope.id, "risks": data.risks}
    match data:
        case words.Apply():
            applied = [commands.Apply(**same, applicant=person, difficulty_sha256=digest_of_text(data))] if person is not None else []
            return [(stream, command) for stream in streams for command in applied]
        case words.ReportScreening():
            return [(stream, commands.ReportScreening(**same, findings_sha256=digest_of_text(data))) for stream in streams]


def found_at_a_visit(
    envelope: Envelope, data: VisitRecorded, streams: Sequence[UUID], asked: dict[str, Any]
) -> Sequence[tuple[UUID, commands.ReportScreening]]:
    """Each finding with a risk is a screening of its own; its clue names assistance and the finding as its source."""
    screenings = [
        commands.ReportScreening(
            **asked,
            request=uuid5(REQUESTS, f"{envelope.source}\0{one.finding_id}"),
            source=envelope.source,
            reference=str(one.finding_id),
            risks=(one.risk,),
            findings_sha256="",
            at_visit=True,
        )
        for one in data.findings or ()
        if one.risk is not None
    ]
    return [(stream, screening) for stream in streams for screening in screenings]


def delivery(envelope: Envelope, data: FeedDelivered, asked: dict[str, Any]) -> tuple[UUID, commands.ReportDelivery]:
    department = department_of(envelope.record.topic)
    report = commands.ReportDelivery(
        **asked, department=department, period=data.period, count=data.count, full=data.full, reference=envelope.id
    )
    return feed_stream(department), report


def day_of_feeds(
    feeds: Sequence[FeedToday], absent: Sequence[tuple[UUID, commands.Fact]], asked: dict[str, Any]
) -> Sequence[tuple[UUID, commands.CheckFeed | commands.RecordFact]]:
    """Each feed is looked at once a day, and whom a full list does not name any more is told to have stopped."""
    checks = [
        (feed_stream(feed.department), commands.CheckFeed(**asked, department=feed.department, received=feed.received)) for feed in feeds
    ]
    return [*checks, *((stream, commands.RecordFact(**asked, fact=fact)) for stream, fact in absent)]


def clue_closed(household: UUID, event: ClueClosed, by: str) -> words.ClueClosed:
    """Whoever asked and was turned down hears by whom, why, what he can do, and where to appeal."""
    closed = words.ClueClosed(household_id=household, clue_id=event.clue, reason=event.reason)
    if event.reason not in TURNED_DOWN:
        return closed
    code = f"clue.{event.reason}"
    text, remedy = text_of(code)
    return closed.model_copy(update={"by": by or None, "reason_code": code, "text": text, "remedy": remedy, "appeal": APPEAL})


def of_feeds(event: FeedEvent) -> Message | None:
    match event:
        case events.FeedDelivered(department=name, period=period, count=count, full=full, was_overdue=late):
            return words.FeedDelivered(department=name, feed=FACTS[name], period=period, count=count, full=full, was_overdue=late)
        case events.FeedCompared(department=name, period=period, count=count, received=received):
            return words.FeedCompared(department=name, feed=FACTS[name], period=period, count=count, received=received)
        case events.SourceOverdue(department=name, period=period, due=due):
            return words.SourceOverdue(department=name, feed=FACTS[name], period=period, due=due)
        case events.FeedFollowed():
            return None
        case _:
            assert_never(event)


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
