"""`./suishi reset`: throws the lasting local system away, data and passwords."""

import shutil
import sys
from typing import Annotated

import typer

from commands.app import app, out
from commands.system import folder
from local.folder import only_one
from local.language import say
from local.services import stop_all
from local.stack import Servers

KEPT = {"lock", "venv.lock"}


@app.command(help=say("停止本地系统并删除其全部数据。", "Stop the local system and delete all its data."))
def reset(*, yes: Annotated[bool, typer.Option("--yes", help=say("不再询问", "do not ask"))] = False) -> None:
    if not yes and sys.stdin.isatty():
        typer.confirm(say("删除 .local/ 中的全部数据？", "Delete all data under .local/?"), abort=True)
    with only_one(folder()):
        stop_all(folder())
        servers = Servers(folder())
        servers.stop()
        servers.postgres.forget()
        for entry in folder().iterdir():
            if entry.name not in KEPT:
                shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
    out.print(say("已清空。", "all gone."), highlight=False)
