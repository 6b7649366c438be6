"""The register's read models, kept in the transaction of the events and rebuilt by the same code."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, cast
from uuid import UUID

from msgspec import json

from pipeline.projection import Statement
from pipeline.store import Recorded
from services.enrollment.domain import events
from services.enrollment.domain.case.leaving import MINIMA
from services.enrollment.domain.case.procedure_events import CaseEnded, CaseReopened
from services.enrollment.domain.clocks.deadline_events import (
    DeadlineBreached,
    DeadlineEscalated,
    DeadlineEvent,
    DeadlineMet,
    DeadlinePaused,
    DeadlineResumed,
    DeadlineStarted,
    MinimumStarted,
)
from services.enrollment.domain.clocks.told_days import DayTold
from services.enrollment.domain.erasure.custody_events import PersonErased
from services.enrollment.domain.members import change_events as changes
from services.enrollment.domain.members.person_events import PersonsMerged, PersonsUnmerged
from services.enrollment.domain.reporting.feed_events import FeedCompared, FeedDelivered, SourceOverdue
from services.enrollment.views.cases import of_case
from services.enrollment.views.days import day_told
from services.enrollment.views.feeds import BENEFITS_ARRIVED, benefit, came_by, feed
from services.enrollment.views.persons import of_persons

TABLES: Final = (
    "households",
    "members",
    "facts",
    "deadlines",
    "feeds",
    "benefits",
    "lines",
    "packs",
    "cases",
    "notices",
    "unplaced",
    "merged_persons",
    "erased",
    "told_days",
)
HOUSEHOLD: Final = """
INSERT INTO households (household, village_code, category, member_count, stage, episode, changed_at)
SELECT household, village_code, category, member_count, 'outside', 0, changed_at
FROM unnest($1::uuid[], $2::text[], $3::text[], $4::int[], $5::timestamptz[])
    AS new (household, village_code, category, member_count, changed_at)"""
MEMBER: Final = """
INSERT INTO members (person, household, relation, since, position)
SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::date[], $5::bigint[])"""
GONE: Final = """
UPDATE members m SET until = new.until, reason = new.reason
FROM unnest($1::uuid[], $2::uuid[], $3::date[], $4::text[]) AS new (person, household, until, reason)
WHERE m.person = new.person AND m.household = new.household AND m.until IS NULL"""
# His last membership that began, or was over by his death, on the day that was said before.
BORN_ON: Final = """
UPDATE members m SET since = new.day
FROM unnest($1::uuid[], $2::uuid[], $3::date[], $4::date[]) AS new (person, household, before, day)
WHERE m.person = new.person AND m.position = (
    SELECT max(position) FROM members o WHERE (o.person, o.household, o.since) = (new.person, new.household, new.before))"""
DIED_ON: Final = """
UPDATE members m SET until = new.day
FROM unnest($1::uuid[], $2::uuid[], $3::date[], $4::date[]) AS new (person, household, before, day)
WHERE m.person = new.person AND m.position = (
    SELECT max(position) FROM members o
    WHERE (o.person, o.household, o.until, o.reason) = (new.person, new.household, new.before, 'died'))"""
RESUMED: Final = """
UPDATE members m SET relation = new.relation, until = NULL, reason = NULL
FROM unnest($1::uuid[], $2::uuid[], $3::text[]) AS new (person, household, relation)
WHERE m.person = new.person AND m.position = (
    SELECT max(position) FROM members o WHERE (o.person, o.household) = (new.person, new.household))"""
RELATION: Final = """
UPDATE members m SET relation = new.relation
FROM unnest($1::uuid[], $2::uuid[], $3::text[]) AS new (person, household, relation)
WHERE m.person = new.person AND m.household = new.household AND m.until IS NULL"""
SIZE: Final = """
UPDATE households h SET member_count = h.member_count + new.more, changed_at = new.changed_at,
    stage = CASE h.stage WHEN 'ended' THEN 'outside' ELSE h.stage END
FROM unnest($1::uuid[], $2::int[], $3::timestamptz[]) AS new (household, more, changed_at) WHERE h.household = new.household"""
MOVED: Final = """
UPDATE households h SET village_code = new.village_code, changed_at = new.changed_at
FROM unnest($1::uuid[], $2::text[], $3::timestamptz[]) AS new (household, village_code, changed_at) WHERE h.household = new.household"""
SETTLED: Final = {
    what: f"""
UPDATE households h SET {column}_at = new.told_at, {column}_by = new.fact
FROM unnest($1::uuid[], $2::timestamptz[], $3::uuid[]) AS new (household, told_at, fact) WHERE h.household = new.household"""  # noqa: S608 - columns of our own
    for what, column in (("village", "moved"), ("head", "headed"))
}
STAGE: Final = """
UPDATE households h SET stage = new.stage, changed_at = new.changed_at
FROM unnest($1::uuid[], $2::text[], $3::timestamptz[]) AS new (household, stage, changed_at) WHERE h.household = new.household"""
CASE: Final = """
UPDATE households h SET stage = 'case', episode = new.episode, changed_at = new.changed_at
FROM unnest($1::uuid[], $2::int[], $3::timestamptz[]) AS new (household, episode, changed_at) WHERE h.household = new.household"""
ENROLLED: Final = """
UPDATE households h SET stage = 'enrolled', type = new.type, since = new.since, changed_at = new.changed_at
FROM unnest($1::uuid[], $2::text[], $3::date[], $4::timestamptz[]) AS new (household, type, since, changed_at)
WHERE h.household = new.household"""
OUTSIDE: Final = """
UPDATE households h SET stage = 'outside', type = NULL, since = NULL, closed_on = new.closed_on, changed_at = new.changed_at
FROM unnest($1::uuid[], $2::date[], $3::timestamptz[]) AS new (household, closed_on, changed_at) WHERE h.household = new.household"""
FACT: Final = """
INSERT INTO facts (stream, fact, position, department, period, village_code, told_at, counted_as, withdrawn)
SELECT *, false FROM unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::timestamptz[], $8::text[])
ON CONFLICT DO NOTHING"""
WAITING: Final = """
INSERT INTO facts (stream, fact, position, department, period, village_code, told_at, counted_as, waiting, withdrawn)
SELECT *, false FROM unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::timestamptz[], $8::text[],
    $9::jsonb[])
ON CONFLICT DO NOTHING"""
# What waits for a whole village has a stream of its own, and waits for other households still.
ARRIVED: Final = "DELETE FROM facts WHERE stream = ANY($1::uuid[]) AND waiting IS NOT NULL"
WITHDRAWN: Final = """
INSERT INTO facts (stream, fact, position, withdrawn)
SELECT *, true FROM unnest($1::uuid[], $2::uuid[], $3::bigint[])
ON CONFLICT (fact, stream) DO UPDATE SET waiting = NULL, withdrawn = true"""
DEADLINE: Final = """
INSERT INTO deadlines (stream, kind, state, due, days_left)
SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::date[], $5::int[])
ON CONFLICT (stream, kind) DO UPDATE
SET state = excluded.state, due = excluded.due, days_left = excluded.days_left, level = NULL, missed = NULL"""
MISSED: Final = """
INSERT INTO deadlines (stream, kind, state, missed)
SELECT stream, kind, 'breached', missed FROM unnest($1::uuid[], $2::text[], $3::date[]) AS told (stream, kind, missed)
ON CONFLICT (stream, kind) DO UPDATE SET state = 'breached', due = NULL, days_left = NULL, level = NULL, missed = excluded.missed"""
# The day that was missed stays with it.
UP: Final = """
UPDATE deadlines d SET state = 'escalated', due = told.due, level = told.level
FROM unnest($1::uuid[], $2::text[], $3::date[], $4::int[]) AS told (stream, kind, due, level)
WHERE d.stream = told.stream AND d.kind = told.kind"""
NO_DEADLINE: Final = """
DELETE FROM deadlines d USING unnest($1::uuid[], $2::text[]) AS over (stream, kind) WHERE d.stream = over.stream AND d.kind = over.kind"""
UNPLACED: Final = """
INSERT INTO unplaced (household, village_code, reason, merged_into) SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[])
ON CONFLICT (household) DO UPDATE SET village_code = excluded.village_code, reason = excluded.reason, merged_into = excluded.merged_into"""
PLACED: Final = "DELETE FROM unplaced WHERE household = ANY($1::uuid[])"

LINE: Final = """
INSERT INTO lines (area, valid_from, fen_per_person, takes_effect, position)
SELECT * FROM unnest($1::text[], $2::date[], $3::bigint[], $4::date[], $5::bigint[]) ON CONFLICT (area, valid_from) DO UPDATE
SET fen_per_person = excluded.fen_per_person, takes_effect = excluded.takes_effect, position = excluded.position"""
PACK: Final = """
INSERT INTO packs (area, valid_from, pack, position) SELECT * FROM unnest($1::text[], $2::date[], $3::text[], $4::bigint[])
ON CONFLICT (area, valid_from) DO UPDATE SET pack = excluded.pack, position = excluded.position"""


ERASED: Final = """
INSERT INTO erased (person, on_day) SELECT * FROM unnest($1::uuid[], $2::date[]) ON CONFLICT DO NOTHING"""


def statements(recorded: Recorded) -> Iterable[Statement]:
    stream = recorded.stream
    match cast("events.AnyEvent", recorded.event):
        case events.FactRecorded(fact=fact, settles=what):
            yield FACT, (stream, fact.id, recorded.position, *came_by(stream, fact))
            if what is not None:
                yield SETTLED[what], (stream, *fact.told)
            yield from benefit(stream, fact)
        case changes.FactDoubted(fact=fact):
            yield FACT, (stream, fact.id, recorded.position, *came_by(stream, fact))
        case events.FactUnmatched(fact=fact):
            yield WAITING, (stream, fact.id, recorded.position, *came_by(stream, fact), json.encode(fact).decode())
            yield from benefit(stream, fact)
        case events.FactWithdrawn(fact=fact):
            yield WITHDRAWN, (stream, fact, recorded.position)
        case events.HouseholdRegistered() as registered:
            yield from _registered(recorded, registered)
        case DeadlineStarted(kind=kind, due=due):
            yield DEADLINE, (stream, kind, "running", due, None)
        case DeadlineMet(kind=kind):
            yield NO_DEADLINE, (stream, kind)
        case DeadlineEvent() as event:
            yield from _deadlines(stream, event)
        case PersonsMerged() | PersonsUnmerged() as told:
            yield from of_persons(stream, told)
            if stream == told.duplicate:
                yield ARRIVED, (stream,)
                yield BENEFITS_ARRIVED, (stream,)
        case FeedDelivered() | FeedCompared() | SourceOverdue() as fed:
            yield from feed(stream, fed)
        case PersonErased(person=person, also=also):
            yield from ((ERASED, (one, recorded.metadata.valid_on)) for one in (person, *also))
        case events.LinePublished(line=line, takes_effect=day):
            yield LINE, (line.area, line.valid_from, line.fen_per_person, day, recorded.position)
        case DayTold() as day:
            yield from day_told(day)
        case events.PackPublished(assignment=one):
            yield PACK, (one.area, one.valid_from, one.pack, recorded.position)
        case event:
            yield from _changes(recorded, event)
            yield from of_case(recorded, event)


def _deadlines(stream: UUID, event: DeadlineEvent) -> Iterable[Statement]:
    """Whatever a day may change has its date: the last day before it does. What is paused, or is late and cannot go up, has none."""
    match event:
        case DeadlineResumed(kind=kind, due=due):
            yield DEADLINE, (stream, kind, "running", due, None)
        case DeadlinePaused(kind=kind, left=left):
            yield DEADLINE, (stream, kind, "paused", None, left)
        case DeadlineBreached(kind=kind, due=due):
            yield MISSED, (stream, kind, due)
        case DeadlineEscalated(kind=kind, level=level, until=until):
            yield UP, (stream, kind, until, level)
        case MinimumStarted(kind=kind, until=until):
            yield DEADLINE, (stream, kind, "minimum", until, None)
        case _:
            yield NO_DEADLINE, (stream, event.kind)


def _registered(recorded: Recorded, event: events.HouseholdRegistered) -> Iterable[Statement]:
    """The household is told all that waited for it and its members, so nothing waits in their streams any more."""
    stream = recorded.stream
    yield HOUSEHOLD, (stream, event.village_code, event.category, len(event.members), recorded.recorded_at)
    yield ARRIVED, (stream,)
    yield BENEFITS_ARRIVED, (stream,)
    for member in event.members:
        yield MEMBER, (member.person, stream, member.relation, event.since, recorded.position)
        yield ARRIVED, (member.person,)
        yield BENEFITS_ARRIVED, (member.person,)


def _changes(recorded: Recorded, event: object) -> Iterable[Statement]:
    stream, at = recorded.stream, recorded.recorded_at
    match event:
        case changes.MembersJoined(members=members, on=day, reason=reason):
            yield SIZE, (stream, len(members), at)
            for member in members:
                if reason == "withdrawn":
                    yield RESUMED, (member.person, stream, member.relation)
                else:
                    yield MEMBER, (member.person, stream, member.relation, day, recorded.position)
                yield ARRIVED, (member.person,)
                yield BENEFITS_ARRIVED, (member.person,)
        case changes.MembersLeft(members=members, on=day, reason=reason):
            yield SIZE, (stream, -len(members), at)
            for member in members:
                yield GONE, (member.person, stream, day, reason)
        case changes.MembershipRedated(person=person, reason=reason, instead_of=before, on=day):
            yield BORN_ON if reason == "born" else DIED_ON, (person, stream, before, day)
        case changes.HouseholdMoved(village_code=village):
            yield MOVED, (stream, village, at)
        case changes.HeadChanged(person=person, before=before):
            for one in before:
                yield RELATION, (one, stream, "member")
            yield RELATION, (person, stream, "head")
        case changes.HouseholdEnded():
            yield STAGE, (stream, "ended", at)
            yield PLACED, (stream,)
        case changes.VillageUnknown(village_code=village, reason=reason, merged_into=other):
            yield UNPLACED, (stream, village, reason, other or None)
        case changes.VillageKnown():
            yield PLACED, (stream,)
        case _:
            yield from _stages(recorded, event)


def _stages(recorded: Recorded, event: object) -> Iterable[Statement]:
    stream, on, at = recorded.stream, recorded.metadata.valid_on, recorded.recorded_at
    match event:
        case events.ClueRaised():
            yield STAGE, (stream, "clue", at)
        case events.ClueClosed() | events.EnrollmentRejected():
            yield OUTSIDE, (stream, on, at)
        case events.CaseOpened(episode=episode) | CaseReopened(episode=episode):
            yield CASE, (stream, episode, at)
        case events.HouseholdEnrolled(type=kind):
            yield ENROLLED, (stream, kind, event.since(on), at)
        case events.ExitProposed():
            yield STAGE, (stream, "exit-proposed", at)
        case events.StepReturned(step="exit"):
            yield STAGE, (stream, "enrolled", at)
        case events.HouseholdExited() | CaseEnded():
            yield OUTSIDE, (stream, on, at)
            yield from ((NO_DEADLINE, (stream, minimum)) for minimum in MINIMA)
        case _:
            return
