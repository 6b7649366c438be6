"""What the library apprise reaches by a URL: the robots of groups in DingTalk (钉钉), Feishu (飞书) and WeCom (企业微信), and others."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from typing import Any, Final
from uuid import UUID

from schemas.notifications import Outcome
from services.notifications.channels.outlet import Channel, Letter

PATIENCE_SECONDS: Final = 20.0
# What urllib3 says where no connection came about, so that nothing can have been sent.
NOT_BEGUN: Final = ("NewConnectionError", "ConnectTimeoutError", "NameResolutionError")
NO_ANSWER: Final = "onnection error"  # every plugin says so of an exchange that broke off
# A gateway that got no good answer, of a server that may have taken it.
BETWEEN: Final = re.compile(r"\berror=50[24]\b")


class Apprise:
    """Each call goes to the server that its URL names, in a thread; the library is read in at the first letter."""

    kind: str = "apprise"

    def __init__(self) -> None:
        self._library: Any = None

    @property
    def is_open(self) -> bool:
        return self._library is not None

    async def open(self) -> None:
        self._library = await asyncio.to_thread(_library)

    async def send(self, letters: Sequence[Letter]) -> Mapping[UUID, Outcome]:
        return {letter.notification: await asyncio.to_thread(_send, self._library, letter) for letter in letters}

    async def close(self) -> None:
        self._library = None


@cache
def _library() -> Any:  # noqa: ANN401 - a module
    """Some seconds and 50 MB that a county without such a channel never pays; its log names hosts, and some carry their token there."""
    import apprise  # noqa: PLC0415

    quiet = logging.getLogger("apprise")
    quiet.propagate = False
    quiet.addHandler(logging.NullHandler())
    quiet.setLevel(logging.DEBUG)  # only so does it tell us why a call failed
    library: Any = apprise
    library.Apprise.instantiate("json://localhost")  # reads the plugins in
    return library


@lru_cache(maxsize=1024)
def account(url: str) -> str:
    """The same of all URLs of one robot, whatever options are in them; the URL itself where the library cannot tell."""
    try:
        place = _library().Apprise.instantiate(url, suppress_exceptions=True)
        return (place.url_id() if place is not None else None) or url
    except Exception:  # noqa: BLE001 - a hundred plugins raise whatever they like
        return url


def _send(library: Any, letter: Letter) -> Outcome:  # noqa: ANN401 - a module
    try:
        place = library.Apprise.instantiate(letter.to, suppress_exceptions=True)
        if place is None:
            return "failed"
        post = library.Apprise()
        post.add(place)
        link = "" if letter.link is None else f"\n{letter.link}\n"
        result = post.notify(title=letter.subject, body=f"{letter.text}{link}", timeout=PATIENCE_SECONDS, log_level=logging.DEBUG)
    except Exception:  # noqa: BLE001 - a hundred plugins raise whatever they like
        return "unknown"
    return "sent" if result.status is library.AppriseResultStatus.SUCCESS else _not_sent(library, result)


def _not_sent(library: Any, result: Any) -> Outcome:  # noqa: ANN401 - a module and its result
    said = "\n".join(entry.message for one in result.results for attempt in one.attempts for entry in attempt.logs)
    if any(word in said for word in NOT_BEGUN):
        return "deferred"
    silent = result.status is library.AppriseResultStatus.TIMEOUT or NO_ANSWER in said or BETWEEN.search(said) is not None
    return "unknown" if silent else "deferred"


# It needs nothing but the URL of each recipient.
CHANNEL: Final = Channel(outlet=lambda _: Apprise(), account=account)
