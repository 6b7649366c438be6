"""`./suishi backup`: one moment of the database in two folders, the logs apart from the vault and the key in neither."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Final
from uuid import UUID, uuid4

import asyncpg
import typer

from commands.app import app, out
from commands.archive import Manifest, Part, Sink, Table, new_folder, seal
from commands.reach import both, from_database, from_kafka
from local.language import say
from local.problem import Problem
from pipeline.kafka import cluster_of
from pipeline.migrate import LOCK

VAULT: Final = "vault"
APPLIED: Final = "SELECT schema, file, sha256 FROM public.suishi_migrations ORDER BY schema, file"
TABLES: Final = """
SELECT n.nspname::text AS schema, c.relname::text AS name, array_agg(a.attname::text ORDER BY a.attnum) AS columns
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid
WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND n.nspname = ANY($1::text[])
    AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
GROUP BY 1, 2 ORDER BY 1, 2"""
Log = Annotated[Path, typer.Argument(metavar="LOG", help=say("三个服务日志的目录", "folder for the services' logs"))]
Vault = Annotated[Path, typer.Argument(metavar="VAULT", help=say("保险库的目录", "folder for the vault"))]


@app.command(
    help=say(
        "把数据库的同一时刻写入两个目录，服务可继续运行：LOG 为日志，VAULT 为加密的个人数据；密钥两处都不写。",
        "Write one moment of the database to two folders while the services run. The logs to LOG, the encrypted personal data to VAULT, "
        "the key to neither.",
    )
)
def backup(log: Log, vault: Vault) -> None:
    if log.resolve() == vault.resolve():
        raise Problem(say("日志与保险库须放在不同的目录。", "the logs and the vault go to different folders."))
    stack = both()
    folders: dict[Part, Path] = {"log": new_folder(log), "vault": new_folder(vault)}
    with from_kafka(stack.kafka):
        cluster = asyncio.run(cluster_of(stack.kafka))
    with from_database(stack.database):
        manifests = asyncio.run(_copy(stack.database, folders, cluster))
    for manifest in manifests:
        rows = sum(table.rows for table in manifest.tables)
        name = {"log": say("日志", "logs"), "vault": say("保险库", "vault")}[manifest.part]
        out.print(say(f"{name}：{rows} 行 → {folders[manifest.part]}", f"{name}: {rows} rows -> {folders[manifest.part]}"), highlight=False)
    zh = "保险库的密钥不在其中：没有 SUISHI_VAULT_KEY，谁也读不出个人数据；请另处保存。"
    out.print(say(zh, "the vault's key is in neither: without SUISHI_VAULT_KEY nobody can be read again; keep it in a third place."))


@dataclass(frozen=True)
class _Moment:
    """One snapshot of the database, and which backup it becomes."""

    connection: asyncpg.Connection
    backup: UUID
    cluster: str
    made_at: datetime

    async def copy(self, part: Part, folder: Path, migrations: dict[str, dict[str, str]]) -> Manifest:
        lines, tables = list[str](), list[Table]()
        for row in await self.connection.fetch(TABLES, list(migrations)):
            table = Table(schema_name=row["schema"], name=row["name"], columns=tuple(row["columns"]), rows=0)
            with Sink(folder / table.file) as sink:
                copied = await self.connection.copy_from_query(_select(table), output=sink.write)
            lines.append(sink.line)
            tables.append(table.model_copy(update={"rows": int(copied.split()[1])}))
        manifest = Manifest(
            part=part, backup=self.backup, made_at=self.made_at, cluster=self.cluster, migrations=migrations, tables=tuple(tables)
        )
        await seal(folder, manifest, lines)
        return manifest


async def _copy(dsn: str, folders: dict[Part, Path], cluster: str) -> list[Manifest]:
    connection = await asyncpg.connect(dsn)
    try:
        # Before the snapshot, so that no migration changes a table between its description and its rows.
        await connection.execute("SELECT pg_advisory_lock($1)", LOCK)
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            moment = _Moment(connection, uuid4(), cluster, datetime.now(UTC))
            applied: dict[str, dict[str, str]] = {}
            for schema, file, digest in await connection.fetch(APPLIED):
                applied.setdefault(schema, {})[file] = digest
            vault = {VAULT: applied.pop(VAULT, {})}
            return [await moment.copy("log", folders["log"], applied), await moment.copy("vault", folders["vault"], vault)]
    finally:
        await connection.close()


def _select(table: Table) -> str:
    columns = ", ".join(f'"{name}"' for name in table.columns)
    return f'SELECT {columns} FROM "{table.schema_name}"."{table.name}"'  # noqa: S608 - names of our own catalogue
