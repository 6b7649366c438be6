"""Connections of one snapshot see the same instant, whenever they look first."""

import asyncpg
import pytest

from audit.snapshot import several_alike, snapshot
from tests.audit.conftest import Tamper

COUNT = "SELECT count(*) FROM enrollment.stored_events"


async def test_what_came_between_the_first_looks_of_two_is_seen_by_neither(log: str, tamper: Tamper) -> None:
    async with several_alike(log, 2) as (one, two):
        assert 14 == await one.fetchval(COUNT)
        await tamper("DELETE FROM enrollment.stored_events WHERE notification_id = 14")
        assert 14 == await two.fetchval(COUNT)
    async with snapshot(log) as later:
        assert 13 == await later.fetchval(COUNT)


async def test_nothing_is_written_where_nothing_is_to_be(log: str) -> None:
    async with snapshot(log) as one:
        with pytest.raises(asyncpg.ReadOnlySQLTransactionError):
            await one.execute("DELETE FROM enrollment.members")
