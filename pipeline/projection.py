"""Read models: each event becomes SQL statements, and runs of one statement go to the database together."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from itertools import groupby
from typing import Any, TypeAlias

from pipeline.store import Recorded

Statement: TypeAlias = tuple[str, tuple[Any, ...]]
Project: TypeAlias = Callable[[Any, Sequence[Recorded]], Awaitable[None]]


def projection(statements: Callable[[Recorded], Iterable[Statement]]) -> Project:
    """The same code keeps the live read models and rebuilds them; the order of statements is the log's."""

    async def project(connection: Any, recorded: Sequence[Recorded]) -> None:  # noqa: ANN401 - an asyncpg connection or its proxy
        todo = [statement for event in recorded for statement in statements(event)]
        for sql, rows in groupby(todo, key=lambda statement: statement[0]):
            await connection.executemany(sql, [row for _, row in rows])

    return project
