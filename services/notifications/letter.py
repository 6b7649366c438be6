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
from services.notifications.households import Home, Households
from services.notifications.wording import wording

Link: TypeAlias = Callable[[UUID], str | None]
Leased: TypeAlias = Mapping[Lease, Sequence[asyncpg.Record]]
DAILY: Final = "daily-digest"


class Writer:
    """Writes letters when they are about to leave: names are read then, and kept nowhere.

    `subjects` are those of the pack; `link` says where a letter is acknowledged, a digest as a whole.
    """

    def __init__(self, households: Households, subjects: Mapping[str, str], link: Link = lambda _: None) -> None:
        self._households, self._subjects, self._link, self._wording = households, subjects, link, wording()

    async def calls(self, leased: Leased, largest: int) -> Iterator[Mapping[Lease, Letter]]:
        """Letters of the same words together, no more than `largest` in a call and one to an address; the oldest words first."""
        about = {row["household"] for rows in leased.values() for row in rows if row["household"]}
        homes = await self._households.homes(about)
        return _calls({lease: self._letter(rows, homes) for lease, rows in leased.items()}, largest)

    def _letter(self, rows: Sequence[asyncpg.Record], homes: Mapping[UUID, Home]) -> Letter:
        """No personal data but the masked name of who heads the household."""
        first = rows[0]
        one, kind = (first["digest"], DAILY) if first["digest"] else (first["notification"], first["kind"])
        homed = [(row, homes[row["household"]] if row["household"] else self._households.area(row["area"])) for row in rows]
        brief = [self._wording.brief(home, row["due"]) for row, home in homed]
        items = [f"{number}. {self._subject(row['kind'])}\n{said}" for number, (row, said) in enumerate(zip(rows, brief, strict=True), 1)]
        return Letter(
            notification=one,
            correlation=first["correlation"],
            to=first["address"],
            subject=self._subject(kind) + (f" ({len(rows)})" if first["digest"] else ""),
            text="".join(items) if first["digest"] else self._wording.whole(kind, homed[0][1], first["due"]),
            brief="" if first["digest"] else brief[0],
            link=self._link(one),
            listed=listed(rows),
        )

    def _subject(self, kind: str) -> str:
        return self._subjects.get(kind, kind)


def listed(rows: Sequence[asyncpg.Record]) -> tuple[UUID, ...]:
    """What is in a digest, nothing where it is a notification alone."""
    return tuple(row["notification"] for row in rows if row["digest"])


def _calls(written: Mapping[Lease, Letter], largest: int) -> Iterator[Mapping[Lease, Letter]]:
    same: dict[tuple[str, str, str | None, int], dict[Lease, Letter]] = {}
    said = Counter[tuple[str, str, str | None, str | None]]()
    for lease, letter in written.items():
        before = said[letter.subject, letter.text, letter.link, letter.to]
        said[letter.subject, letter.text, letter.link, letter.to] += 1
        same.setdefault((letter.subject, letter.text, letter.link, before), {})[lease] = letter
    for letters in same.values():
        every = iter(letters.items())
        while call := dict(islice(every, largest)):
            yield call
