"""Numbered SQL files, applied once each under a lock and refused when an applied file was edited."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
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


class NewerDatabase(Exception):  # noqa: N818
    """A newer release was here; going back would write rows that it no longer understands, or lose what it added."""


class OlderDatabase(Exception):  # noqa: N818
    """What an older release wrote cannot be taken over; the migration says why and what to do."""


async def migrate(dsn: str, schema: str, folders: Sequence[Path], role: str | None = None) -> list[str]:
    """Bring one service's schema up to date as the owner; gives the names of the files applied now."""
    connection = await asyncpg.connect(dsn)
    try:
        async with connection.transaction():
            return await bring_up(connection, schema, folders, role=role)
    finally:
        await connection.close()


async def bring_up(
    connection: asyncpg.Connection, schema: str, folders: Sequence[Path], only: Collection[str] | None = None, role: str | None = None
) -> list[str]:
    """`migrate` within a transaction of the caller's; with `only`, no further than these files of the folders.

    `role` is made where it is missing, without one the role that is called after the schema.

    Raises `NewerDatabase`, `OlderDatabase` or `EditedMigration`.
    """
    await connection.execute("SELECT pg_advisory_xact_lock($1)", LOCK)
    await connection.execute(HISTORY)
    for name in (role or f"suishi_{schema}", "suishi_auditor"):
        await connection.execute(ROLE.format(role=name))
    await connection.execute(f"CREATE SCHEMA IF NOT EXISTS {schema}")
    rows = await connection.fetch("SELECT file, sha256 FROM public.suishi_migrations WHERE schema = $1", schema)
    applied: dict[str, str] = {row["file"]: row["sha256"] for row in rows}
    texts = {name: text for folder in folders for name, text in migrations(folder).items()}
    _refuse_strange(schema, applied, texts)
    fresh = [name for name in texts if name not in applied and (only is None or name in only)]
    for name in fresh:
        try:
            await connection.execute(texts[name].replace("{schema}", schema))
        except asyncpg.RaiseError as refusal:
            raise OlderDatabase(str(refusal)) from None
        await connection.execute(APPLIED, schema, name, digest(texts[name]))
    return fresh


def migrations(folder: Path) -> dict[str, str]:
    """The files of a folder in their order, each with its text; named by whose they are and by their number."""
    return {f"{folder.parent.name}/{file.name}": file.read_text(encoding="utf-8") for file in sorted(folder.glob("[0-9]*.sql"))}


def digest(text: str) -> str:
    """By which an applied file is known again."""
    return sha256(text.encode()).hexdigest()


def _refuse_strange(schema: str, applied: Mapping[str, str], texts: Mapping[str, str]) -> None:
    """Raises `NewerDatabase` or `EditedMigration`."""
    if newer := sorted(applied.keys() - texts.keys()):
        message = (
            f"{schema} was migrated by a newer release ({', '.join(newer)}), which this one does not know;"
            " start that release or a later one, or restore a backup from before it"
        )
        raise NewerDatabase(message)
    for name, sha in applied.items():
        if digest(texts[name]) != sha:
            message = f"{name} was edited after it was applied to {schema}; restore it and add a new number instead"
            raise EditedMigration(message)
