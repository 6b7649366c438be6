"""Who belongs to a household, and when that changed; rows of the log like those in `events`."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Literal, TypeAlias
from uuid import UUID

from pipeline.decider import Event
from services.divisions import Misplaced
from services.enrollment.domain.commands import Category, Member
from services.enrollment.domain.fact import Fact
from services.enrollment.domain.members.change import Due, End

Vital: TypeAlias = Literal["born", "died"]


class MembersJoined(Event, frozen=True):
    """They are members from the local date `on`; `origin` is the household that they left, `fact` what said so.

    Where the household lives and what it is in the register, a log from before does not say.
    """

    TOPIC: ClassVar = "enrollment.members-joined"
    members: tuple[Member, ...]
    on: date
    reason: Literal["born", "married", "merged", "withdrawn", "unmerged"]
    fact: UUID
    origin: UUID | None = None
    village_code: str = ""
    category: str = ""


class MembersLeft(Event, frozen=True):
    """They are members no more from the local date `on`; `facts` go with them to the household `to`.

    The rest is what that household must know of this one; `pending` says that a clue, a case, an enrolment or an appeal was open,
    `beyond_facts` that more than those facts spoke for it, `claimed` which risks somebody had named there, `due` until when (local
    dates) they were to be visited and the county to decide; a log from before does not say the last three.
    """

    TOPIC: ClassVar = "enrollment.members-left"
    members: tuple[Member, ...]
    on: date
    reason: Literal["died", "split", "married", "merged", "moved-out", "withdrawn", "duplicate"]
    fact: UUID
    to: UUID | None = None
    facts: tuple[Fact, ...] = ()
    village_code: str = ""
    category: Category = "never_registered"
    pending: bool = False
    beyond_facts: bool = False
    claimed: tuple[str, ...] = ()
    due: tuple[Due, ...] = ()


class MembershipRedated(Event, frozen=True):
    """`fact` says another day of a birth or a death: the membership began or ended `on` that local date and not the other."""

    TOPIC: ClassVar = "enrollment.membership-redated"
    person: UUID
    reason: Vital
    on: date
    instead_of: date
    fact: UUID


class HouseholdMoved(Event, frozen=True):
    """It lives in another village of the county."""

    TOPIC: ClassVar = "enrollment.household-moved"
    village_code: str
    on: date
    category: str = ""


class HeadChanged(Event, frozen=True):
    """`before` was the head so far; what he and the others are to the new one is not told."""

    TOPIC: ClassVar = "enrollment.head-changed"
    person: UUID
    on: date
    before: tuple[UUID, ...] = ()


class HouseholdEnded(Event, frozen=True):
    """Nobody is a member any more; `into` is the household that took the last ones in.

    `pending` says that a clue, a case, an enrolment or an appeal was open until then; a log from before does not say it.
    """

    TOPIC: ClassVar = "enrollment.household-ended"
    reason: End
    on: date
    into: UUID | None = None
    pending: bool = False


class FactDoubted(Event, frozen=True):
    """A fact that cannot be so, about the dead or about a household that is no more: kept, visible, and counted nowhere."""

    TOPIC: ClassVar = "enrollment.fact-doubted"
    fact: Fact
    reason_code: str


class FactsHandedOn(Event, frozen=True):
    """Those who left the county from here are in the register again, in the household `to`: what is known of them counts there.

    `left` is by what they went, while the risks that somebody had `claimed` were open here; None where there were none.
    """

    TOPIC: ClassVar = "enrollment.facts-handed-on"
    to: UUID
    facts: tuple[Fact, ...]
    left: Fact | None = None
    claimed: tuple[str, ...] = ()


class VillageUnknown(Event, frozen=True):
    """The county's division table does not have this code, or not any more; `merged_into` is the village that took the old one in."""

    TOPIC: ClassVar = "enrollment.village-unknown"
    village_code: str
    reason: Misplaced
    merged_into: str = ""


class VillageKnown(Event, frozen=True):
    """The household lives where the table has a village again: it moved, or the table was mended."""

    TOPIC: ClassVar = "enrollment.village-known"
    village_code: str


AnyChangeEvent: TypeAlias = (
    MembersJoined
    | MembersLeft
    | MembershipRedated
    | HouseholdMoved
    | HeadChanged
    | HouseholdEnded
    | FactDoubted
    | VillageUnknown
    | VillageKnown
)
