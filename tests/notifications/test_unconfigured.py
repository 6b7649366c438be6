"""Letters for a channel that is not set up wait in sight, and leave when it is."""

from __future__ import annotations

from collections.abc import AsyncIterator
from uuid import UUID

import pytest
from structlog.testing import capture_logs

from services.notifications.domain import events as did
from services.notifications.domain.commands import Notice
from services.notifications.unconfigured import Unconfigured
from tests.notifications.letters import CADRE, HOUSEHOLD, LEASED, UNTIL
from tests.read_models import ReadModels, read_models


@pytest.fixture
async def models(prepared: str) -> AsyncIterator[ReadModels]:
    async with read_models(prepared, "notifications") as found:
        yield found


async def queue(models: ReadModels, number: int, channel: str, *then: did.AnyEvent) -> None:
    notice = Notice(event=f"event {number}", kind="clue-raised", household=HOUSEHOLD)
    await models.write(UUID(int=number), did.NotificationQueued(notice=notice, recipient=CADRE, channel=channel), *then)


async def test_nothing_is_said_as_long_as_nothing_waits_for_it(models: ReadModels) -> None:
    wecom = Unconfigured(models.pool, "wecom", "set it up")
    await queue(models, 1, "email")
    with capture_logs() as said:
        await wecom.look()
    assert ([], ()) == (said, wecom.remarks())


async def test_whatever_waits_for_it_is_counted_and_warned_of_once(models: ReadModels) -> None:
    wecom = Unconfigured(models.pool, "wecom", "set it up")
    await queue(models, 1, "wecom")
    warning = {"channel": "wecom", "waiting": 1, "remedy": "set it up"}
    with capture_logs() as said:
        await wecom.look()
        await queue(models, 2, "wecom", did.NotificationHeld(until=UNTIL, digest=True))
        await queue(models, 3, "wecom", LEASED)
        await wecom.look()
    assert [{"event": "channel.not-configured", "log_level": "warning", **warning}] == said
    assert [{"code": "channel.not-configured", **warning, "waiting": 3}] == wecom.remarks()


async def test_when_it_was_set_up_and_they_left_nothing_is_said_any_more(models: ReadModels) -> None:
    wecom = Unconfigured(models.pool, "wecom", "set it up")
    await queue(models, 1, "wecom")
    await wecom.look()
    await models.write(UUID(int=1), LEASED, did.NotificationSent(recipient=CADRE))
    await wecom.look()
    assert wecom.remarks() == ()
