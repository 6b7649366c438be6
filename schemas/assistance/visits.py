"""Home visits: what a visitor tells, and what others hear of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, ClassVar, Final, Self, cast
from uuid import UUID

from pydantic import BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from schemas.enrollment import HouseholdEvent
from schemas.enrollment.discovery import Risk
from schemas.message import Day, Flag, Message, PersonalLongText, Text, Value, Word

ITEM: Final = re.compile(r"[a-z_]{1,40}")


def _items(given: object) -> object:
    # where a value is wrong its item is named, so a stranger's free text must not be one
    items = cast("dict[object, object]", given) if isinstance(given, dict) else {}
    if not all(isinstance(item, str) and ITEM.fullmatch(item) for item in items):
        kind = "checklist_item"
        raise PydanticCustomError(kind, "has an item that is none of a checklist; name the items as the policy pack does")
    return cast("object", given)


class ToldFinding(Value):
    """Something that is not right in the house; `finding_id` is made from the visit's where the sender gives none.

    With a `risk` it may lead to hardship, so that it becomes a clue.
    """

    kind: Word
    text: PersonalLongText
    finding_id: UUID | None = None
    risk: Risk | None = None


class RecordVisit(Message):
    """Somebody visited the household on the day `on`; it may be sent later, in any order, and more than once.

    `checklist` says of each item of the policy pack that was looked at whether it is so.
    """

    TYPE: ClassVar = "suishi.assistance.command.record-visit.v1"
    HOUSEHOLD_IS_SUBJECT: ClassVar = True
    visit_id: UUID
    cadre: UUID
    on: Day
    checklist: Annotated[Mapping[Text, Flag], Field(max_length=100), BeforeValidator(_items, json_schema_input_type=Mapping[Text, Flag])]
    findings: Annotated[tuple[ToldFinding, ...], Field(max_length=50)] = ()

    @model_validator(mode="after")
    def _tells_each_finding_once(self) -> Self:
        named = [one.finding_id for one in self.findings if one.finding_id is not None]
        if len(set(named)) < len(named):
            kind = "finding_told_twice"
            raise PydanticCustomError(kind, "tells a finding twice; give each finding an id of its own, or none")
        return self


class ResolveFinding(Message):
    """What a visit found is put right, with the evidence for it."""

    TYPE: ClassVar = "suishi.assistance.command.resolve-finding.v1"
    HOUSEHOLD_IS_SUBJECT: ClassVar = True
    finding_id: UUID
    evidence: PersonalLongText


class VisitFinding(Value):
    """It stays open until somebody puts it right."""

    finding_id: UUID
    kind: Text
    risk: Text | None = None


class VisitRecorded(HouseholdEvent):
    """A visit counts on its day; `paired` says whether the visitor was the paired cadre of that day, as far as it was known then."""

    TYPE: ClassVar = "suishi.assistance.event.visit-recorded.v1"
    visit_id: UUID
    cadre_id: UUID
    on: Day
    paired: Flag
    findings: tuple[VisitFinding, ...] | None = None


class FindingResolved(HouseholdEvent):
    """What a visit found is put right."""

    TYPE: ClassVar = "suishi.assistance.event.finding-resolved.v1"
    finding_id: UUID
    on: Day
