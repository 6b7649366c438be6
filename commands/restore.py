"""`./suishi restore`: a backup becomes the database again, beside whatever Kafka there is."""

import asyncio
import os
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
from local.seal import seal_of
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
    if file := checkpoints():
        zh = f"请先把检查点文件（{file}）移到别处保存：它是备份之后历史的证明，留在原处则封存进程拒绝封存。"
        en = f"first move the file of checkpoints ({file}) to a safe place: it proves what came after the backup, and stops the sealer."
        out.print(say(zh, en), markup=False, highlight=False)
    zh = "启动服务：此后到达的消息将重新读取，各服务的事件将重新发布。"
    out.print(say(zh, "start the services: they read again what came later and publish their events anew."), highlight=False)


def checkpoints() -> str | None:
    """Where the sealer's file lies, by its setting, else by that of the local system; None where there is none yet."""
    if named := os.environ.get("SUISHI_CHECKPOINTS"):
        return named
    if named_by_environment():
        return "SUISHI_CHECKPOINTS"
    local = seal_of(folder()).file
    return str(local) if local.exists() else None


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
