"""How far long work has come: a bar for each part of it where somebody watches, elsewhere a line now and then."""

import time
from typing import Final, Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from commands.app import steps
from local.language import say

EVERY_SECONDS: Final = 10


class Bars:
    """Written beside the output; what is done within `EVERY_SECONDS` writes no line. Bars that do not `stay` are gone at the end.

    The clock of a bar runs from the first word about it to the last.
    """

    def __init__(self, console: Console = steps, *, stay: bool = False) -> None:
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        self.bar = Progress(*columns, console=console, transient=not stay, disable=not console.is_terminal)
        self._tasks = dict[str, TaskID]()
        self._told = time.monotonic()

    def __enter__(self) -> Self:
        self.bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.bar.stop()

    def heard(self, name: str, done: int, total: int) -> None:
        if name not in self._tasks:
            self._tasks[name] = self.bar.add_task(name)
        self.bar.update(self._tasks[name], completed=done, total=total)
        if self.bar.disable and time.monotonic() - self._told >= EVERY_SECONDS:
            self._told = time.monotonic()
            self.bar.console.print(say(f"{name}：{done}/{total}", f"{name}: {done} of {total}"), markup=False, highlight=False)
