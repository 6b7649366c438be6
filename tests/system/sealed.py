"""What was recorded is sealed, and what was signed is in the table, in the file and on the topic."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Final

from audit.evidence import Evidence
from audit.seal.file import checkpoints
from audit.seal.topic import last_size
from audit.verify import Verdict, verify
from local.seal import seal_of
from schemas.topics import SERVICES
from tests.journeys.system import System

SEALED: Final = """
SELECT 1 FROM {0}.log_head WHERE position = (SELECT coalesce(max(size), 0) FROM audit.checkpoints WHERE service = '{0}')"""


async def everything_is_sealed_everywhere(system: System) -> None:
    seal = seal_of(system.stack.folder)
    evidence = Evidence((seal.public,), seal.file, system.stack.kafka)
    for service in SERVICES:
        await system.wait_for(SEALED.format(service))
        verdict = await published_to_the_end(system, service, evidence)
        assert Verdict(verdict.positions, sealed=verdict.positions) == verdict
        assert () == verdict.not_compared
    given_out = Counter((one.service, one.size) for one in checkpoints(seal.file))
    assert dict.fromkeys(given_out, 1) == given_out


async def published_to_the_end(system: System, service: str, evidence: Evidence) -> Verdict:
    """The topic follows the table in its own time, and is filled from its first checkpoint where it was wiped."""
    for _ in range(60):
        verdict = await verify(system.stack.database, service, evidence)
        if verdict.ok and not verdict.not_compared and await last_size(system.stack.kafka, service) == verdict.sealed:
            return verdict
        await asyncio.sleep(0.5)
    message = f"{service} was not published to its end: {verdict}"
    raise AssertionError(message)
