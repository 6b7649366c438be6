"""Which households a change of membership concerns, and each one's part in it; pure.

The order of the parts matters: whoever takes somebody in is asked first, and learns last who comes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final, NamedTuple, TypeAlias, assert_never
from uuid import UUID

from pipeline.uuid5 import uuid5
from schemas.facts import DivorceRegistered, HouseholdMerged, HouseholdMoved, HouseholdSplit, MarriageRegistered
from schemas.identity import Identified
from services.enrollment.domain.members.change import Admit, Change, Form, Leave, Move, Note, Offer, Receive, Refuse
from services.enrollment.domain.members.departures import COUNTY
from services.enrollment.identify.places import Places

Part: TypeAlias = tuple[UUID, Change]
Changing: TypeAlias = MarriageRegistered | DivorceRegistered | HouseholdSplit | HouseholdMerged | HouseholdMoved
SPOUSE: Final = "spouse"


class Told(NamedTuple):
    """A change that a fact tells, about `person` or the household `home`, which is his where he has one; `on` is the local date."""

    fact: UUID
    person: UUID | None
    home: UUID | None
    on: date


def document(person: Identified) -> tuple[str, str]:
    """The kind and the number, by which the vault is asked."""
    return (person.id_type, person.id_number)


def parts_of(
    told: Told, data: Changing, persons: Mapping[tuple[str, str], UUID], village_of: Mapping[UUID, str], places: Places
) -> list[Part]:
    """What the fact asks of each household; `village_of` is where the households live that it may concern."""
    match data:
        case MarriageRegistered(spouse=spouse):
            return marriage(told, persons[document(spouse)], places)
        case DivorceRegistered(spouse=spouse):
            return divorce(told, persons[document(spouse)], places)
        case HouseholdSplit(leaving=leaving):
            return split(told, [persons[document(one)] for one in leaving], places)
        case HouseholdMerged(with_household_id=other):
            return merge(told, other, places)
        case HouseholdMoved(to_village_code=village):
            return move(told, village, village_of.get(told.home) if told.home is not None else None, places)
        case _:
            assert_never(data)


def noted(told: Told, places: Places) -> list[Part]:
    """Nobody moves: the fact is recorded where somebody lives or lived, or waits with a person whom nobody knows."""
    where = told.home or (places.streams(told.person, told.on)[-1] if told.person is not None else None)
    return [(where, Note())] if where is not None else []


def marriage(told: Told, spouse: UUID, places: Places) -> list[Part]:
    """Who is not the head moves to who is; where both are or neither is, `spouse` moves to `person`.

    Somebody unknown to the register comes into the other's household; two whom it does not know wait for their registration.
    """
    person, home, other = told.person, told.home, places.household_of.get(spouse)
    if person is None or home == other:
        return noted(told, places)
    if places.is_dead(person) or places.is_dead(spouse):
        return [(places.streams(person, told.on)[-1], Refuse("person.died"))]
    if home is None or other is None:
        return _admit(person if home is None else spouse, home or other or person, told.on, places)
    moves = person if places.is_head(spouse) and not places.is_head(person) else spouse
    origin, to = (home, other) if moves == person else (other, home)
    places.move([moves], to, told.on, SPOUSE, "married")
    return [(to, Offer()), (origin, Leave(to, "married", (moves,))), (to, Receive(origin, "married", SPOUSE))]


def _admit(comes: UUID, home: UUID, on: date, places: Places) -> list[Part]:
    """Who left the register comes back no earlier than he left it, whenever the fact is told."""
    day = max([on, *(place.until for place in places.past.get(comes, ()) if place.until is not None)])
    places.move([comes], home, day, SPOUSE)
    return [(home, Admit(comes, SPOUSE, day))]


def divorce(told: Told, spouse: UUID, places: Places) -> list[Part]:
    """Nobody moves until a split or a move says so."""
    other = places.household_of.get(spouse)
    return noted(told, places) if other is None or other == told.home else [*(noted(told, places) if told.home else ()), (other, Note())]


def split(told: Told, leaving: Sequence[UUID], places: Places) -> list[Part]:
    """The new household's id follows from the fact; its head is `person`, if he leaves, else the first who does."""
    home, going = told.home, tuple(dict.fromkeys(leaving))
    if home is None:
        return noted(told, places)
    if any(places.household_of.get(one) != home for one in going):
        return [(home, Refuse("person.not-a-member"))]
    if len(going) == len(places.members(home)):
        return [(home, Refuse("split.nobody-stays"))]
    head = told.person if told.person is not None and told.person in going else going[0]
    new = uuid5(told.fact, "household")
    places.move(going, new, told.on, left="split")
    places.relation_of[head] = "head"
    return [(home, Leave(new, "split", going)), (new, Form(new, home, head))]


def merge(told: Told, other: UUID, places: Places) -> list[Part]:
    """The household that the fact is about stays; everybody of the other one comes into it."""
    home = told.home
    if home is None:
        return noted(told, places)
    if home == other:
        return [(home, Refuse("household.not-another"))]
    if not places.members(other) or not places.members(home):
        return [(home, Refuse("household.unknown"))]
    places.move(places.members(other), home, told.on, left="merged")
    return [(home, Offer()), (other, Leave(home, "merged")), (home, Receive(other, "merged"))]


def move(told: Told, village: str, before: str | None, places: Places) -> list[Part]:
    """To another county is the end of the household here; `before` is the village in which it lived."""
    if told.home is None:
        return noted(told, places)
    if before is not None and before[:COUNTY] != village[:COUNTY]:
        places.move(places.members(told.home), None, told.on, left="moved-out")
    return [(told.home, Move(village))]
