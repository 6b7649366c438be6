"""A backup becomes the database again, in one transaction, and is joined to a Kafka that may be newer, older or empty."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, cast

import asyncpg

from commands.archive import Manifest, Table, damaged
from local.language import say
from local.problem import Problem
from pipeline.leadership import LOCK as WRITER
from pipeline.migrate import HISTORY, OlderDatabase, bring_up, digest, migrations
from pipeline.migrate import LOCK as MIGRATION
from pipeline.store import Partition
from schemas.topics import FOLLOWS, SERVICES
from services.enrollment.vault import Vault
from services.enrollment.vault_keys import Keys, NoVaultKey
from services.prepare import MIGRATIONS, ROLES

PATIENCE: Final = "SET LOCAL lock_timeout = '30s'"
THERE: Final = "SELECT DISTINCT schema FROM public.suishi_migrations ORDER BY 1"
IDENTITIES: Final = """
SELECT table_schema::text, table_name::text, column_name::text FROM information_schema.columns
WHERE table_schema = ANY($1::text[]) AND is_identity = 'YES'"""
COUNTED: Final = """
SELECT setval(pg_get_serial_sequence('{table}', '{column}'), coalesce(max({column}), 1), max({column}) IS NOT NULL) FROM {table}"""
# A writer that slept through all this bears an old epoch, whatever the backup says.
EPOCH: Final = "UPDATE {schema}.log_head SET epoch = greatest(epoch, $1) + 1"
FORGET_ENDS: Final = "DELETE FROM {schema}.relay_ends"
FROM_THE_FIRST: Final = "UPDATE {schema}.relay_checkpoint SET position = 0"
FORGET_OFFSETS: Final = "DELETE FROM {schema}.consumed_offsets"
READ_ON: Final = """
INSERT INTO {schema}.consumed_offsets (topic, partition, next_offset) VALUES ($1, $2, $3)
ON CONFLICT (topic, partition) DO UPDATE SET next_offset = excluded.next_offset"""


@dataclass(frozen=True)
class Found:
    """The Kafka that the database comes back to: its id, and where the services' own topics end."""

    cluster: str
    ends: Mapping[Partition, int]


class Refill:
    """One transaction that ends in the restored database or changes nothing."""

    def __init__(self, connection: asyncpg.Connection, parts: Sequence[tuple[Path, Manifest]]) -> None:
        self._connection, self._parts = connection, parts
        self._schemas = [schema for _, manifest in parts for schema in manifest.migrations]

    async def run(self, kafka: Found, vault_key: str, *, replace: bool) -> None:
        """Raises Problem."""
        await self._connection.execute(PATIENCE)
        await self._alone()
        epochs = await self._make_room(replace=replace)
        await self._bring_up(only=[file for _, manifest in self._parts for files in manifest.migrations.values() for file in files])
        for folder, manifest in self._parts:
            for table in manifest.tables:
                await self._fill(folder, table)
        await self._count_on()
        await self._bring_up(only=None)
        await self._fits(vault_key)
        for service in SERVICES:
            await self._connection.execute(EPOCH.format(schema=service), epochs.get(service, 0))
            await self._join(service, kafka)

    async def _alone(self) -> None:
        """The writers' locks are ours until the end: a service that starts meanwhile waits as a standby."""
        for service in (*SERVICES, "sealer"):
            if not await self._connection.fetchval(WRITER, service):
                zh = f"服务 {service} 正在运行；请先停止全部服务。"
                raise Problem(say(zh, f"{service} is running; stop the services first."))

    async def _make_room(self, *, replace: bool) -> dict[str, int]:
        """The epochs of the logs that were there before."""
        await self._connection.execute("SELECT pg_advisory_xact_lock($1)", MIGRATION)
        await self._connection.execute(HISTORY)
        there = [row[0] for row in await self._connection.fetch(THERE)]
        if there and not replace:
            zh = f"数据库中已有数据（{', '.join(there)}）；要将其删除并代之以备份，请加 --replace。"
            en = f"the database is not empty ({', '.join(there)}); to delete all that and put the backup in its place, add --replace."
            raise Problem(say(zh, en))
        epochs = {one: await self._connection.fetchval(f"SELECT epoch FROM {one}.log_head") for one in SERVICES if one in there}  # noqa: S608
        for schema in there:
            await self._connection.execute(f'DROP SCHEMA "{schema}" CASCADE')
        await self._connection.execute("DELETE FROM public.suishi_migrations")
        return epochs

    async def _bring_up(self, only: Sequence[str] | None) -> None:
        for schema, folders in MIGRATIONS.items():
            try:
                await bring_up(self._connection, schema, folders, only, ROLES.get(schema))
            except OlderDatabase as refusal:
                raise Problem(str(refusal)) from None

    async def _fill(self, folder: Path, table: Table) -> None:
        if await self._connection.fetchval(f"SELECT EXISTS (SELECT FROM {table.full_name})"):  # noqa: S608 - names of a checked manifest
            await self._connection.execute(f"DELETE FROM {table.full_name}")  # noqa: S608 - the row that a migration begins with
        copied = await self._connection.copy_to_table(
            table.name, source=folder / table.file, schema_name=table.schema_name, columns=table.columns
        )
        if int(copied.split()[1]) != table.rows:
            raise Problem(damaged(folder, table.file))

    async def _count_on(self) -> None:
        for schema, name, column in await self._connection.fetch(IDENTITIES, self._schemas):
            await self._connection.execute(COUNTED.format(table=f"{schema}.{name}", column=column))

    async def _fits(self, vault_key: str) -> None:
        """The key opens the vault that was just filled; else nobody could be found again."""
        await self._connection.execute("SET LOCAL search_path TO vault")
        try:
            await Vault(cast("Any", self._connection), Keys.from_text(vault_key)).check()
        except NoVaultKey as error:
            zh = "SUISHI_VAULT_KEY 缺失，或不是写入该备份时的密钥；未作任何改动。"
            en = "SUISHI_VAULT_KEY is missing or is not the key that this backup was written with; nothing was changed."
            raise Problem(say(zh, en)) from error
        await self._connection.execute("SET LOCAL search_path TO DEFAULT")

    async def _join(self, service: str, kafka: Found) -> None:
        """Its own topics hold what the restored logs do not know: that is passed over, and the logs are published from their first event.

        Another cluster has counted its offsets anew: there everything is read again, and the inbox knows what is a repeat.
        """
        await self._connection.execute(FROM_THE_FIRST.format(schema=service))
        await self._connection.execute(FORGET_ENDS.format(schema=service))
        if any(manifest.cluster != kafka.cluster for _, manifest in self._parts):
            await self._connection.execute(FORGET_OFFSETS.format(schema=service))
            return
        passed_over = [(*place, end) for place, end in kafka.ends.items() if place[0] in FOLLOWS[service]]
        await self._connection.executemany(READ_ON.format(schema=service), passed_over)


def refuse_strange(parts: Sequence[tuple[Path, Manifest]]) -> None:
    """Raises Problem for a backup whose migrations this release does not have, or has otherwise."""
    ours = {
        schema: {name: digest(text) for folder in folders for name, text in migrations(folder).items()}
        for schema, folders in MIGRATIONS.items()
    }
    for folder, manifest in parts:
        for schema, files in manifest.migrations.items():
            if strange := sorted(files.items() - ours.get(schema, {}).items()):
                names = ", ".join(name for name, _ in strange)
                zh = f"{folder} 由另一版本写成（{schema}：{names}）；请用写入它的版本或更新的版本恢复。"
                en = f"{folder} was written by another release ({schema}: {names}); restore it with that release or a later one."
                raise Problem(say(zh, en))
