"""The delivery with everything it touches for real: database, Kafka, handler, and mail servers of every temper."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from typing import Any, Final
from uuid import UUID, uuid4

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiosmtpd.smtp import SMTP, Envelope, Session

from county.mailbox import Mailbox
from pipeline.envelope import Record, to_record
from pipeline.handler import Handler
from pipeline.kafka import Connection
from pipeline.postgres import PostgresStore
from pipeline.service import Beside, end
from pipeline.store import Commit, Recorded
from schemas.notifications import RegisterRecipient
from schemas.topics import COMMANDS, PARTITIONS
from services.divisions import Divisions, Village
from services.notifications.address_book import enter
from services.notifications.announce import announcing
from services.notifications.channel_files import channels
from services.notifications.channels.email import Email
from services.notifications.channels.outlet import Outlet
from services.notifications.deliver import Delivery
from services.notifications.domain import events as did
from services.notifications.domain.commands import Notice
from services.notifications.domain.policy import Limit, Policy
from services.notifications.households import Households
from services.notifications.letter import Link, Writer
from services.notifications.main import rules
from services.notifications.outbox import Outbox
from services.notifications.pace import Pace
from services.notifications.pass_on import passing_on
from tests.notifications.letters import ADDRESS, CLUE, HOUSEHOLD, PILOT, VILLAGE
from tests.read_models import ReadModels

TOPIC: Final = COMMANDS["notifications"]
DIVISIONS: Final = Divisions({VILLAGE: Village(VILLAGE, "历山居委会", "历山街道")})
OURS: Final = channels()
PATIENCE_S: Final = 30.0


class Clock:
    """Of the delivery, so far `ahead` of the true one."""

    ahead = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


class Refusing(Mailbox):
    """Takes the first letters not at all: `refusals` at the recipient, then everything."""

    answer = "550 nobody of this name"

    def __init__(self, refusals: int) -> None:
        super().__init__()
        self.refusals = refusals

    async def handle_RCPT(self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]) -> str:  # noqa: N802
        if self.refusals:
            self.refusals -= 1
            return self.answer
        envelope.rcpt_tos.append(address)
        return "250 known"


class Greylisting(Refusing):
    """Puts off whoever comes first."""

    answer = "451 come back later"


class Babbling(Mailbox):
    """Takes a letter, and says something that is no answer."""

    def __init__(self, said: str) -> None:
        super().__init__()
        self.said = said

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        await super().handle_DATA(server, session, envelope)
        return self.said


class Barring(Mailbox):
    """Lets so many begin a letter, and nobody after them; `barred` tells of the first of these."""

    def __init__(self, let: int) -> None:
        super().__init__()
        self.let, self.barred = let, asyncio.Event()

    async def handle_MAIL(self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]) -> str:  # noqa: N802
        if self.let <= 0:
            self.barred.set()
            return "550 not from here"
        self.let -= 1
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 go on"


class Reading(Mailbox):
    """Keeps the letters whole."""

    def __init__(self) -> None:
        super().__init__()
        self.letters: list[EmailMessage] = []

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        self.letters.append(BytesParser(EmailMessage, policy=default).parsebytes(bytes(envelope.content or b"")))
        return await super().handle_DATA(server, session, envelope)


class Slow(Mailbox):
    """Has the first letter long before it says so."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self.seconds, self.in_hand = seconds, asyncio.Event()

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        taken = await super().handle_DATA(server, session, envelope)
        if not self.in_hand.is_set():
            self.in_hand.set()
            await asyncio.sleep(self.seconds)
        return taken


class Dawdling(Mailbox):
    """Lets `clock` go on by so much while it takes a letter."""

    def __init__(self, clock: Clock, by: timedelta) -> None:
        super().__init__()
        self.clock, self.by = clock, by

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        self.clock.ahead += self.by
        return await super().handle_DATA(server, session, envelope)


class HangingUp(Mailbox):
    """Hangs up on the first letter in the middle of it."""

    hung_up = False

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if not self.hung_up:
            self.hung_up = True
            server.transport.close()
            return "421 going away"
        return await super().handle_DATA(server, session, envelope)


@dataclass
class PostOffice:
    """`read` is how far the service has read its commands; of each type in `lost` Kafka loses one message."""

    models: ReadModels
    kafka: Connection
    read: dict[TopicPartition, int] = field(default_factory=dict[TopicPartition, int])
    lost: set[bytes] = field(default_factory=set[bytes])

    async def register(self, address: str = ADDRESS) -> UUID:
        """A cadre who can be reached by e-mail."""
        return await self.enrol({"kind": "email", "address": address})

    async def enrol(self, *channels: dict[str, str], daily: bool = False, quiet: str = "") -> UUID:
        """A cadre who can be reached by these channels, who may want a daily digest and have quiet hours."""
        said = {"recipient_id": uuid4(), "role": "paired-cadre", "area": VILLAGE, "channels": channels}
        (contacts,) = await enter(self.models.pool, [RegisterRecipient.model_validate(said)])
        registered = did.RecipientRegistered(role="paired-cadre", area=VILLAGE, contacts=contacts, daily=daily, quiet=quiet)
        await self.models.write(said["recipient_id"], registered)
        return said["recipient_id"]

    async def queue(self, cadre: UUID, channel: str = "email") -> UUID:
        """A notification to be sent."""
        notification = uuid4()
        notice = Notice(event=str(notification), kind="clue-raised", household=HOUSEHOLD, due=CLUE.due)
        await self.models.write(notification, did.NotificationQueued(notice=notice, recipient=cadre, channel=channel))
        return notification

    async def hold(self, notification: UUID, until: timedelta) -> None:
        """For a daily digest that leaves so long from now."""
        hour = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
        await self.models.write(notification, did.NotificationHeld(until=hour + until, digest=True))

    async def lease(self, notification: UUID, until: timedelta) -> None:
        """By a run that is gone."""
        await self.models.write(notification, did.DeliveryBegun(holder=uuid4(), until=datetime.now(UTC) + until))

    async def history(self, notification: UUID) -> list[str]:
        store: PostgresStore = self.models.store
        events = (await store.histories([notification]))[notification]
        return [event.TOPIC.removeprefix("notifications.") for event in events]

    async def state(self, notification: UUID) -> str:
        """Empty as long as it is not in the outbox."""
        rows = await self.models.rows("SELECT state FROM outbox WHERE notification = $1", notification)
        return rows[0][0] if rows else ""

    async def wait_for(self, notification: UUID, *states: str) -> None:
        await self.wait_until("SELECT 1 FROM outbox WHERE notification = $1 AND state = ANY($2)", notification, states)

    async def wait_until(self, query: str, *values: object) -> None:
        """Until it gives a row."""
        async with asyncio.timeout(PATIENCE_S):
            while not await self.models.rows(query, *values):  # noqa: ASYNC110 - a table tells nobody of its changes
                await asyncio.sleep(0.05)

    @asynccontextmanager
    async def open(
        self, smtp: str | Outlet, policy: Policy = PILOT, link: Link = lambda _: None, others: Sequence[Outlet] = ()
    ) -> AsyncIterator[Sequence[Delivery]]:
        """For the time of the block, letters are leased and sent, and the outcomes come back by the service's own door."""
        outlets = [Email(smtp) if isinstance(smtp, str) else smtp, *others]
        deliveries = [self._delivery(outlet, policy, link) for outlet in outlets]
        async with AIOKafkaConsumer(**self.kafka.options) as door:
            places = [TopicPartition(TOPIC, number) for number in range(PARTITIONS[TOPIC])]
            door.assign(places)
            for place, offset in (self.read or await door.end_offsets(places)).items():
                self.read[place] = offset
                door.seek(place, offset)
            beside: list[Beside] = [*deliveries, announcing(self.models.pool, self.kafka), passing_on(self.models.pool, self.kafka, policy)]
            work = [self._decide(door, beside, policy), *(one.run() for one in beside)]
            tasks = [asyncio.create_task(one) for one in work]
            try:
                yield deliveries
            finally:
                await end(tasks)
            for task in tasks:
                with contextlib.suppress(asyncio.CancelledError):
                    task.result()

    def _delivery(self, outlet: Outlet, policy: Policy, link: Link) -> Delivery:
        account = OURS[outlet.kind].account if outlet.kind in OURS else str
        outbox = Outbox(self.models.pool, outlet.kind, Pace(policy.limits.get(outlet.kind, Limit()), account))
        return Delivery(outbox, self.kafka, policy, outlet, Writer(Households(self.models.pool, DIVISIONS), policy.subjects, link))

    async def _decide(self, door: Any, beside: Sequence[Beside], policy: Policy) -> None:  # noqa: ANN401 - an aiokafka consumer
        def tell(commit: Commit, recorded: Sequence[Recorded]) -> None:
            for one in beside:
                one.wake(commit, recorded)

        handler = Handler(rules(policy, self.models.pool), self.models.store, committed=tell)
        while True:
            batches = await door.getmany(timeout_ms=50)
            records = [to_record(record) for batch in batches.values() for record in batch]
            if kept := [record for record in records if not self._loses(record)]:
                await handler.handle(kept)
            self.read |= {place: batch[-1].offset + 1 for place, batch in batches.items()}

    def _loses(self, record: Record) -> bool:
        kind = dict(record.headers)["ce_type"] or b""
        lost = kind in self.lost
        self.lost.discard(kind)
        return lost


@asynccontextmanager
async def listening(mailbox: Mailbox) -> AsyncIterator[str]:
    """The address of a mail server for the time of the block."""
    async with await mailbox.start():
        yield mailbox.address
