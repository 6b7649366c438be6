"""A sealed log, what an auditor has of it outside the database, and a superuser who changes what he likes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from audit.evidence import Evidence
from audit.merkle import Tree
from audit.seal.file import CheckpointFile
from audit.seal.leaf import LEAF
from audit.seal.note import Checkpoint, sign
from audit.seal.sealing import Keys, Sealing
from audit.sealer import since
from local.stack import Stack
from pipeline.postgres import Log, PostgresStore, connect
from pipeline.projection import projection
from pipeline.store import Commit
from services.enrollment import views
from tests.audit.conftest import a_household

KEY, OTHER = Ed25519PrivateKey.from_private_bytes(bytes([7] * 32)), Ed25519PrivateKey.from_private_bytes(bytes([8] * 32))
CHECKS = """
SELECT conname FROM pg_constraint
WHERE conrelid = 'audit.checkpoints'::regclass AND contype IN ('c', 'n') AND conname !~ 'service|size_not'"""
ROW = "enrollment.stored_events WHERE notification_id"


@pytest.fixture(scope="module")
def evidence(tmp_path_factory: pytest.TempPathFactory) -> Evidence:
    folder = tmp_path_factory.mktemp("evidence")
    (folder / "public.pem").write_bytes(KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    return Evidence(keys=(folder / "public.pem",), file=folder / "checkpoints.jsonl")


@pytest.fixture(scope="module")
def sealed(prepared: str, stack: Stack, evidence: Evidence) -> str:
    """The superuser's DSN of a log of 28 events under four checkpoints, at 7, 14, 21 and 28; all are in the file as well."""
    asyncio.run(_sealed(prepared, evidence))
    if not stack.administrator:
        pytest.skip("the environment names the servers, and no superuser of theirs")
    return urlunsplit(urlsplit(stack.administrator)._replace(path=urlsplit(prepared).path))


async def _sealed(dsn: str, evidence: Evidence) -> None:
    pool = await connect(dsn, "enrollment", size=1)
    store = PostgresStore(pool, Log("enrollment", projection(views.statements)))
    await store.lead()
    connection = await asyncpg.connect(dsn)
    sealing = Sealing(connection, "enrollment", Keys(KEY))
    for _ in range(4):
        await store.commit(Commit(events=a_household()))
        assert await sealing.step()
    assert evidence.file
    file = CheckpointFile(evidence.file)
    file.open({}, Keys(KEY))
    file.append(await since(connection, "enrollment", 0))
    await connection.close()
    await pool.close()


@pytest.fixture
async def superuser(sealed: str) -> AsyncIterator[Superuser]:
    """Afterwards everything is as before."""
    connection = await asyncpg.connect(sealed)
    await connection.execute("CREATE TEMP TABLE log AS TABLE enrollment.stored_events; CREATE TEMP TABLE head AS TABLE enrollment.log_head")
    await connection.execute("CREATE TEMP TABLE seals AS TABLE audit.checkpoints")
    somebody = Superuser(connection, sealed)
    yield somebody
    await somebody.does(
        "DELETE FROM enrollment.stored_events; INSERT INTO enrollment.stored_events TABLE log; DELETE FROM enrollment.log_head;"
        "INSERT INTO enrollment.log_head TABLE head; DELETE FROM audit.checkpoints; INSERT INTO audit.checkpoints TABLE seals"
    )
    await connection.close()


class Superuser:
    """Whom neither rights nor triggers stop; the key of the sealer he has not."""

    def __init__(self, connection: asyncpg.Connection, dsn: str) -> None:
        self.connection, self.dsn = connection, dsn

    async def does(self, statements: str) -> None:
        await self.connection.execute(f"SET session_replication_role = replica; {statements}; RESET session_replication_role")

    async def lifts_the_checks(self) -> None:
        """What the table itself asks of its columns; for good."""
        for row in await self.connection.fetch(CHECKS):
            await self.connection.execute(f'ALTER TABLE audit.checkpoints DROP CONSTRAINT "{row[0]}"')

    async def recomputes(self, key: Ed25519PrivateKey | None) -> None:
        """All leaves, trees and roots anew from the rows, with a key of his own or without one."""
        tree = Tree()
        for row in await self.connection.fetch("SELECT first, size, note FROM audit.checkpoints ORDER BY size"):
            leaves = await self.connection.fetch(
                f"SELECT {LEAF} FROM {ROW} BETWEEN $1 AND $2 ORDER BY notification_id", row["first"], row["size"]
            )
            tree = tree.grown(leaf[0] for leaf in leaves)
            signature = row["note"].rpartition("\n\n")[2]
            checkpoint = Checkpoint("suishi/enrollment", row["size"], tree.root)
            note = sign(checkpoint, key) if key else f"{checkpoint.text}\n{signature}"
            await self.connection.execute("SET session_replication_role = replica")
            await self.connection.execute(
                "UPDATE audit.checkpoints SET leaves = $1, peaks = $2, note = $3 WHERE size = $4",
                b"".join(leaf[0] for leaf in leaves), b"".join(tree.peaks), note, row["size"],
            )  # fmt: skip
            await self.connection.execute("RESET session_replication_role")
