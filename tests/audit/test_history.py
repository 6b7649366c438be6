"""What happened to a household is told whole, also what happened in streams beside its own."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from uuid import UUID, uuid5

from audit.causes import Cause, tree
from audit.history import Step, history
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


def step(number: int, causation: str) -> Step:
    identity, on = UUID(int=number), date(2021, 1, 5)
    return Step(noon(TODAY), "enrollment", number, HOUSEHOLD, number, "enrollment.x", identity, {}, "c", causation, "", "", on, noon(TODAY))


def branches(causes: list[Cause]) -> list[object]:
    """Each message, and each event by its number, with what it caused."""
    return [(one.step.position if one.step else one.message, branches(one.effects)) for one in causes]


def test_every_event_stands_once_under_the_event_or_the_message_that_caused_it() -> None:
    told = [step(1, "bill"), step(2, "bill"), step(3, str(UUID(int=1))), step(4, "visit"), step(5, str(UUID(int=3))), step(6, "bill")]
    assert [("bill", [(1, [(3, [(5, [])])]), (2, []), (6, [])]), ("visit", [(4, [])])] == branches(tree(told))


def test_what_claims_to_follow_from_itself_or_from_what_came_later_is_told_all_the_same() -> None:
    told = [step(1, str(UUID(int=1))), step(2, str(UUID(int=3))), step(3, str(UUID(int=2)))]
    assert [(str(UUID(int=1)), [(1, [])]), (str(UUID(int=3)), [(2, [(3, [])])])] == branches(tree(told))


def test_what_became_of_a_letter_stands_under_it_whatever_message_told_it() -> None:
    """Its delivery and its recipient answer by messages of their own; what names an event as its cause stands there."""
    queued = replace(step(2, str(UUID(int=1))), service="notifications", topic="notifications.notification-queued", stream=UUID(int=99))
    begun, acknowledged = (replace(step(at, f"message-{at}"), stream=queued.stream) for at in (3, 5))
    paired_anew = step(6, "assign")
    withdrawn = replace(step(7, str(UUID(int=6))), stream=queued.stream)
    told = [step(1, "bill"), queued, begun, step(4, "visit"), acknowledged, paired_anew, withdrawn]
    grown = [("bill", [(1, [(2, [(3, []), (5, [])])])]), ("visit", [(4, [])]), ("assign", [(6, [(7, [])])])]
    assert grown == branches(tree(told))
