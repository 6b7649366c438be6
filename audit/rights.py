"""What a login may do, asked before it is tried: who may not lock a head would learn it when everything is built."""

from typing import Final

import asyncpg

CHANGES: Final = "SELECT has_table_privilege('{schema}.log_head', 'UPDATE')"


async def may_rebuild(dsn: str, service: str) -> bool:
    """Whether it may put read models in the place of the live ones: the owner may, the auditor may not."""
    connection = await asyncpg.connect(dsn)
    try:
        allowed: bool = await connection.fetchval(CHANGES.format(schema=service))
    finally:
        await connection.close()
    return allowed
