"""The border of notifications: what each message asks, and what of each event is public."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

import pytest
from msgspec.structs import replace

from pipeline.decider import Event
from pipeline.facts_lost import FactsLost
from schemas import notifications as words
from schemas import topics
from schemas.assistance import CadreAnswers, MeasureEnded, ReferralAnswered
from schemas.enrollment import CaseEnded, CaseReopened, HouseholdEnded, HouseholdExited, HouseholdMoved, HouseholdRegistered, MembersJoined
from schemas.generate import TYPES
from schemas.message import Message
from services.notifications.domain import events as did
from services.notifications.domain.commands import AnyCommand
from services.notifications.identify.directory import Directory, Found
from services.notifications.identify.waiting import Waiting
from services.notifications.names import announcement_id, notification_id
from services.notifications.refusals import TEXTS
from services.notifications.translate import to_commands, to_message
from services.refused_command import with_again
from tests.messages import TODAY, envelope, recorded
from tests.notifications.letters import (
    ADDRESS,
    ANNOUNCED,
    ANSWERABLE,
    CADRE,
    CADRES,
    CLUE,
    DEFERRED,
    FAILED,
    GIVEN_UP,
    HOLDER,
    HOUSEHOLD,
    LEASED,
    LINE,
    MAILBOX,
    NOTIFICATION,
    PILOT,
    QUEUED,
    REGISTERED,
    RELEASED,
    SEEN,
    SENT,
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
    end_matter,
    escalate,
    escalate_notice,
    go_on,
    locate,
    outcome,
    pair,
    queue,
    recipient,
    resume_matter,
    retire,
    stop_waiting,
    wait,
    withdraw,
)
from tests.schemas.test_golden import FILES

LONGEST: Final = 200  # what is longer cannot be published, and the relay ends at it
FOLLOWED = sorted({kind for topic in topics.FOLLOWS["notifications"] for kind in topics.ALLOWED[topic]})
ID: Final = {"notification_id": NOTIFICATION}
TOLD: Final = {**ID, "recipient_id": CADRE}
DIGEST: Final[dict[str, Any]] = {"digest_id": UUID(int=56), "notification_ids": (NOTIFICATION,)}
EMAIL: Final = (words.EmailChannel(kind="email", address=ADDRESS),)
CASE: Final = {"household_id": HOUSEHOLD, "case_id": UUID(int=13)}
REFERRAL: Final = {"household_id": HOUSEHOLD, "referral_id": UUID(int=12), "measure_id": UUID(int=11), "department": "health"}
ASKED: Final[list[tuple[Message, UUID, AnyCommand]]] = [
    (words.RegisterRecipient(recipient_id=CADRE, role="paired-cadre", area=VILLAGE, channels=EMAIL), CADRE, recipient()),
    (words.RetireRecipient(recipient_id=CADRE), CADRE, retire()),
    (words.ContinueAnnouncement(announcement_id=UUID(int=55), after=WORKER), UUID(int=55), go_on(WORKER, None)),
    (HouseholdRegistered(household_id=HOUSEHOLD, village_code=VILLAGE, category="never_registered", member_count=2), HOUSEHOLD, locate()),
    (CadreAnswers(household_id=HOUSEHOLD, cadre_id=CADRE, on=TODAY), HOUSEHOLD, pair()),
    (CadreAnswers(household_id=HOUSEHOLD, on=TODAY), HOUSEHOLD, pair(None)),
    (HouseholdMoved(household_id=HOUSEHOLD, village_code=VILLAGE, on=TODAY), HOUSEHOLD, locate()),
    (HouseholdEnded(household_id=HOUSEHOLD, reason="died", on=TODAY), HOUSEHOLD, end_matter()),
    (MembersJoined(household_id=HOUSEHOLD, person_ids=(CADRE,), on=TODAY, reason="unmerged"), HOUSEHOLD, resume_matter()),
    (CaseReopened(**CASE, episode=1, undone=("review",)), UUID(int=13), resume_matter()),
    (HouseholdExited(**CASE, episode=1, method="help"), UUID(int=13), end_matter()),
    (CaseEnded(**CASE, episode=1, reason="voided"), UUID(int=13), end_matter()),
    (MeasureEnded(household_id=HOUSEHOLD, measure_id=UUID(int=11), on=TODAY), UUID(int=11), end_matter()),
    (ReferralAnswered(**REFERRAL, outcome="declined", on=TODAY), UUID(int=12), end_matter()),
    (words.BeginDelivery(**ID, holder=HOLDER, until=UNTIL), NOTIFICATION, begin()),
    (words.RecordDelivery(**ID, holder=HOLDER, outcome="failed", detail="refused"), NOTIFICATION, outcome("failed")),
    (words.RecordDelivery(**ID, holder=HOLDER, outcome="deferred", detail="later"), NOTIFICATION, outcome("deferred")),
    (words.BeginDigest(**DIGEST, holder=HOLDER, until=UNTIL), NOTIFICATION, begin(digest=UUID(int=56))),
    (words.RecordDelivery(**ID, holder=HOLDER, outcome="sent", detail="sent", until=UNTIL), NOTIFICATION, outcome("sent", until=UNTIL)),
    (words.RecordDigest(**DIGEST, holder=HOLDER, outcome="sent", detail="sent", until=UNTIL), NOTIFICATION, outcome("sent", until=UNTIL)),
    (words.RecordDigest(**DIGEST, holder=HOLDER, outcome="unknown", detail="no answer"), NOTIFICATION, outcome("unknown")),
    (words.EscalateNotification(**ID), NOTIFICATION, escalate(0, to="")),
    (words.EscalateNotice(waiting_id=HOUSEHOLD, event_id="event 1"), HOUSEHOLD, escalate_notice(0, None, to="")),
    (words.WithdrawNotification(**ID), NOTIFICATION, withdraw(retired=False)),
    (words.Acknowledge(**ID), NOTIFICATION, acknowledge()),
]
SAID: Final[list[tuple[Event, Message | None]]] = [
    (REGISTERED[0], None),
    (ANSWERABLE[0], None),
    (ANSWERABLE[1], None),
    (WAITING[-1], None),
    (did.NoticeAddressed(event="event 1"), None),
    (did.NoticeEscalated(event="event 1", level="village", to="town"), None),
    (did.RecipientRetired(), None),
    (did.HouseholdUnpaired(), None),
    (did.MatterEnded(), None),
    (did.MatterResumed(), None),
    (ANNOUNCED[0], None),
    (did.AnnouncementAdvanced(through=CADRE), None),
    (did.AnnouncementEnded(), None),
    (
        QUEUED[0],
        words.NotificationQueued(**TOLD, household_id=HOUSEHOLD, kind="clue-raised", event_id="event 1", channel="email"),
    ),
    (LEASED, None),
    (DEFERRED, None),
    (RELEASED, None),
    (SENT[-1], words.NotificationSent(**TOLD)),
    (FAILED, None),
    (did.NotificationHeld(until=UNTIL), None),
    (did.NotificationRepeated(), None),
    (WITHDRAWN[-1], words.NotificationWithdrawn(**TOLD, reason="recipient-retired")),
    (did.NotificationResumed(recipient=CADRE), None),
    (did.NotificationEscalated(recipient=CADRE, to="town"), words.NotificationEscalated(**TOLD, to="town")),
    (GIVEN_UP[-1], words.NotificationFailed(**TOLD)),
    (UNKNOWN[-1], words.NotificationUnknown(**TOLD)),
    (SEEN[-1], words.NotificationAcknowledged(**TOLD)),
    (
        did.CommandRefused(command="message", reason_code="notification.not-sent", about="notification", recipient=CADRE),
        words.CommandRefused(
            **TOLD,
            command_id="message",
            reason_code="notification.not-sent",
            text="该通知未由此渠道送出，或已撤销。 The notification has not gone out by its channel, or was withdrawn.",
            remedy="请在收到后确认。 Acknowledge it when it has arrived."
            " 再发须用新的消息编号（id）。 Send it again under a new message id.",
        ),
    ),
    (FactsLost(topic="events", partition=3, from_offset=5, to_offset=9), None),
]
WITH_HOUSEHOLD = Waiting(HOUSEHOLD, "", CLUE, WHO_ANSWERS)


@pytest.mark.parametrize(("message", "stream", "command"), ASKED, ids=lambda one: getattr(one, "TYPE", ""))
def test_a_message_asks_its_stream(message: Message, stream: UUID, command: AnyCommand) -> None:
    found = Found(contacts=MAILBOX, quiet="")
    assert list(to_commands(envelope(message), found)) == [(stream, command)]


def test_of_a_digest_only_that_is_not_begun_which_is_about_something_that_has_ended() -> None:
    digest = words.BeginDigest(digest_id=UUID(int=56), notification_ids=(NOTIFICATION, UUID(int=9)), holder=HOLDER, until=UNTIL)
    asked = to_commands(envelope(digest), Found(quiet="", ended=(NOTIFICATION,)))
    lent = begin(digest=UUID(int=56))
    assert [(NOTIFICATION, replace(lent, ended=True)), (UUID(int=9), lent)] == list(asked)


def test_a_notice_with_a_recipient_is_queued_under_an_id_of_event_recipient_and_channel() -> None:
    said = ASKED[-1][0]
    asked = list(to_commands(envelope(said), Found(told=((CLUE, CADRE),))))
    assert (NOTIFICATION, queue()) in asked


def test_a_recipient_with_several_channels_is_told_by_each() -> None:
    asked = list(to_commands(envelope(ASKED[-1][0]), Found(told=((CLUE, CADRE),), channels={CADRE: ("wecom", "email")})))[1:]
    ids = [notification_id("event 1", CADRE, channel) for channel in ("wecom", "email")]
    assert asked == [(ids[0], replace(queue(), channel="wecom")), (ids[1], queue())]


def test_what_hangs_on_an_escalation_is_told_after_it() -> None:
    waits = replace(WITH_HOUSEHOLD, stream=UUID(int=9), post="town-officer/370323001/")
    asked = list(to_commands(envelope(words.EscalateNotification(**ID)), Found(told=((CLUE, WORKER),), waiting=(waits,))))
    higher = notification_id("event 1", WORKER, "email")
    waiting = replace(wait(post=waits.post), if_passed_on=True)
    assert asked == [(NOTIFICATION, escalate(0, to="")), (higher, queue(to=WORKER, if_passed_on=True)), (UUID(int=9), waiting)]


def test_whoever_has_seen_it_on_one_channel_has_seen_it_on_all() -> None:
    asked = list(to_commands(envelope(words.Acknowledge(**ID)), Found(same=(UUID(int=9),))))
    assert asked == [(NOTIFICATION, acknowledge(others=True)), (UUID(int=9), acknowledge(named=False))]


def test_a_notice_without_a_recipient_waits_with_its_household() -> None:
    assert (HOUSEHOLD, wait()) in to_commands(envelope(ASKED[-1][0]), Found(waiting=(WITH_HOUSEHOLD,)))


def test_what_waited_is_queued_and_stops_waiting() -> None:
    said = CadreAnswers(household_id=HOUSEHOLD, cadre_id=CADRE, on=TODAY)
    asked = list(to_commands(envelope(said), Found(told=((CLUE, CADRE),), over=(WITH_HOUSEHOLD,))))
    assert asked == [(HOUSEHOLD, pair()), (NOTIFICATION, queue()), (HOUSEHOLD, stop_waiting())]


def test_what_everybody_is_told_is_begun_under_an_id_of_event_and_role() -> None:
    asked = to_commands(envelope(ASKED[-1][0]), Found(announced=((LINE, CADRES),)))
    assert (announcement_id("event 3", "paired-cadre", ""), announce()) in asked


def test_the_next_part_of_an_announcement_is_queued_with_how_far_it_comes() -> None:
    said = words.ContinueAnnouncement(announcement_id=UUID(int=55))
    asked = list(to_commands(envelope(said), Found(told=((LINE, CADRE), (LINE, WORKER)), through=WORKER)))
    intents = [(notification_id("event 3", one, "email"), queue(LINE, one)) for one in (CADRE, WORKER)]
    assert asked == [(UUID(int=55), go_on(None, WORKER)), *intents]


def test_another_event_recipient_or_channel_is_another_notification() -> None:
    others = {notification_id(*said) for said in (("event 2", CADRE, "email"), ("event 1", WORKER, "email"), ("event 1", CADRE, "sms"))}
    assert len(others | {NOTIFICATION}) == 4


def test_it_is_known_which_messages_are_heeded() -> None:
    golden = {file.stem: TYPES[file.stem].model_validate_json(file.read_bytes()) for file in FILES}
    heeded = {kind for kind in FOLLOWED if to_commands(told := envelope(golden[kind]), Directory(PILOT).find(told))}
    announced = {
        f"suishi.enrollment.event.{name}.v1"
        for name in (
            "clue-raised",
            "household-enrolled",
            "exit-proposed",
            "household-exited",
            "deadline-breached",
            "deadline-escalated",
            "emergency-help-started",
            "line-published",
        )
    }
    own = {message.TYPE for message, _, _ in ASKED}
    helped = ("measure-proposed", "cadre-missing", "care-quota-missed", "caregiver-over-age", "referral-sent", "referral-overdue")
    assert own | announced | {f"suishi.assistance.event.{name}.v1" for name in helped} == heeded
    assert set(topics.ALLOWED[topics.COMMANDS["notifications"]]) <= heeded


def test_what_concerns_an_area_is_published_without_a_household() -> None:
    told = to_message(recorded(did.NotificationQueued(notice=LINE, recipient=CADRE, channel="email"), NOTIFICATION))
    assert told is not None
    assert words.NotificationQueued(**TOLD, kind="line-published", event_id="event 3", channel="email") == told.data


@pytest.mark.parametrize(("event", "expected"), SAID, ids=lambda one: getattr(one, "TOPIC", ""))
def test_an_event_becomes_its_public_message(event: Event, expected: Message | None) -> None:
    told = to_message(recorded(event, NOTIFICATION))
    assert (expected, CADRE) == (told.data, told.key) if told is not None else expected is None


def test_no_event_is_forgotten() -> None:
    assert {*did.AnyEvent.__args__, FactsLost} == {type(event) for event, _ in SAID}


def test_no_address_passes_the_door_out() -> None:
    public = [told.data.model_dump_json() for event, _ in SAID if (told := to_message(recorded(event, NOTIFICATION))) is not None]
    assert ADDRESS not in "".join(public)


@pytest.mark.parametrize(
    ("about", "code", "named"),
    [
        ("notification", "notification.unknown", {"notification_id": CADRE, "recipient_id": None}),
        ("recipient", "recipient.unknown", {"notification_id": None, "recipient_id": CADRE}),
    ],
)
def test_a_refusal_about_nobody_goes_out_under_the_id_that_the_command_named(about: Any, code: str, named: dict[str, UUID | None]) -> None:  # noqa: ANN401 - of those that the event may say
    told = to_message(recorded(did.CommandRefused(command="message", reason_code=code, about=about), CADRE))
    assert told is not None
    assert (CADRE, named) == (told.key, told.data.model_dump(include={"notification_id", "recipient_id"}))


def test_every_refusal_has_its_words() -> None:
    assert {"notification.unknown", "notification.not-sent", "recipient.unknown"} == set(TEXTS)
    assert [] == [said for text, remedy in TEXTS.values() for said in (text, with_again(remedy)) if len(said) > LONGEST]
