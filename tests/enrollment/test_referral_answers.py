"""A department's answer to a referral comes in by enrollment's door and is handed on, once, the latest for good."""

from __future__ import annotations

from datetime import date
from itertools import permutations
from uuid import UUID, uuid5

from msgspec.structs import replace

from pipeline.text_digest import text_digest
from schemas import enrollment as words
from schemas import facts as say
from services.enrollment.domain import DECIDER
from services.enrollment.domain.reporting.referral_answers import Answers, HandOnAnswer, ReferralAnswered
from services.enrollment.identify.named import Named
from services.enrollment.translate import Found, to_commands, to_message
from tests.enrollment.zhang import POLICIES, TODAY, asked, given, morning, noon
from tests.messages import envelope, recorded

REFERRAL = UUID(int=70)
STREAM = uuid5(REFERRAL, "answer")
TOMORROW = date(2021, 1, 6)
ANSWER = HandOnAnswer(**asked(), referral=REFERRAL, department="health", outcome="accepted", reason_sha256="why")
LATER = replace(ANSWER, id="later", at=noon(TOMORROW), on=TOMORROW, outcome="declined")


def told(answer: HandOnAnswer) -> ReferralAnswered:
    return ReferralAnswered(
        referral=REFERRAL, department=answer.department, outcome=answer.outcome, reason_sha256="why", at=answer.at, reference=answer.id
    )


def test_an_answer_is_handed_on_once() -> None:
    given().when(ANSWER).then(told(ANSWER))
    given(told(ANSWER)).when(ANSWER).then()


def test_a_later_answer_is_handed_on_and_an_older_one_that_comes_late_is_not() -> None:
    given(told(ANSWER)).when(LATER).then(told(LATER))
    given(told(LATER)).when(ANSWER).then()


def test_of_two_answers_of_one_instant_the_one_with_the_greater_id_stands() -> None:
    first, second = replace(ANSWER, id="a"), replace(ANSWER, id="b")
    given(told(first)).when(second).then(told(second))
    given(told(second)).when(first).then()


def test_each_department_speaks_for_itself() -> None:
    water = replace(ANSWER, department="water")
    given(told(LATER)).when(water).then(told(water))
    given(told(LATER), told(water)).when(ANSWER).then()


def test_in_any_order_the_same_answer_stands() -> None:
    three = (ANSWER, replace(ANSWER, id="also at noon"), LATER)
    ends = [given().when(*order, *order).state for order in permutations(three)]
    assert [Answers({"health": (noon(TOMORROW), "later")})] * 6 == ends


def test_the_answers_to_a_referral_are_no_household() -> None:
    answers = given(told(ANSWER)).state
    assert () == DECIDER.decide(morning(TOMORROW), answers, POLICIES)


def test_the_topic_says_which_department_answers_and_its_words_stay_in_the_vault() -> None:
    message = envelope(say.ReferralAnswered(referral_id=REFERRAL, outcome="accepted", reason="已安排"))
    named = Named()
    named.add(message)
    assert ["已安排"] == named.texts
    assert [(STREAM, replace(ANSWER, reason_sha256=text_digest("已安排")))] == to_commands(message, Found())


def test_what_is_handed_on_bears_the_local_date_of_the_answer() -> None:
    public = to_message(recorded(told(ANSWER), STREAM))
    assert public is not None
    said = words.ReferralAnswered(referral_id=REFERRAL, department="health", outcome="accepted", on=TODAY)
    assert (said, STREAM) == (public.data, public.key)
