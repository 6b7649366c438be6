"""Who is who: what the vault tells apart may be one person, as the register knows; pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple
from uuid import UUID

from schemas.enrollment import MergePersons, UnmergePersons
from schemas.facts import IdentityCorrected
from schemas.identity import Identified
from services.enrollment.domain.actors import person_behind
from services.enrollment.domain.fact import Fact
from services.enrollment.domain.household.stays import HEAD
from services.enrollment.domain.members.change import Refuse
from services.enrollment.domain.members.one_person import about_kept, about_named
from services.enrollment.domain.members.person_commands import Merge, Unmerge
from services.enrollment.identify.changes import document
from services.enrollment.identify.known_facts import KnownFacts
from services.enrollment.identify.places import Places

Document = tuple[str, str]


class Link(NamedTuple):
    """The person who is kept in the place of another, and the correction of a number that said so, if one did."""

    keep: UUID
    fact: UUID | None = None


class Persons(Mapping[Document, UUID]):
    """The person whom each document names: by the vault (`ids`), and from there by the register (`links`, each from a duplicate)."""

    def __init__(self, ids: Mapping[Document, UUID]) -> None:
        self.ids, self.links = ids, dict[UUID, Link]()

    def __getitem__(self, named: Document) -> UUID:
        return self.kept(self.ids[named])

    def __iter__(self) -> Iterator[Document]:
        return iter(self.ids)

    def __len__(self) -> int:
        return len(self.ids)

    def kept(self, person: UUID) -> UUID:
        while person in self.links:
            person = self.links[person].keep
        return person

    def ends(self) -> set[UUID]:
        """Everybody who is a duplicate, or is kept in the place of one."""
        return {*self.links, *(link.keep for link in self.links.values())}

    def named(self, named: Identified | None) -> UUID | None:
        """Whom the vault knows by this document, where somebody else is kept in his place."""
        if named is None or not self.links:
            return None
        person = self.ids[document(named)]
        return person if person in self.links else None

    def merged_into(self, person: UUID) -> tuple[UUID, ...]:
        """He and everybody in whose place he is kept, in the order of their ids."""
        return tuple(sorted({person, *(one for one in self.links if person in self._way(one))}))

    def one_with(self, person: UUID) -> tuple[UUID, ...]:
        """He and everybody who is one with him, whoever of them is kept."""
        return self.merged_into(self.kept(person))

    def parting(self, one: UUID, other: UUID) -> UUID | None:
        """The duplicate by whose parting these two are two persons again."""
        ways = ((one, other), (other, one))
        found = [step for here, there in ways for step in self._way(here) if step in self.links and step not in self._way(there)]
        return found[0] if found and self.kept(one) == self.kept(other) else None

    def _way(self, person: UUID) -> list[UUID]:
        way = [person]
        while way[-1] in self.links:
            way.append(self.links[way[-1]].keep)
        return way


def corrected(data: IdentityCorrected) -> tuple[Document, Document]:
    """The old document and the new one; the old one is of the kind by which the department names the person, where it names him by that."""
    kind = data.person.id_type if data.person is not None and data.person.id_number == data.old_id_number else "resident"
    return (kind, data.old_id_number), ("resident", data.new_id_number)


def named_in(data: MergePersons | UnmergePersons | IdentityCorrected) -> tuple[Document, Document]:
    return corrected(data) if isinstance(data, IdentityCorrected) else (document(data.keep), document(data.duplicate))


@dataclass
class Merging:
    """Joins and parts persons, as one batch follows it."""

    persons: Persons
    places: Places
    facts: KnownFacts = field(default_factory=KnownFacts)

    def households(self, named: Document) -> set[UUID]:
        """Where everybody lives or lived last who is one with whom a document names."""
        together = self.persons.merged_into(self.persons[named])
        return {stream for one in together if self.places.is_known(one) for stream in self.places.streams(one, date.max)[-1:]}

    def merge(self, data: MergePersons, by: str, on: date) -> Merge | None:
        """None where they are one already."""
        first, second = named_in(data)
        keep, duplicate = self.persons[first], self.persons[second]
        code = "persons.same" if self.persons.ids[first] == self.persons.ids[second] else self._why_not(keep, duplicate, by)
        if code is not None:
            return Merge(keep, duplicate, keep, refusal=code)
        return self.join(keep, duplicate, on) if keep != duplicate else None

    def _why_not(self, keep: UUID, duplicate: UUID, by: str) -> str | None:
        """A reason code. Nobody may be lost from the register, and who is dead is for civil affairs to say."""
        places = self.places
        if not person_behind(by):
            return "actor.unnamed"
        if places.is_known(keep) and places.is_known(duplicate) and places.is_dead(keep) != places.is_dead(duplicate):
            return "persons.one-died"
        lost = duplicate in places.household_of and keep not in places.household_of
        return "persons.keep-unregistered" if lost or (places.is_known(duplicate) and not places.is_known(keep)) else None

    def join(self, keep: UUID, duplicate: UUID, on: date, fact: UUID | None = None) -> Merge:
        places, home = self.places, self._home(keep, on)
        left = self._home(duplicate, on) if places.is_known(duplicate) else None
        if duplicate in places.household_of:
            heads = left == home and places.relation_of.get(duplicate) in HEAD
            since = places.past[duplicate][-1].since if duplicate in places.past else None
            places.move([duplicate], None, max(on, since or on), left="duplicate")
            if heads:
                places.lead(keep)
        if left is not None and left != home:
            places.went.setdefault(left, set()).add(home)
        self.persons.links[duplicate] = Link(keep, fact)
        return Merge(keep, duplicate, home, left, fact)

    def taken(self, merge: Merge) -> tuple[Fact, ...]:
        """What waited for the duplicate, and is told where the other one is."""
        return tuple(about_kept(fact, merge.duplicate, merge.keep) for fact in self.facts.take(merge.duplicate, merge.home))

    def unmerge(self, data: UnmergePersons, by: str, on: date) -> Unmerge:
        keep, duplicate = (self.persons.ids[one] for one in named_in(data))
        parted = self.persons.parting(duplicate, keep)
        if not person_behind(by):
            return Unmerge(self.persons.kept(keep), duplicate, keep, refusal="actor.unnamed")
        if parted is None:
            return Unmerge(self.persons.kept(keep), duplicate, keep, refusal="persons.not-merged")
        persons, home = self.persons.merged_into(parted), self._home(self.persons.kept(parted), on)
        link = self.persons.links[parted]
        waiting = tuple(about_named(fact, parted) for fact in self.facts.waiting.get(home, ()) if fact.named in persons)
        back = self.places.past[parted][-1].household if self.places.is_known(parted) else None
        return Unmerge(link.keep, parted, home, persons, back, link.fact, waiting)

    def joined_by(self, fact: UUID) -> UUID | None:
        """Where somebody lives, or lived last, who is one with another by this fact."""
        kept = next((self.persons.kept(link.keep) for link in self.persons.links.values() if link.fact == fact), None)
        return self._home(kept, date.max) if kept is not None else None

    def _home(self, person: UUID, on: date) -> UUID:
        return self.places.streams(person, on)[-1]

    def correct(self, data: IdentityCorrected, fact: UUID | None) -> tuple[UUID, Merge | Refuse | None]:
        """Whom the correction is about, and what follows: a merge, a refusal, or nothing where the numbers are one person's already.

        An entry that nobody registered has nothing but facts that wait: they are the other one's. Two that are registered are
        joined by the county only, not by a number. Without a `fact` it was taken back already.
        """
        old, new = (self.persons[one] for one in corrected(data))
        named = self.persons[document(data.person)] if data.person is not None else old
        if old == new or fact is None:
            return old, None
        if named not in {old, new}:
            return old, Refuse("identity.of-another")
        if self.places.is_known(old) and self.places.is_known(new):
            return old, Refuse("person.registered-twice", ("merge-persons",))
        keep, duplicate = (new, old) if self.places.is_known(new) else (old, new)
        return keep, self.join(keep, duplicate, data.valid_on, fact)
