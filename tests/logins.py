"""Roles that come by themselves for a while: they are those of the whole server, on which other tests expect them locked."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

import asyncpg
import pytest

from local.stack import Stack
from services.logins import let_in


@contextmanager
def opened(stack: Stack, database: str, roles: Sequence[str]) -> Iterator[Stack]:
    """The stack with this database, in which each of the roles has a password; afterwards none of them may log in."""
    if stack.secrets is None:
        pytest.skip("the environment names the servers, and their roles have no passwords of ours")
    asyncio.run(let_in(database, {role: stack.secrets.of(role) for role in roles}))
    try:
        yield replace(stack, database=database)
    finally:
        asyncio.run(_lock(database, roles))


async def _lock(dsn: str, roles: Sequence[str]) -> None:
    connection = await asyncpg.connect(dsn)
    try:
        for role in roles:
            await connection.execute(f"ALTER ROLE {role} NOLOGIN PASSWORD NULL")
    finally:
        await connection.close()
