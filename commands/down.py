"""`./suishi down`: stops what `up` started and keeps its data."""

from commands.app import app, out
from commands.system import folder, stop
from local.folder import only_one
from local.language import say


@app.command(help=say("停止本地系统，保留数据。", "Stop the local system and keep its data."))
def down() -> None:
    with only_one(folder()):
        stop()
    out.print(say("已停止；数据保留在 .local/。", "stopped; the data stays in .local/."), highlight=False)
