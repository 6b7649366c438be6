"""How a household is found: what joins and leaves an open clue, and what people say themselves. Rows of the log as in `events`."""

from __future__ import annotations

from typing import ClassVar, TypeAlias
from uuid import UUID

from pipeline.decider import Event
from services.enrollment.domain.fact import Fact


class ClueJoined(Event, frozen=True):
    """One more source of the open clue; the visit that is due looks at it as well. `claimed` as for a clue that is raised."""

    TOPIC: ClassVar = "enrollment.clue-joined"
    clue: UUID
    risk: str
    fact: Fact
    claimed: tuple[str, ...] = ()


class CaseJoined(Event, frozen=True):
    """While a case or an enrolment is open somebody came in who was looked at or helped elsewhere, or a home visit found something.

    Or a change (`fact`) brought what crosses here and did not where it was told. `claimed` as for a clue.
    """

    TOPIC: ClassVar = "enrollment.case-joined"
    case: UUID
    risk: str
    fact: Fact
    claimed: tuple[str, ...] = ()


class ClueSourceEnded(Event, frozen=True):
    """A source no longer holds, while others keep the clue open; `fact` is what it said before."""

    TOPIC: ClassVar = "enrollment.clue-source-ended"
    clue: UUID
    risk: str
    fact: Fact


class ApplicationReceived(Event, frozen=True):
    """Somebody asked for help himself; `by` took it down, what he said is in the vault."""

    TOPIC: ClassVar = "enrollment.application-received"
    application: UUID
    applicant: UUID
    by: str
    risks: tuple[str, ...]
    difficulty_sha256: str


class ScreeningReported(Event, frozen=True):
    """A cadre who looked for households in difficulty found one; what he found is in the vault.

    The digest is empty where a home visit found it: what was written down is with assistance. Where nobody had registered the
    household yet, the report waits in its stream; `source` and `reference` name the message, which a log from before does not.
    """

    TOPIC: ClassVar = "enrollment.screening-reported"
    screening: UUID
    by: str
    risks: tuple[str, ...]
    findings_sha256: str
    source: str = ""
    reference: str = ""


DiscoveryEvent: TypeAlias = ClueJoined | CaseJoined | ClueSourceEnded | ApplicationReceived | ScreeningReported
