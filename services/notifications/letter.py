"""How a notification reads."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import TypeAlias
from uuid import UUID

import asyncpg

from services.notifications.answer import Lease
from services.notifications.channels.outlet import Letter

Link: TypeAlias = Callable[[UUID], str | None]


def to_letter(row: asyncpg.Record, subjects: Mapping[str, str], link: Link) -> Letter:
    """No personal data: the household is named by its number in the register; `link` says where a notification is acknowledged."""
    due = f"\n请于 {row['due']} 前办理。 Please act by {row['due']}." if row["due"] else ""
    about = f"户编号 Household: {row['household']}" if row["household"] else f"地区 Area: {row['area']}"
    return Letter(
        notification=row["notification"],
        correlation=row["correlation"],
        to=row["address"],
        subject=subjects.get(row["kind"], row["kind"]),
        text=f"{about}{due}\n",
        link=link(row["notification"]),
    )


def calls(rows: Mapping[Lease, asyncpg.Record], subjects: Mapping[str, str], link: Link, largest: int) -> Iterator[Mapping[Lease, Letter]]:
    """Letters of the same words together, no more than `largest` in a call and one to an address; the oldest words first."""
    same: dict[tuple[str, str, str | None, int], dict[Lease, Letter]] = {}
    said = Counter[tuple[str, str, str | None, str | None]]()
    for lease, row in rows.items():
        letter = to_letter(row, subjects, link)
        before = said[letter.subject, letter.text, letter.link, letter.to]
        said[letter.subject, letter.text, letter.link, letter.to] += 1
        same.setdefault((letter.subject, letter.text, letter.link, before), {})[lease] = letter
    for letters in same.values():
        every = iter(letters.items())
        while call := dict(islice(every, largest)):
            yield call
