"""Home visits and their findings, as rows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, assert_never
from uuid import UUID

from pipeline.projection import Statement
from services.assistance.domain.visits import visit_events as events

TABLES: Final = ("visits", "findings")
# No array of arrays has rows of different lengths: what was not as it should be comes as one text.
VISIT: Final = """
INSERT INTO visits (household, visit, cadre, on_day, unmet)
SELECT household, visit, cadre, on_day, string_to_array(unmet, ',')
FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::date[], $5::text[]) AS new (household, visit, cadre, on_day, unmet)"""
FINDING: Final = """
INSERT INTO findings (household, finding, visit, kind, risk, found_on)
SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::date[])"""
RESOLVED: Final = """
UPDATE findings f SET resolved_on = new.day
FROM unnest($1::uuid[], $2::uuid[], $3::date[]) AS new (household, finding, day)
WHERE f.household = new.household AND f.finding = new.finding"""


def statements(household: UUID, event: events.VisitEvent) -> Iterable[Statement]:
    match event:
        case events.VisitRecorded(visit=visit, cadre=cadre, on=day, unmet=unmet, findings=findings):
            yield VISIT, (household, visit, cadre, day, ",".join(unmet))
            for one in findings:
                yield FINDING, (household, one.finding, visit, one.kind, one.risk, day)
        case events.FindingResolved(finding=finding, on=day):
            yield RESOLVED, (household, finding, day)
        case _:
            assert_never(event)
