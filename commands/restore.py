"""`./suishi restore`: a backup becomes the database again, beside whatever Kafka there is."""

import asyncio
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import asyncpg
import typer

from commands.app import app, out
from commands.archive import Manifest, read_both
from commands.backup import Log, Vault
from commands.reach import from_database, from_kafka, vault_key
from commands.refill import Found, Refill, refuse_strange
from commands.system import folder, started
from commands.topics import ends_of_events
from local.folder import only_one
from local.language import say
from local.stack import Stack, named_by_environment
from pipeline.kafka import Connection, cluster_of
from services import prepare

Parts = Sequence[tuple[Path, Manifest]]
Replace = Annotated[bool, typer.Option("--replace", help=say("删除数据库中现有的数据", "delete what the database holds now"))]


@app.command(
    help=say(
        "用 backup 写出的两个目录恢复数据库；须先停止全部服务，并设置备份时的 SUISHI_VAULT_KEY。",
        "Make a database from the two folders that backup wrote. The services must be stopped; SUISHI_VAULT_KEY is the one of that time.",
    )
)
def restore(log: Log, vault: Vault, *, replace: Replace = False) -> None:
    parts = list(zip((log, vault), read_both(log, vault), strict=True))
    refuse_strange(parts)
    with _servers() as stack:
        with from_kafka(stack.kafka):
            kafka = asyncio.run(_found(stack.kafka))
        with from_database(stack.database):
            asyncio.run(_restore(stack.database, parts, kafka, replace=replace))
    made_at = f"{parts[0][1].made_at:%Y-%m-%d %H:%M:%S} UTC"
    out.print(say(f"已恢复到 {made_at}。", f"restored to {made_at}."), highlight=False)
    zh = "现在启动服务：此后到达的消息将重新读取，各服务的事件将重新发布。"
    out.print(say(zh, "now start the services: they read again what came later and publish their events anew."), highlight=False)
    zh = "检查点文件里还留着备份之后的历史：请先把它移到别处保存，封存进程才会重新开始。"
    en = "the file of checkpoints still tells what came after the backup: keep it elsewhere, or the sealer signs nothing more."
    out.print(say(zh, en), highlight=False)


@contextmanager
def _servers() -> Generator[Stack]:
    """Those that the environment names, else the local ones without services, which are started."""
    named = named_by_environment()
    if named:
        yield named
    else:
        with only_one(folder()):
            yield started()


async def _found(kafka: Connection) -> Found:
    await prepare.topics(kafka)
    return Found(await cluster_of(kafka), await ends_of_events(kafka))


async def _restore(dsn: str, parts: Parts, kafka: Found, *, replace: bool) -> None:
    connection = await asyncpg.connect(dsn)
    try:
        async with connection.transaction():
            await Refill(connection, parts).run(kafka, vault_key(), replace=replace)
    finally:
        await connection.close()
