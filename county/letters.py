"""What a cadre finds in his mailbox or on his phone, read as he reads it: what it says, and about which household."""

from __future__ import annotations

import re
from email import message_from_bytes
from email.header import decode_header, make_header
from typing import Final, NamedTuple

# The masked name of the head, then village and town.
CALLED: Final = re.compile(r"^(\S+) \((\S+, \S+)\)$", re.MULTILINE)
HOUSEHOLD: Final = re.compile(r"Household: ([0-9a-f-]{36})")
# The Chinese words with which what must not wait begins.
URGENT: Final = ("办理已逾期", "逾期未办", "先行救助", "部门转介逾期")


class Letter(NamedTuple):
    """`to` is the address or user that it came to, `household` None where it tells of an area; `link` is where it is acknowledged.

    `text` is what it says below its subject.
    """

    notification: str
    channel: str
    to: str
    subject: str
    household: str | None
    link: str = ""
    text: str = ""

    @property
    def called(self) -> tuple[str, str]:
        """The masked name by which it calls its household, and where that lives; both empty where it says neither."""
        found = CALLED.search(self.text)
        return (found[1], found[2]) if found else ("", "")

    @property
    def is_urgent(self) -> bool:
        return self.subject.startswith(URGENT)


def by_email(content: bytes, to: str) -> Letter:
    message = message_from_bytes(content)
    subject = str(make_header(decode_header(str(message["Subject"]))))
    payload = message.get_payload(decode=True)
    text = payload.decode() if isinstance(payload, bytes) else ""
    return Letter(str(message["X-Notification-Id"]), "email", to, subject, household_in(text), text=text)


def household_in(text: str) -> str | None:
    found = HOUSEHOLD.search(text)
    return found[1] if found else None
