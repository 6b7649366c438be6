"""Whose stream does a message concern? A look for the whole batch into the vault and the register, then memory."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

import asyncpg
from msgspec import json

from pipeline.envelope import Envelope
from schemas.enrollment import PublishLine, PublishPack, UnmergePersons
from schemas.facts import HouseholdMoved, IdentityCorrected
from schemas.topics import DEPARTMENTS
from services.enrollment.domain import DECIDER, commands
from services.enrollment.domain.pack.lines import Assignment, Line, Published
from services.enrollment.domain.policies import Policies
from services.enrollment.identify.appeals import decisions
from services.enrollment.identify.births_and_deaths import vital_events
from services.enrollment.identify.changes import document
from services.enrollment.identify.directory import Directory
from services.enrollment.identify.named import Named
from services.enrollment.identify.named_beside import households_of, persons_of
from services.enrollment.identify.one_person import Link
from services.enrollment.identify.places import Place
from services.enrollment.identify.retention import known
from services.enrollment.identify.villages import misplaced
from services.enrollment.translate import Found, to_commands
from services.enrollment.translate.discovery import FeedToday
from services.enrollment.translate.facts import absent_from, fact_of, village_stream
from services.enrollment.vault import Correction, Vault

MEMBERS = """
SELECT person, household, relation, since, until, reason FROM members
WHERE person = ANY($1::uuid[]) OR household = ANY($2::uuid[]) ORDER BY position"""
# Everybody who is one with somebody named, whichever way; and those whom a fact that is taken back joined.
MERGED = """
WITH RECURSIVE one AS (
    SELECT duplicate, keep, fact FROM merged_persons WHERE duplicate = ANY($1::uuid[]) OR keep = ANY($1::uuid[]) OR fact = ANY($2::uuid[])
    UNION SELECT m.duplicate, m.keep, m.fact FROM merged_persons m JOIN one
        ON m.duplicate IN (one.duplicate, one.keep) OR m.keep IN (one.duplicate, one.keep)
) SELECT duplicate, keep, fact FROM one"""
FACTS = "SELECT fact, stream, withdrawn FROM facts WHERE fact = ANY($1::uuid[])"
WAITING = "SELECT stream, waiting::text FROM facts WHERE stream = ANY($1::uuid[]) AND waiting IS NOT NULL ORDER BY position"
# A fact and its corrections are one; that of a household keeps the name of the one where it was told first.
DELIVERED = """
SELECT f.department, f.period, count(DISTINCT told.counted_as), f.count, f.whole, f.told_at
FROM feeds f LEFT JOIN LATERAL (
    SELECT DISTINCT ON (fact) counted_as FROM facts
    WHERE department = f.department AND department <> '' AND period = f.period AND NOT withdrawn ORDER BY fact, position
) AS told ON true
WHERE f.count IS NOT NULL AND (f.received IS NULL OR f.received < f.count) GROUP BY f.stream, f.period ORDER BY f.department, f.period"""
# What stands of each benefit, where it counts: who left took his along, the dead have none, and that of a household went with its last
# member. A list of everybody ends those grants only that were told before it and for an earlier period.
ABSENT = """
SELECT stream, said::text FROM (
    SELECT DISTINCT ON (b.stream, b.person, b.series) b.* FROM benefits b JOIN facts USING (fact, stream) WHERE NOT facts.withdrawn
    ORDER BY b.stream, b.person, b.series, b.told_at DESC, b.source COLLATE "C" DESC, b.reference COLLATE "C" DESC
) AS standing WHERE granted AND department = $1 AND period < $2 AND told_at <= $3
    AND (person IS NULL OR person = stream OR EXISTS (
        SELECT FROM members m WHERE m.person = standing.person AND m.household = standing.stream AND m.until IS NULL))
    AND NOT EXISTS (SELECT FROM households h WHERE h.household = standing.stream AND h.stage = 'ended')
ORDER BY stream, fact"""
# What comes late is held against the last list as well that was complete before it.
LAST_LISTS = """
SELECT DISTINCT ON (department) department, period, told_at FROM feeds WHERE whole AND received >= count AND department = ANY($1::text[])
ORDER BY department, period DESC"""
# What every message is judged by: the last day that was told, and what was published, in a row each or none.
IN_FORCE = """
SELECT today, area, valid_from, fen_per_person, pack FROM (SELECT max(day) AS today FROM told_days) AS told LEFT JOIN (
    SELECT position, area, valid_from, fen_per_person, NULL AS pack FROM lines
    UNION ALL SELECT position, area, valid_from, NULL, pack FROM packs) AS published ON true ORDER BY position"""
TAKING_EFFECT = "SELECT area FROM lines WHERE takes_effect BETWEEN $1 AND $2"
CONCERNED = """
SELECT household FROM households h WHERE (stage IN ('case', 'enrolled', 'exit-proposed') OR (stage = 'outside' AND closed_on IS NOT NULL))
AND EXISTS (SELECT FROM unnest($1::text[]) area WHERE starts_with(h.village_code, area)) ORDER BY household"""
PACKS_TAKING_EFFECT = "SELECT area FROM packs WHERE valid_from BETWEEN $1 AND $2"
# By another pack a fact may cross that crossed nothing so far.
UNDER_A_PACK = """
SELECT household FROM households h WHERE stage = 'outside'
AND (closed_on IS NOT NULL OR EXISTS (SELECT FROM facts f WHERE f.stream = h.household AND NOT f.withdrawn))
AND EXISTS (SELECT FROM unnest($1::text[]) area WHERE starts_with(h.village_code, area)) ORDER BY household"""
VILLAGES = "SELECT village_code, household FROM households WHERE village_code = ANY($1) AND stage <> 'ended'"
VILLAGE_OF = """
SELECT household, village_code, moved_at, moved_by, headed_at, headed_by FROM households WHERE household = ANY($1::uuid[])"""
DUE = """
SELECT stream FROM deadlines WHERE due < $1
UNION SELECT household FROM notices WHERE until < $1 AND taken_down_on IS NULL ORDER BY stream"""


class Identify:
    """The queries of enrollment, each for a whole batch; free texts are put into the vault before the event names their digest."""

    def __init__(self, pool: asyncpg.Pool[asyncpg.Record], vault: Vault, policies: Policies) -> None:
        self._pool, self._vault, self._policies = pool, vault, policies

    async def __call__(self, envelopes: Sequence[Envelope]) -> list[Found]:
        named = Named()
        for envelope in envelopes:
            named.add(envelope)
        if named.texts:
            await self._vault.texts(named.texts)
        directory = await self._directory(named, await self._vault.persons(named.identities) if named.identities else {})
        found = [self._found(envelope, directory) for envelope in envelopes]
        if directory.persons.links or named.merging:
            await self._tell_vault(named, directory, zip(envelopes, found, strict=True))
        return found

    async def _tell_vault(self, named: Named, directory: Directory, batch: Iterable[tuple[Envelope, Found]]) -> None:
        """Who is kept has the number that is right, and what a registration under another number says of him."""
        for envelope, found in batch:
            match envelope.data:
                case IdentityCorrected() as data if found.person is not None and not found.parts and not found.withdrawn:
                    fact = fact_of(envelope)
                    told = Correction(data.old_id_number, data.new_id_number, data.valid_on)
                    await self._vault.correct(found.person, fact, told if told.old != told.new else None)
                case UnmergePersons() if found.unmerge is not None and found.unmerge.fact is not None:
                    await self._vault.correct(found.unmerge.keep, found.unmerge.fact, None)
                case _:
                    pass
        for one in named.identities:
            if one.registered and (person := directory.persons.ids[one.id_type, one.number]) in directory.persons.links:
                await self._vault.complete(directory.persons.kept(person), one.details)

    def _found(self, envelope: Envelope, directory: Directory) -> Found:
        """A publication counts for the messages behind it, if the rules take it."""
        found = directory.find(envelope)
        if isinstance(envelope.data, PublishLine | PublishPack):
            ((_, command),) = to_commands(envelope, found)
            directory.publish(DECIDER.decide(command, DECIDER.initial, self._policies))
        return found

    async def _directory(self, named: Named, persons: dict[tuple[str, str], UUID]) -> Directory:
        directory = Directory(persons, {}, self._policies)
        everybody = await self._merged(directory, [*persons.values(), *named.erasures], named.withdrawn)
        await self._belongings(directory, everybody, [data.household_id for data in named.registers])
        for fact, stream, withdrawn in await self._pool.fetch(FACTS, named.facts):
            directory.facts.streams_of.setdefault(fact, []).append(stream)
            directory.facts.withdrawn |= {fact} if withdrawn else set()
        if named.vital or named.withdrawn:
            vital = {directory.persons[one] for one in named.vital}
            directory.vital_events.told |= await vital_events(self._pool, vital, named.withdrawn, directory.persons.kept)
        if named.changes or named.merging or named.villages or directory.vital_events.told:
            await self._households(named, directory)
        if named.registers or named.changes or named.merging or directory.vital_events.told:
            await self._waiting(named, directory)
        if named.appeals:
            directory.decisions = await decisions(self._pool, named.appeals)
        if named.erasures:
            entries = {other for person in named.erasures for other in directory.persons.one_with(person)}
            directory.known = await known(self._pool, self._vault, sorted(entries))
        directory.today, directory.published = await self._in_force()
        await self._villages_and_deadlines(named, directory)
        return directory

    async def _merged(self, directory: Directory, persons: list[UUID], withdrawn: Sequence[UUID]) -> list[UUID]:
        """These persons, and everybody who is one with them."""
        if not persons and not withdrawn:
            return persons
        for duplicate, keep, fact in await self._pool.fetch(MERGED, persons, withdrawn):
            directory.persons.links[duplicate] = Link(keep, fact)
        return [*persons, *directory.persons.ends()] if directory.persons.links else persons

    async def _belongings(self, directory: Directory, persons: Sequence[UUID], households: Sequence[UUID]) -> None:
        rows = await self._pool.fetch(MEMBERS, persons, households)
        moved = {row[0] for row in rows if row[3] is not None or row[4] is not None}
        for person, household, *dated in rows:
            directory.places.add(person, Place(household, *dated), moved=person in moved)
            directory.dwellings.registered.add(household)

    async def _households(self, named: Named, directory: Directory) -> None:
        """Everybody in the households that may change: a household ends with its last member."""
        merging = {place for one in named.merging for place in directory.merging.households(one)}
        taken_back = {one.household for one in directory.vital_events.told.values()}
        ending = directory.household_of.values() if named.villages else ()
        changing = sorted({*households_of(named.changes, directory), *merging, *taken_back, *ending})
        there = set(directory.household_of) | set(directory.places.past)
        rows = [row for row in await self._pool.fetch(MEMBERS, [], changing) if row[0] not in there]
        await self._belongings(directory, list({row[0] for row in rows}), [])
        for household, village, moved_at, moved_by, headed_at, headed_by in await self._pool.fetch(VILLAGE_OF, changing):
            directory.dwellings.village_of[household] = village
            directory.dwellings.moved |= {household: (moved_at, moved_by)} if moved_by is not None else {}
            directory.places.headed |= {household: (headed_at, headed_by)} if headed_by is not None else {}

    async def _waiting(self, named: Named, directory: Directory) -> None:
        places = list(_places(named, directory))
        for stream, waiting in await self._pool.fetch(WAITING, places):
            directory.facts.wait(stream, json.decode(waiting, type=commands.Fact))
        born = {f.person for facts in directory.facts.waiting.values() for f in facts if f.name == "person-born" and f.person is not None}
        children = [person for person in born if not directory.places.is_known(person)]
        if children:
            await self._belongings(directory, children, [])
            for stream, waiting in await self._pool.fetch(WAITING, [child for child in children if child not in places]):
                directory.facts.wait(stream, json.decode(waiting, type=commands.Fact))

    async def _villages_and_deadlines(self, named: Named, directory: Directory) -> None:
        if named.villages:
            for village, household in await self._pool.fetch(VILLAGES, named.villages):
                directory.dwellings.in_village.setdefault(village, []).append(household)
        if named.days:
            directory.due = [row[0] for row in await self._pool.fetch(DUE, max(named.days))]
            await self._feeds(directory)
            directory.due += await self._judged_anew(named.days, directory.today)
            if self._policies.divisions is not None:
                directory.due += await misplaced(self._pool, self._policies.divisions, max(named.days))

    async def _feeds(self, directory: Directory) -> None:
        """A full list ends what it does not name once all of it is here: what is still on its way ends nobody's benefit."""
        received: dict[str, dict[str, int]] = {department: {} for department in DEPARTMENTS}
        lists: list[tuple[str, str, datetime]] = []
        for department, period, number, count, full, told_at in await self._pool.fetch(DELIVERED):
            received[department][period] = number
            lists += [(department, period, told_at)] if full and number >= count else []
        directory.feeds = tuple(FeedToday(department, periods) for department, periods in received.items())
        if lists:
            last = await self._pool.fetch(LAST_LISTS, [department for department, _, _ in lists])
            directory.absent = await self._absent(sorted({*lists, *(tuple(row) for row in last)}))

    async def _absent(self, lists: Sequence[tuple[str, str, datetime]]) -> tuple[tuple[UUID, commands.Fact], ...]:
        """By department, period and when it was told; each grant ends by the first list that does not name it."""
        ends: dict[tuple[UUID, str], tuple[UUID, commands.Fact]] = {}
        for department, period, told_at in lists:
            for stream, said in await self._pool.fetch(ABSENT, department, period, told_at):
                ends.setdefault((stream, said), (stream, absent_from(period, told_at, json.decode(said, type=commands.Fact))))
        return tuple(ends.values())

    async def _in_force(self) -> tuple[date | None, Published]:
        lines, assignments, today = list[Line](), list[Assignment](), None
        for last, area, valid_from, fen_per_person, pack in await self._pool.fetch(IN_FORCE):
            today = last
            if fen_per_person is not None:
                lines.append(Line(area, valid_from, fen_per_person))
            elif pack is not None:
                assignments.append(Assignment(area, valid_from, pack))
        return today, Published(tuple(lines), tuple(assignments))

    async def _judged_anew(self, days: Sequence[date], told: date | None) -> list[UUID]:
        """Where a line or a pack took effect, on a day that nobody told as well.

        Of the day before once more, for what was decided beside that day.

        `told` is the last day that was told before these.
        """
        first, last = min(day - timedelta(days=1) for day in days), max(days)
        first = min(first, told) if told is not None else first
        areas = {row[0] for row in await self._pool.fetch(TAKING_EFFECT, first, last)}
        areas |= self._policies.areas_with_a_line_between(first, last)
        concerned = [row[0] for row in await self._pool.fetch(CONCERNED, list(areas))] if areas else []
        if under_packs := [row[0] for row in await self._pool.fetch(PACKS_TAKING_EFFECT, first, last)]:
            concerned += [row[0] for row in await self._pool.fetch(UNDER_A_PACK, under_packs)]
        return concerned


def _places(named: Named, directory: Directory) -> Iterable[UUID]:
    """The streams in which facts may wait for a registration or a change."""
    for data in named.registers:
        yield data.household_id
        yield village_stream(data.village_code)
        yield from (directory.persons[document(member)] for member in data.members)
    yield from (one.person for one in directory.vital_events.told.values())
    for one in named.merging:
        yield from directory.persons.merged_into(directory.persons[one])
    for data in named.changes:
        yield from persons_of(data, directory)
        if isinstance(data, HouseholdMoved):
            yield village_stream(data.to_village_code)
