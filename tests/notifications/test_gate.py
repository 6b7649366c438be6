"""Quiet hours, what goes up unacknowledged, and what is sent again: urgent or not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from services.notifications.domain import events as did
from services.notifications.domain.commands import Notice
from services.notifications.domain.delivering import hand_over
from services.notifications.domain.gate import shut_until
from services.notifications.domain.routing import Heard, untold_above
from tests.notifications.letters import (
    CADRE,
    CLUE,
    DEFERRED,
    FAILED,
    HOLDER,
    HOUSEHOLD,
    HURRY,
    LEASED,
    MINUTE,
    NOON,
    PILOT,
    QUEUED,
    RELEASED,
    SEEN,
    SENDING,
    SENT,
    SUCCESSOR,
    UNTIL,
    acknowledge,
    begin,
    escalate,
    given,
    outcome,
    queue,
    wait,
)

NIGHT = "22:00-07:00"
MIDNIGHT = datetime(2021, 1, 5, 16, tzinfo=UTC)  # 00:00 of the 6th in Shandong
SEVEN = datetime(2021, 1, 5, 23, tzinfo=UTC)
LATE = did.NotificationUnknown(recipient=CADRE, at=NOON)
FOR_KNOWING = Notice(event="event 1", kind="household-enrolled", household=HOUSEHOLD)


def local(day: int, hour: int, minute: int = 0) -> datetime:
    """In Shandong, in January 2021."""
    return datetime(2021, 1, day, hour, minute, tzinfo=UTC) - timedelta(hours=8)


@pytest.mark.parametrize(
    ("quiet", "at", "until"),
    [
        ("", local(5, 3), None),
        (NIGHT, local(5, 21, 59), None),
        (NIGHT, local(5, 22), local(6, 7)),
        (NIGHT, local(6, 0), local(6, 7)),
        (NIGHT, local(6, 6, 59), local(6, 7)),
        (NIGHT, local(6, 7), None),
        ("12:00-14:00", local(5, 11, 59), None),
        ("12:00-14:00", local(5, 12), local(5, 14)),
        ("12:00-14:00", local(5, 14), None),
        ("08:00-08:00", local(5, 8), None),
    ],
)
def test_the_gate_is_shut_in_quiet_hours_and_opens_at_their_end(quiet: str, at: datetime, until: datetime | None) -> None:
    assert until == shut_until("normal", quiet, at)
    assert shut_until("urgent", quiet, at) is None


def test_what_is_not_urgent_is_held_back_in_quiet_hours_once() -> None:
    held = did.NotificationHeld(until=SEVEN)
    given(*QUEUED).when(begin(at=MIDNIGHT, quiet=NIGHT)).then(held)
    given(*QUEUED, held).when(begin(at=MIDNIGHT, quiet=NIGHT)).then()
    given(*QUEUED, held).when(begin(at=SEVEN, quiet=NIGHT)).then(LEASED)


def test_what_was_held_back_goes_when_its_recipient_gives_up_his_quiet_hours() -> None:
    given(*QUEUED, did.NotificationHeld(until=SEVEN)).when(begin(at=MIDNIGHT, quiet="")).then(LEASED)


def test_what_is_urgent_passes_at_any_hour() -> None:
    given(*HURRY).when(begin(at=MIDNIGHT, quiet=NIGHT)).then(LEASED)


def test_what_is_urgent_waits_for_no_digest() -> None:
    given(*HURRY).when(begin(daily=True)).then(LEASED)


@pytest.mark.parametrize(
    "before",
    [
        (LEASED, did.NotificationFailed(recipient=CADRE, final=False, at=NOON)),
        (LEASED, did.DeliveryDeferred(until=UNTIL)),
        (LEASED, did.DeliveryReleased()),
    ],
    ids=lambda events: events[-1].TOPIC,
)
def test_no_way_back_into_the_queue_goes_past_the_gate(before: tuple[did.AnyEvent, ...]) -> None:
    given(*QUEUED, *before).when(begin(at=MIDNIGHT, quiet=NIGHT)).then(did.NotificationHeld(until=SEVEN))


def test_nothing_goes_to_somebody_of_whom_nobody_knows_what_he_wants() -> None:
    given(*QUEUED).when(begin(quiet=None)).then()
    given(*HURRY).when(begin(quiet=None)).then()


def test_what_is_urgent_and_may_be_lost_is_sent_again_after_pauses_as_often_as_the_pack_allows() -> None:
    assert (PILOT.send_again, PILOT.attempts) == ({"urgent": True, "normal": False}, 5)
    lost = (LEASED, LATE, did.NotificationRepeated())
    given(*HURRY, LEASED).when(outcome("unknown")).then(LATE, did.NotificationRepeated(until=NOON + MINUTE))
    given(*HURRY, *lost, LEASED).when(outcome("unknown")).then(LATE, did.NotificationRepeated(until=NOON + 5 * MINUTE))
    given(*HURRY, *lost).when(begin()).then(LEASED)
    given(*HURRY, *lost * 4, LEASED).when(outcome("unknown")).then(LATE)


def test_what_is_not_urgent_and_may_be_lost_is_only_listed() -> None:
    given(*SENDING).when(outcome("unknown")).then(LATE)


def test_what_was_thought_lost_and_arrived_is_not_sent_again() -> None:
    lost = (LEASED, LATE, did.NotificationRepeated())
    given(*HURRY, *lost).when(outcome("sent")).then(did.NotificationSent(recipient=CADRE, at=NOON))
    given(*HURRY, *lost).when(outcome("sent"), begin()).then()


@pytest.mark.parametrize("said", ["failed", "deferred", "released", "unknown"])
def test_the_answer_about_an_older_lease_ends_no_newer_one(said: str) -> None:
    again = (LEASED, LATE, did.NotificationRepeated(), did.DeliveryBegun(holder=SUCCESSOR, until=UNTIL))
    given(*HURRY, *again).when(outcome(said, HOLDER)).then()


@pytest.mark.parametrize(("urgency", "hours"), [("urgent", 4), ("normal", 48)])
def test_what_nobody_acknowledged_for_its_hours_goes_up_once(urgency: str, hours: int) -> None:
    sent = ((HURRY if urgency == "urgent" else QUEUED)[0], LEASED, did.NotificationSent(recipient=CADRE, at=NOON))
    up = did.NotificationEscalated(recipient=CADRE, to="town")
    given(*sent).when(escalate(hours - 1)).then()
    given(*sent).when(escalate(hours)).then(up)
    given(*sent, up).when(escalate(hours + 99)).then()


def test_what_was_acknowledged_in_time_does_not_go_up() -> None:
    given(*SEEN).when(escalate()).then()


def test_what_went_up_can_still_be_acknowledged() -> None:
    up = did.NotificationEscalated(recipient=CADRE, to="town")
    given(*SENT, up).when(acknowledge()).then(did.NotificationAcknowledged(recipient=CADRE))


def test_it_goes_up_to_whoever_is_left_to_be_told_and_nowhere_where_nobody_is() -> None:
    given(*SENT).when(escalate(to="county")).then(did.NotificationEscalated(recipient=CADRE, to="county"))
    given(*SENT).when(escalate(to="")).then()


OFFICERS = {level: Heard(level, f"{level}-officer") for level in ("town", "county")}
SEEN_BY = {level: replace(one, seen=True) for level, one in OFFICERS.items()}


@pytest.mark.parametrize(
    ("level", "heard", "to"),
    [
        ("village", [], "town"),
        ("village", [Heard("village", "first-secretary", seen=True)], "town"),
        ("village", [Heard("town", "grid-worker", seen=True)], "town"),
        ("village", [OFFICERS["town"]], "county"),
        ("village", [OFFICERS["town"], SEEN_BY["town"]], None),
        ("village", [SEEN_BY["county"]], None),
        ("village", [OFFICERS["county"]], "town"),
        ("village", [*OFFICERS.values()], None),
        ("town", [], "county"),
        ("town", [OFFICERS["town"]], "county"),
        ("town", [OFFICERS["county"]], None),
        ("county", [], None),
    ],
)
def test_it_goes_past_those_above_who_were_told_already_and_no_further_than_to_who_has_seen_it(
    level: str, heard: list[Heard], to: str | None
) -> None:
    higher = untold_above(level, heard, PILOT)
    assert (higher.level if higher is not None else None) == to


@pytest.mark.parametrize(
    "before", [(), (LEASED, DEFERRED), (LEASED, RELEASED), (LEASED, FAILED), (LEASED, LATE, did.NotificationRepeated())]
)
def test_what_is_urgent_and_still_queued_after_its_hours_goes_up_once(before: tuple[did.AnyEvent, ...]) -> None:
    up = did.NotificationEscalated(recipient=CADRE, to="town")
    given(*HURRY, *before).when(escalate(3, NOON)).then()
    given(*HURRY, *before).when(escalate(4, NOON)).then(up)
    given(*HURRY, *before, up).when(escalate(99, NOON)).then()
    given(*HURRY, *before, up).when(begin()).then(LEASED)


def test_what_is_queued_since_nobody_knows_when_or_is_not_urgent_or_on_its_way_does_not_go_up() -> None:
    given(*HURRY).when(escalate(99)).then()
    given(*HURRY, LEASED).when(escalate(99, NOON)).then()
    given(*QUEUED).when(escalate(99, NOON)).then()


def test_of_what_was_told_the_hours_begin_when_it_was_told() -> None:
    sent = did.NotificationSent(recipient=CADRE, at=NOON + timedelta(hours=3))
    given(*HURRY, LEASED, sent).when(escalate(6, NOON)).then()
    given(*HURRY, LEASED, sent).when(escalate(7, NOON)).then(did.NotificationEscalated(recipient=CADRE, to="town"))


def test_what_is_only_for_knowing_does_not_go_up() -> None:
    told = (did.NotificationQueued(notice=FOR_KNOWING, recipient=CADRE, channel="email"), did.NotificationSent(recipient=CADRE, at=NOON))
    given(*told).when(escalate()).then()


def test_the_next_level_is_told_only_of_what_went_up() -> None:
    up = did.NotificationEscalated(recipient=CADRE, to="town")
    asked, waiting = queue(if_passed_on=True), wait()
    given().when(asked).then()
    given().when(hand_over(asked, [])).then()
    given().when(hand_over(asked, [up])).then(did.NotificationQueued(notice=CLUE, recipient=CADRE, channel="email"))
    assert waiting == hand_over(waiting, [up])
