import asyncio
from collections.abc import AsyncIterator

import pytest

from local.stack import Stack
from pipeline.kafka import Connection
from tests.notifications.post_office import TOPIC, PostOffice
from tests.pipeline.kafka import Broker
from tests.read_models import read_models


@pytest.fixture(scope="module")
def kafka(stack: Stack) -> Connection:
    """With an empty commands topic."""
    asyncio.run(Broker(stack.kafka, TOPIC).create())
    return stack.kafka


@pytest.fixture
async def office(kafka: Connection, prepared: str) -> AsyncIterator[PostOffice]:
    """Where nobody is registered yet."""
    async with read_models(prepared, "notifications") as models:
        yield PostOffice(models, kafka)
