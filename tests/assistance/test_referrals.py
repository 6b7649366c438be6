"""A department is asked for each measure, answers by its own topic or through somebody, and its silence goes to the county, once."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise
from uuid import UUID, uuid5

import pytest
from msgspec.structs import replace

from pipeline.decider import Event
from services.assistance.domain import commands as ask
from services.assistance.domain import events as did
from services.assistance.domain.referrals.referral import UnmatchedAnswer
from services.assistance.domain.referrals.referral_events import ReferralOverdue, ReferralSent
from tests.assistance.helped import (
    ACCEPTED,
    BASE,
    CLOSED,
    CURE,
    HEALTH,
    HOUSING,
    OPENED,
    SECURITY,
    STARTED,
    TODAY,
    advance,
    answer,
    answered,
    check_plan,
    close,
    decline,
    end,
    given,
    open_plan,
    refused,
    reply,
    resolve,
)

LAST = date(2021, 1, 10)
AFTER = date(2021, 1, 11)
ASKED_HEALTH = ReferralSent(
    referral=uuid5(HEALTH, "referral"), measure=HEALTH, department="medical-insurance", kind="health", answers=("illness",), due=LAST
)
TAKEN_ON = did.MeasureAccepted(measure=HEALTH, on=TODAY)


def silent(measure: UUID = HEALTH, department: str = "medical-insurance", due: date = LAST) -> ReferralOverdue:
    return ReferralOverdue(referral=uuid5(measure, "referral"), measure=measure, department=department, due=due, level="county")


OVERDUE = (*OPENED, silent(BASE, "civil-affairs"), silent())


def test_each_measure_is_referred_right_behind_its_proposal() -> None:
    happened = given().when(open_plan("illness")).happened
    assert [(SECURITY.measure, BASE), (CURE.measure, HEALTH)] == [
        (one.measure, other.measure)
        for one, other in pairwise(happened)
        if isinstance(one, did.MeasureProposed) and isinstance(other, ReferralSent)
    ]
    assert ASKED_HEALTH == happened[-1]


@pytest.mark.parametrize(("risk", "due"), [("drinking_water", date(2021, 2, 25)), ("housing", date(2021, 2, 27))])
def test_a_department_has_the_days_of_the_pack_to_answer(risk: str, due: date) -> None:
    *_, sent = given(*OPENED).when(answer(risk, on=date(2021, 2, 20))).happened
    assert isinstance(sent, ReferralSent)
    assert due == sent.due


def test_nobody_is_asked_for_what_had_begun_before_this_log() -> None:
    begun = replace(open_plan("illness"), before=(ask.Help("illness", "started"),))
    story = given().when(begun)
    assert [BASE] == [event.measure for event in story.happened if isinstance(event, ReferralSent)]
    story.when(reply()).then(refused("referral.unknown"))


@pytest.mark.parametrize("department", ["medical-insurance", None], ids=["by its own topic", "through somebody"])
def test_a_department_takes_a_measure_on(department: str | None) -> None:
    given(*OPENED).when(reply("accepted", department)).then(TAKEN_ON, answered(why="why"))


def test_a_department_declines_and_says_why_or_leaves_its_words_with_enrollment() -> None:
    declined = did.MeasureDeclined(measure=HEALTH, on=TODAY, reason_sha256="why")
    given(*OPENED).when(reply("declined")).then(declined, answered("declined", why="why"))
    given(*OPENED).when(reply("declined", "medical-insurance", why=None)).then(
        did.MeasureDeclined(measure=HEALTH, on=TODAY), answered("declined")
    )


def test_whoever_accepts_or_declines_the_measure_answers_the_referral() -> None:
    given(*OPENED).when(advance("accepted")).then(TAKEN_ON, answered())
    given(*OPENED).when(decline()).then(did.MeasureDeclined(measure=HEALTH, on=TODAY, reason_sha256="why"), answered("declined", why="why"))


def test_another_department_answers_nothing() -> None:
    given(*OPENED).when(reply("declined", "housing")).then(refused("referral.another-department"))


def test_an_answer_to_a_referral_that_nobody_sent_is_refused() -> None:
    given().when(reply()).then(refused("referral.unknown"))
    given(*OPENED).when(reply(measure=HOUSING)).then(refused("referral.unknown"))
    given(*CLOSED).when(reply()).then(refused("referral.unknown"))


def test_what_a_department_answered_to_a_referral_that_nobody_sent_yet_is_kept_with_its_refusal() -> None:
    said = UnmatchedAnswer(uuid5(HEALTH, "referral"), "medical-insurance", "declined", TODAY)
    kept = replace(refused("referral.unknown"), unmatched=said)
    given().when(reply("declined", "medical-insurance", why=None)).then(kept)
    given(*OPENED).when(reply("declined", "housing")).then(refused("referral.another-department"))


@pytest.mark.parametrize("history", [ACCEPTED, STARTED])
def test_the_same_answer_changes_nothing(history: tuple[Event, ...]) -> None:
    given(*history).when(reply("accepted")).then()


def test_a_department_may_change_its_mind_until_the_measure_has_begun() -> None:
    changed = given(*ACCEPTED).when(reply("declined"))
    changed.then(did.MeasureDeclined(measure=HEALTH, on=TODAY, reason_sha256="why"), answered("declined", why="why"))
    changed.when(reply("accepted")).then(TAKEN_ON, answered(why="why"))
    changed.when(reply("accepted"), reply("accepted")).then()
    changed.when(resolve("illness"), reply("accepted")).then(refused("measure.not-open"))
    changed.when(close(), reply("accepted")).then(refused("referral.unknown"))
    given(*STARTED).when(reply("declined")).then(refused("measure.begun"))


def test_silence_goes_to_the_county_on_the_day_after() -> None:
    given(*OPENED).when(check_plan(LAST)).then()
    given(*OPENED).when(check_plan(AFTER)).then(silent(BASE, "civil-affairs"), silent())


def test_silence_is_told_once_and_also_where_days_were_skipped() -> None:
    given(*OVERDUE).when(check_plan(AFTER)).then()
    given(*OPENED).when(check_plan(AFTER + timedelta(days=3))).then(silent(BASE, "civil-affairs"), silent())


def test_an_answer_in_time_keeps_the_county_out_of_it() -> None:
    given(*ACCEPTED).when(check_plan(AFTER)).then(silent(BASE, "civil-affairs"))
    given(*OPENED).when(decline(), check_plan(AFTER)).then(silent(BASE, "civil-affairs"))


def test_an_answer_counts_though_it_is_late() -> None:
    given(*OVERDUE).when(reply()).then(TAKEN_ON, answered(why="why"))


def test_nobody_waits_for_an_answer_about_a_measure_that_is_over() -> None:
    given(*OPENED).when(end(), check_plan(AFTER)).then(silent(BASE, "civil-affairs"))
    given(*OPENED).when(close(), check_plan(AFTER)).then()


def test_a_measure_from_before_there_were_referrals_is_accepted_without_one() -> None:
    old = (OPENED[0], SECURITY, CURE)
    given(*old).when(advance("accepted")).then(TAKEN_ON)
    given(*old).when(check_plan(AFTER)).then()
