"""Which of the persons that the vault tells apart are one; rows of the log like those in `events`."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, TypeAlias
from uuid import UUID

from pipeline.decider import Event
from services.enrollment.domain.fact import Fact


class PersonsMerged(Event, frozen=True):
    """`duplicate` is `keep`, from the local date `on` also in the register. `fact` is the correction of a number that says so.

    Told in the duplicate's own stream and in the households concerned: `facts` go from one of them to `home`.
    """

    TOPIC: ClassVar = "enrollment.persons-merged"
    keep: UUID
    duplicate: UUID
    home: UUID
    on: date
    by: str = ""
    reason_sha256: str | None = None
    fact: UUID | None = None
    facts: tuple[Fact, ...] = ()


class PersonsUnmerged(Event, frozen=True):
    """`duplicate` is somebody else after all: `facts` about him go from `home` to `back`, his household, or to his own stream."""

    TOPIC: ClassVar = "enrollment.persons-unmerged"
    keep: UUID
    duplicate: UUID
    home: UUID
    on: date
    back: UUID | None = None
    by: str = ""
    reason_sha256: str | None = None
    facts: tuple[Fact, ...] = ()


AnyPersonEvent: TypeAlias = PersonsMerged | PersonsUnmerged
