"""What assistance is asked when enrollment finds that two persons are one, or two after all."""

from __future__ import annotations

from typing import TypeAlias
from uuid import UUID

from services.assistance.domain.asked import Command
from services.assistance.domain.care.merge_events import Carried


class PersonCommand(Command, frozen=True, kw_only=True):
    """`household` is where the person lives, where enrollment says it; `carried` what the other one's file hands on."""

    person: UUID
    household: UUID | None = None
    carried: Carried | None = None


class MergePerson(PersonCommand, frozen=True, kw_only=True):
    """He is `into`."""

    into: UUID


class TakeFileOver(PersonCommand, frozen=True, kw_only=True):
    """`origin` is the person himself, under another id; `via` are the ids in whose place he is kept, where that was known before."""

    origin: UUID
    via: tuple[UUID, ...] = ()


class GiveFileBack(PersonCommand, frozen=True, kw_only=True):
    """`to` is somebody else after all."""

    to: UUID


class UnmergePerson(PersonCommand, frozen=True, kw_only=True):
    """He is not `kept`."""

    kept: UUID


AnyPersonCommand: TypeAlias = MergePerson | TakeFileOver | GiveFileBack | UnmergePerson
