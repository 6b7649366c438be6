"""The door out for household changes: their stored events become public messages; pure."""

from __future__ import annotations

from typing import assert_never
from uuid import UUID

from schemas import enrollment as words
from schemas.message import Message
from services.enrollment.domain.members import change_events as events
from services.enrollment.refusals import text_of


def to_public(household: UUID, event: events.AnyChangeEvent) -> Message:
    match event:
        case events.MembersJoined(members=members, on=day, reason=reason, origin=origin):
            return words.MembersJoined(
                household_id=household,
                person_ids=tuple(member.person for member in members),
                on=day,
                reason=reason,
                from_household_id=origin,
                village_code=event.village_code or None,
                category=event.category or None,
            )
        case events.MembersLeft(members=members, on=day, reason=reason, to=to):
            persons = tuple(member.person for member in members)
            return words.MembersLeft(household_id=household, person_ids=persons, on=day, reason=reason, to_household_id=to)
        case events.MembershipRedated(person=person, reason=reason, on=day, instead_of=before):
            return words.MembershipRedated(household_id=household, person_id=person, reason=reason, on=day, instead_of=before)
        case events.HouseholdMoved(village_code=village, on=day, category=category):
            return words.HouseholdMoved(household_id=household, village_code=village, on=day, category=category or None)
        case events.HeadChanged(person=person, on=day):
            return words.HeadChanged(household_id=household, person_id=person, on=day)
        case events.HouseholdEnded(reason=reason, on=day, into=into):
            return words.HouseholdEnded(household_id=household, reason=reason, on=day, into_household_id=into)
        case events.VillageUnknown(village_code=village, reason=reason, merged_into=other):
            return words.VillageUnknown(household_id=household, village_code=village, reason=reason, merged_into=other or None)
        case events.VillageKnown(village_code=village):
            return words.VillageKnown(household_id=household, village_code=village)
        case events.FactDoubted(fact=fact, reason_code=code):
            text, remedy = text_of(code)
            return words.FactDoubted(
                household_id=household,
                person_id=fact.person,
                fact=fact.name,
                fact_source=fact.source,
                fact_id=fact.reference,
                valid_on=fact.valid_on,
                reason_code=code,
                text=text,
                remedy=remedy,
            )
        case _:
            assert_never(event)
