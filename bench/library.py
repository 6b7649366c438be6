"""The `eventsourcing` library as its documentation shows it: an application of aggregates over its own PostgreSQL recorder."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any, Final
from urllib.parse import unquote, urlsplit
from uuid import UUID, uuid5

from eventsourcing.application import AggregateNotFoundError, Application
from eventsourcing.domain import Aggregate, event

PEOPLE: Final = UUID("2c8e0a0c-1c54-5a51-9b0e-6a1f3a3d8e01")


class Person(Aggregate):
    """Whom facts are about; `key` is the partition key of the department."""

    @event("Known")
    def __init__(self, key: str) -> None:
        self.key, self.facts = key, 0

    @staticmethod
    def create_id(key: str) -> UUID:
        return uuid5(PEOPLE, key)

    @event("FactRecorded")
    def record_fact(self, fact: dict[str, Any]) -> None:  # noqa: ARG002 - the event keeps it
        self.facts += 1


class Register(Application[UUID]):
    """Records each fact for its person."""

    def record_fact(self, key: str, fact: dict[str, Any]) -> None:
        try:
            person: Person = self.repository.get(Person.create_id(key))
        except AggregateNotFoundError:
            person = Person(key)
        person.record_fact(fact)
        self.save(person)


@contextmanager
def application(dsn: str) -> Generator[Register]:
    """Over this database, with everything else as the library sets it."""
    place = urlsplit(dsn)
    env = {
        "PERSISTENCE_MODULE": "eventsourcing.postgres",
        "POSTGRES_DBNAME": place.path.removeprefix("/"),
        "POSTGRES_HOST": place.hostname or "",
        "POSTGRES_PORT": str(place.port),
        "POSTGRES_USER": place.username or "",
        "POSTGRES_PASSWORD": unquote(place.password or ""),
    }
    register = Register(env)
    try:
        yield register
    finally:
        register.close()
