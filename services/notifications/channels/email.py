"""E-mail by SMTP."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from email.message import EmailMessage
from email.policy import SMTPUTF8
from typing import Final
from uuid import UUID

import aiosmtplib

from schemas.notifications import Outcome
from services.notifications.channels.outlet import Away, Channel, Letter

SENDER: Final = "suishi@county.invalid"


class Email:
    """`smtp` is host:port of the county's mail server, `sender` who writes; a connection serves until the server ends it."""

    kind: str = "email"

    def __init__(self, smtp: str, sender: str = SENDER) -> None:
        host, _, port = smtp.rpartition(":")
        self._host, self._port, self._sender = host, int(port), sender
        self._mail = aiosmtplib.SMTP()

    @property
    def is_open(self) -> bool:
        return self._mail.is_connected

    async def open(self) -> None:
        self._mail = aiosmtplib.SMTP(hostname=self._host, port=self._port, start_tls=False)
        try:
            await self._mail.connect()
            await self._mail.mail(self._sender)  # a server that does not let us write at all would refuse letter after letter for good
            await self._mail.rset()
        except (OSError, aiosmtplib.SMTPException) as error:
            raise Away(type(error).__name__) from None

    async def send(self, letters: Sequence[Letter]) -> Mapping[UUID, Outcome]:
        return {letter.notification: await self._send(letter) for letter in letters}

    async def close(self) -> None:
        self._mail.close()

    async def _send(self, letter: Letter) -> Outcome:
        try:
            written = to_message(letter, self._sender)
        except Exception:  # noqa: BLE001 - the standard library raises whatever it likes at an odd address
            return "failed"
        return await self._handed_over(written, str(letter.to))

    async def _handed_over(self, written: EmailMessage, to: str) -> Outcome:
        try:
            await self._mail.send_message(written, sender=self._sender, recipients=[to])
        except aiosmtplib.SMTPRecipientsRefused as error:
            return _refused(error.recipients[0].code)
        except aiosmtplib.SMTPSenderRefused:
            self._mail.close()
            return "released"
        except aiosmtplib.SMTPResponseException as error:
            if (became := _refused(error.code)) == "unknown":
                self._mail.close()
            return became
        except (ValueError, aiosmtplib.SMTPNotSupported):
            return "failed"
        except (OSError, aiosmtplib.SMTPException):
            return "unknown"
        return "sent"


def to_message(letter: Letter, sender: str = SENDER) -> EmailMessage:
    """Its Message-ID is the same whenever it is sent, so that a mail server may know a repeat; raises whatever `email` does."""
    message = EmailMessage()
    message["From"], message["To"] = sender, letter.to
    message["Subject"] = letter.subject
    message["Message-ID"] = f"<{letter.notification}@suishi>"
    for notification in letter.listed or (letter.notification,):
        message["X-Notification-Id"] = str(notification)
    message["X-Correlation-Id"] = letter.correlation
    message.set_content(letter.text if letter.link is None else f"{letter.text}确认收到 Acknowledge: {letter.link}\n")
    message.as_bytes(policy=SMTPUTF8)  # an address that cannot be written is found here and not in the middle of sending
    return message


def _refused(code: int) -> Outcome:
    """RFC 5321, 4.2.1: a 4yz reply asks to try again, as greylisting does, a 5yz one not to; nobody knows what any other one means."""
    match code // 100:
        case 4:
            return "deferred"
        case 5:
            return "failed"
        case _:
            return "unknown"


CHANNEL: Final = Channel(outlet=lambda settings: Email(settings.smtp, settings.mail_from))
