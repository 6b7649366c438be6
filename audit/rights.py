"""What a login may do, asked before it is tried: who may not lock a head would learn it when everything is built."""

from typing import Final

from audit.snapshot import snapshot

CHANGES: Final = "SELECT has_table_privilege('{schema}.log_head', 'UPDATE')"


async def may_rebuild(dsn: str, service: str) -> bool:
    """Whether it may put read models in the place of the live ones: the owner may, the auditor may not."""
    async with snapshot(dsn) as connection:
        allowed: bool = await connection.fetchval(CHANGES.format(schema=service))
    return allowed
