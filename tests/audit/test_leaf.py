"""A leaf is what PostgreSQL says of a row: in our own bytes, in plain SQL, and in its binary COPY."""

from __future__ import annotations

import asyncpg
import pytest

from audit.merkle import leaf_hash
from audit.seal.leaf import CANONICAL, COLUMNS, LEAF, SELECTED, canonical, told

LOGS = ["enrollment", "assistance", "notifications"]
EVENT = """
INSERT INTO {log}.stored_events VALUES ('0190b0f0-0000-7000-8000-000000000001', 3, 'enrollment.clue-closed', '{{"reason":"误报 ü"}}', 1,
    '0190b0f0-0000-5000-8000-000000000002', 'c1', 'c2', '', 'hospital', 2, '{valid_on}', '2021-01-05 04:00:00.000001+00',
    '{recorded_at}', '\\x00ff')"""


@pytest.fixture
async def connection(prepared: str):  # noqa: ANN201 - an asynchronous generator of connections
    """Everything that a test writes is taken back."""
    connection = await asyncpg.connect(prepared)
    changes = connection.transaction()
    await changes.start()
    yield connection
    await changes.rollback()
    await connection.close()


async def write(connection: asyncpg.Connection, log: str = "enrollment", valid_on: str = "2021-01-05", recorded_at: str = "now") -> None:
    await connection.execute(EVENT.format(log=log, valid_on=valid_on, recorded_at=recorded_at))


@pytest.mark.parametrize("log", LOGS)
async def test_every_column_of_the_log_is_sealed(connection: asyncpg.Connection, log: str) -> None:
    """A new column needs a new form of the leaf: sealed rows keep theirs."""
    query = "SELECT column_name::text, data_type::text FROM information_schema.columns"
    rows = await connection.fetch(f"{query} WHERE table_schema = $1 AND table_name = 'stored_events' ORDER BY ordinal_position", log)
    assert [(name, kind) for name, kind in rows] == list(COLUMNS.items())


@pytest.mark.parametrize("valid_on", ["2021-01-05", "9999-12-31", "infinity", "-infinity", "1900-01-01"])
@pytest.mark.parametrize("recorded_at", ["2021-01-05 12:00:00.123456+08", "infinity", "1969-12-31 23:59:59.999999+00"])
async def test_we_and_plain_sql_and_binary_copy_agree_on_the_bytes(connection: asyncpg.Connection, valid_on: str, recorded_at: str) -> None:
    await write(connection, valid_on=valid_on, recorded_at=recorded_at)
    row = await connection.fetchrow(f"SELECT {SELECTED} FROM enrollment.stored_events")
    copied = bytearray()

    async def take(data: bytes) -> None:
        copied.extend(data)

    await connection.copy_from_query("SELECT * FROM enrollment.stored_events", output=take, format="binary")
    ours = canonical(tuple(row))
    assert ours == await connection.fetchval(f"SELECT {CANONICAL} FROM enrollment.stored_events")
    assert ours == bytes(copied[19:-2])  # between the header of COPY and its trailer
    assert leaf_hash(ours) == await connection.fetchval(f"SELECT {LEAF} FROM enrollment.stored_events")


async def test_the_bytes_tell_the_row(connection: asyncpg.Connection) -> None:
    await write(connection, recorded_at="2021-01-05 12:00:00.5+08")
    row = await connection.fetchrow(f"SELECT {SELECTED} FROM enrollment.stored_events")
    assert {
        "originator_id": "0190b0f0-0000-7000-8000-000000000001",
        "originator_version": "3",
        "topic": "enrollment.clue-closed",
        "state": '{"reason":"误报 ü"}',
        "notification_id": "1",
        "event_id": "0190b0f0-0000-5000-8000-000000000002",
        "correlation": "c1",
        "causation": "c2",
        "actor": "",
        "source": "hospital",
        "schema_version": "2",
        "valid_on": "2021-01-05",
        "occurred_at": "2021-01-05T04:00:00.000001+00:00",
        "recorded_at": "2021-01-05T04:00:00.500000+00:00",
        "pack_hash": "00ff",
    } == told(canonical(tuple(row)))


async def test_the_first_columns_lie_where_the_form_says(connection: asyncpg.Connection) -> None:
    await write(connection)
    row = await connection.fetchrow(f"SELECT {SELECTED} FROM enrollment.stored_events")
    expected = (
        "000f000000100190b0f000007000800000000000000100000008000000000000000300000016656e726f6c6c6d656e742e636c75652d636c6f73656400000016"
    )
    assert expected == canonical(tuple(row)).hex()[: len(expected)]


@pytest.mark.parametrize(
    "change", [lambda sealed: sealed[:-1], lambda sealed: sealed + b"x", lambda sealed: b"\x00\x0e" + sealed[2:], lambda _: b""]
)
async def test_other_bytes_are_no_row(connection: asyncpg.Connection, change) -> None:  # noqa: ANN001
    await write(connection)
    row = await connection.fetchrow(f"SELECT {SELECTED} FROM enrollment.stored_events")
    with pytest.raises(ValueError, match=r"."):
        told(change(canonical(tuple(row))))
