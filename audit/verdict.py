"""What reading a log comes to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Verdict:
    """`first_bad` is a log position, None where the log is whole; `problem` says what is wrong, None when nothing is.

    The first `positions` events are in their places: all, or those before `first_bad`. The first `sealed` of them are as the last of
    `checkpoints` signed checkpoints has them. `not_compared` names what there was to hold against, and was not: signatures, file, topic;
    `file: up to 14` where it ends there, `file: unknown keys` where part of it is signed with none of ours.
    """

    positions: int
    first_bad: int | None = None
    problem: str | None = None
    sealed: int = 0
    checkpoints: int = field(default=0, compare=False)
    not_compared: Sequence[str] = field(default=(), compare=False)

    @property
    def ok(self) -> bool:
        return self.problem is None


class Bad(Exception):  # noqa: N818 - it says what is so
    """The log is not what it was; `position` is the first that is wrong, None where no single one is."""

    def __init__(self, position: int | None, problem: str) -> None:
        super().__init__(problem)
        self.position, self.problem = position, problem
