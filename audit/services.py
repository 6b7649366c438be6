"""What the auditor knows of each service: its events, and how its read models follow from them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from pipeline.decider import Event
from pipeline.facts_lost import FactsLost
from pipeline.kernel import register
from pipeline.projection import Statement
from pipeline.relay import Outgoing
from pipeline.store import Recorded
from services.assistance import translate as assistance_translate
from services.assistance import views as assistance_views
from services.assistance.domain import events as assistance
from services.enrollment import translate as enrollment_translate
from services.enrollment import views as enrollment_views
from services.enrollment.domain import events as enrollment
from services.notifications import translate as notifications_translate
from services.notifications import views as notifications_views
from services.notifications.domain import events as notifications


@dataclass(frozen=True)
class Audited:
    """`tables` are the read models, each rebuilt by `statements` alone; `to_message` gives what the relay publishes of an event."""

    name: str
    events: Sequence[type[Event]]
    statements: Callable[[Recorded], Iterable[Statement]]
    tables: Sequence[str]
    to_message: Callable[[Recorded], Outgoing | None]

    def register(self) -> None:
        """Make every topic of the log known."""
        register([*self.events, FactsLost])


AUDITED: Final[Mapping[str, Audited]] = MappingProxyType(
    {
        service.name: service
        for service in (
            Audited(
                "enrollment",
                enrollment.AnyEvent.__args__,
                enrollment_views.statements,
                enrollment_views.TABLES,
                enrollment_translate.to_message,
            ),
            Audited(
                "assistance",
                assistance.AnyEvent.__args__,
                assistance_views.statements,
                assistance_views.TABLES,
                assistance_translate.to_message,
            ),
            Audited(
                "notifications",
                notifications.AnyEvent.__args__,
                notifications_views.statements,
                notifications_views.TABLES,
                notifications_translate.to_message,
            ),
        )
    }
)
