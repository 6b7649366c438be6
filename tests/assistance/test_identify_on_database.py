"""Whom a day and a department's answer concern, asked of the read models."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date
from uuid import UUID, uuid5

import pytest

from schemas.assistance import AcceptMeasure, AssignCadre
from schemas.clock import DayStarted
from schemas.enrollment import ReferralAnswered
from services.assistance.domain import events as did
from services.assistance.domain.referrals.referral_events import ReferralOverdue
from services.assistance.domain.told_days import DayTold
from services.assistance.identify import Found, Identify
from services.assistance.translate import TOLD_DAYS, to_commands
from tests.assistance.helped import BASE, CADRE, CLOSED, DUE, HEALTH, HOUSEHOLD, OPENED, PILOT, TODAY, answered
from tests.assistance.test_care_in_the_service import take
from tests.messages import envelope
from tests.read_models import ReadModels, read_models

LAST, AFTER = date(2021, 1, 10), date(2021, 1, 11)
NOBODY = Found(None)


@pytest.fixture
async def plans(prepared: str) -> AsyncIterator[ReadModels]:
    async with read_models(prepared, "assistance") as models:
        yield models


async def found(plans: ReadModels, day: date) -> list[Found]:
    return await Identify(plans.pool, PILOT)([envelope(DayStarted(date=day))])


async def test_a_day_concerns_whoever_waits_for_an_answer_that_was_due_before(plans: ReadModels) -> None:
    await plans.write(HOUSEHOLD, *OPENED)
    assert [NOBODY] == await found(plans, LAST)
    assert [Found(None, late=(HOUSEHOLD,))] == await found(plans, AFTER)


async def test_nobody_is_asked_for_again_when_the_silence_was_told(plans: ReadModels) -> None:
    silence = [
        ReferralOverdue(referral=uuid5(one, "referral"), measure=one, department=name, due=LAST, level="county")
        for one, name in ((BASE, "civil-affairs"), (HEALTH, "medical-insurance"))
    ]
    await plans.write(HOUSEHOLD, *OPENED, *silence)
    assert [NOBODY] == await found(plans, AFTER)


async def test_a_day_leaves_closed_plans_alone(plans: ReadModels) -> None:
    await plans.write(HOUSEHOLD, *CLOSED)
    assert [NOBODY] == await found(plans, AFTER)


async def test_days_that_come_together_are_looked_up_once_for_the_last(plans: ReadModels) -> None:
    await plans.write(HOUSEHOLD, *OPENED)
    days = [envelope(DayStarted(date=day)) for day in (LAST, AFTER)]
    assert [Found(None, late=(HOUSEHOLD,))] * 2 == await Identify(plans.pool, PILOT)(days)


async def test_an_answer_finds_the_household_of_its_referral(plans: ReadModels) -> None:
    await plans.write(HOUSEHOLD, *OPENED)
    told = [
        ReferralAnswered(referral_id=referral, department="health", outcome="accepted", on=TODAY)
        for referral in (uuid5(HEALTH, "referral"), UUID(int=9))
    ]
    batch = [*(envelope(one) for one in told), envelope(AcceptMeasure(measure_id=HEALTH), subject=HOUSEHOLD)]
    assert [Found(HOUSEHOLD), Found(UUID(int=9)), Found(HOUSEHOLD)] == await Identify(plans.pool, PILOT)(batch)


async def test_a_day_concerns_whoever_waits_for_a_measure_to_begin(plans: ReadModels) -> None:
    """Also where every department answered; and not for what was told."""
    taken_on = [
        did.MeasureAccepted(measure=HEALTH, on=TODAY),
        answered(),
        did.MeasureStarted(measure=BASE, on=TODAY),
        answered(measure=BASE),
    ]
    await plans.write(HOUSEHOLD, *OPENED, *taken_on)
    assert [NOBODY] == await found(plans, DUE)
    assert [Found(None, late=(HOUSEHOLD,))] == await found(plans, date(2021, 1, 16))
    await plans.write(HOUSEHOLD, did.MeasureOverdue(measure=HEALTH, kind="health", department="medical-insurance", due=DUE))
    assert [NOBODY] == await found(plans, date(2021, 1, 16))


async def test_what_is_read_is_held_against_the_last_day_that_began(plans: ReadModels) -> None:
    """A batch that could not be committed is read again, by the same process: no day of it has begun."""
    said = envelope(AssignCadre(cadre_id=CADRE, from_day=date(2021, 1, 3)), subject=HOUSEHOLD)
    identify = Identify(plans.pool, PILOT)
    batch = [said, envelope(DayStarted(date=date(2021, 1, 20))), envelope(DayStarted(date=date(2021, 1, 19))), said]
    for _ in range(2):
        assert [None, None, None, date(2021, 1, 20)] == [one.today for one in await identify(batch)]
    await plans.write(TOLD_DAYS, DayTold(day=date(2021, 1, 20)))
    (later,) = await identify([said])
    assert date(2021, 1, 20) == later.today
    ((_, command),) = to_commands(said, later)
    assert date(2021, 1, 20) == getattr(command, "today", None)


async def test_the_last_day_that_began_is_known_after_a_restart(plans: ReadModels) -> None:
    """The pairing until the ninth was sent on the fifth, and is read when the twentieth had begun: nobody is told to answer."""
    late = AssignCadre(cadre_id=CADRE, from_day=date(2021, 1, 5), until=date(2021, 1, 9))
    days = [(DayStarted(date=day), day) for day in (date(2021, 1, 20), date(2021, 1, 19))]
    await take(plans, [*days, (late, late.from_day)], 1)
    assert [(date(2021, 1, 20),)] == await plans.rows("SELECT day FROM told_days")
    assert [(CADRE, date(2021, 1, 9))] == await plans.rows("SELECT cadre, until FROM pairings")
    assert [] == await plans.rows("SELECT household FROM answering")
    assert await plans.difference() is None
