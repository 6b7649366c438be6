"""A measure has days to begin, by its kind; one that has not is told once, and a plan knows which of its risks are no more."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID, uuid5

import pytest
from msgspec.structs import replace

from pipeline.decider import Event
from services.assistance.domain import events as did
from services.assistance.domain.commands import AnyCommand, Draft
from services.assistance.domain.referrals.referral_events import ReferralOverdue, ReferralSent
from tests.assistance.helped import (
    ACCEPTED,
    BASE,
    CLOSED,
    DUE,
    HEALTH,
    OPENED,
    PLAN,
    STARTED,
    TODAY,
    advance,
    answer,
    check_plan,
    decline,
    draft,
    given,
    open_plan,
    resolve,
)

AFTER = date(2021, 1, 16)
GONE = did.PlanRevised(plan=PLAN, risk="illness", on=TODAY, open=False)
BACK = did.PlanRevised(plan=PLAN, risk="illness", on=TODAY, open=True)


def not_begun(measure: UUID = HEALTH, kind: str = "health", department: str = "medical-insurance") -> did.MeasureOverdue:
    return did.MeasureOverdue(measure=measure, kind=kind, department=department, due=DUE)


SECURITY_LATE = not_begun(BASE, "subsistence_security", "civil-affairs")


def late(history: tuple[Event, ...], on: date) -> list[Event]:
    """Without the answers that were due before."""
    return [event for event in given(*history).when(check_plan(on)).happened if not isinstance(event, ReferralOverdue)]


@pytest.mark.parametrize("history", [OPENED, ACCEPTED])
def test_what_has_not_begun_is_told_on_the_day_after_and_not_before(history: tuple[Event, ...]) -> None:
    assert [] == late(history, DUE)
    assert [SECURITY_LATE, not_begun()] == late(history, AFTER)


def test_it_is_told_once_and_also_where_days_were_skipped() -> None:
    assert [] == late((*OPENED, SECURITY_LATE, not_begun()), AFTER + timedelta(days=30))
    assert [SECURITY_LATE, not_begun()] == late(OPENED, AFTER + timedelta(days=30))


@pytest.mark.parametrize(
    ("before", "asks"),
    [
        ((), open_plan("illness")),
        ((open_plan("illness"), decline()), answer("illness")),
        ((open_plan("illness"),), draft(Draft("health", "medical-insurance", ("illness",)))),
    ],
    ids=["a plan", "a risk", "a measure"],
)
def test_what_a_message_of_a_month_ago_asks_for_has_all_its_days(before: tuple[AnyCommand, ...], asks: AnyCommand) -> None:
    asked = given().when(*before, replace(asks, today=date(2021, 2, 5))).happened
    assert {date(2021, 2, 15)} == {event.due for event in asked if isinstance(event, did.MeasureProposed)}
    assert {date(2021, 2, 10)} == {event.due for event in asked if isinstance(event, ReferralSent)}


def test_what_has_begun_or_is_over_is_not_late() -> None:
    declined = (*OPENED, did.MeasureDeclined(measure=HEALTH, on=TODAY, reason_sha256="why"))
    assert [SECURITY_LATE] == late(STARTED, AFTER) == late(declined, AFTER)
    assert [] == late(CLOSED, AFTER)


def test_a_measure_that_was_told_to_be_late_begins_all_the_same() -> None:
    given(*ACCEPTED, not_begun()).when(advance("started")).then(did.MeasureStarted(measure=HEALTH, on=TODAY, episode=1))


@pytest.mark.parametrize(
    ("kind", "from_day", "due"),
    [
        ("finance", None, date(2021, 1, 15)),
        ("relocation", None, date(2021, 3, 6)),
        ("finance", date(2021, 1, 14), date(2021, 1, 15)),
        ("finance", date(2021, 1, 20), date(2021, 1, 20)),
    ],
)
def test_how_long_a_measure_has_to_begin_is_its_kinds_and_never_ends_before_it_is_meant_to(
    kind: str, from_day: date | None, due: date
) -> None:
    added, _ = given(*OPENED).when(draft(Draft(kind, "civil-affairs", ("illness",), from_day=from_day))).happened
    assert isinstance(added, did.MeasureProposed)
    assert due == added.due


def test_a_risk_that_is_no_more_revises_the_plan_once() -> None:
    given(*OPENED).when(resolve("illness")).then(GONE, did.MeasureEnded(measure=HEALTH, on=TODAY, because="risk-resolved"))
    given(*OPENED, GONE).when(resolve("illness")).then()
    given(*OPENED).when(resolve("housing")).then()


def test_a_risk_that_is_back_is_open_again_with_a_measure_where_nothing_answers_it() -> None:
    over = given(*OPENED).when(resolve("illness"))
    back, added, _ = over.when(answer("illness")).happened
    assert BACK == back
    assert isinstance(added, did.MeasureProposed)
    assert uuid5(PLAN, "illness 2") == added.measure


def test_a_measure_is_late_also_where_the_department_declined_another_one() -> None:
    other = given(*OPENED).when(answer("housing"), decline())
    assert [BASE, uuid5(PLAN, "housing")] == [
        event.measure for event in other.when(check_plan(AFTER)).happened if isinstance(event, did.MeasureOverdue)
    ]
