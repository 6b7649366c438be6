"""Events about who belongs to a household: internal ids only."""

from __future__ import annotations

from typing import ClassVar, Literal
from uuid import UUID

from schemas.enrollment.events import HouseholdEvent, ReportedFact
from schemas.message import Day, Text, VillageCode

End = Literal["died", "moved-out", "dissolved"]


class MembersJoined(HouseholdEvent):
    """They are members from `on`; `from_household_id` is the household that they left for this one."""

    TYPE: ClassVar = "suishi.enrollment.event.members-joined.v1"
    person_ids: tuple[UUID, ...]
    on: Day
    reason: Literal["born", "married", "merged", "withdrawn", "unmerged"]
    from_household_id: UUID | None = None
    village_code: VillageCode | None = None
    category: Text | None = None


class MembersLeft(HouseholdEvent):
    """They are members no more from `on`; what is paid for the dead must stop."""

    TYPE: ClassVar = "suishi.enrollment.event.members-left.v1"
    person_ids: tuple[UUID, ...]
    on: Day
    reason: Literal["died", "split", "married", "merged", "moved-out", "withdrawn", "duplicate"]
    to_household_id: UUID | None = None


class MembershipRedated(HouseholdEvent):
    """A birth or a death was on another day than was said: the membership began or ended `on` that day, not on `instead_of`."""

    TYPE: ClassVar = "suishi.enrollment.event.membership-redated.v1"
    person_id: UUID
    reason: Literal["born", "died"]
    on: Day
    instead_of: Day


class HouseholdMoved(HouseholdEvent):
    """The household lives in another village of the county: who answers for it may be another one."""

    TYPE: ClassVar = "suishi.enrollment.event.household-moved.v1"
    village_code: VillageCode
    on: Day
    category: Text | None = None


class HeadChanged(HouseholdEvent):
    """Another member is the head of the household."""

    TYPE: ClassVar = "suishi.enrollment.event.head-changed.v1"
    person_id: UUID
    on: Day


class HouseholdEnded(HouseholdEvent):
    """Nobody is a member any more; whatever is paid to the household must stop. `into_household_id` took the last ones in."""

    TYPE: ClassVar = "suishi.enrollment.event.household-ended.v1"
    reason: End
    on: Day
    into_household_id: UUID | None = None


class VillageUnknown(HouseholdEvent):
    """The household is in the register, but the county's division table does not have its village, or has it no more.

    Whoever keeps the register tells a move (of an abolished village that was `merged_into` another one, to that one) or mends the table.
    """

    TYPE: ClassVar = "suishi.enrollment.event.village-unknown.v1"
    village_code: VillageCode
    reason: Literal["unknown", "abolished"]
    merged_into: VillageCode | None = None


class VillageKnown(HouseholdEvent):
    """The household lives in a village that the table has."""

    TYPE: ClassVar = "suishi.enrollment.event.village-known.v1"
    village_code: VillageCode


class FactDoubted(HouseholdEvent, ReportedFact):
    """A fact cannot be so and counts nowhere: the department looks at it again by `fact_source` and `fact_id`; `text` says why."""

    TYPE: ClassVar = "suishi.enrollment.event.fact-doubted.v1"
    reason_code: Text
    text: Text
    remedy: Text
