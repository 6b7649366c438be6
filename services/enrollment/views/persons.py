"""The read model of persons who are one, and what of a duplicate moves in the others."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final
from uuid import UUID

from pipeline.projection import Statement
from services.enrollment.domain.members.person_events import AnyPersonEvent, PersonsMerged, PersonsUnmerged

MERGED: Final = """
INSERT INTO merged_persons (duplicate, keep, fact) SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[])"""
UNMERGED: Final = "DELETE FROM merged_persons WHERE duplicate = ANY($1::uuid[])"
WAITS_ELSEWHERE: Final = """
DELETE FROM facts f USING unnest($1::uuid[], $2::uuid[]) AS gone (stream, fact)
WHERE f.stream = gone.stream AND f.fact = gone.fact AND f.waiting IS NOT NULL"""
BENEFIT_IS_ELSEWHERE: Final = """
DELETE FROM benefits b USING unnest($1::uuid[], $2::uuid[]) AS gone (stream, fact) WHERE b.stream = gone.stream AND b.fact = gone.fact"""
# As `about_kept` says it of the fact.
BENEFITS_OF_KEPT: Final = """
UPDATE benefits b SET person = new.keep, said = b.said || jsonb_build_object(
    'person', new.keep, 'named', coalesce(nullif(b.said -> 'named', 'null'), to_jsonb(new.duplicate)))
FROM unnest($1::uuid[], $2::uuid[], $3::uuid[]) AS new (stream, duplicate, keep) WHERE b.stream = new.stream AND b.person = new.duplicate"""


def of_persons(stream: UUID, event: AnyPersonEvent) -> Iterable[Statement]:
    match event:
        case PersonsMerged(duplicate=duplicate, keep=keep, fact=fact) if stream == duplicate:
            yield MERGED, (duplicate, keep, fact)
        case PersonsUnmerged(duplicate=duplicate) if stream == duplicate:
            yield UNMERGED, (duplicate,)
        case PersonsMerged(home=home, duplicate=duplicate, keep=keep) if stream == home:
            yield BENEFITS_OF_KEPT, (stream, duplicate, keep)
        case _:
            yield from ((BENEFIT_IS_ELSEWHERE, (stream, fact.id)) for fact in event.facts)
            yield from ((WAITS_ELSEWHERE, (stream, fact.id)) for fact in event.facts)
