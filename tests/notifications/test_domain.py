"""Recipients, the households they answer for, and a notification from the intent to its known outcome."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, get_args
from uuid import UUID

import pytest
from msgspec.structs import replace

from pipeline.decider import Event
from services.notifications.domain import commands as ask
from services.notifications.domain import events as did
from services.notifications.domain.commands import AnyCommand, Contact, Target
from tests.notifications.letters import (
    ANNOUNCED,
    ANSWERABLE,
    CADRE,
    CLUE,
    DEFERRED,
    FAILED,
    GIVEN_UP,
    HOLDER,
    LEASED,
    MAILBOX,
    MINUTE,
    NOON,
    OVER,
    QUEUED,
    REFUSED,
    REGISTERED,
    RELEASED,
    SEEN,
    SENDING,
    SENT,
    SUCCESSOR,
    UNKNOWN,
    UNTIL,
    VILLAGE,
    WAITING,
    WHO_ANSWERS,
    WITHDRAWN,
    WORKER,
    acknowledge,
    announce,
    begin,
    escalate,
    given,
    go_on,
    locate,
    outcome,
    pair,
    queue,
    recipient,
    retire,
    stop_waiting,
    wait,
    withdraw,
)

STATES = {
    "nothing": (),
    "queued": QUEUED,
    "sending": SENDING,
    "sent": SENT,
    "given up": GIVEN_UP,
    "unknown": UNKNOWN,
    "seen": SEEN,
    "withdrawn": WITHDRAWN,
    "over": OVER,
}
YES, NO = "notification-acknowledged", "command-refused"
PAIRS: list[tuple[str, AnyCommand, tuple[str, ...]]] = [
    ("queue", queue(), ("notification-queued", "", "", "", "", "", "", "notification-resumed", "")),
    ("begin", begin(), ("", "delivery-begun", "", "", "", "", "", "", "")),
    ("begin by another", begin(SUCCESSOR), ("", "delivery-begun", "", "", "", "", "", "", "")),
    ("sent", outcome("sent"), ("", "", "notification-sent", "", "", "notification-sent", "", "", "")),
    ("sent, says another", outcome("sent", SUCCESSOR), ("", "", "", "", "", "notification-sent", "", "", "")),
    ("failed", outcome("failed"), ("", "", "notification-failed", "", "", "", "", "", "")),
    ("failed, says another", outcome("failed", SUCCESSOR), ("", "", "", "", "", "", "", "", "")),
    ("unknown", outcome("unknown"), ("", "", "notification-unknown", "", "", "", "", "", "")),
    ("deferred", outcome("deferred"), ("", "", "delivery-deferred", "", "", "", "", "", "")),
    ("deferred, says another", outcome("deferred", SUCCESSOR), ("", "", "", "", "", "", "", "", "")),
    ("released", outcome("released"), ("", "", "delivery-released", "", "", "", "", "", "")),
    ("released, says another", outcome("released", SUCCESSOR), ("", "", "", "", "", "", "", "", "")),
    ("acknowledge", acknowledge(), (NO, NO, YES, YES, NO, YES, "", NO, NO)),
    ("acknowledge another one", acknowledge(named=False), ("", "", YES, YES, "", YES, "", "", "")),
    ("acknowledge a digest", acknowledge(others=True), ("", NO, YES, YES, NO, YES, "", NO, NO)),
    ("withdraw", withdraw(), ("", "notification-withdrawn", "", "", "", "", "", "", "")),
    ("escalate", escalate(), ("", "", "", "notification-escalated", "notification-escalated", "notification-escalated", "", "", "")),
]
TOLD = [
    pytest.param(history, command, expected, id=f"{name}: {state}")
    for name, command, row in PAIRS
    for (state, history), expected in zip(STATES.items(), row, strict=True)
]


@pytest.mark.parametrize(("history", "command", "expected"), TOLD)
def test_of_every_step_of_a_notification_it_is_known_what_follows(history: tuple[Event, ...], command: AnyCommand, expected: str) -> None:
    happened = given(*history).when(command).happened
    assert expected.split() == [event.TOPIC.removeprefix("notifications.") for event in happened]


def test_no_command_is_forgotten() -> None:
    others = {ask.RegisterRecipient, ask.RetireRecipient, ask.LocateHousehold, ask.PairHousehold, ask.Await, ask.StopAwaiting}
    others |= {ask.Announce, ask.ContinueAnnouncement, ask.EscalateNotice, ask.EndMatter, ask.ResumeMatter}
    assert set(get_args(AnyCommand)) == others | {type(command) for _, command, _ in PAIRS}


def test_a_recipient_is_registered_once() -> None:
    given().when(recipient()).then(*REGISTERED)
    given(*REGISTERED).when(recipient()).then()


@pytest.mark.parametrize(
    "changed",
    [
        {"role": "grid-worker"},
        {"area": "370323001002"},
        {"contacts": (Contact("wecom", UUID(int=801)),)},
        {"department": "health"},
        {"quiet": "22:00-07:00"},
        {"daily": True},
    ],
)
def test_a_change_of_a_recipient_is_kept(changed: dict[str, Any]) -> None:
    said = {"role": "paired-cadre", "area": VILLAGE, "contacts": MAILBOX, **changed}
    given(*REGISTERED).when(recipient(**changed)).then(did.RecipientRegistered(**said))


def test_a_recipient_of_before_the_address_book_is_entered_in_it_when_he_is_registered_again() -> None:
    before = did.RecipientRegistered(role="paired-cadre", area=VILLAGE, address="cadre@example.org")
    given(before).when(recipient()).then(*REGISTERED)


def test_a_recipient_retires_once_and_may_come_back() -> None:
    given(*REGISTERED).when(retire()).then(did.RecipientRetired())
    given(*REGISTERED, did.RecipientRetired()).when(retire()).then()
    given(*REGISTERED, did.RecipientRetired()).when(recipient()).then(*REGISTERED)


def test_whoever_retires_somebody_who_was_never_registered_is_told_so() -> None:
    refused = did.CommandRefused(command="message", reason_code="recipient.unknown", about="recipient")
    given().when(retire()).then(refused)
    given(refused).when(recipient()).then(*REGISTERED)


def test_whoever_acknowledges_a_letter_that_nobody_knows_is_told_so_and_it_can_be_queued_all_the_same() -> None:
    refused = did.CommandRefused(command="message", reason_code="notification.unknown", about="notification")
    given().when(acknowledge()).then(refused)
    given(refused).when(queue()).then(*QUEUED)


def test_a_household_is_located_once_and_again_when_it_moved() -> None:
    given().when(locate()).then(did.HouseholdLocated(village_code=VILLAGE))
    given(*ANSWERABLE).when(locate()).then()
    given(*ANSWERABLE).when(locate("370323001002")).then(did.HouseholdLocated(village_code="370323001002"))


def test_a_household_is_paired_once_and_again_with_a_successor() -> None:
    given().when(pair()).then(did.HouseholdPaired(cadre=CADRE))
    given(*ANSWERABLE).when(pair()).then()
    given(*ANSWERABLE).when(pair(WORKER)).then(did.HouseholdPaired(cadre=WORKER))


def test_a_household_has_no_cadre_when_nobody_answers_any_more() -> None:
    given(*ANSWERABLE).when(pair(None)).then(did.HouseholdUnpaired())
    given(*ANSWERABLE, did.HouseholdUnpaired()).when(pair(None)).then()


def test_a_notice_waits_once_while_nobody_answers_for_the_household() -> None:
    given(*ANSWERABLE).when(wait()).then(did.NoticeAwaited(notice=CLUE, target=WHO_ANSWERS))
    given(*WAITING).when(wait()).then()


def test_a_notice_stops_waiting_once() -> None:
    given(*WAITING).when(stop_waiting()).then(did.NoticeAddressed(event="event 1"))
    given(*WAITING, did.NoticeAddressed(event="event 1")).when(stop_waiting()).then()
    given(*WAITING).when(stop_waiting("event 2")).then()


def test_a_notice_waits_for_each_of_its_recipients_by_itself() -> None:
    secretary = Target(role="first-secretary", level="village")
    waits = did.NoticeAwaited(notice=CLUE, target=secretary, post="first-secretary/village/")
    given(*WAITING).when(wait(CLUE, secretary, "first-secretary/village/")).then(waits)
    given(*WAITING, waits).when(stop_waiting()).then(did.NoticeAddressed(event="event 1"))
    given(*WAITING, waits, did.NoticeAddressed(event="event 1")).when(wait(CLUE, secretary, "first-secretary/village/")).then()


def test_what_is_told_to_everybody_begins_once() -> None:
    given().when(announce()).then(*ANNOUNCED)
    given(*ANNOUNCED).when(announce()).then()


def test_what_is_told_to_everybody_goes_on_part_by_part_to_its_end() -> None:
    advanced = did.AnnouncementAdvanced(through=CADRE)
    given(*ANNOUNCED).when(go_on()).then(advanced)
    given(*ANNOUNCED, advanced).when(go_on(CADRE, WORKER)).then(did.AnnouncementAdvanced(through=WORKER))
    given(*ANNOUNCED, advanced).when(go_on(CADRE, None)).then(did.AnnouncementEnded())


def test_a_part_that_is_told_or_belongs_to_nothing_is_not_told_again() -> None:
    advanced = did.AnnouncementAdvanced(through=CADRE)
    given().when(go_on()).then()
    given(*ANNOUNCED, advanced).when(go_on()).then()
    given(*ANNOUNCED, did.AnnouncementEnded()).when(go_on()).then()


def test_what_waits_outlives_a_new_pairing() -> None:
    given(*WAITING, did.HouseholdPaired(cadre=WORKER)).when(stop_waiting()).then(did.NoticeAddressed(event="event 1"))


def test_a_notification_is_sent_under_a_lease() -> None:
    given(*QUEUED).when(begin()).then(did.DeliveryBegun(holder=LEASED.holder, until=UNTIL))
    given(*SENDING).when(outcome("sent")).then(did.NotificationSent(recipient=CADRE, at=NOON))


def test_who_comes_second_gets_no_lease() -> None:
    given(*SENDING).when(begin(SUCCESSOR)).then()


def test_a_letter_to_an_address_that_nobody_has_is_given_up_at_once() -> None:
    given(*SENDING).when(outcome("failed")).then(REFUSED)
    given(*SENDING, REFUSED).when(begin()).then()


def test_a_letter_that_an_older_log_would_try_again_is_tried_again() -> None:
    given(*SENDING, FAILED).when(begin()).then(LEASED)
    given(*SENDING, FAILED, LEASED).when(outcome("failed")).then(replace(REFUSED, tries=2))


def test_a_letter_that_is_put_off_waits_longer_each_time_and_is_given_up_after_a_day() -> None:
    history, pauses = QUEUED, list[timedelta]()
    while isinstance((put_off := given(*history, LEASED).when(outcome("deferred")).happened[0]), did.DeliveryDeferred):
        pauses.append(put_off.until - NOON)
        history = (*history, LEASED, put_off)
    assert [pause // MINUTE for pause in pauses] == [1, 5, 15, 30, 60, 120, 240, 480, 480]
    assert put_off == replace(REFUSED, tries=10)


def test_a_letter_that_was_put_off_more_often_than_a_newer_pack_allows_is_given_up() -> None:
    given(*QUEUED, *(LEASED, DEFERRED) * 11, LEASED).when(outcome("deferred")).then(replace(REFUSED, tries=12))


@pytest.mark.parametrize("what", ["sent", "failed", "deferred", "released", "unknown"])
def test_the_late_answer_to_a_lease_that_is_over_ends_no_lease_that_the_same_holder_got_later(what: str) -> None:
    later = did.DeliveryBegun(holder=HOLDER, until=UNTIL + MINUTE)
    leased_again = (*SENDING, RELEASED, later)
    given(*leased_again).when(outcome(what, until=UNTIL)).then()
    assert len(given(*leased_again).when(outcome(what, until=UNTIL + MINUTE)).happened) == 1


def test_an_answer_of_before_it_named_its_lease_is_taken_for_the_one_that_there_is() -> None:
    given(*SENDING, RELEASED, LEASED).when(outcome("released")).then(RELEASED)


def test_what_was_sent_under_a_lease_that_is_over_was_sent() -> None:
    given(*UNKNOWN).when(outcome("sent", until=UNTIL)).then(did.NotificationSent(recipient=CADRE, at=NOON))


def test_a_lease_that_is_given_back_costs_nothing() -> None:
    given(*SENDING, RELEASED).when(begin()).then(LEASED)
    given(*QUEUED, *(LEASED, RELEASED) * 99, LEASED).when(outcome("failed")).then(REFUSED)


def test_a_letter_whose_fate_is_unknown_is_not_sent_again() -> None:
    given(*UNKNOWN).when(begin()).then()


def test_a_letter_that_was_thought_lost_and_arrived_is_sent() -> None:
    given(*UNKNOWN).when(outcome("sent")).then(did.NotificationSent(recipient=CADRE, at=NOON))
