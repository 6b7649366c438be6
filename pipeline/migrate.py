"""Numbered SQL files, applied once each under a lock and refused when an applied file was edited."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import Final

import asyncpg

LOG: Final = Path(__file__).parent / "migrations"
LOCK: Final = 0x5349_4853
HISTORY: Final = """
CREATE TABLE IF NOT EXISTS public.suishi_migrations (
    schema text, file text, sha256 text NOT NULL, applied_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (schema, file)
)"""
APPLIED: Final = "INSERT INTO public.suishi_migrations (schema, file, sha256) VALUES ($1, $2, $3)"
ROLE: Final = """
DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}') THEN
        CREATE ROLE {role} NOLOGIN;
        GRANT {role} TO CURRENT_USER WITH SET TRUE;
    END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END $$"""


class EditedMigration(Exception):  # noqa: N818 - it says what is so
    """An applied file changed; restore it and write the change as the next number."""


async def migrate(dsn: str, schema: str, folders: Sequence[Path]) -> list[str]:
    """Bring one service's schema up to date as the owner; gives the names of the files applied now."""
    connection = await asyncpg.connect(dsn)
    try:
        async with connection.transaction():
            await connection.execute("SELECT pg_advisory_xact_lock($1)", LOCK)
            await connection.execute(HISTORY)
            for role in (f"suishi_{schema}", "suishi_auditor"):
                await connection.execute(ROLE.format(role=role))
            await connection.execute(f"CREATE SCHEMA IF NOT EXISTS {schema}")
            return [name for folder in folders for name in await _apply(connection, schema, folder)]
    finally:
        await connection.close()


async def _apply(connection: asyncpg.Connection, schema: str, folder: Path) -> list[str]:
    rows = await connection.fetch("SELECT file, sha256 FROM public.suishi_migrations WHERE schema = $1", schema)
    applied = {row["file"]: row["sha256"] for row in rows}
    fresh: list[str] = []
    for file in sorted(folder.glob("[0-9]*.sql")):  # noqa: ASYNC240 - nothing else runs yet
        name, text = f"{folder.parent.name}/{file.name}", file.read_text(encoding="utf-8")
        digest = sha256(text.encode()).hexdigest()
        if applied.get(name, digest) != digest:
            message = f"{name} was edited after it was applied to {schema}; restore it and add a new number instead"
            raise EditedMigration(message)
        if name not in applied:
            await connection.execute(text.replace("{schema}", schema))
            await connection.execute(APPLIED, schema, name, digest)
            fresh.append(name)
    return fresh
