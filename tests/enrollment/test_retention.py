"""From when the law counts how long something is kept of somebody: the latest of all that was told, and of when it was recorded."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from uuid import UUID

import asyncpg
import pytest

from schemas.clock import COUNTY_TIME
from schemas.enrollment import ConfirmErasure, MergePersons, RequestErasure
from schemas.identity import Person
from services.enrollment.domain import events as did
from services.enrollment.domain.commands import Member
from services.enrollment.domain.erasure.custody_events import PersonErased
from services.enrollment.domain.members.change_events import HouseholdEnded, MembersLeft
from services.enrollment.domain.members.person_events import PersonsMerged
from services.enrollment.translate.custody import Kept, custody_stream
from tests.enrollment.register import NEIGHBOURS, NUMBER, SON, Register, opened, waits
from tests.enrollment.zhang import HOUSEHOLD, TODAY
from tests.old_persons import as_recorded_on, know_since

SEEN = datetime(2005, 3, 1, 4, tzinfo=UTC)
DIED = date(2010, 1, 1)
YEARS_AGO = date(2015, 1, 1)


@pytest.fixture
async def register(prepared: str) -> AsyncIterator[Register]:
    """The vault has known the person since 2005."""
    owner = await asyncpg.connect(prepared)
    await owner.execute("TRUNCATE vault.persons")
    await owner.close()
    async with opened(prepared) as register:
        await know_since(register.vault, register.vault_pool, NUMBER, SEEN)
        yield register


async def kept(register: Register, person: UUID) -> Kept:
    return (await register.find(RequestErasure(person_id=person, reason="保管期满"))).kept


def today() -> date:
    return datetime.now(COUNTY_TIME).date()


def left(person: UUID, reason: str = "died", on: date = DIED) -> MembersLeft:
    return MembersLeft(members=(Member(person=person, relation="head"),), on=on, reason=reason, fact=UUID(int=7))


async def test_of_whom_nothing_was_said_it_counts_from_when_the_vault_first_saw_him(register: Register) -> None:
    assert Kept(in_register=False, last=date(2005, 3, 1)) == await kept(register, await register.person())


async def test_a_death_of_long_ago_that_is_told_today_counts_from_today(register: Register) -> None:
    """One mistyped year is enough to tell it."""
    person = await register.person()
    await register.registered(HOUSEHOLD, person)
    await register.models.write(HOUSEHOLD, left(person), HouseholdEnded(on=DIED, reason="empty"), on=DIED)
    assert Kept(in_register=False, last=today()) == await kept(register, person)


async def test_a_registration_a_departure_and_a_fact_in_a_household_each_count_from_their_recording(register: Register) -> None:
    person = await register.person()
    await register.registered(HOUSEHOLD, person)
    await register.models.write(HOUSEHOLD, left(person), HouseholdEnded(on=DIED, reason="empty"), on=DIED)
    await as_recorded_on(register.models.owner, HOUSEHOLD, YEARS_AGO)
    assert YEARS_AGO == (await kept(register, person)).last
    await register.models.write(HOUSEHOLD, did.FactRecorded(fact=waits("bill", UUID(int=99))), on=DIED)
    assert YEARS_AGO == (await kept(register, person)).last
    await register.models.write(HOUSEHOLD, did.FactRecorded(fact=waits("late bill", person)), on=DIED)
    assert today() == (await kept(register, person)).last


async def test_a_fact_that_waited_for_him_counts_from_its_recording(register: Register) -> None:
    person = await register.person()
    await register.models.write(person, did.FactUnmatched(fact=waits("bill", person)), on=DIED)
    assert today() == (await kept(register, person)).last


async def test_what_was_recorded_of_him_in_a_former_household_counts(register: Register) -> None:
    person = await register.person()
    await register.registered(HOUSEHOLD, person)
    await register.models.write(HOUSEHOLD, left(person, "left"), on=DIED)
    await register.registered(NEIGHBOURS, person)
    await register.models.write(NEIGHBOURS, left(person), HouseholdEnded(on=DIED, reason="empty"), on=DIED)
    await as_recorded_on(register.models.owner, NEIGHBOURS, YEARS_AGO)
    assert today() == (await kept(register, person)).last
    await as_recorded_on(register.models.owner, HOUSEHOLD, DIED)
    assert YEARS_AGO == (await kept(register, person)).last


# --- Entries that are one person ---


async def merged(register: Register) -> tuple[UUID, UUID]:
    """Who is kept, and his duplicate; both were seen in 2005, and joined on the day of the death."""
    person, duplicate = await register.person(), await know_since(register.vault, register.vault_pool, SON, SEEN)
    await register.models.write(duplicate, PersonsMerged(keep=person, duplicate=duplicate, home=person, on=DIED), on=DIED)
    await as_recorded_on(register.models.owner, duplicate, DIED)
    return person, duplicate


async def test_who_is_one_with_him_is_erased_with_him_whichever_of_them_is_named(register: Register) -> None:
    person, duplicate = await merged(register)
    assert Kept(in_register=False, last=DIED, also=(duplicate,)) == await kept(register, person)
    assert Kept(in_register=False, last=DIED, also=(person,)) == await kept(register, duplicate)


async def test_what_was_told_of_the_duplicate_is_kept_as_long(register: Register) -> None:
    person, duplicate = await merged(register)
    await register.models.write(duplicate, did.FactUnmatched(fact=waits("bill", duplicate)), on=DIED)
    assert today() == (await kept(register, person)).last


async def test_a_duplicate_that_is_in_the_register_keeps_the_other_one_there(register: Register) -> None:
    person, duplicate = await merged(register)
    await register.registered(HOUSEHOLD, duplicate)
    assert (await kept(register, person)).in_register


async def test_an_entry_that_alone_can_still_be_read_can_be_erased(register: Register) -> None:
    person, duplicate = await merged(register)
    await register.vault.erase([person])
    assert DIED == (await kept(register, duplicate)).last
    await register.vault.erase([duplicate])
    assert (await kept(register, duplicate)).last is None


async def test_who_was_joined_to_him_in_the_same_batch_is_kept_from_today(register: Register) -> None:
    person, duplicate = await register.person(), await know_since(register.vault, register.vault_pool, SON, SEEN)
    merge = MergePersons(keep=Person(id_number=NUMBER), duplicate=Person(id_number=SON), reason="同一人两条记录")
    found = (await register.find(merge, ConfirmErasure(person_id=person))).kept
    assert Kept(in_register=False, last=TODAY, also=(duplicate,)) == found


async def test_the_vault_is_told_to_forget_all_of_them_and_the_register_is_rebuilt_alike(register: Register) -> None:
    person, duplicate = await merged(register)
    erased = PersonErased(person=person, by="officer:wu", requested_by="officer:zhou", also=(duplicate,))
    await register.models.write(custody_stream(str(person)), erased)
    assert {(person,), (duplicate,)} == set(await register.models.rows("SELECT person FROM erased"))
    assert await register.models.difference() is None
