"""Brings a database and a broker to where the services can start: schemas, roles, topics, rights. Safe to repeat."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import TopicAlreadyExistsError

from pipeline.kafka import Connection
from pipeline.migrate import LOG, EditedMigration, NewerDatabase, OlderDatabase, migrate
from pipeline.settings import Settings, secret, settings
from schemas.topics import PARTITIONS, PERSONAL, SERVICES, dlq
from services.access import grant
from services.logins import let_in

HERE: Final = Path(__file__).parent
# The folders of migrations of each schema, in the order in which they are applied.
MIGRATIONS: Final[Mapping[str, Sequence[Path]]] = {
    **{service: (LOG, HERE / service / "migrations") for service in SERVICES},
    "vault": (HERE / "enrollment" / "vault_migrations",),
    "audit": (HERE.parent / "audit" / "migrations",),  # last: it says who may read the logs
}
# In whose name somebody works with a schema, where it is not called after it.
ROLES: Final[Mapping[str, str]] = {"audit": "suishi_sealer"}
THIRTY_DAYS_MS: Final = "2592000000"
FOR_EVER: Final = "-1"
LARGEST_MESSAGE: Final = "8388608"
LARGEST_DEAD_LETTER: Final = "16777216"


async def database(dsn: str) -> list[str]:
    """Apply every migration that is missing; gives their names."""
    return [name for schema, folders in MIGRATIONS.items() for name in await migrate(dsn, schema, folders, ROLES.get(schema))]


async def logins(dsn: str) -> None:
    """Every role whose own DSN is named, the auditor's too, may come by itself with the password of that DSN."""
    own = {f"suishi_{name}": urlsplit(secret(f"SUISHI_DATABASE_{name.upper()}")) for name in (*SERVICES, "vault", "auditor", "sealer")}
    await let_in(dsn, {role: unquote(named.password) for role, named in own.items() if named.password})


async def topics(kafka: Connection, replication: int = 1) -> None:
    """Say who may read and write which topic, and create those that are missing."""
    admin = AIOKafkaAdminClient(**kafka.options)
    try:
        await admin.start()
        await grant(admin)
        there = set(await admin.list_topics())
        missing = [topic for topic in _topics(replication) if topic.name not in there]
        with suppress(TopicAlreadyExistsError):
            if missing:
                await admin.create_topics(missing)
    finally:
        await admin.close()


def _topics(replication: int) -> list[NewTopic]:
    made: list[NewTopic] = []
    for topic, partitions in PARTITIONS.items():
        retention = THIRTY_DAYS_MS if topic in PERSONAL else FOR_EVER
        settings = {"retention.ms": retention, "max.message.bytes": LARGEST_MESSAGE}
        made.append(NewTopic(topic, partitions, replication, topic_configs=settings))
        dead = {"retention.ms": THIRTY_DAYS_MS, "max.message.bytes": LARGEST_DEAD_LETTER}
        made.append(NewTopic(dlq(topic), 1, replication, topic_configs=dead))
    return made


async def prepare(settings: Settings) -> None:
    owner = settings.database.get_secret_value()
    await database(owner)
    await logins(owner)
    await topics(settings.connection)


def main() -> None:
    """Exit code 0, or 1 with the sentence that says what to do."""
    try:
        asyncio.run(prepare(settings()))
    except (EditedMigration, NewerDatabase, OlderDatabase) as refusal:
        sys.exit(str(refusal))


if __name__ == "__main__":
    main()
