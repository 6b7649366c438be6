"""The stages of a demo as bars, so that who waits sees what is done and how long each took."""

from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from commands.app import steps
from local.language import say

LABELS = {
    "opening": ("登记与结对", "opening the register"),
    "days": ("逐日推进", "playing the days"),
    "verify": ("核验日志", "verifying the logs"),
}


class Stages:
    """A bar for each stage, whose clock runs from its first word to its last."""

    def __init__(self, console: Console = steps) -> None:
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        self.bar = Progress(*columns, console=console)
        self._tasks = {name: self.bar.add_task(say(*labels), start=False, total=None) for name, labels in LABELS.items()}

    def __enter__(self) -> Self:
        self.bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.bar.stop()

    def tell(self, name: str, done: int, total: int) -> None:
        self.bar.start_task(self._tasks[name])
        self.bar.update(self._tasks[name], completed=done, total=total)
