"""Where a recipient is reached lies in the address book: not in the log, and not in a refusal."""

from __future__ import annotations

from typing import Any

import asyncpg
import orjson
import pytest
from pydantic import ValidationError

from pipeline.envelope import Record
from pipeline.handler import Handler
from schemas.notifications import RegisterRecipient
from schemas.problems import problems
from schemas.topics import COMMANDS
from services.notifications.main import rules
from tests.notifications.letters import CADRE, PILOT, VILLAGE
from tests.read_models import read_models

WECOM = {"kind": "wecom", "user": "zhang.san"}
EMAIL = {"kind": "email", "address": "zhang@example.org"}
GROUP = {"kind": "apprise", "url": "dingtalk://token-of-the-group"}
BOOK = "SELECT kind, address FROM address_book ORDER BY kind"


def registration(*channels: dict[str, str]) -> dict[str, Any]:
    return {"recipient_id": str(CADRE), "role": "paired-cadre", "area": VILLAGE, "channels": channels}


def message(offset: int, *channels: dict[str, str]) -> Record:
    kind, id_ = RegisterRecipient.TYPE, str(offset)
    attributes = {"specversion": "1.0", "id": id_, "source": "/clerk", "type": kind, "time": "2021-01-05T04:00:00Z", "authid": "clerk"}
    headers = tuple((f"ce_{name}", text.encode()) for name, text in attributes.items())
    return Record(COMMANDS["notifications"], 0, offset, 1_609_819_200_000, None, orjson.dumps(registration(*channels)), headers)


async def test_an_address_is_entered_once_and_the_log_names_its_entry_only(prepared: str) -> None:
    async with read_models(prepared, "notifications") as models:
        handler = Handler(rules(PILOT, models.pool), models.store)
        await handler.handle([message(0, WECOM, GROUP, {"kind": "wecom", "user": "second.of.its.kind"})])
        await handler.handle([message(1, WECOM, EMAIL)])
        assert await models.rows(BOOK) == [
            ("apprise", "dingtalk://token-of-the-group"), ("email", "zhang@example.org"), ("wecom", "zhang.san"),
        ]  # fmt: skip
        now = "SELECT kind, b.address FROM recipients, jsonb_each_text(contacts) JOIN address_book b ON entry = value::uuid ORDER BY kind"
        assert await models.rows(now) == [("email", "zhang@example.org"), ("wecom", "zhang.san")]
        log = b"".join([row[0] for row in await models.rows("SELECT state FROM stored_events ORDER BY notification_id")])
        assert log.count(b'"contacts"') == 2
        assert [secret for secret in (b"zhang", b"token-of-the-group", b"second") if secret in log] == []
        assert await models.difference() is None


async def test_the_auditor_does_not_read_the_address_book(prepared: str) -> None:
    auditor = await asyncpg.connect(prepared, server_settings={"role": "suishi_auditor"})
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await auditor.fetch("TABLE notifications.address_book")
    await auditor.close()


@pytest.mark.parametrize(
    ("channel", "problem"),
    [
        ({"kind": "pigeon"}, ("channels.0", "has a kind that is not allowed",
            "use one of the allowed kinds: email, wecom, apprise, other")),
        ({"address": "a@example.org"}, ("channels.0", "does not say its kind", "add the field kind")),
        ({"kind": "wecom", "user": "张三"}, ("channels.0.wecom.user", "is not the id of a WeCom user",
            "write it as WeCom's address book does, 1 to 64 characters")),
        ({"kind": "apprise", "url": "token"}, ("channels.0.apprise.url", "is not a URL",
            "write it as apprise does, for instance dingtalk://...")),
    ],
    ids=["unknown", "no kind", "user", "url"],
)  # fmt: skip
def test_a_channel_that_nobody_can_be_reached_by_is_refused_without_a_word_of_what_it_says(
    channel: dict[str, str], problem: tuple[str, str, str]
) -> None:
    with pytest.raises(ValidationError) as refused:
        RegisterRecipient.model_validate(registration(channel))
    assert problem == problems(refused.value)[0]
