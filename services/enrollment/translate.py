"""The border of enrollment: messages become commands, stored events become messages; pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, assert_never, cast
from uuid import UUID

from msgspec import convert
from msgspec.structs import asdict

from pipeline.decider import Event
from pipeline.envelope import Envelope
from pipeline.facts_lost import FactsLost
from pipeline.relay import Outgoing
from pipeline.store import Recorded
from pipeline.value import Value
from schemas import enrollment as words
from schemas.assistance import MeasureDelivered
from schemas.clock import DayStarted
from schemas.facts import Fact, FactWithdrawn, FeedDelivered
from schemas.message import Message
from services.enrollment import translate_procedure
from services.enrollment.change_words import to_public
from services.enrollment.discovery import FeedToday, asked_for_help, clue_closed, day_of_feeds, delivery, of_discovery, of_feeds
from services.enrollment.domain import commands, events, feed_events
from services.enrollment.domain.change import Change
from services.enrollment.domain.change_events import (
    FactDoubted,
    HeadChanged,
    HouseholdEnded,
    HouseholdMoved,
    MembersJoined,
    MembersLeft,
)
from services.enrollment.domain.commands import AnyCommand
from services.enrollment.domain.deadline_events import DeadlineEvent
from services.enrollment.domain.discovery_events import ApplicationReceived, ClueJoined, ClueSourceEnded, ScreeningReported
from services.enrollment.domain.feed_events import FeedCompared, FeedFollowed, SourceOverdue
from services.enrollment.domain.lines import Basis, Published
from services.enrollment.domain.procedure_events import ProcedureEvent
from services.enrollment.publications import area_stream, to_announcement, to_publication
from services.enrollment.refusals import APPEAL, text_of, text_with
from services.enrollment.reported import fact_id, to_fact
from services.enrollment.vault import text_digest

Routed = tuple[UUID, AnyCommand]


class Found(Value, frozen=True):
    """What `identify` knows about a message: whose streams it concerns, which facts waited for them, what was published until then.

    `parts` are what a change of membership asks of each household, `since` the day on which members came from another one, `placed`
    the births that waited too long: the child belongs elsewhere.
    """

    streams: tuple[UUID, ...] = ()
    person: UUID | None = None
    members: tuple[UUID, ...] = ()
    elsewhere: frozenset[UUID] = frozenset()
    waiting: tuple[commands.Fact, ...] = ()
    withdrawn: bool = False
    feeds: tuple[FeedToday, ...] = ()
    absent: tuple[tuple[UUID, commands.Fact], ...] = ()
    published: Published = Published()
    parts: tuple[tuple[UUID, Change], ...] = ()
    since: date | None = None
    placed: frozenset[UUID] = frozenset()


def to_commands(envelope: Envelope, found: Found) -> Sequence[Routed]:
    data = envelope.data
    asked: dict[str, Any] = {"id": envelope.id, "by": envelope.actor, "on": envelope.on, "at": envelope.time, "published": found.published}
    match data:
        case Fact() if found.parts:
            return _change(to_fact(envelope, data, found.person), found, asked)
        case Fact():
            return _facts(to_fact(envelope, data, found.person), found, asked)
        case FactWithdrawn(source=source, id=reference):
            fact = fact_id(envelope.record.topic, source, reference)
            return [(stream, commands.WithdrawFact(**asked, fact=fact, source=source, reference=reference)) for stream in found.streams]
        case words.RegisterHousehold():
            return _register(data, found, asked)
        case words.Apply() | words.ReportScreening():
            return asked_for_help(envelope, data, found.streams, found.person, asked)
        case words.RecordVerification():
            return [(stream, _verification(data, asked)) for stream in found.streams]
        case words.DismissClue(reason=reason):
            return [(stream, commands.DismissClue(**asked, reason_sha256=text_digest(reason))) for stream in found.streams]
        case words.DecideAtCounty(outcome=outcome, type=kind, reason=reason, return_to=step):
            decision = commands.DecideAtCounty(**asked, outcome=outcome, type=kind, reason_sha256=text_digest(reason), return_to=step)
            return [(stream, decision) for stream in found.streams]
        case words.ProcedureCommand():
            command = translate_procedure.to_command(data, asked)
            return [(stream, command) for stream in found.streams] if command is not None else []
        case MeasureDelivered(measure_id=measure):
            return [(stream, commands.CountMeasure(**asked, measure=measure)) for stream in found.streams]
        case DayStarted(date=today):
            asked["on"] = today
            return [*((stream, commands.StartDay(**asked)) for stream in found.streams), *day_of_feeds(found.feeds, found.absent, asked)]
        case FeedDelivered():
            return [delivery(envelope, data, asked)]
        case words.PublishLine() | words.PublishPack():
            return [(area_stream(data.area), to_publication(data, asked))]
        case _:
            return []


def _facts(fact: commands.Fact, found: Found, asked: dict[str, Any]) -> Sequence[Routed]:
    record = commands.RecordFact(**asked, fact=fact)
    routed: list[Routed] = [(stream, record) for stream in found.streams]
    if found.withdrawn:
        # taken back first, so that what no longer holds raises no clue
        back = commands.WithdrawFact(**asked, fact=fact.id, source=fact.source, reference=fact.reference)
        return [*((stream, back) for stream in found.streams), *routed]
    return [*routed, *_waited(found.streams[-1], found, asked)] if found.waiting else routed


def _change(fact: commands.Fact, found: Found, asked: dict[str, Any]) -> Sequence[Routed]:
    parts: list[Routed] = [(stream, commands.ChangeHousehold(**asked, fact=fact, change=part)) for stream, part in found.parts]
    return [*parts, *_waited(found.streams[-1], found, asked)]


def _waited(household: UUID, found: Found, asked: dict[str, Any]) -> Sequence[Routed]:
    return [(household, commands.RecordFact(**asked, fact=fact, elsewhere=fact.id in found.placed)) for fact in found.waiting]


def _register(data: words.RegisterHousehold, found: Found, asked: dict[str, Any]) -> Sequence[Routed]:
    household = data.household_id
    members = [
        commands.Member(person=person, relation=member.relation, labour_capacity=member.labour_capacity)
        for person, member in zip(found.members, data.members, strict=True)
    ]
    register = commands.RegisterHousehold(
        **asked,
        household=household,
        village_code=data.village_code,
        category=data.category,
        members=tuple(members),
        elsewhere=found.elsewhere,
        since=found.since,
    )
    return [(household, register), *_waited(household, found, asked)]


def _verification(data: words.RecordVerification, asked: dict[str, Any]) -> commands.RecordVerification:
    return commands.RecordVerification(
        **asked,
        findings_sha256=text_digest(data.findings),
        income=convert(data.income, commands.Income, from_attributes=True) if data.income is not None else None,
        unmet=tuple(sorted(name for name, met in data.guarantees if not met)),
        outcome=data.outcome,
        return_to=data.return_to,
    )


def to_message(recorded: Recorded) -> Outgoing | None:
    """The public message of a stored event; None keeps it private."""
    said = _public(recorded.stream, recorded.event, recorded)
    return Outgoing(said, recorded.stream) if said is not None else None


def _public(household: UUID, event: Event, recorded: Recorded) -> Message | None:
    stored = cast("events.AnyEvent | FactsLost", event)
    same: dict[str, Any] = {"household_id": household}
    match stored:
        case events.FactRecorded(fact=fact):
            return words.FactRecorded(**same, person_id=fact.person, **_reported(fact))
        case events.HouseholdRegistered(village_code=village, category=category, members=members, origin=origin):
            size = len(members)
            return words.HouseholdRegistered(**same, village_code=village, category=category, member_count=size, split_from=origin)
        case events.FactUnmatched(fact=fact):
            where: dict[str, Any] = {"department": fact.department or None, "village_code": fact.village_code}
            return words.FactUnmatched(person_id=fact.person, **_reported(fact), **where)
        case events.FactWithdrawn(source=source, reference=reference):
            return words.FactWithdrawn(fact_source=source, fact_id=reference)
        case events.ClueRaised(clue=clue, risk=risk, fact=fact, due=due):
            return words.ClueRaised(**same, clue_id=clue, risk=risk, fact_source=fact.source, fact_id=fact.reference, due=due)
        case events.ClueClosed():
            return clue_closed(household, stored, recorded.metadata.actor)
        case ClueJoined() | ClueSourceEnded() | ApplicationReceived() | ScreeningReported():
            return of_discovery(household, stored)
        case FeedFollowed() | feed_events.FeedDelivered() | FeedCompared() | SourceOverdue():
            return of_feeds(stored)
        case events.CaseOpened(case=case, episode=episode, pack=pack, basis=basis):
            return words.CaseOpened(**same, case_id=case, episode=episode, pack=pack, basis=_basis(basis))
        case events.StepCompleted(case=case, step=step, evaluation=evaluation):
            return words.StepCompleted(**same, case_id=case, step=step, evaluation=_evaluation(evaluation), basis=_basis(evaluation.basis))
        case events.StepReturned(case=case, step=step, reason_code=code, undone=undone):
            return words.StepReturned(**same, case_id=case, step=step, reason_code=code, undone=undone or None)
        case events.HouseholdEnrolled():
            return _enrolled(stored, same, recorded)
        case events.EnrollmentRejected(case=case, reason_code=code, evaluation=judged):
            text, remedy = text_of(code)
            told: dict[str, Any] = {"reason_code": code, "text": text, "remedy": remedy, "appeal": APPEAL, "basis": _basis(judged.basis)}
            return words.EnrollmentRejected(**same, case_id=case, **told)
        case events.HouseholdReevaluated(case=case, episode=episode, evaluation=judged):
            basis = _basis(judged.basis)
            return words.HouseholdReevaluated(**same, case_id=case, episode=episode, evaluation=_evaluation(judged), basis=basis)
        case events.LinePublished() | events.PackPublished():
            return to_announcement(stored)
        case events.RiskAdded(risk=risk):
            return words.RiskAdded(**same, risk=risk)
        case events.RiskResolved(risk=risk):
            return words.RiskResolved(**same, risk=risk)
        case events.ExitProposed(case=case, episode=episode, method=method, due=due, evaluation=judged):
            basis = _basis(judged.basis)
            return words.ExitProposed(**same, case_id=case, episode=episode, method=method, due=due, basis=basis)
        case events.HouseholdExited(case=case, episode=episode, method=method, basis=basis):
            return words.HouseholdExited(**same, case_id=case, episode=episode, method=method, basis=_basis(basis))
        case events.CaseEnded(case=case, episode=episode, reason=reason):
            return words.CaseEnded(**same, case_id=case, episode=episode, reason=reason)
        case events.DeadlineStarted(kind=kind, due=due, unknown_years=years):
            return words.DeadlineStarted(**same, kind=kind, due=due, unknown_years=years or None)
        case events.DeadlineMet(kind=kind):
            return words.DeadlineMet(**same, kind=kind)
        case events.DeadlineBreached(kind=kind, due=due):
            return words.DeadlineBreached(**same, kind=kind, due=due)
        case events.CommandRefused(command=command, reason_code=code, fits=fits, asks=asks):
            text, remedy = text_with(code, asks), text_of(code)[1]
            return words.CommandRefused(
                **same, command_id=command, reason_code=code, text=text, remedy=remedy, appeal=APPEAL, fits=fits or None
            )
        case ProcedureEvent() | DeadlineEvent():
            return translate_procedure.to_message(household, stored)
        case events.MeasureCounted():
            return None
        case MembersJoined() | MembersLeft() | HouseholdMoved() | HeadChanged() | HouseholdEnded() | FactDoubted():
            return to_public(household, stored)
        case FactsLost():
            return words.FactsLost(**asdict(stored))
        case _:
            assert_never(stored)


def _reported(fact: commands.Fact) -> dict[str, Any]:
    return {"fact": fact.name, "fact_source": fact.source, "fact_id": fact.reference, "valid_on": fact.valid_on}


def _evaluation(evaluation: events.Evaluation) -> words.Evaluation:
    return words.Evaluation.model_validate(evaluation, from_attributes=True)


def _basis(basis: Basis | None) -> words.Basis | None:
    return words.Basis.model_validate(basis, from_attributes=True) if basis is not None else None


def _enrolled(event: events.HouseholdEnrolled, same: dict[str, Any], recorded: Recorded) -> words.HouseholdEnrolled:
    return words.HouseholdEnrolled(
        **same,
        case_id=event.case,
        episode=event.episode,
        type=event.type,
        risks=event.risks,
        pack=event.pack,
        line_fen=event.evaluation.line_fen,
        basis=_basis(event.evaluation.basis),
        decision_event_id=recorded.event_id,
    )
