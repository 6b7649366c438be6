"""`./suishi reset`: throws the lasting local system away, data and passwords."""

import shutil
import sys
from pathlib import Path
from typing import Annotated

import typer

from commands.app import app, out
from commands.system import folder
from local.folder import only_one
from local.language import say
from local.problem import Problem
from local.services import stop_all
from local.stack import Servers

KEPT = {"lock", "venv.lock"}


@app.command(help=say("停止本地系统并删除其全部数据。", "Stop the local system and delete all its data."))
def reset(*, yes: Annotated[bool, typer.Option("--yes", help=say("不再询问", "do not ask"))] = False) -> None:
    if not _entries():
        out.print(say("没有可删除的本地系统。", "there is no local system to delete."), highlight=False)
        return
    if not yes:
        _ask()
    with only_one(folder()):
        stop_all(folder())
        servers = Servers(folder())
        servers.stop()
        servers.postgres.forget()
        for entry in _entries():
            shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
    out.print(say("已清空。", "all gone."), highlight=False)


def _entries() -> list[Path]:
    return [entry for entry in folder().iterdir() if entry.name not in KEPT]


def _ask() -> None:
    if not sys.stdin.isatty():
        zh = f"将停止本地系统并删除 {folder()} 中的全部数据和密码；此处无法询问，确认删除请加 --yes。"
        en = f"this would stop the local system and delete all data and passwords under {folder()}; nobody can be asked here: add --yes."
        raise Problem(say(zh, en))
    typer.confirm(say("删除 .local/ 中的全部数据？", "Delete all data under .local/?"), abort=True)
