"""What happened to a household is told whole, also what happened in streams beside its own."""

from __future__ import annotations

from uuid import uuid5

from audit.history import history
from services.enrollment.domain.reporting.referral_answers import ReferralAnswered
from services.enrollment.translate.referrals import answers_stream
from tests.assistance.helped import HEALTH, HOUSEHOLD, OPENED, PLAN
from tests.enrollment.zhang import TODAY, noon
from tests.read_models import read_models


async def test_what_departments_answered_is_told_with_the_household_that_they_were_asked_about(prepared: str) -> None:
    """Also the answer of a department that nobody asked; what is answered about others is not."""
    async with read_models(prepared, "assistance") as plans, read_models(prepared, "enrollment") as register:
        await plans.write(HOUSEHOLD, *OPENED)
        for asked in (HEALTH, PLAN):
            referral = uuid5(asked, "referral")
            answer = ReferralAnswered(
                referral=referral, department="housing", outcome="declined", reason_sha256="why", at=noon(TODAY), reference="r"
            )
            await register.write(answers_stream(referral), answer)
        told = [step.topic for step in await history(prepared, HOUSEHOLD)]
    assert sorted(["enrollment.referral-answered", *(event.TOPIC for event in OPENED)]) == sorted(told)
