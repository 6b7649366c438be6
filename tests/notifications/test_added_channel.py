"""Another channel is another file: it is found, its addresses are checked at the door, and letters leave by it."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import orjson
import pytest

from pipeline.envelope import Record
from pipeline.handler import Handler
from pipeline.settings import Settings
from schemas.notifications import RegisterRecipient
from services.notifications.channel_files import channels
from services.notifications.channels.outlet import Channel
from services.notifications.domain.policy import Limit
from services.notifications.main import limited, rules
from tests.notifications.letters import CADRE, PILOT, VILLAGE
from tests.notifications.post_office import TOPIC, PostOffice

PIGEON: Final = """
from services.notifications.channels.outlet import Channel
from services.notifications.domain.policy import Limit


class Pigeon:
    kind = "carrier-pigeon"

    def __init__(self, smtp):
        self.is_open, self.flown, self.smtp = False, [], smtp

    async def open(self):
        self.is_open = True

    async def send(self, letters):
        self.flown += letters
        return {letter.notification: "sent" for letter in letters}

    async def close(self):
        self.is_open = False


CHANNEL = Channel(outlet=lambda settings: Pigeon(settings.smtp), limit=Limit(each=2, seconds=60), address=r"loft [0-9]+")
"""


@pytest.fixture
def known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Mapping[str, Channel]]:
    """A package with nothing but that file in it."""
    folder = tmp_path / "pigeons"
    folder.mkdir()
    (folder / "__init__.py").touch()
    (folder / "carrier_pigeon.py").write_text(PIGEON)
    monkeypatch.syspath_prepend(tmp_path)
    yield channels(import_module("pigeons"))
    for name in ("pigeons", "pigeons.carrier_pigeon"):
        sys.modules.pop(name, None)


def register(channel: dict[str, str], offset: int = 0) -> Record:
    said = {"recipient_id": str(CADRE), "role": "paired-cadre", "area": VILLAGE, "channels": [channel]}
    id_, kind = str(offset), RegisterRecipient.TYPE
    attributes = {"specversion": "1.0", "id": id_, "source": "/clerk", "type": kind, "time": "2021-01-05T04:00:00Z", "authid": "clerk"}
    headers = tuple((f"ce_{name}", text.encode()) for name, text in attributes.items())
    return Record(TOPIC, 0, offset, 1_609_819_200_000, None, orjson.dumps(said), headers)


async def test_a_letter_leaves_by_a_channel_that_is_nothing_but_a_file(office: PostOffice, known: Mapping[str, Channel]) -> None:
    handler = Handler(rules(PILOT, office.models.pool, known), office.models.store)
    await handler.handle([register({"kind": "carrier-pigeon", "to": "loft 3"})])
    office.models.versions[CADRE] = 1
    letter = await office.queue(CADRE, "carrier-pigeon")
    pigeon: Any = known["carrier-pigeon"].outlet(Settings(kafka="nowhere:9092", smtp="127.0.0.1:26"))
    async with office.open(pigeon, limited(PILOT, known)):
        await office.wait_for(letter, "sent")
    (flown,) = pigeon.flown
    assert (letter, "loft 3", "预警线索，请入户核查 · Clue: please visit") == (flown.notification, flown.to, flown.subject)
    assert pigeon.smtp == "127.0.0.1:26"


async def test_a_mistake_in_the_file_concerns_its_own_letters_and_ends_nothing(
    office: PostOffice, known: Mapping[str, Channel], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of the letter that it was sending nobody knows what became of it."""
    await Handler(rules(PILOT, office.models.pool, known), office.models.store).handle(
        [register({"kind": "carrier-pigeon", "to": "loft 3"})]
    )
    office.models.versions[CADRE] = 1
    letter = await office.queue(CADRE, "carrier-pigeon")
    pigeon: Any = known["carrier-pigeon"].outlet(Settings(kafka="nowhere:9092"))
    flights = iter([KeyError("feather"), None])

    async def clumsy(_: object) -> None:
        if (mistake := next(flights)) is not None:
            raise mistake
        pigeon.is_open = True

    monkeypatch.setattr(pigeon, "open", lambda: clumsy(None))
    monkeypatch.setattr(pigeon, "send", lambda _: clumsy_send())
    async with office.open(pigeon, limited(PILOT, known)):
        await office.wait_for(letter, "unknown")


async def clumsy_send() -> None:
    message = "wing"
    raise TypeError(message)


def test_what_the_file_says_of_its_limits_holds_where_the_pack_says_nothing(known: Mapping[str, Channel]) -> None:
    assert Limit(each=2, seconds=60) == limited(PILOT, known).limits["carrier-pigeon"]
    stricter = PILOT.model_copy(update={"limits": {"carrier-pigeon": Limit(each=1)}})
    assert Limit(each=1) == limited(stricter, known).limits["carrier-pigeon"]


@pytest.mark.parametrize(
    ("channel", "problem"),
    [
        ({"kind": "carrier-pigeon", "to": "a tree"}, "has no address of its channel"),
        ({"kind": "sms", "to": "loft 3"}, "is no channel of this county"),
        ({"kind": "email", "address": "zhang@example.org"}, "is no channel of this county"),
    ],
)
async def test_what_the_county_does_not_have_and_what_is_no_address_is_refused(
    office: PostOffice, known: Mapping[str, Channel], channel: dict[str, str], problem: str
) -> None:
    await Handler(rules(PILOT, office.models.pool, known), office.models.store).handle([register(channel)])
    refused = await office.models.rows("SELECT reason, field, problem FROM set_aside")
    assert [("data.invalid", "channels", problem)] == refused
    assert [] == await office.models.rows("SELECT 1 FROM recipients")


async def test_a_file_without_a_channel_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "empty_channels"
    folder.mkdir()
    for name in ("__init__.py", "nothing.py"):
        (folder / name).touch()
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(AttributeError, match="CHANNEL"):
        channels(import_module("empty_channels"))
