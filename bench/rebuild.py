"""Building every read model of enrollment anew from its log, as `audit verify` does it."""

from __future__ import annotations

import time
from typing import Final

import asyncpg

from audit.rebuild import Rebuilt
from audit.services import AUDITED
from audit.verify import PAGE
from bench.log import no_read_models
from bench.timing import Round
from pipeline.postgres import Log, PostgresStore, connect

SERVICE: Final = "enrollment"


async def by_ours(dsn: str) -> Round:
    """From the first event to the head: read, decoded, and written into temporary tables, page by page."""
    audited = AUDITED[SERVICE]
    audited.register()
    connection = await asyncpg.connect(dsn)
    pool = await connect(dsn, SERVICE, size=1)
    rebuilt = Rebuilt(connection, audited)
    store = PostgresStore(pool, Log(SERVICE, no_read_models))
    try:
        async with connection.transaction():
            await rebuilt.prepare()
            began, position = time.monotonic(), 0
            while page := await store.after(position, PAGE):
                await rebuilt.project(page)
                position = page[-1].position
            return Round(position, time.monotonic() - began)
    finally:
        await pool.close()
        await connection.close()
