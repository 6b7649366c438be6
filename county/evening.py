"""After the last day everybody looks at what he was told: most acknowledge it, and what some do not is asked about hours later."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from urllib.parse import urlsplit
from uuid import UUID

import httpx

from county.letters import Letter
from county.mailbox import Mailbox
from county.officials import officials
from county.outgoing import Command, Origin, Outgoing, command
from county.pace import leaves_letters
from county.phones import Phones
from county.population import Population, Recipient
from county.stage import Stage

PUBLIC: Final = "https://county.invalid/suishi"
ACK_KEY: Final = "only-for-the-demo-of-one-county-0001"
SETTINGS: Final = {"SUISHI_PUBLIC_URL": PUBLIC, "SUISHI_ACK_KEY": ACK_KEY}
# What is urgent has four hours in the pack, the rest two days; asked twice, so that twice can be seen to change nothing.
LATER: Final = (timedelta(hours=5), timedelta(hours=10))
AT_ONCE: Final = 8
SERVICE: Final = "service:notifications"


@dataclass(frozen=True)
class Post:
    """Where letters arrive, and `page` (host:port), where a card's button leads in the end."""

    mailbox: Mailbox
    phones: Phones
    page: str

    @property
    def received(self) -> Counter[str]:
        """How often each notification came, by whatever channel."""
        return self.mailbox.received + self.phones.received

    @property
    def letters(self) -> list[Letter]:
        return [*self.mailbox.read(), *self.phones.letters]


def recipients(people: Population) -> dict[str, Recipient]:
    """By address."""
    everybody = (*people.cadres, *people.grid_workers, *people.first_secretaries, *officials())
    return {address: one for one in everybody for address in (one.address, one.user)}


async def evening(stage: Stage, people: Population, post: Post) -> list[Letter]:
    """Gives what everybody had got before it."""
    letters, known = post.letters, recipients(people)
    silent = [letter for letter in letters if leaves_letters(known[letter.to].id)]
    seen = [letter for letter in letters if not leaves_letters(known[letter.to].id)]
    await stage.publish(_acknowledged(letter, known[letter.to]) for letter in seen if not letter.link)
    await _press([letter.link for letter in seen if letter.link], post.page)
    await stage.settle()
    for hours in LATER:
        await stage.publish(_asked_about(silent, hours))
        await stage.settle()
    return letters


def _acknowledged(letter: Letter, by: Recipient) -> Outgoing:
    asked = Command("notifications", "acknowledge", UUID(letter.notification), {"notification_id": letter.notification})
    return command(f"acknowledge/{letter.notification}", asked, Origin("/370323/cadres", f"recipient:{by.id}", datetime.now(UTC)))


def _asked_about(letters: Iterable[Letter], hours: timedelta) -> list[Outgoing]:
    """As the service itself would ask so many hours from now."""
    origin = Origin("/370323/hours", SERVICE, datetime.now(UTC) + hours)
    return [
        command(
            f"escalate/{letter.notification}/{hours}",
            Command("notifications", "escalate-notification", UUID(letter.notification), {"notification_id": letter.notification}),
            origin,
        )
        for letter in letters
    ]


async def _press(links: Sequence[str], page: str) -> None:
    """The button behind each link, as the county's gateway leads to it."""
    async with httpx.AsyncClient(base_url=f"http://{page}") as browser:
        for start in range(0, len(links), AT_ONCE):
            paths = [urlsplit(link.removeprefix(PUBLIC)).path for link in links[start : start + AT_ONCE]]
            for answer in await asyncio.gather(*(browser.post(path) for path in paths)):
                answer.raise_for_status()
