"""The read models of assistance, kept in the transaction of the events and rebuilt by the same code."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from pipeline.projection import Statement
from pipeline.store import Recorded
from services.assistance import domain

TABLES: Final = ("plans", "measures", "pairings")
PLAN: Final = "INSERT INTO plans (plan, household, episode, opened_on) VALUES ($1, $2, $3, $4)"
CLOSED: Final = "UPDATE plans SET closed_on = $2 WHERE plan = $1"
MEASURE: Final = """
INSERT INTO measures (measure, household, plan, kind, department, answers, base, state, due, changed_on)
VALUES ($1, $2, $3, $4, $5, $6, $7, 'proposed', $8, $9)"""
STATE: Final = "UPDATE measures SET state = $2, changed_on = $3 WHERE measure = $1"
PAIRING: Final = """
INSERT INTO pairings (household, cadre, from_day) VALUES ($1, $2, $3)
ON CONFLICT (household) DO UPDATE SET cadre = excluded.cadre, from_day = excluded.from_day"""


def statements(recorded: Recorded) -> Iterable[Statement]:
    household, on = recorded.stream, recorded.metadata.valid_on
    match recorded.event:
        case domain.CadreAssigned(cadre=cadre, from_day=day):
            yield PAIRING, (household, cadre, day)
        case domain.PlanOpened(plan=plan, episode=episode):
            yield PLAN, (plan, household, episode, on)
        case domain.MeasureProposed() as m:
            yield MEASURE, (m.measure, household, m.plan, m.kind, m.department, list(m.answers), m.base, m.due, on)
        case domain.MeasureAccepted(measure=measure, on=day):
            yield STATE, (measure, "accepted", day)
        case domain.MeasureStarted(measure=measure, on=day):
            yield STATE, (measure, "started", day)
        case domain.MeasureDelivered(measure=measure, on=day):
            yield STATE, (measure, "delivered", day)
        case domain.MeasureEnded(measure=measure, on=day):
            yield STATE, (measure, "ended", day)
        case domain.PlanClosed(plan=plan, on=day):
            yield CLOSED, (plan, day)
        case _:
            return
