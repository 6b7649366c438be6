"""The sealer stops at a log whose checkpoints somebody changed, and at no other; what it gave out it gives out once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pydantic import SecretStr

from audit.merkle import Tree
from audit.seal.note import Checkpoint, sign
from audit.seal.sealing import Keys, Signed, peaks_of
from audit.seal.topic import LOOK_BACK, last_size, place_of, publish, published
from audit.sealer import Metrics, Sealer, metrics
from local.stack import Stack
from pipeline.health import Health
from pipeline.settings import Settings
from services import prepare
from tests.assistance.helped import HOUSEHOLD, OPENED
from tests.audit.conftest import a_household
from tests.read_models import read_models

KEY = Ed25519PrivateKey.from_private_bytes(bytes([9] * 32))
FAR = 10**12
SEALED = "SELECT position = (SELECT max(size) FROM audit.checkpoints WHERE service = '{0}') FROM {0}.log_head"
OF_ENROLLMENT = "SELECT size, peaks FROM audit.checkpoints WHERE service = 'enrollment' ORDER BY size"


@asynccontextmanager
async def sealing(owner: str, file: Path, *services: str) -> AsyncGenerator[Health[Metrics]]:
    """Until the logs of these services are sealed to their heads."""
    health = Health("sealer", metrics(), "standby")
    sealer = Sealer(Settings(kafka="nowhere:9092", database=SecretStr(owner)), Keys(KEY), file, health)
    work, connection = asyncio.create_task(sealer.seal()), await asyncpg.connect(owner)
    try:
        async with asyncio.timeout(60):
            while [service for service in services if not await connection.fetchval(SEALED.format(service))]:
                assert not work.done()
                await asyncio.sleep(0.02)
        yield health
    finally:
        work.cancel()
        await asyncio.wait([work])
        await connection.close()


@pytest.mark.parametrize(
    "change",
    [
        "ALTER TABLE audit.checkpoints ALTER peaks DROP NOT NULL; UPDATE audit.checkpoints SET peaks = NULL",
        "ALTER TABLE audit.checkpoints ALTER note DROP NOT NULL; UPDATE audit.checkpoints SET note = NULL",
        "ALTER TABLE audit.checkpoints ALTER leaves DROP NOT NULL; UPDATE audit.checkpoints SET leaves = NULL",
        "UPDATE audit.checkpoints SET peaks = '\\x{root}'",
        "UPDATE audit.checkpoints SET peaks = ''",
        "UPDATE audit.checkpoints SET note = 'no note'",
        "UPDATE audit.checkpoints SET note = E'suishi/enrollment\\n' || repeat('9', 5000) || E'\\n\\n\\n'",
    ],
)  # fmt: skip
async def test_a_log_whose_checkpoint_was_changed_holds_up_no_other(prepared: str, tmp_path: Path, change: str) -> None:
    """Also by what a table of ours would never take, and by the root itself in the place of what it was made of."""
    async with read_models(prepared, "enrollment") as enrollment, read_models(prepared, "assistance") as assistance:
        await unsealed(prepared)
        for new in a_household():
            await enrollment.write(new.stream, new.event)
        await assistance.write(HOUSEHOLD, *OPENED[:1])
        async with sealing(prepared, tmp_path / "checkpoints", "enrollment", "assistance"):
            ((size, peaks),) = await asked(prepared, OF_ENROLLMENT)
        root = Tree(size, peaks_of(peaks)).root.hex()
        await tampered(prepared, f"{change.replace('{root}', root)} WHERE service = 'enrollment'")
        await enrollment.write(a_household()[0].stream, a_household()[0].event)
        await assistance.write(HOUSEHOLD, *OPENED[1:])
        async with sealing(prepared, tmp_path / "checkpoints", "assistance") as health:
            refused = health.metrics.registry.get_sample_value("suishi_sealer_refused", {"log": "enrollment"})
            assert ("refuses", 1) == (health.state, refused)
            (remark,) = health.remarks()
            page = "docs/how-to/prove-the-log.md#when-the-sealer-refuses"
            assert ("seal.refused", "enrollment", page) == (remark["code"], remark["log"], remark["remedy"])
            assert "checkpoint" in str(remark["problem"])
        assert [7] == [row["size"] for row in await asked(prepared, OF_ENROLLMENT)]


async def asked(owner: str, question: str) -> list[asyncpg.Record]:
    connection = await asyncpg.connect(owner)
    try:
        return await connection.fetch(question)
    finally:
        await connection.close()


async def tampered(owner: str, statement: str) -> None:
    connection = await asyncpg.connect(owner)
    await connection.execute("ALTER TABLE audit.checkpoints DISABLE TRIGGER append_only")
    await connection.execute(statement)
    await connection.execute("ALTER TABLE audit.checkpoints ENABLE TRIGGER append_only")
    await connection.close()


async def unsealed(owner: str) -> None:
    await tampered(owner, "DELETE FROM audit.checkpoints")


async def test_the_last_word_about_a_quiet_log_is_found_behind_many_about_another(stack: Stack) -> None:
    """The two share a partition; what is on the topic already is not sent again."""
    assert place_of("enrollment") == place_of("assistance")
    await prepare.topics(stack.kafka)
    async with stack.kafka.producer() as producer:
        await publish(producer, [checkpoint("enrollment", FAR)])
        await publish(producer, [checkpoint("assistance", FAR + number) for number in range(LOOK_BACK + 5)])
    assert (FAR, FAR + LOOK_BACK + 4) == (await last_size(stack.kafka, "enrollment"), await last_size(stack.kafka, "assistance"))


def checkpoint(service: str, size: int) -> Signed:
    return Signed(service, size, sign(Checkpoint(f"suishi/{service}", size, bytes(32)), KEY))


async def test_what_is_given_out_after_the_topic_was_opened_is_not_held_against_what_the_table_had_then(stack: Stack) -> None:
    """Kafka hands on more than was asked for, and the sealer seals on while somebody verifies."""
    await prepare.topics(stack.kafka)
    async with stack.kafka.producer() as producer:
        await publish(producer, [checkpoint("assistance", FAR)])
        async with published(stack.kafka, "assistance") as given:
            await publish(producer, [checkpoint("assistance", FAR + 1)])
            assert FAR == [one.size async for one in given][-1]
