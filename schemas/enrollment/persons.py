"""Two entries for one person: joined by a named person or by a corrected number, and parted again."""

from __future__ import annotations

from typing import ClassVar, Literal
from uuid import UUID

from schemas.identity import Person
from schemas.message import Day, Message, PersonalLongText


class MergePersons(Message):
    """`keep` and `duplicate` are one person, who stays in the household of `keep`."""

    TYPE: ClassVar = "suishi.enrollment.command.merge-persons.v1"
    keep: Person
    duplicate: Person
    reason: PersonalLongText


class UnmergePersons(Message):
    """`keep` and `duplicate` were merged, and are two persons after all."""

    TYPE: ClassVar = "suishi.enrollment.command.unmerge-persons.v1"
    keep: Person
    duplicate: Person
    reason: PersonalLongText


class PersonsMerged(Message):
    """From `on` everything about `duplicate_person_id` is about `keep_person_id`, who lives in `household_id`."""

    TYPE: ClassVar = "suishi.enrollment.event.persons-merged.v1"
    keep_person_id: UUID
    duplicate_person_id: UUID
    on: Day
    reason: Literal["decided", "number-corrected"]
    household_id: UUID | None = None


class PersonsUnmerged(Message):
    """They are two persons after all; the duplicate is in `household_id` again, where he was registered."""

    TYPE: ClassVar = "suishi.enrollment.event.persons-unmerged.v1"
    keep_person_id: UUID
    duplicate_person_id: UUID
    on: Day
    household_id: UUID | None = None
