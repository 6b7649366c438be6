"""The policy pack of notifications as values."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal, Self, TypeAlias

from pydantic import BaseModel, Field, model_validator

Role: TypeAlias = Literal[
    "paired-cadre", "grid-worker", "first-secretary", "town-officer", "county-officer", "department-desk", "caregiver", "care-group"
]
Level: TypeAlias = Literal["village", "town", "county"]
Urgency: TypeAlias = Literal["urgent", "normal"]


class Addressee(BaseModel, frozen=True, extra="forbid"):
    """Whoever has `role` in the household's village, town or county.

    `instead` takes the place of a cadre where the household has none. `departments` are the desks told; where there are none, the one that
    the event names. `every` tells all who have the role anywhere in the event's area, not only who has it now in one place.
    A `care-group` is the people whom the event names.
    """

    role: Role
    level: Level
    instead: Role | None = None
    departments: tuple[str, ...] = ()
    every: bool = False

    @model_validator(mode="after")
    def _is_replaced_in_the_village(self) -> Self:
        if self.instead is not None and (self.role != "paired-cadre" or self.level != "village"):
            message = "instead: only a paired cadre has a substitute, and only in the village"
            raise ValueError(message)
        return self


class Route(BaseModel, frozen=True, extra="forbid"):
    """Who is told of a `kind` of event from a day on; `of` narrows it to deadlines of these kinds, or what goes up to these levels.

    What `escalates` asks to be acknowledged, and goes up where it is not.
    """

    kind: str
    valid_from: date
    of: tuple[str, ...] = ()
    urgency: Urgency = "normal"
    escalates: bool = True
    to: tuple[Addressee, ...]


class Limit(BaseModel, frozen=True):
    """What a channel bears: `largest` letters of the same words in a call, `each` letters to one address in any `seconds`.

    `listed` letters at most stand in one daily digest; more make another one.
    """

    largest: int = Field(default=1, ge=1)
    listed: int = Field(default=500, ge=1, le=1000)
    each: int | None = Field(default=None, ge=1)
    seconds: int = Field(default=60, ge=1)


class Upwards(BaseModel, frozen=True, extra="forbid"):
    """Who hears of what nobody acknowledged at a level, so many `hours` after it was sent; or queued, if it is urgent and waits still."""

    hours: dict[Urgency, Annotated[int, Field(strict=True, ge=1)]]
    to: dict[Level, Addressee]

    @model_validator(mode="after")
    def _goes_up(self) -> Self:
        ranks = ("village", "town", "county")
        for level, addressee in self.to.items():
            if ranks.index(addressee.level) <= ranks.index(level) or addressee.role in {"paired-cadre", "care-group", "department-desk"}:
                message = f"to.{level}: name an officer of a higher level"
                raise ValueError(message)
        return self


class Policy(BaseModel, frozen=True):
    """`pauses_minutes` after refusals for now, `lease_seconds` until silence counts as unknown, `attempts` at most where it is sent again.

    `announced_at_once` recipients at most are told of one event in one commit. `send_again` says by urgency whether what may or may not
    have arrived is sent once more. `daily_at` is the local hour, "HH:MM", of the daily digest of those who want one.
    """

    digest: str
    attempts: int
    pauses_minutes: tuple[int, ...]
    lease_seconds: int
    announced_at_once: int
    daily_at: Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
    send_again: dict[Urgency, bool]
    escalation: Upwards
    subjects: dict[str, str]
    routes: tuple[Route, ...]
    limits: dict[str, Limit] = {}

    @model_validator(mode="after")
    def _has_a_subject_for_all_that_is_told(self) -> Self:
        if without := sorted({route.kind for route in self.routes if route.to} - self.subjects.keys()):
            message = f"subjects: nothing is said of {', '.join(without)}, which is routed"
            raise ValueError(message)
        return self
