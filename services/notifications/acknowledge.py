"""The page behind the link of a letter: looking at it changes nothing, its button publishes an `acknowledge` through the service's door.

It writes to no store, and shows nothing but the button: who has a link learns nothing of a household.
"""

from __future__ import annotations

import asyncio
import hmac
import re
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID, uuid4

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError
from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from pipeline.kafka import Connection
from pipeline.settings import secret
from pipeline.store import Commit, Recorded
from schemas.notifications import Acknowledge
from schemas.topics import COMMANDS
from services.notifications.own_door import Sender, to_record

LINKED: Final = Sender("acknowledge", "link:acknowledge")
SHORTEST_KEY: Final = 32
PREFIX: Final = "/acknowledge/"
LINK: Final = re.compile(r"/acknowledge/([0-9a-f-]{36})/([0-9a-f]{64})")
HEADERS: Final = (
    (b"content-type", b"text/html; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"referrer-policy", b"no-referrer"),
    (b"content-security-policy", b"default-src 'none'; form-action 'self'; frame-ancestors 'none'"),
)
PAGE: Final = (
    '<!doctype html><html lang="zh"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
    "<title>随时 Suishi</title><h1>{}</h1>{}</html>"
)
ASK: Final = PAGE.format("收到通知 · Notification", '<form method="post"><button>确认收到 · Acknowledge</button></form>')
DONE: Final = PAGE.format("已确认 · Acknowledged", "")
WRONG: Final = PAGE.format("链接无效 · This link is not valid", "")
LATER: Final = PAGE.format("请稍后再试 · Please try again later", "")


class PublicPage(BaseSettings):
    """`public_url` is where the county's gateway leads to our page; without it letters have no link."""

    model_config = SettingsConfigDict(env_prefix="SUISHI_", hide_input_in_errors=True)

    public_url: str = Field(default="", pattern=r"^(https?://[!-~]+[^/])?$")
    ack_key: SecretStr = SecretStr("")


def signature() -> Signature:
    """From the environment; ends the process where there is a page and no key that is worth the name."""
    try:
        page = PublicPage(ack_key=SecretStr(secret("SUISHI_ACK_KEY")))
    except ValidationError:
        sys.exit("SUISHI_PUBLIC_URL: write it as https://host/path, without a / at its end")
    key = page.ack_key.get_secret_value()
    if page.public_url and len(key) < SHORTEST_KEY:
        sys.exit(f"SUISHI_ACK_KEY: give it at least {SHORTEST_KEY} random characters, or leave SUISHI_PUBLIC_URL out")
    return Signature(key, page.public_url)


class Signature:
    """Who has a letter may acknowledge it, and nobody else: an HMAC-SHA-256 of the notification's id under the county's key."""

    def __init__(self, key: str, url: str) -> None:
        self._key, self.url = key.encode(), url

    def of(self, notification: UUID) -> str:
        return hmac.digest(self._key, b"acknowledge " + notification.bytes, "sha256").hex()

    def link(self, notification: UUID) -> str | None:
        """None where there is no public page."""
        return f"{self.url}{PREFIX}{notification}/{self.of(notification)}" if self.url else None

    def notification(self, path: str) -> UUID | None:
        """Whose link it is, None where nobody signed it."""
        found = LINK.fullmatch(path)
        if found is None or not self._key:
            return None
        try:
            notification = UUID(found[1])
        except ValueError:
            return None
        return notification if hmac.compare_digest(self.of(notification), found[2]) else None


class AcknowledgePage:
    """An ASGI application beside `/health` and `/metrics`; runs beside the writer for as long as it may publish."""

    prefix: str = PREFIX

    def __init__(self, kafka: Connection, signature: Signature) -> None:
        self._kafka, self._signature = kafka, signature
        self._producer: AIOKafkaProducer | None = None

    def wake(self, commit: Commit, recorded: Sequence[Recorded]) -> None:
        """It waits for people only."""

    async def run(self) -> None:
        """Until cancelled."""
        async with self._kafka.producer() as producer:
            self._producer = producer
            try:
                await asyncio.Event().wait()
            finally:
                self._producer = None

    async def __call__(self, scope: Mapping[str, Any], receive: Any, send: Any) -> None:  # noqa: ANN401, ARG002 - the ASGI signature
        status, page = await self._answer(scope["method"], self._signature.notification(scope["path"]))
        await send({"type": "http.response.start", "status": status, "headers": list(HEADERS)})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else page.encode()})

    async def _answer(self, method: str, notification: UUID | None) -> tuple[int, str]:
        if notification is None:
            return 404, WRONG
        if method in {"GET", "HEAD"}:
            return 200, ASK
        if method != "POST":
            return 405, WRONG
        return (200, DONE) if await self._publish(notification) else (503, LATER)

    async def _publish(self, notification: UUID) -> bool:
        """Each pressing of the button is a message of its own; it counts from the first lease on, known to be sent or not."""
        if self._producer is None:
            return False
        record = to_record(Acknowledge(notification_id=notification), notification, uuid4(), LINKED, datetime.now(UTC))
        try:
            await self._producer.send_and_wait(COMMANDS["notifications"], **record)
        except KafkaError:
            return False
        return True
