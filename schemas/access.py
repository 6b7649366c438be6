"""Who may come to Kafka, and what each may read and write there; it follows from who says what where."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from schemas.topics import CHECKPOINTS, COMMANDS, DEPARTMENTS, EVENTS, FACTS, FOLLOWS, SENDS, SERVICES, dlq

ADMINISTRATOR: Final = "administrator"
AUDITOR: Final = "auditor"
OPERATOR: Final = "operator"
SEALER: Final = "sealer"


@dataclass(frozen=True)
class Rights:
    """The topics that a user may read and those that it may write; everything else is refused."""

    reads: frozenset[str] = frozenset()
    writes: frozenset[str] = frozenset()


# The administrator is not among them: it may do everything and belongs to whoever prepares the system.
RIGHTS: Final[Mapping[str, Rights]] = MappingProxyType(
    {
        **{department: Rights(writes=frozenset({FACTS[department]})) for department in DEPARTMENTS},
        **{
            service: Rights(frozenset(FOLLOWS[service]), frozenset({*SENDS[service], *(dlq(topic) for topic in FOLLOWS[service])}))
            for service in SERVICES
        },
        AUDITOR: Rights(reads=frozenset({*EVENTS.values(), CHECKPOINTS})),
        OPERATOR: Rights(writes=frozenset(COMMANDS.values())),
        SEALER: Rights(frozenset({CHECKPOINTS}), frozenset({CHECKPOINTS})),  # where it went on is what it reads
    }
)
