"""One household's part in a change of who belongs to it; a change of two households is one message with a part for each."""

from __future__ import annotations

from datetime import date
from typing import Literal, TypeAlias
from uuid import UUID

from pipeline.value import Value

Leaving: TypeAlias = Literal["split", "married", "merged"]
End: TypeAlias = Literal["died", "moved-out", "dissolved"]


class Due(Value, frozen=True):
    """What ran where somebody came from, by its kind, with the last local date in time."""

    kind: str
    last: date


class Offer(Value, frozen=True):
    """Is there room? Asked before anybody leaves another household for this one, so that nobody is left without one."""


class Leave(Value, frozen=True):
    """`persons` leave for the household `to`; without any named, everybody does."""

    to: UUID
    reason: Leaving
    persons: tuple[UUID, ...] = ()


class Receive(Value, frozen=True):
    """Those who left `origin` come in; `relation` is to the head, where the fact tells it."""

    origin: UUID
    reason: Literal["married", "merged"]
    relation: str = "member"


class Admit(Value, frozen=True):
    """Somebody who is in no household of the register comes in on the local date `on`."""

    person: UUID
    relation: str
    on: date


class Form(Value, frozen=True):
    """Those who left `origin` are a household of their own, with this head."""

    household: UUID
    origin: UUID
    head: UUID


class Move(Value, frozen=True):
    """To another village: outside the county is the end of the household in this register."""

    village_code: str


class Note(Value, frozen=True):
    """Nobody moves; the fact is recorded."""


class Refuse(Value, frozen=True):
    """It does not fit what the register knows; `fits` are the commands that would."""

    reason_code: str
    fits: tuple[str, ...] = ()


Change: TypeAlias = Offer | Leave | Receive | Admit | Form | Move | Note | Refuse
