"""The read models of assistance, kept in the transaction of the events and rebuilt by the same code."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from pipeline.projection import Statement
from pipeline.store import Recorded
from services.assistance.domain import events

TABLES: Final = ("plans", "measures", "pairings")
PLAN: Final = """
INSERT INTO plans (plan, household, episode, opened_on) SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::int[], $4::date[])"""
CLOSED: Final = "UPDATE plans p SET closed_on = new.day FROM unnest($1::uuid[], $2::date[]) AS new (plan, day) WHERE p.plan = new.plan"
# No array of arrays has rows of different lengths: what a measure answers comes as one text.
MEASURE: Final = """
INSERT INTO measures (measure, household, plan, kind, department, answers, base, state, due, changed_on)
SELECT measure, household, plan, kind, department, string_to_array(answers, ','), base, 'proposed', due, changed_on
FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::boolean[], $8::date[], $9::date[])
    AS new (measure, household, plan, kind, department, answers, base, due, changed_on)"""
STATE: Final = """
UPDATE measures m SET state = new.state, changed_on = new.changed_on
FROM unnest($1::uuid[], $2::text[], $3::date[]) AS new (measure, state, changed_on) WHERE m.measure = new.measure"""
PAIRING: Final = """
INSERT INTO pairings (household, cadre, from_day) SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::date[])
ON CONFLICT (household) DO UPDATE SET cadre = excluded.cadre, from_day = excluded.from_day"""


def statements(recorded: Recorded) -> Iterable[Statement]:
    household, on = recorded.stream, recorded.metadata.valid_on
    match recorded.event:
        case events.CadreAssigned(cadre=cadre, from_day=day):
            yield PAIRING, (household, cadre, day)
        case events.PlanOpened(plan=plan, episode=episode):
            yield PLAN, (plan, household, episode, on)
        case events.MeasureProposed() as m:
            yield MEASURE, (m.measure, household, m.plan, m.kind, m.department, ",".join(m.answers), m.base, m.due, on)
        case events.MeasureAccepted(measure=measure, on=day):
            yield STATE, (measure, "accepted", day)
        case events.MeasureStarted(measure=measure, on=day):
            yield STATE, (measure, "started", day)
        case events.MeasureDelivered(measure=measure, on=day):
            yield STATE, (measure, "delivered", day)
        case events.MeasureEnded(measure=measure, on=day):
            yield STATE, (measure, "ended", day)
        case events.PlanClosed(plan=plan, on=day):
            yield CLOSED, (plan, day)
        case _:
            return
