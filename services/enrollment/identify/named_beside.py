"""Whom a change of membership names beside the person it is about."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from schemas.facts import DivorceRegistered, Fact, HouseholdMerged, HouseholdMoved, HouseholdSplit, MarriageRegistered, PersonBorn
from schemas.identity import Person
from services.enrollment.identify.changes import document
from services.enrollment.identify.directory import Directory


def named_beside(data: Fact) -> list[Person] | None:
    """None for a fact that changes no more than one household and names nobody else."""
    match data:
        case MarriageRegistered(spouse=spouse) | DivorceRegistered(spouse=spouse):
            return [spouse]
        case HouseholdSplit(leaving=leaving):
            return list(leaving)
        case PersonBorn(father_id_number=father, mother_id_number=mother):
            # whatever their check digits say: a number that nobody has finds nobody
            return [Person.model_construct(id_type="resident", id_number=number, name=None) for number in (mother, father) if number]
        case HouseholdMerged() | HouseholdMoved():
            return []
        case _:
            return None


def persons_of(data: Fact, directory: Directory) -> list[UUID]:
    named = [*(named_beside(data) or ()), *((data.person,) if data.person is not None else ())]
    return [directory.persons[document(person)] for person in named]


def households_of(changes: Iterable[Fact], directory: Directory) -> list[UUID]:
    """The households that these changes may concern."""
    found: set[UUID] = set()
    for data in changes:
        homes = (directory.places.last_home(person) for person in persons_of(data, directory))
        found |= {home for home in homes if home is not None}
        found |= {data.household_id} if data.household_id is not None else set()
        found |= {data.with_household_id} if isinstance(data, HouseholdMerged) else set()
    return sorted(found)
