"""What nobody acknowledges goes up level by level, once each, doubled and killed questions or not; and how the county sees it."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import count
from random import Random
from typing import Any, Final
from uuid import UUID, uuid5

import pytest

from pipeline.envelope import Record
from pipeline.handler import Handler
from pipeline.postgres import Log, PostgresStore
from pipeline.projection import projection
from pipeline.store import OUTAGES, Recorded
from schemas.enrollment import ClueRaised, EmergencyHelpStarted
from schemas.message import Message
from schemas.notifications import Acknowledge, BeginDelivery, EscalateNotification, RecordDelivery
from schemas.topics import COMMANDS, EVENTS
from services.notifications import views
from services.notifications.domain import events as did
from services.notifications.domain.commands import Contact, Notice
from services.notifications.domain.policy import Policy
from services.notifications.main import rules
from services.notifications.names import notification_id
from services.notifications.unacknowledged import overdue
from tests.notifications.letters import ADDRESS, CADRE, HOUSEHOLD, LEASED, NOON, PILOT, URGENT, VILLAGE
from tests.read_models import ReadModels, read_models

SECRETARY, TOWN_OFFICER, COUNTY_OFFICER = (UUID(int=number) for number in (801, 802, 803))
POSTS: Final = {
    CADRE: ("paired-cadre", VILLAGE),
    SECRETARY: ("first-secretary", VILLAGE),
    TOWN_OFFICER: ("town-officer", VILLAGE[:9]),
    COUNTY_OFFICER: ("county-officer", VILLAGE[:6]),
}
HOURS, URGENT_HOURS = timedelta(hours=48), timedelta(hours=4)
HOLDER: Final = UUID(int=700)
FACTS: Final[dict[type[Message], str]] = {ClueRaised: "clue", EmergencyHelpStarted: "emergency"}


@pytest.fixture
async def models(prepared: str) -> AsyncIterator[ReadModels]:
    async with read_models(prepared, "notifications") as found:
        for recipient, (role, area) in POSTS.items():
            await found.write(recipient, did.RecipientRegistered(role=role, area=area, address=ADDRESS))
        await found.write(HOUSEHOLD, did.HouseholdLocated(village_code=VILLAGE), did.HouseholdPaired(cadre=CADRE))
        yield found


class Service:
    """Reads each message twice, and now and then dies before its commit is done, so that it reads it again."""

    def __init__(self, models: ReadModels, seed: int = 0, policy: Policy = PILOT) -> None:
        self._models, self._policy, self._project = models, policy, projection(views.statements)
        self._random = Random(seed)  # noqa: S311 - moments that can be repeated, not a secret
        self._store, self._offsets = PostgresStore(models.pool, Log("notifications", self._die)), count()
        self._handler = Handler(rules(policy, models.pool), self._store)
        self.deaths = 0

    async def _die(self, connection: Any, recorded: Sequence[Recorded]) -> None:  # noqa: ANN401 - an asyncpg connection
        await self._project(connection, recorded)
        if recorded and self._random.random() < 0.3:
            raise ConnectionResetError

    async def hear(self, *messages: tuple[Message, datetime]) -> None:
        records = [self._record(message, at) for message, at in messages]
        for batch in (records, [*records, *records]):
            while True:
                try:
                    await self._handler.handle(batch)
                    break
                except OUTAGES:
                    self.deaths += 1
                    self._handler = Handler(rules(self._policy, self._models.pool), self._store)
                    await self._store.lead()

    def _record(self, message: Message, at: datetime) -> Record:
        body = message.model_dump_json().encode()
        identity = FACTS.get(type(message)) or str(uuid5(HOLDER, f"{message.TYPE} {body.decode()} {at}"))
        attributes = {"specversion": "1.0", "id": identity, "source": "/s", "type": message.TYPE, "time": at.isoformat()}
        _, sender, part, *_ = message.TYPE.split(".")
        topic = EVENTS[sender] if part == "event" else COMMANDS[sender]
        headers = tuple((f"ce_{name}", text.encode()) for name, text in attributes.items())
        return Record(topic, 0, next(self._offsets), 0, None, body, headers)

    async def lead(self) -> None:
        await self._store.lead()

    async def send_all(self, at: datetime) -> None:
        """Everything that is queued is leased and sent, each told twice."""
        for (notification,) in await self._models.rows("SELECT notification FROM outbox WHERE state = 'queued' ORDER BY position"):
            await self.hear((BeginDelivery(notification_id=notification, holder=HOLDER, until=at + timedelta(minutes=1)), at))
            await self.hear((RecordDelivery(notification_id=notification, holder=HOLDER, outcome="sent", detail="sent"), at))

    async def remind(self, at: datetime) -> int:
        due = await overdue(self._models.pool, self._policy, at)
        await self.hear(*((EscalateNotification(notification_id=one), at) for one in due))
        return len(due)


async def gone_up(models: ReadModels) -> list[str]:
    """To which levels, in the log's order."""
    topics = ["notifications.notification-escalated", "notifications.notice-escalated"]
    return [row[0] for row in await models.rows("SELECT state->>'to' FROM events WHERE topic = ANY($1) ORDER BY position", topics)]


def clue() -> ClueRaised:
    said = {"household_id": HOUSEHOLD, "clue_id": UUID(int=3), "risk": "illness", "fact_source": "/d", "fact_id": "1", "due": "2021-01-08"}
    return ClueRaised.model_validate(said)


def emergency() -> EmergencyHelpStarted:
    said = {"household_id": HOUSEHOLD, "case_id": UUID(int=400), "on": "2021-01-05"}
    return EmergencyHelpStarted.model_validate(said)


@pytest.mark.parametrize("seed", range(5))
async def test_each_level_hears_once_of_what_the_level_below_did_not_acknowledge(models: ReadModels, seed: int) -> None:
    service = Service(models, seed)
    await service.lead()
    await service.hear((clue(), NOON))
    levels: list[Counter[UUID]] = []
    for step in range(5):
        at = NOON + step * HOURS
        await service.send_all(at)
        levels.append(Counter(row[0] for row in await models.rows("SELECT recipient FROM outbox")))
        assert await service.remind(at + HOURS - timedelta(seconds=1)) == 0
        await service.remind(at + HOURS)
    assert [set(level) for level in levels[:3]] == [
        {CADRE, SECRETARY},
        {CADRE, SECRETARY, TOWN_OFFICER},
        {CADRE, SECRETARY, TOWN_OFFICER, COUNTY_OFFICER},
    ]
    assert levels[-1] == Counter(POSTS.keys())
    sent = await models.rows("SELECT stream, count(*) FROM events WHERE topic = 'notifications.notification-sent' GROUP BY stream")
    assert {notification_id("clue", one, "email"): 1 for one in POSTS} == dict(sent)
    assert ["town", "county"] == await gone_up(models)
    assert service.deaths > 0
    assert await models.difference() is None


async def test_what_one_acknowledged_goes_up_only_from_the_other(models: ReadModels) -> None:
    service = Service(models)
    await service.lead()
    await service.hear((clue(), NOON))
    await service.send_all(NOON)
    seen = [Acknowledge(notification_id=notification_id("clue", one, "email")) for one in (CADRE, SECRETARY)]
    await service.hear((seen[0], NOON))
    assert await service.remind(NOON + HOURS) == 1
    await service.hear((seen[1], NOON + HOURS))
    assert [(TOWN_OFFICER, "queued")] == await models.rows("SELECT recipient, state FROM outbox WHERE state <> 'acknowledged'")


async def test_what_one_has_by_two_channels_goes_up_once(models: ReadModels) -> None:
    contacts = (Contact("email", UUID(int=901)), Contact("wecom", UUID(int=902)))
    await models.write(CADRE, did.RecipientRegistered(role="paired-cadre", area=VILLAGE, contacts=contacts))
    service = Service(models)
    await service.lead()
    await service.hear((clue(), NOON))
    await service.send_all(NOON)
    letters = [notification_id("clue", CADRE, channel) for channel in ("email", "wecom")]
    for letter in letters:
        await service.hear((EscalateNotification(notification_id=letter), NOON + HOURS))
    assert ["town"] == await gone_up(models)
    assert await overdue(models.pool, PILOT, NOON + HOURS) == []
    assert [("clue", "village")] == await models.rows("TABLE gone_up")
    assert await models.difference() is None


@pytest.mark.parametrize(("seen", "levels"), [(False, ["county"]), (True, [])])
async def test_where_the_next_level_was_told_already_it_goes_on_unless_it_was_seen_there(
    models: ReadModels,
    seen: bool,  # noqa: FBT001
    levels: list[str],
) -> None:
    service = Service(models)
    await service.lead()
    await service.hear((emergency(), NOON))
    await service.send_all(NOON)
    if seen:
        await service.hear((Acknowledge(notification_id=notification_id("emergency", TOWN_OFFICER, "email")), NOON))
    late = notification_id("emergency", CADRE, "email")
    assert (late in await overdue(models.pool, PILOT, NOON + URGENT_HOURS)) is not seen
    await service.hear((EscalateNotification(notification_id=late), NOON + URGENT_HOURS))
    assert levels == await gone_up(models)
    told = {CADRE, TOWN_OFFICER} if seen else {CADRE, TOWN_OFFICER, COUNTY_OFFICER}
    assert told == {row[0] for row in await models.rows("SELECT recipient FROM outbox")}
    assert await overdue(models.pool, PILOT, NOON + URGENT_HOURS) == []


async def test_a_letter_that_was_acknowledged_before_anybody_knew_it_goes_up_all_the_same(models: ReadModels) -> None:
    """As after a restore: the acknowledgement is refused, and the stream of the letter begins with that."""
    service = Service(models)
    await service.lead()
    await service.hear((Acknowledge(notification_id=notification_id("clue", CADRE, "email")), NOON))
    await service.hear((clue(), NOON))
    await service.send_all(NOON)
    await service.hear((Acknowledge(notification_id=notification_id("clue", SECRETARY, "email")), NOON))
    await service.remind(NOON + HOURS)
    assert [(1,)] == await models.rows("SELECT count(*) FROM events WHERE topic = 'notifications.command-refused'")
    assert ["town"] == await gone_up(models)


async def test_an_acknowledgement_that_comes_with_the_question_stops_it(models: ReadModels) -> None:
    service = Service(models)
    await service.lead()
    await service.hear((clue(), NOON))
    await service.send_all(NOON)
    notification = notification_id("clue", CADRE, "email")
    asked = EscalateNotification(notification_id=notification)
    await service.hear((Acknowledge(notification_id=notification), NOON + HOURS), (asked, NOON + HOURS))
    assert [(2,)] == await models.rows("SELECT count(*) FROM outbox")


async def test_what_has_nobody_above_it_yet_waits_for_him(models: ReadModels) -> None:
    await models.write(TOWN_OFFICER, did.RecipientRetired())
    service = Service(models)
    await service.lead()
    await service.hear((clue(), NOON))
    await service.send_all(NOON)
    assert await service.remind(NOON + HOURS) == 2
    assert [(f"town-officer/{VILLAGE[:9]}/",)] == await models.rows("SELECT post FROM awaiting")


async def test_what_is_urgent_and_never_leaves_goes_up_level_by_level(models: ReadModels) -> None:
    service = Service(models)
    await service.lead()
    before = datetime.now(UTC)
    await service.hear((emergency(), NOON), (clue(), NOON))
    assert await overdue(models.pool, PILOT, before + URGENT_HOURS) == []
    for _ in range(2):
        await service.remind(datetime.now(UTC) + URGENT_HOURS)
    assert ["county"] == await gone_up(models)
    queued = await models.rows("SELECT recipient, state FROM outbox WHERE event = 'emergency'")
    assert {(CADRE, "queued"), (TOWN_OFFICER, "queued"), (COUNTY_OFFICER, "queued")} == set(queued)
    assert await overdue(models.pool, PILOT, before + timedelta(days=99)) == []
    assert await models.difference() is None


async def test_what_he_acknowledged_on_one_channel_does_not_go_up_from_another_that_is_away(models: ReadModels) -> None:
    by_email, by_wecom = (notification_id("event 1", CADRE, channel) for channel in ("email", "wecom"))
    for notification, channel in ((by_email, "email"), (by_wecom, "wecom")):
        await models.write(notification, did.NotificationQueued(notice=URGENT, recipient=CADRE, channel=channel))
    later = datetime.now(UTC) + URGENT_HOURS
    assert {by_email, by_wecom} == set(await overdue(models.pool, PILOT, later))
    sent = did.NotificationSent(recipient=CADRE, at=NOON)
    await models.write(by_email, LEASED, sent, did.NotificationAcknowledged(recipient=CADRE))
    assert await overdue(models.pool, PILOT, later) == []


async def test_the_county_sees_states_what_is_unacknowledged_and_how_long_it_took(models: ReadModels) -> None:
    service = Service(models)
    await service.lead()
    await service.hear((clue(), NOON))
    await service.send_all(NOON)
    await service.hear((Acknowledge(notification_id=notification_id("clue", CADRE, "email")), NOON))
    assert [("email", "normal", "acknowledged", 1), ("email", "normal", "sent", 1)] == await models.rows(
        "SELECT * FROM outbox_by_state ORDER BY state"
    )
    assert [(VILLAGE[:9], "normal", 1, NOON)] == await models.rows("SELECT * FROM unacknowledged_by_town")
    ((day, notifications, event_to_sent, intent_to_sent),) = await models.rows(
        "SELECT day, notifications, event_to_sent, intent_to_sent FROM delivery_latency"
    )
    assert (day, notifications) == ((datetime.now(UTC) + timedelta(hours=8)).date(), 2)
    assert event_to_sent[0] > intent_to_sent[0] > 0
    assert await models.difference() is None


async def test_what_was_acknowledged_by_another_channel_is_not_counted(models: ReadModels) -> None:
    notice = Notice(event="clue", kind="clue-raised", household=HOUSEHOLD, area=VILLAGE, escalates=True)
    letters = {channel: notification_id("clue", CADRE, channel) for channel in ("email", "wecom")}
    for channel, letter in letters.items():
        await models.write(letter, did.NotificationQueued(notice=notice, recipient=CADRE, channel=channel))
    await models.write(letters["email"], did.NotificationFailed(recipient=CADRE, final=True, at=NOON))
    assert [(1,)] == await models.rows("SELECT notifications FROM unacknowledged_by_town")
    await models.write(letters["wecom"], did.NotificationAcknowledged(recipient=CADRE))
    assert [] == await models.rows("SELECT notifications FROM unacknowledged_by_town")
