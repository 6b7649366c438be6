"""Puts in force which topics each user of Kafka may read and write, by requests that the client library has but does not offer."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any, Final, TypeAlias

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import for_code
from aiokafka.protocol.admin import CreateAclsRequest, CreateAclsRequestStruct, DescribeAclsRequest

from schemas.access import RIGHTS

# In the order of Kafka's protocol: kind and name of the thing, how the name matches, who, from where, does what, may or may not.
Grant: TypeAlias = tuple[int, str, int, str, str, int, int]
ANY, TOPIC, LITERAL, READ, WRITE, ALLOW = 1, 2, 3, 3, 4, 3
ANYWHERE: Final = "*"
SECURITY_DISABLED: Final = 54
PATIENCE_SECONDS, POLL_SECONDS = 30, 0.02


class _Grants(CreateAclsRequest):
    """All at once; the library's own request carries a single one."""

    def __init__(self) -> None:
        pass

    def build(self, request_struct_class: type[CreateAclsRequestStruct]) -> CreateAclsRequestStruct:
        return request_struct_class(list(grants()))


def grants() -> Iterator[Grant]:
    """Every right; what is not granted is refused."""
    for user, rights in RIGHTS.items():
        for operation, topics in ((READ, rights.reads), (WRITE, rights.writes)):
            for topic in sorted(topics):
                yield TOPIC, topic, LITERAL, f"User:{user}", ANYWHERE, operation, ALLOW


async def grant(admin: AIOKafkaAdminClient) -> None:
    """Returns when they hold; a broker that asks nobody who he is has none to give. Raises KafkaError or TimeoutError."""
    answer = await _ask(admin, _Grants())
    for code, _ in answer.creation_responses:
        if code == SECURITY_DISABLED:
            return
        if code:
            raise for_code(code)
    # The controller has written them, the broker reads them in its own time.
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not set(grants()) <= await _held(admin):  # noqa: ASYNC110 - a broker tells nobody
            await asyncio.sleep(POLL_SECONDS)


async def _held(admin: AIOKafkaAdminClient) -> set[Grant]:
    answer = await _ask(admin, DescribeAclsRequest(TOPIC, None, ANY, None, None, ANY, ANY))
    return {(kind, name, match, *rest) for kind, name, match, acls, *_ in answer.resources for rest in (tuple(acl[:4]) for acl in acls)}


async def _ask(admin: AIOKafkaAdminClient, request: object) -> Any:  # noqa: ANN401 - the library makes the answer's class
    return await admin._send_request(request)  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]
