"""The read models of feeds: what was delivered and compared, what is late, and what was told of benefits."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final, assert_never
from uuid import UUID

from msgspec import json

from pipeline.projection import Statement
from services.enrollment.domain.fact import Fact
from services.enrollment.domain.reporting.feed_events import FeedCompared, FeedDelivered, SourceOverdue

DELIVERED: Final = """
INSERT INTO feeds (stream, period, department, count, whole, told_at, overdue)
SELECT *, false FROM unnest($1::uuid[], $2::text[], $3::text[], $4::int[], $5::boolean[], $6::timestamptz[])
ON CONFLICT (stream, period) DO UPDATE
SET count = excluded.count, whole = excluded.whole, told_at = excluded.told_at, received = NULL"""
SETTLED: Final = """
UPDATE feeds f SET overdue = false FROM unnest($1::uuid[], $2::text[]) AS over (stream, period)
WHERE f.stream = over.stream AND f.period = over.period"""
COMPARED: Final = """
UPDATE feeds f SET received = new.received FROM unnest($1::uuid[], $2::text[], $3::int[]) AS new (stream, period, received)
WHERE f.stream = new.stream AND f.period = new.period"""
OVERDUE: Final = """
INSERT INTO feeds (stream, period, department, due, overdue)
SELECT *, true FROM unnest($1::uuid[], $2::text[], $3::text[], $4::date[])
ON CONFLICT (stream, period) DO UPDATE SET due = excluded.due, overdue = true"""
BENEFIT: Final = """
INSERT INTO benefits (stream, fact, person, series, department, period, told_at, source, reference, granted, said)
SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::timestamptz[], $8::text[],
    $9::text[], $10::boolean[], $11::jsonb[])
ON CONFLICT (fact, stream) DO UPDATE SET person = excluded.person, said = excluded.said"""
# What waited is told to the household, and stands there.
BENEFITS_ARRIVED: Final = "DELETE FROM benefits WHERE stream = ANY($1::uuid[])"


def came_by(stream: UUID, fact: Fact) -> tuple[str, str, str | None, datetime, str]:
    """Department, period, village, when it was told and as what; facts of logs from before they were told count for no report."""
    return fact.department, fact.delivered_in if fact.department else "", fact.village_code, fact.time, _counted_as(stream, fact)


def _counted_as(stream: UUID, fact: Fact) -> str:
    """Whom the department named, and what it said of him: the same of a correction, which a report does not count for another fact."""
    home = fact.village_code if fact.whole_village else stream
    return f"{fact.named or fact.person or home} {fact.name} {fact.series}"


def benefit(stream: UUID, fact: Fact) -> Iterable[Statement]:
    if fact.benefit is not None:
        told = (fact.department, fact.delivered_in, fact.time, fact.source, fact.reference)
        yield BENEFIT, (stream, fact.id, fact.person, fact.series, *told, not fact.present, json.encode(fact).decode())


def feed(stream: UUID, event: FeedDelivered | FeedCompared | SourceOverdue) -> Iterable[Statement]:
    match event:
        case FeedDelivered(department=department, period=period, count=count, full=full, at=at, settles=settles):
            yield DELIVERED, (stream, period, department, count, full, at)
            if settles is not None:
                yield SETTLED, (stream, settles)
        case FeedCompared(period=period, received=received):
            yield COMPARED, (stream, period, received)
        case SourceOverdue(department=department, period=period, due=due):
            yield OVERDUE, (stream, period, department, due)
        case _:
            assert_never(event)
