"""The read models of assistance, kept in the transaction of the events and rebuilt by the same code."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, cast

from pipeline.projection import Statement
from pipeline.store import Recorded
from services.assistance.domain import events
from services.assistance.domain.care.care_events import AnyCareEvent, CareEvent
from services.assistance.domain.care.merge_events import CareFileGivenBack, CareFileTakenOver, PersonMerged, PersonUnmerged
from services.assistance.domain.referrals.referral import UnmatchedAnswer, referral_id
from services.assistance.domain.referrals.referral_events import ReferralAnswered, ReferralOverdue, ReferralSent
from services.assistance.domain.told_days import DayTold
from services.assistance.views import care, pairing, referrals, visits

TABLES: Final = (
    "plans",
    "measures",
    "reasons",
    "resolved_risks",
    *referrals.TABLES,
    *pairing.TABLES,
    *visits.TABLES,
    *care.TABLES,
    "told_days",
)
PLAN: Final = """
INSERT INTO plans (plan, household, episode, opened_on, before)
SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::int[], $4::date[], $5::uuid[])"""
CLOSED: Final = "UPDATE plans p SET closed_on = new.day FROM unnest($1::uuid[], $2::date[]) AS new (plan, day) WHERE p.plan = new.plan"
# No array of arrays has rows of different lengths: what a measure answers comes as one text.
MEASURE: Final = """
INSERT INTO measures (measure, household, plan, kind, department, answers, base, state, due, changed_on,
    amount_fen, from_day, to_day, owner)
SELECT measure, household, plan, kind, department, string_to_array(answers, ','), base, 'proposed', due, changed_on,
    amount_fen, from_day, to_day, owner
FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::boolean[], $8::date[], $9::date[],
        $10::bigint[], $11::date[], $12::date[], $13::text[])
    AS new (measure, household, plan, kind, department, answers, base, due, changed_on, amount_fen, from_day, to_day, owner)"""
STATE: Final = """
UPDATE measures m SET state = new.state, changed_on = new.changed_on
FROM unnest($1::uuid[], $2::text[], $3::date[]) AS new (measure, state, changed_on) WHERE m.measure = new.measure"""
DELIVERED: Final = """
UPDATE measures m SET delivered_on = new.day FROM unnest($1::uuid[], $2::date[]) AS new (measure, day) WHERE m.measure = new.measure"""
OVERDUE: Final = """
UPDATE measures m SET overdue_on = new.day FROM unnest($1::uuid[], $2::date[]) AS new (measure, day) WHERE m.measure = new.measure"""
RESOLVED: Final = """
INSERT INTO resolved_risks (plan, risk, household, resolved_on) SELECT * FROM unnest($1::uuid[], $2::text[], $3::uuid[], $4::date[])"""
OPEN_AGAIN: Final = """
DELETE FROM resolved_risks r USING unnest($1::uuid[], $2::text[]) AS back (plan, risk) WHERE r.plan = back.plan AND r.risk = back.risk"""
REASON: Final = """
INSERT INTO reasons (plan, risk, household, told_on) SELECT * FROM unnest($1::uuid[], $2::text[], $3::uuid[], $4::date[])
ON CONFLICT (plan, risk) DO UPDATE SET told_on = excluded.told_on"""
TOLD: Final = "INSERT INTO told_days (day) SELECT * FROM unnest($1::date[]) ON CONFLICT DO NOTHING"


def statements(recorded: Recorded) -> Iterable[Statement]:
    household, on = recorded.stream, recorded.metadata.valid_on
    match recorded.event:
        case (
            events.HouseholdPlaced()
            | events.HouseholdEnded()
            | events.CadreAssigned()
            | events.CadreReleased()
            | events.CadreLeft()
            | events.CadreMissing()
            | events.CadreAnswers()
        ) as paired:
            yield from pairing.statements(household, paired)
        case (events.VisitRecorded() | events.FindingResolved()) as visit:
            yield from visits.statements(household, visit)
        case events.PlanOpened(plan=plan, episode=episode, before=before):
            yield PLAN, (plan, household, episode, on, before)
            yield pairing.LOOKED_AT_ANEW, (household,)
        case events.MeasureProposed() as m:
            asked = (m.measure, household, m.plan, m.kind, m.department, ",".join(m.answers), m.base, m.due, on)
            yield MEASURE, (*asked, m.amount_fen, m.from_day, m.to_day, m.owner)
        case events.RiskLeftUnanswered(plan=plan, risk=risk):
            yield REASON, (plan, risk, household, on)
        case events.MeasureAccepted(measure=measure, on=day):
            yield STATE, (measure, "accepted", day)
        case events.MeasureStarted(measure=measure, on=day):
            yield STATE, (measure, "started", day)
        case events.MeasureDelivered(measure=measure, on=day):
            yield STATE, (measure, "delivered", day)
            yield DELIVERED, (measure, day)
        case events.MeasureOverdue(measure=measure):
            yield OVERDUE, (measure, on)
        case events.PlanRevised(plan=plan, risk=risk, on=day, open=is_open):
            yield (OPEN_AGAIN, (plan, risk)) if is_open else (RESOLVED, (plan, risk, household, day))
        case events.MeasureDeclined(measure=measure, on=day):
            yield STATE, (measure, "declined", day)
        case events.MeasureEnded(measure=measure, on=day):
            yield STATE, (measure, "ended", day)
            yield referrals.WITHDRAWN, (referral_id(measure), day)
        case events.PlanClosed(plan=plan, on=day):
            yield CLOSED, (plan, day)
            yield pairing.LOOKED_AT_ANEW, (household,)
        case (ReferralSent() | ReferralAnswered() | ReferralOverdue()) as told:
            yield from referrals.statements(household, told, on)
        case events.CommandRefused(command=command, unmatched=UnmatchedAnswer() as answer):
            yield referrals.unmatched(command, answer)
        case (CareFileTakenOver() | CareFileGivenBack() | PersonMerged() | PersonUnmerged()) as event:
            yield from care.of_merging(recorded.stream, event)
        case DayTold(day=day):
            yield TOLD, (day,)
        case CareEvent() as event:
            yield from care.statements(recorded.stream, cast("AnyCareEvent", event))
        case _:
            return
