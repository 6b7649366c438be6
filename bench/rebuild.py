"""Building every read model of enrollment anew from its log: `audit replay` without the comparing."""

from __future__ import annotations

from typing import Final

from audit.replay import replay
from bench.timing import Round

SERVICE: Final = "enrollment"


async def by_ours(dsn: str) -> Round:
    """From the first event to the head: read, decoded, and written into temporary tables, page by page."""
    replayed = await replay(dsn, SERVICE)
    if not replayed.ok:
        message = f"the read models of the bench are not as its log says: {replayed}"
        raise AssertionError(message)
    return Round(replayed.positions, replayed.seconds)
