"""Where persons belong and belonged, as one batch follows it; pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from msgspec.structs import replace

from pipeline.value import Value
from services.enrollment.domain.fact import ToldAt
from services.enrollment.domain.household.stays import HEAD, covers


class Place(Value, frozen=True):
    """A household that somebody belonged to from `since` up to and without `until`; `left` is why he left it."""

    household: UUID
    relation: str
    since: date | None = None
    until: date | None = None
    left: str | None = None

    def includes(self, day: date) -> bool:
        return covers(self.since, self.until, day)


@dataclass
class Places:
    """Where the persons of a batch belong: `household_of` now, `past` every place of those who ever moved, in order.

    `went` are the households into which somebody of a household went in this batch, `headed` is when a household's head was told.
    """

    household_of: dict[UUID, UUID] = field(default_factory=dict[UUID, UUID])
    relation_of: dict[UUID, str] = field(default_factory=dict[UUID, str])
    past: dict[UUID, list[Place]] = field(default_factory=dict[UUID, list[Place]])
    went: dict[UUID, set[UUID]] = field(default_factory=dict[UUID, set[UUID]])
    headed: dict[UUID, ToldAt] = field(default_factory=dict[UUID, ToldAt])
    _dwellers: dict[UUID, dict[UUID, None]] = field(init=False, default_factory=dict[UUID, dict[UUID, None]])

    def __post_init__(self) -> None:
        for person, household in self.household_of.items():
            self._dwellers.setdefault(household, {})[person] = None

    def add(self, person: UUID, place: Place, *, moved: bool) -> None:
        """As the register tells it, the earliest place of a person first; only those who moved have a past.

        Whoever was not born after all belonged nowhere.
        """
        if place.left == "withdrawn":
            return
        if moved:
            self.past.setdefault(person, []).append(place)
        if place.until is None:
            self._leave(person)
            self._live(person, place.household, place.relation)

    def streams(self, person: UUID, day: date) -> tuple[UUID, ...]:
        """The household he belonged to on that day, and then the one where what is said of him counts: the present or the last one.

        Somebody who never belonged to any has a stream of his own.
        """
        past = self.past.get(person)
        if not past:
            return (self.household_of.get(person, person),)
        now = self.household_of.get(person, past[-1].household)
        then = next((place.household for place in past if place.includes(day)), now)
        return (now,) if then == now else (then, now)

    def last_home(self, person: UUID) -> UUID | None:
        """Where he belongs, or belonged last."""
        past = self.past.get(person)
        return self.household_of.get(person, past[-1].household if past else None)

    def is_dead(self, person: UUID) -> bool:
        past = self.past.get(person)
        return bool(past) and past[-1].left == "died"

    def returned(self, persons: Iterable[UUID], to: UUID) -> tuple[tuple[UUID, tuple[UUID, ...]], ...]:
        """Of those who just came into this household: who had left the county, by the household that he left it from."""
        found: dict[UUID, list[UUID]] = {}
        for person in persons:
            *_, before, _ = (None, None, *self.past.get(person, ()))
            if before is not None and before.left == "moved-out":
                found.setdefault(before.household, []).append(person)
                self.went.setdefault(before.household, set()).add(to)
        return tuple((home, tuple(back)) for home, back in found.items())

    def move(self, persons: Iterable[UUID], to: UUID | None, on: date, relation: str = "member", left: str | None = None) -> None:
        """As the rules will; a stay never ends before it began, where another one follows it."""
        moving = list(persons)
        days = [self.past[person][-1].since for person in moving if person in self.past and to is not None]
        day = max([on, *(since for since in days if since is not None)])
        for person in moving:
            self._move(person, to, day, relation, left)

    def _move(self, person: UUID, to: UUID | None, day: date, relation: str, left: str | None) -> None:
        past = self.past.setdefault(person, [])
        home = self._leave(person)
        if home is not None and not past:
            past.append(Place(home, self.relation_of.get(person, "member")))
        if home is not None:
            past[-1] = replace(past[-1], relation=self.relation_of.get(person, past[-1].relation), until=day, left=left)
        if home is not None and to is not None:
            self.went.setdefault(home, set()).add(to)
        if to is not None:
            past.append(Place(to, relation, day))
            self._live(person, to, relation)

    def _leave(self, person: UUID) -> UUID | None:
        home = self.household_of.pop(person, None)
        if home is not None:
            del self._dwellers[home][person]
        return home

    def _live(self, person: UUID, household: UUID, relation: str) -> None:
        self.household_of[person], self.relation_of[person] = household, relation
        self._dwellers.setdefault(household, {})[person] = None

    def gone_to(self, streams: Sequence[UUID]) -> tuple[UUID, ...]:
        """The households into which somebody went from these in this batch, and from those in turn."""
        found = list(streams)
        for stream in found:
            found += sorted(to for to in self.went.get(stream, ()) if to not in found)
        return tuple(found[len(streams) :])

    def is_known(self, person: UUID) -> bool:
        """He belongs to a household, or did once."""
        return person in self.household_of or person in self.past

    def forget(self, person: UUID) -> None:
        """He was not born: he belonged nowhere."""
        self._leave(person)
        del self.past[person]

    def resume(self, person: UUID, relation: str) -> None:
        """He did not die: he belongs where he did."""
        last = self.past[person][-1] = replace(self.past[person][-1], relation=relation, until=None, left=None)
        self._live(person, last.household, relation)

    def redate(self, person: UUID, on: date, *, born: bool) -> None:
        """His birth or his death was on another local date."""
        past = self.past[person]
        if born:
            past[0] = replace(past[0], since=on)
        elif past[-1].left == "died":
            past[-1] = replace(past[-1], until=on)

    def lead_as_told(self, person: UUID, told: ToldAt) -> None:
        """Unless somebody else was told to be the head later."""
        household = self.household_of[person]
        if household not in self.headed or self.headed[household] < told:
            self.headed[household] = told
            self.lead(person)

    def lead(self, person: UUID) -> None:
        for member in self.members(self.household_of[person]):
            if self.is_head(member):
                self.relation_of[member] = "member"
        self.relation_of[person] = "head"

    def members(self, household: UUID) -> list[UUID]:
        return list(self._dwellers.get(household, ()))

    def is_inhabited(self, household: UUID) -> bool:
        return bool(self._dwellers.get(household))

    def is_left(self, household: UUID) -> bool:
        """Nobody lives there any more, of those who did when the batch began or came since."""
        return household in self._dwellers and not self._dwellers[household]

    def is_head(self, person: UUID) -> bool:
        return self.relation_of.get(person, "") in HEAD
