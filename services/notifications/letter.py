"""How a notification reads, and a daily digest of many."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Final, TypeAlias
from uuid import UUID

import asyncpg

from services.notifications.answer import Lease
from services.notifications.channels.outlet import Letter

Link: TypeAlias = Callable[[UUID], str | None]
DAILY: Final = "daily-digest"


def to_letter(rows: Sequence[asyncpg.Record], subjects: Mapping[str, str], link: Link) -> Letter:
    """No personal data: the household is named by its number in the register; `link` says where it is acknowledged, a digest as a whole."""
    first = rows[0]
    one, kind = (first["digest"], DAILY) if first["digest"] else (first["notification"], first["kind"])
    items = [f"{number}. {_subject(row['kind'], subjects)}\n{_text(row)}" for number, row in enumerate(rows, 1)]
    return Letter(
        notification=one,
        correlation=first["correlation"],
        to=first["address"],
        subject=_subject(kind, subjects) + (f" ({len(rows)})" if first["digest"] else ""),
        text="".join(items) if first["digest"] else _text(first),
        link=link(one),
        listed=listed(rows),
    )


def listed(rows: Sequence[asyncpg.Record]) -> tuple[UUID, ...]:
    """What is in a digest, nothing where it is a notification alone."""
    return tuple(row["notification"] for row in rows if row["digest"])


def calls(
    leased: Mapping[Lease, Sequence[asyncpg.Record]], subjects: Mapping[str, str], link: Link, largest: int
) -> Iterator[Mapping[Lease, Letter]]:
    """Letters of the same words together, no more than `largest` in a call and one to an address; the oldest words first."""
    same: dict[tuple[str, str, str | None, int], dict[Lease, Letter]] = {}
    said = Counter[tuple[str, str, str | None, str | None]]()
    for lease, rows in leased.items():
        letter = to_letter(rows, subjects, link)
        before = said[letter.subject, letter.text, letter.link, letter.to]
        said[letter.subject, letter.text, letter.link, letter.to] += 1
        same.setdefault((letter.subject, letter.text, letter.link, before), {})[lease] = letter
    for letters in same.values():
        every = iter(letters.items())
        while call := dict(islice(every, largest)):
            yield call


def _subject(kind: str, subjects: Mapping[str, str]) -> str:
    return subjects.get(kind, kind)


def _text(row: asyncpg.Record) -> str:
    due = f"\n请于 {row['due']} 前办理。 Please act by {row['due']}." if row["due"] else ""
    about = f"户编号 Household: {row['household']}" if row["household"] else f"地区 Area: {row['area']}"
    return f"{about}{due}\n"
