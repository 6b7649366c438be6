"""The register's read models, kept in the transaction of the events and rebuilt by the same code."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, cast

from pipeline.projection import Statement
from pipeline.store import Recorded
from services.enrollment.domain import events

TABLES: Final = ("households", "members", "facts", "deadlines")
HOUSEHOLD: Final = """
INSERT INTO households (household, village_code, category, member_count, stage, episode, changed_at)
VALUES ($1, $2, $3, $4, 'outside', 0, $5)"""
MEMBER: Final = "INSERT INTO members (person, household) VALUES ($1, $2)"
STAGE: Final = "UPDATE households SET stage = $2, changed_at = $3 WHERE household = $1"
CASE: Final = "UPDATE households SET stage = 'case', episode = $2, changed_at = $3 WHERE household = $1"
ENROLLED: Final = "UPDATE households SET stage = 'enrolled', type = $2, since = $3, changed_at = $4 WHERE household = $1"
LEFT: Final = "UPDATE households SET stage = 'outside', type = NULL, since = NULL, changed_at = $2 WHERE household = $1"
FACT: Final = "INSERT INTO facts (stream, fact, position, waiting, withdrawn) VALUES ($1, $2, $3, NULL, false) ON CONFLICT DO NOTHING"
WAITING: Final = """
INSERT INTO facts (stream, fact, position, waiting, withdrawn) VALUES ($1, $2, $3, $4::jsonb, false) ON CONFLICT DO NOTHING"""
# What waits for a whole village has a stream of its own, and waits for other households still.
ARRIVED: Final = "DELETE FROM facts WHERE stream = $1 AND waiting IS NOT NULL"
WITHDRAWN: Final = """
INSERT INTO facts (stream, fact, position, waiting, withdrawn) VALUES ($1, $2, $3, NULL, true)
ON CONFLICT (fact, stream) DO UPDATE SET waiting = NULL, withdrawn = true"""
DEADLINE: Final = """
INSERT INTO deadlines (stream, kind, due) VALUES ($1, $2, $3) ON CONFLICT (stream, kind) DO UPDATE SET due = excluded.due"""
NO_DEADLINE: Final = "DELETE FROM deadlines WHERE stream = $1 AND kind = $2"


def statements(recorded: Recorded) -> Iterable[Statement]:
    stream = recorded.stream
    match cast("events.AnyEvent", recorded.event):
        case events.FactRecorded(fact=fact):
            yield FACT, (stream, fact.id, recorded.position)
        case events.FactUnmatched(fact=fact):
            yield WAITING, (stream, fact.id, recorded.position, fact.model_dump_json())
        case events.FactWithdrawn(fact=fact):
            yield WITHDRAWN, (stream, fact, recorded.position)
        case events.HouseholdRegistered() as registered:
            yield from _registered(recorded, registered)
        case events.DeadlineStarted(kind=kind, due=due):
            yield DEADLINE, (stream, kind, due)
        case events.DeadlineMet(kind=kind) | events.DeadlineBreached(kind=kind):
            yield NO_DEADLINE, (stream, kind)
        case event:
            yield from _stages(recorded, event)


def _registered(recorded: Recorded, event: events.HouseholdRegistered) -> Iterable[Statement]:
    """The household is told all that waited for it and its members, so nothing waits in their streams any more."""
    stream = recorded.stream
    yield HOUSEHOLD, (stream, event.village_code, event.category, len(event.members), recorded.recorded_at)
    yield ARRIVED, (stream,)
    for member in event.members:
        yield MEMBER, (member.person, stream)
        yield ARRIVED, (member.person,)


def _stages(recorded: Recorded, event: object) -> Iterable[Statement]:
    stream, at = recorded.stream, recorded.recorded_at
    match event:
        case events.ClueRaised():
            yield STAGE, (stream, "clue", at)
        case events.ClueClosed() | events.EnrollmentRejected():
            yield STAGE, (stream, "outside", at)
        case events.CaseOpened(episode=episode):
            yield CASE, (stream, episode, at)
        case events.HouseholdEnrolled(type=kind):
            yield ENROLLED, (stream, kind, recorded.metadata.valid_on, at)
        case events.ExitProposed():
            yield STAGE, (stream, "exit-proposed", at)
        case events.StepReturned():
            yield STAGE, (stream, "enrolled", at)
        case events.HouseholdExited():
            yield LEFT, (stream, at)
        case _:
            return
