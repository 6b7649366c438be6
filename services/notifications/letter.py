"""How a notification reads."""

from __future__ import annotations

from collections.abc import Mapping
from email.message import EmailMessage
from email.policy import SMTPUTF8
from typing import Final

import asyncpg

SENDER: Final = "suishi@county.invalid"


def to_letter(row: asyncpg.Record, subjects: Mapping[str, str]) -> EmailMessage:
    """No personal data: the household is named by its number in the register; raises whatever `email` does at an odd address."""
    letter = EmailMessage()
    letter["From"], letter["To"] = SENDER, row["address"]
    letter["Subject"] = subjects[row["kind"]]
    letter["Message-ID"] = f"<{row['notification']}@suishi>"
    letter["X-Notification-Id"], letter["X-Correlation-Id"] = str(row["notification"]), row["correlation"]
    due = f"\n请于 {row['due']} 前办理。 Please act by {row['due']}." if row["due"] else ""
    letter.set_content(f"户编号 Household: {row['household']}{due}\n")
    letter.as_bytes(policy=SMTPUTF8)  # an address that cannot be written is found here and not in the middle of sending
    return letter
