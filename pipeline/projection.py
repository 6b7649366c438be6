"""Read models: each event becomes rows for SQL statements, and the rows that commute go to the database as one set."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any, Final, TypeAlias

from pipeline.store import Recorded

Statement: TypeAlias = tuple[str, tuple[Any, ...]]
ONLY_ADDS: Final = "ON CONFLICT DO NOTHING"
Project: TypeAlias = Callable[[Any, Sequence[Recorded]], Awaitable[None]]


def projection(statements: Callable[[Recorded], Iterable[Statement]]) -> Project:
    """The same code keeps the live read models and rebuilds them.

    A statement takes a set of rows, column by column (`unnest`); its first parameter is their key. Rows of one key keep the
    log's order, all others commute.
    """

    async def project(connection: Any, recorded: Sequence[Recorded]) -> None:  # noqa: ANN401 - an asyncpg connection or its proxy
        for sql, rows in in_rounds(statement for event in recorded for statement in statements(event)):
            await connection.execute(sql, *zip(*rows, strict=True))

    return project


def in_rounds(statements: Iterable[Statement]) -> Iterable[tuple[str, list[tuple[Any, ...]]]]:
    """The n-th statement of every key goes in the n-th round, and a round sends each SQL text once.

    Of what only adds a key may have several rows in a round, one after the other.
    """
    rounds: list[dict[str, list[tuple[Any, ...]]]] = []
    before: dict[Any, tuple[int, str]] = {}
    for sql, row in statements:
        number, last = before.get(row[0], (-1, ""))
        if sql != last or not sql.endswith(ONLY_ADDS):
            number += 1
        before[row[0]] = (number, sql)
        if number == len(rounds):
            rounds.append({})
        rounds[number].setdefault(sql, []).append(row)
    return [group for groups in rounds for group in groups.items()]
