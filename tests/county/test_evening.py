"""The evening of the demo: letters are read as people read them, and what became of them is reckoned from the letters alone."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from uuid import UUID

import pytest

from county.letters import Letter, by_email
from county.notification_account import NotificationAccount, notification_checks
from county.pace import leaves_letters
from county.phones import Phones
from county.population import Recipient
from services.notifications.channels.email import to_message
from services.notifications.channels.outlet import Letter as Sent
from services.notifications.packs import load
from tests.county.sample import County

HOUSE = "018f0000-0000-7000-8000-000000000001"
ONE, TWO, THREE = (str(UUID(int=number)) for number in (901, 902, 903))
OVERDUE = "办理已逾期，请督办 · Overdue: please see to it"
HELP = "先行救助，请立即办理 · Emergency help: act at once"
VISIT = "预警线索，请入户核查 · Clue: please visit"
# Even numbers leave their letters.
KNOWN = {
    "silent-cadre": Recipient(UUID(int=2), "paired-cadre", "370323001", "silent-cadre"),
    "cadre": Recipient(UUID(int=3), "paired-cadre", "370323001", "cadre"),
    "silent-town": Recipient(UUID(int=4), "town-officer", "370323001", "silent-town"),
    "town": Recipient(UUID(int=5), "town-officer", "370323001", "town"),
    "county": Recipient(UUID(int=6), "county-officer", "370323", "county"),
}
ALL_KEPT = {
    "acknowledged = by those who answer": True,
    "gone up = urgent and unanswered, once each": True,
    "who is above was told of what went up": True,
}


def letter(notification: str, to: str, subject: str = VISIT) -> Letter:
    return Letter(notification, "email", to, subject, HOUSE)


def test_every_other_recipient_leaves_his_letters() -> None:
    assert [leaves_letters(UUID(int=number)) for number in (1, 2, 3, 4)] == [False, True, False, True]


def test_a_letter_is_read_as_it_was_sent() -> None:
    sent = Sent(UUID(ONE), "correlation", "cadre@example.org", VISIT, f"户编号 Household: {HOUSE}\n请于 2021-01-08 前办理。\n")
    assert Letter(ONE, "email", "cadre@example.org", VISIT, HOUSE, text=sent.text) == by_email(
        to_message(sent).as_bytes(), "cadre@example.org"
    )


def test_a_letter_about_an_area_names_no_household() -> None:
    sent = Sent(UUID(ONE), "correlation", "cadre@example.org", VISIT, "地区 Area: 370323\n")
    assert by_email(to_message(sent).as_bytes(), "cadre@example.org").household is None


def test_a_card_is_read_with_its_button() -> None:
    phones, link = Phones(), "https://county.invalid/suishi/acknowledge/1"
    card = {
        "task_id": UUID(ONE).hex,
        "main_title": {"title": HELP},
        "sub_title_text": f"户编号 Household: {HOUSE}\n",
        "card_action": {"type": 1, "url": link},
    }
    assert phones.take({"touser": "secretary-1", "template_card": card})["errcode"] == 0
    assert [Letter(ONE, "wecom", "secretary-1", HELP, HOUSE, link, f"户编号 Household: {HOUSE}\n")] == phones.letters
    assert phones.received == {ONE: 1}


def test_what_is_urgent_begins_with_the_words_of_the_pack() -> None:
    pack = load("example-pilot")
    urgent = {route.kind for route in pack.routes if route.urgency == "urgent"}
    told = {kind for kind, subject in pack.subjects.items() if letter(ONE, "cadre", subject).is_urgent}
    assert urgent == told == {"deadline-breached", "deadline-escalated", "emergency-help-started", "referral-overdue"}


def account(acknowledged: set[str], *escalated: tuple[str, str]) -> NotificationAccount:
    """One, two and three each tell of an event of their own."""
    return NotificationAccount({"email": 3}, frozenset(acknowledged), Counter(escalated), {ONE: ONE, TWO: TWO, THREE: THREE})


BEFORE = [letter(ONE, "cadre"), letter(TWO, "silent-cadre"), letter(THREE, "silent-town", OVERDUE)]
AFTER = [*BEFORE, letter("new", "county", OVERDUE)]


def test_who_answers_has_acknowledged_and_what_is_urgent_of_the_others_has_gone_up() -> None:
    assert ALL_KEPT == notification_checks(account({ONE}, (THREE, "county")), BEFORE, AFTER, KNOWN)


def test_what_cadre_and_town_leave_goes_to_the_county_once() -> None:
    before = [letter(ONE, "silent-cadre", HELP), letter(TWO, "silent-town", HELP)]
    found = replace(account(set(), (ONE, "county")), event_of={ONE: ONE, TWO: ONE})
    assert ALL_KEPT == notification_checks(found, before, [*before, letter("new", "county", HELP)], KNOWN)


def test_what_the_town_has_seen_goes_no_further() -> None:
    before = [letter(ONE, "silent-cadre", HELP), letter(TWO, "town", HELP)]
    found = replace(account({TWO}), event_of={ONE: ONE, TWO: ONE})
    assert ALL_KEPT == notification_checks(found, before, before, KNOWN)


def test_what_is_about_something_that_has_ended_goes_no_further() -> None:
    assert ALL_KEPT == notification_checks(replace(account({ONE}), over=frozenset({THREE})), BEFORE, BEFORE, KNOWN)


@pytest.mark.parametrize(
    ("found", "after", "broken"),
    [
        (account({ONE, TWO}, (THREE, "county")), AFTER, "acknowledged = by those who answer"),
        (account(set(), (THREE, "county")), AFTER, "acknowledged = by those who answer"),
        (account({ONE}, (THREE, "county"), (THREE, "county")), AFTER, "gone up = urgent and unanswered, once each"),
        (account({ONE}, (THREE, "county"), (TWO, "town")), AFTER, "gone up = urgent and unanswered, once each"),
        (account({ONE}, (THREE, "county")), BEFORE, "who is above was told of what went up"),
        (account({ONE}, (THREE, "county")), [*AFTER, letter("again", "county", OVERDUE)], "who is above was told of what went up"),
    ],
)
def test_a_broken_promise_is_noticed(found: NotificationAccount, after: list[Letter], broken: str) -> None:
    assert {**ALL_KEPT, broken: False} == notification_checks(found, BEFORE, after, KNOWN)


def test_first_secretaries_are_reached_by_wecom_and_all_others_by_email(county: County) -> None:
    people = county.people
    assert {one.channel["kind"] for one in people.first_secretaries} == {"wecom"}
    assert {one.channel["kind"] for one in (*people.cadres, *people.grid_workers)} == {"email"}
