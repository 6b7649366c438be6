"""He may have a letter before its outcome is known here: what he says he has seen counts, and nothing comes after it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from services.notifications.domain import events as did
from services.notifications.domain.policy import Limit
from services.notifications.outbox import Outbox
from services.notifications.pace import Pace
from services.notifications.unacknowledged import overdue
from tests.notifications.letters import (
    CADRE,
    DEFERRED,
    FAILED,
    GIVEN_UP,
    HOLDER,
    HURRY,
    LEASED,
    NOON,
    NOTIFICATION,
    PILOT,
    QUEUED,
    RELEASED,
    SENDING,
    SUCCESSOR,
    UNKNOWN,
    WITHDRAWN,
    acknowledge,
    begin,
    escalate,
    given,
    outcome,
    withdraw,
)
from tests.read_models import ReadModels, read_models

AGAIN = (*HURRY, LEASED, did.NotificationUnknown(recipient=CADRE, at=NOON), did.NotificationRepeated())
REFUSED = did.NotificationFailed(recipient=CADRE, final=True, at=NOON)
NOT_SENT = did.CommandRefused(command="message", reason_code="notification.not-sent", about="notification", recipient=CADRE)
SEEN = did.NotificationAcknowledged(recipient=CADRE)
REACHED: dict[str, tuple[did.AnyEvent, ...]] = {
    "on its way": SENDING,
    "nobody knows": UNKNOWN,
    "to be sent once more": AGAIN,
    "on its way once more": (*AGAIN, LEASED),
    "once more, and put off": (*AGAIN, LEASED, DEFERRED),
    "once more, and given back": (*AGAIN, LEASED, RELEASED),
    "once more, and refused": (*AGAIN, LEASED, FAILED),
    "once more, and given up": (*AGAIN, *(LEASED, FAILED) * 3, LEASED, REFUSED),
    "once more, and taken back": (*AGAIN, did.NotificationWithdrawn(recipient=CADRE, reason="recipient-retired")),
    "once more, and over": (*AGAIN, did.NotificationWithdrawn(recipient=CADRE, reason="matter-ended")),
}
NOT_REACHED: dict[str, tuple[did.AnyEvent, ...]] = {
    "never begun": QUEUED,
    "put off": (*SENDING, DEFERRED),
    "given back": (*SENDING, RELEASED),
    "refused": (*SENDING, FAILED),
    "given up": GIVEN_UP,
    "withdrawn": WITHDRAWN,
}
OUTCOMES = ("sent", "failed", "deferred", "released", "unknown")
reached = pytest.mark.parametrize("history", REACHED.values(), ids=REACHED.keys())


@pytest.fixture
async def outbox(prepared: str) -> AsyncIterator[ReadModels]:
    async with read_models(prepared, "notifications") as models:
        yield models


@reached
def test_what_may_have_reached_him_he_can_acknowledge(history: tuple[did.AnyEvent, ...]) -> None:
    given(*history).when(acknowledge()).then(SEEN)


@pytest.mark.parametrize("name", sorted(REACHED.keys() - {"on its way"}))
def test_that_it_was_sent_counts_whenever_it_is_told_and_nothing_takes_it_back(name: str) -> None:
    """Of the first lease, while another one may send it by now, or nobody any more."""
    story = given(*REACHED[name]).when(outcome("sent", SUCCESSOR))
    story.then(did.NotificationSent(recipient=CADRE, at=NOON))
    for said in OUTCOMES:
        story.when(outcome(said)).then()


@reached
def test_what_he_acknowledged_early_stays_so_whatever_comes_of_its_lease(history: tuple[did.AnyEvent, ...]) -> None:
    for holder in (HOLDER, SUCCESSOR):
        for said in OUTCOMES:
            given(*history, SEEN).when(outcome(said, holder)).then()
    given(*history, SEEN).when(acknowledge(), begin(), escalate(), withdraw()).then()


@pytest.mark.parametrize("history", NOT_REACHED.values(), ids=NOT_REACHED.keys())
def test_what_cannot_have_reached_him_nobody_can_acknowledge_and_whoever_does_is_told_so(history: tuple[did.AnyEvent, ...]) -> None:
    given(*history).when(acknowledge()).then(NOT_SENT)
    given(*history).when(acknowledge(named=False)).then()


@reached
async def test_what_he_acknowledged_early_waits_for_nothing_in_the_outbox(outbox: ReadModels, history: tuple[did.AnyEvent, ...]) -> None:
    await outbox.write(NOTIFICATION, *history, SEEN)
    assert [("acknowledged", None, None)] == await outbox.rows("SELECT state, holder, until FROM outbox")
    channel = Outbox(outbox.pool, "email", Pace(Limit()))
    assert (await channel.anything(), await channel.waiting(), await channel.leased(HOLDER), await channel.abandoned(SUCCESSOR)) == (
        False,
        [],
        {},
        {},
    )
    assert await overdue(outbox.pool, PILOT, NOON.replace(year=2099)) == []
    assert await outbox.difference() is None
