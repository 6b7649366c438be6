"""Whom the plans asked and what became of it, as rows."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Final, assert_never
from uuid import UUID

from pipeline.projection import Statement
from services.assistance.domain.referrals import referral_events as events
from services.assistance.domain.referrals.referral import UnmatchedAnswer

TABLES: Final = ("referrals", "unmatched_answers")
# No array of arrays has rows of different lengths: what a measure answers comes as one text.
SENT: Final = """
INSERT INTO referrals (referral, household, measure, department, kind, answers, sent_on, due)
SELECT referral, household, measure, department, kind, string_to_array(answers, ','), sent_on, due
FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::date[], $8::date[])
    AS new (referral, household, measure, department, kind, answers, sent_on, due)"""
ANSWERED: Final = """
UPDATE referrals r SET outcome = new.outcome, answered_on = new.day
FROM unnest($1::uuid[], $2::text[], $3::date[]) AS new (referral, outcome, day) WHERE r.referral = new.referral"""
OVERDUE: Final = """
UPDATE referrals r SET overdue_on = new.day, level = new.level
FROM unnest($1::uuid[], $2::date[], $3::text[]) AS new (referral, day, level) WHERE r.referral = new.referral"""
WITHDRAWN: Final = """
UPDATE referrals r SET withdrawn_on = new.day FROM unnest($1::uuid[], $2::date[]) AS new (referral, day)
WHERE r.referral = new.referral AND r.outcome IS NULL AND r.withdrawn_on IS NULL"""
UNMATCHED: Final = """
INSERT INTO unmatched_answers (referral, department, command, outcome, answered_on)
SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::date[])
ON CONFLICT (referral, department) DO UPDATE
SET command = excluded.command, outcome = excluded.outcome, answered_on = excluded.answered_on"""
MATCHED: Final = "DELETE FROM unmatched_answers WHERE referral = ANY($1::uuid[])"


def statements(household: UUID, event: events.ReferralEvent, on: date) -> Iterable[Statement]:
    match event:
        case events.ReferralSent() as sent:
            asked = (sent.department, sent.kind, ",".join(sent.answers))
            yield SENT, (sent.referral, household, sent.measure, *asked, on, sent.due)
            yield MATCHED, (sent.referral,)
        case events.ReferralAnswered(referral=referral, outcome=outcome, on=day):
            yield ANSWERED, (referral, outcome, day)
        case events.ReferralOverdue(referral=referral, level=level):
            yield OVERDUE, (referral, on, level)
        case _:
            assert_never(event)


def unmatched(command: str, answer: UnmatchedAnswer) -> Statement:
    return UNMATCHED, (answer.referral, answer.department, command, answer.outcome, answer.on)
