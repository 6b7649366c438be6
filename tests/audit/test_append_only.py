"""Nobody who works with the logs can change them: neither a service its own or another's, nor the sealer, nor the auditor."""

from __future__ import annotations

from typing import Final

import pytest

from tests.pipeline.test_rights import refused

ROLES: Final = [
    "suishi_enrollment", "suishi_assistance", "suishi_notifications", "suishi_vault", "suishi_sealer", "suishi_auditor",
]  # fmt: skip
LOGS: Final = ["enrollment.stored_events", "assistance.stored_events", "notifications.stored_events"]
SEALED: Final = "audit.checkpoints"
CHANGES: Final = [
    "UPDATE {log} SET {column} = {column}",
    "DELETE FROM {log}",
    "TRUNCATE {log}",
    "TRUNCATE {log} CASCADE",
    "DROP TABLE {log}",
    "DROP TABLE {log} CASCADE",
    "DROP SCHEMA {schema} CASCADE",
    "ALTER TABLE {log} DISABLE TRIGGER append_only",
    "ALTER TABLE {log} DISABLE TRIGGER ALL",
    "DROP TRIGGER append_only ON {log}",
    "CREATE OR REPLACE FUNCTION {schema}.refuse_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
    "DROP FUNCTION {schema}.refuse_change() CASCADE",
    "CREATE RULE unseen AS ON INSERT TO {log} DO INSTEAD NOTHING",
    "ALTER TABLE {log} DROP COLUMN {column}",
    "ALTER TABLE {log} RENAME TO elsewhere",
    "ALTER TABLE {log} OWNER TO CURRENT_USER",
    "SET LOCAL session_replication_role = replica",
]


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("log", [*LOGS, SEALED])
async def test_every_way_to_change_what_was_recorded_is_refused(prepared: str, role: str, log: str) -> None:
    column = "note" if log == SEALED else "state"
    statements = [change.format(log=log, schema=log.partition(".")[0], column=column) for change in CHANGES]
    assert statements == await refused(prepared, role, statements)


@pytest.mark.parametrize("log", LOGS)
async def test_only_its_own_service_adds_to_a_log(prepared: str, log: str) -> None:
    """The auditor and the sealer read it, and add nothing either."""
    adding = f"INSERT INTO {log} SELECT * FROM {log}"
    own = f"suishi_{log.partition('.')[0]}"
    assert [role for role in ROLES if role != own] == [role for role in ROLES if await refused(prepared, role, [adding])]


async def test_only_the_sealer_adds_a_checkpoint(prepared: str) -> None:
    adding = f"INSERT INTO {SEALED} SELECT * FROM {SEALED}"
    assert [role for role in ROLES if role != "suishi_sealer"] == [role for role in ROLES if await refused(prepared, role, [adding])]
