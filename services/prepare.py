"""Brings a database and a broker to where the services can start: schemas, roles, topics. Safe to repeat."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import TopicAlreadyExistsError

from pipeline.migrate import LOG, EditedMigration, NewerDatabase, migrate
from pipeline.settings import Settings, settings
from schemas.topics import PARTITIONS, PERSONAL, SERVICES, dlq

HERE: Final = Path(__file__).parent
# The folders of migrations of each schema, in the order in which they are applied.
MIGRATIONS: Final[Mapping[str, Sequence[Path]]] = {
    **{service: (LOG, HERE / service / "migrations") for service in SERVICES},
    "vault": (HERE / "enrollment" / "vault_migrations",),
}
THIRTY_DAYS_MS: Final = "2592000000"
FOR_EVER: Final = "-1"
LARGEST_MESSAGE: Final = "8388608"
LARGEST_DEAD_LETTER: Final = "16777216"


async def database(dsn: str) -> list[str]:
    """Apply every migration that is missing; gives their names."""
    return [name for schema, folders in MIGRATIONS.items() for name in await migrate(dsn, schema, folders)]


async def topics(bootstrap: str, replication: int = 1) -> None:
    """Create the topics that are missing."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        there = set(await admin.list_topics())
        missing = [topic for topic in _topics(replication) if topic.name not in there]
        if missing:
            await admin.create_topics(missing)
    except TopicAlreadyExistsError:
        return
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
    await database(settings.database.get_secret_value())
    await topics(settings.kafka)


def main() -> None:
    """Exit code 0, or 1 with the sentence that says what to do."""
    try:
        asyncio.run(prepare(settings()))
    except (EditedMigration, NewerDatabase) as refusal:
        sys.exit(str(refusal))


if __name__ == "__main__":
    main()
