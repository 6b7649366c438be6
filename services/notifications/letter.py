"""How a notification reads."""

from __future__ import annotations

from collections.abc import Mapping

import asyncpg

from services.notifications.channels.outlet import Letter


def to_letter(row: asyncpg.Record, subjects: Mapping[str, str]) -> Letter:
    """No personal data: the household is named by its number in the register."""
    due = f"\n请于 {row['due']} 前办理。 Please act by {row['due']}." if row["due"] else ""
    about = f"户编号 Household: {row['household']}" if row["household"] else f"地区 Area: {row['area']}"
    return Letter(
        notification=row["notification"],
        correlation=row["correlation"],
        to=row["address"],
        subject=subjects[row["kind"]],
        text=f"{about}{due}\n",
    )
