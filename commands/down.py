"""`./suishi down`: stops what `up` started and keeps its data."""

from commands.app import app, out
from commands.system import anything_runs, folder, stop
from local.folder import only_one
from local.language import say


@app.command(help=say("停止本地系统，保留数据。", "Stop the local system and keep its data."))
def down() -> None:
    with only_one(folder()):
        ran = anything_runs()
        stop()
    stopped = say("已停止；数据保留在 .local/。", "stopped; the data stays in .local/.")
    out.print(stopped if ran else say("没有正在运行的本地系统。", "nothing was running."), highlight=False)
