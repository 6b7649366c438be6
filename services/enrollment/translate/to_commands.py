"""The door in: what each message asks of which household; pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from msgspec import convert

from pipeline.envelope import Envelope
from pipeline.value import Value
from schemas import enrollment as words
from schemas.assistance import MeasureDelivered, MeasureStarted, VisitRecorded
from schemas.clock import DayStarted
from schemas.facts import Fact, FactWithdrawn, FeedDelivered, ReferralAnswered
from services.enrollment.domain import commands
from services.enrollment.domain.case.opening import Help, Opening, TakenOver
from services.enrollment.domain.case.procedure_commands import Decision
from services.enrollment.domain.commands import AnyCommand
from services.enrollment.domain.members.change import Change
from services.enrollment.domain.members.person_commands import Merge, Unmerge
from services.enrollment.domain.pack.lines import Published
from services.enrollment.translate import persons, procedure, referrals
from services.enrollment.translate.custody import Kept, to_custody
from services.enrollment.translate.days import TOLD_DAYS
from services.enrollment.translate.discovery import FeedToday, asked_for_help, day_of_feeds, delivery, found_at_a_visit
from services.enrollment.translate.facts import fact_id, to_fact
from services.enrollment.translate.free_text import digest_of_text
from services.enrollment.translate.publications import area_stream, to_publication

Routed = tuple[UUID, AnyCommand]


class Found(Value, frozen=True):
    """What `identify` knows about a message: whose streams it concerns, which facts waited for them, what was published until then.

    `parts` are what a change of membership asks of each household, `since` the day on which members came from another one, `placed`
    the births that waited too long: the child belongs elsewhere. `members` are those whom a registration or a visit names; of a
    registration, `dead` are those who died elsewhere, `merged` those whom it names by the number of an entry that was merged into them.
    `named` is whom the department named, where another person is kept in his place. Of a fact that is taken back, `joined` is where
    somebody lives who is one with another by it, `along` are the households to which it may have gone in the same batch, and `back` is
    the one in which somebody is again who did not die.
    `returned` are those who come in and had left the county, by the household that they left it from.
    `today` is the last day that was told until then, `told` the last one before the day that begins.
    """

    streams: tuple[UUID, ...] = ()
    person: UUID | None = None
    named: UUID | None = None
    members: tuple[UUID, ...] = ()
    elsewhere: frozenset[UUID] = frozenset()
    dead: frozenset[UUID] = frozenset()
    merged: frozenset[UUID] = frozenset()
    waiting: tuple[commands.Fact, ...] = ()
    withdrawn: bool = False
    feeds: tuple[FeedToday, ...] = ()
    absent: tuple[tuple[UUID, commands.Fact], ...] = ()
    published: Published = Published()
    parts: tuple[tuple[UUID, Change], ...] = ()
    since: date | None = None
    placed: frozenset[UUID] = frozenset()
    merge: Merge | None = None
    unmerge: Unmerge | None = None
    joined: UUID | None = None
    along: tuple[UUID, ...] = ()
    back: UUID | None = None
    against: Decision | None = None
    kept: Kept = Kept()
    returned: tuple[tuple[UUID, tuple[UUID, ...]], ...] = ()
    today: date | None = None
    told: date | None = None


def to_commands(envelope: Envelope, found: Found) -> Sequence[Routed]:
    data = envelope.data
    asked: dict[str, Any] = {"id": envelope.id, "by": envelope.actor, "on": envelope.on, "at": envelope.time, "published": found.published}
    asked["today"] = found.today
    match data:
        case Fact():
            fact = to_fact(envelope, data, found.person, found.named)
            told = _change(fact, found, asked) if found.parts else _facts(fact, found, asked)
            return [*told, *persons.merging(found.merge, envelope.source, asked)] if found.merge is not None else told
        case words.MergePersons() if found.merge is not None:
            return [*persons.merging(found.merge, envelope.source, asked, digest_of_text(data)), *_waited(found.merge.home, found, asked)]
        case words.UnmergePersons() if found.unmerge is not None:
            return persons.parting(found.unmerge, envelope.source, asked, digest_of_text(data))
        case FactWithdrawn(source=source, id=reference):
            fact = fact_id(envelope.record.topic, source, reference)
            same: dict[str, Any] = {**asked, "fact": fact, "source": source, "reference": reference, "reason_sha256": digest_of_text(data)}
            streams = (*found.streams, *found.along)
            told = [(one, commands.WithdrawFact(**same, joined=one == found.joined, along=one in found.along)) for one in streams]
            return [*told, *_waited(found.back, found, asked)] if found.back is not None else told
        case words.RegisterHousehold():
            return _register(data, found, asked)
        case words.Apply() | words.ReportScreening():
            return asked_for_help(envelope, data, found.streams, found.person, asked)
        case words.RecordVerification():
            return [(stream, _verification(data, found, asked)) for stream in found.streams]
        case words.DismissClue():
            return [(stream, commands.DismissClue(**asked, reason_sha256=digest_of_text(data))) for stream in found.streams]
        case words.DecideAtCounty(outcome=outcome, type=kind, risks=risks, return_to=step):
            said: dict[str, Any] = {**asked, "outcome": outcome, "type": kind, "risks": risks, "return_to": step}
            return [(stream, commands.DecideAtCounty(**said, reason_sha256=digest_of_text(data))) for stream in found.streams]
        case words.ProcedureCommand():
            command = procedure.to_command(data, asked, found.against)
            return [(stream, command) for stream in found.streams] if command is not None else []
        case MeasureStarted(measure_id=measure, episode=episode) | MeasureDelivered(measure_id=measure, episode=episode):
            count = commands.CountMeasure(**asked, measure=measure, delivered=isinstance(data, MeasureDelivered), episode=episode)
            return [(stream, count) for stream in found.streams]
        case VisitRecorded():
            return found_at_a_visit(envelope, data, found.streams, asked)
        case DayStarted(date=today):
            asked["on"] = today
            started = [(stream, commands.StartDay(**asked, told=found.told)) for stream in found.streams]
            return [*started, *day_of_feeds(found.feeds, found.absent, asked), (TOLD_DAYS, commands.TellDay(**asked))]
        case FeedDelivered():
            return [delivery(envelope, data, asked)]
        case ReferralAnswered():
            return [referrals.to_answer(envelope, data, asked)]
        case words.PublishLine() | words.PublishPack():
            return [(area_stream(data.area), to_publication(data, asked))]
        case words.RecordReading() | words.RequestErasure() | words.ConfirmErasure():
            routed = to_custody(data, found.kept, asked)
            return [routed] if routed is not None else []
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
    home = found.streams[-1]
    return [*_handed_on(home, found, asked), *parts, *_waited(home, found, asked)]


def _handed_on(to: UUID, found: Found, asked: dict[str, Any]) -> Sequence[Routed]:
    """First of all, so that whoever takes them in is told what is known of them."""
    return [(left, commands.HandOnFacts(**asked, persons=persons, to=to)) for left, persons in found.returned]


def _waited(household: UUID, found: Found, asked: dict[str, Any]) -> Sequence[Routed]:
    return [(household, commands.RecordFact(**asked, fact=fact, elsewhere=fact.id in found.placed, waited=True)) for fact in found.waiting]


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
        dead=found.dead,
        merged=found.merged,
        opening=_opening(data.opening) if data.opening is not None else None,
    )
    return [*_handed_on(household, found, asked), (household, register), *_waited(household, found, asked)]


def _opening(data: words.Opening) -> Opening:
    enrolled = data.enrolled
    if enrolled is None:
        return Opening()
    help_given = tuple(Help(one.answers, one.step) for one in enrolled.measures)
    return Opening(enrolled.type, enrolled.risks, TakenOver(enrolled.since, help_given))


def _verification(data: words.RecordVerification, found: Found, asked: dict[str, Any]) -> commands.RecordVerification:
    return commands.RecordVerification(
        **asked,
        findings_sha256=digest_of_text(data),
        income=convert(data.income, commands.Income, from_attributes=True) if data.income is not None else None,
        unmet=tuple(sorted(name for name, met in data.guarantees if not met)),
        outcome=data.outcome,
        return_to=data.return_to,
        labour=tuple(
            commands.Labour(person, member.labour_capacity) for member, person in zip(data.members or (), found.members, strict=False)
        ),
    )
