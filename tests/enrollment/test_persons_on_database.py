"""Two numbers of one person, in the vault and in the register: what earlier batches joined is found again, and rebuilt alike."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from msgspec.structs import replace

from pipeline.text_digest import text_digest
from schemas.enrollment import MergePersons, RequestErasure, UnmergePersons
from schemas.facts import FactWithdrawn, IdentityCorrected
from schemas.identity import Person
from services.enrollment.domain import events as did
from services.enrollment.domain.commands import Member
from services.enrollment.domain.members.change import Refuse
from services.enrollment.domain.members.change_events import MembersLeft
from services.enrollment.domain.members.one_person import about_kept, about_named
from services.enrollment.domain.members.person_commands import Merge, Unmerge
from services.enrollment.domain.members.person_events import PersonsMerged, PersonsUnmerged
from services.enrollment.translate import Found
from services.enrollment.translate.facts import fact_id
from tests.enrollment.register import NEIGHBOURS, NUMBER, SON, Register, about, registers, waits
from tests.enrollment.zhang import HOUSEHOLD, TODAY
from tests.enrollment.zhang import fact as heard
from tests.messages import TOPIC
from tests.schemas.identities import resident

NEW = resident(order="072")
LATER = date(2021, 2, 1)


def corrected(old: str = NUMBER, new: str = NEW, on: date = LATER) -> IdentityCorrected:
    return IdentityCorrected(valid_on=on, person=Person(id_number=old), old_id_number=old, new_id_number=new)


def one_person(keep: str = NUMBER, duplicate: str = SON) -> MergePersons:
    return MergePersons(keep=Person(id_number=keep), duplicate=Person(id_number=duplicate), reason="同一人两条记录")


def two_persons(keep: str = NUMBER, duplicate: str = SON) -> UnmergePersons:
    return UnmergePersons(keep=Person(id_number=keep), duplicate=Person(id_number=duplicate), reason="误合并")


async def joined(register: Register, keep: str = NUMBER, duplicate: str = SON, fact: UUID | None = None) -> tuple[UUID, UUID]:
    person, other = await register.person(keep), await register.person(duplicate)
    await register.models.write(other, PersonsMerged(keep=person, duplicate=other, home=HOUSEHOLD, on=TODAY, fact=fact))
    return person, other


async def known(register: Register, number: str) -> dict[str, object]:
    return await register.vault.read(await register.person(number), "auditor", "a complaint")


async def test_whoever_is_named_by_a_duplicate_s_number_is_the_one_who_is_kept(register: Register) -> None:
    person, other = await joined(register)
    await register.registered(HOUSEHOLD, person)
    assert Found((HOUSEHOLD,), person=person, named=other) == await register.find(about(SON))
    assert Found((HOUSEHOLD,), person=person) == await register.find(about())


async def test_through_two_merges_everybody_finds_the_last_one(register: Register) -> None:
    _, other = await joined(register)
    person, _ = await joined(register, NEW, NUMBER)
    await register.registered(HOUSEHOLD, person)
    assert Found((HOUSEHOLD,), person=person, named=other) == await register.find(about(SON))


async def test_a_merge_finds_both_households_and_what_waits(register: Register) -> None:
    person, other = await register.person(), await register.person(SON)
    await register.registered(HOUSEHOLD, person)
    assert Found(merge=Merge(person, other, HOUSEHOLD)) == await register.find(one_person())
    fact = waits("fact", other)
    await register.models.write(other, did.FactUnmatched(fact=fact))
    found = await register.find(one_person())
    assert Found(merge=Merge(person, other, HOUSEHOLD), waiting=(about_kept(fact, other, person),)) == found
    await register.registered(NEIGHBOURS, other)
    assert Found(merge=Merge(person, other, HOUSEHOLD, NEIGHBOURS)) == await register.find(one_person())


async def test_the_reason_of_a_merge_is_in_the_vault(register: Register) -> None:
    await register.find(one_person())
    assert text_digest("同一人两条记录") in {row[0] for row in await register.vault_pool.fetch("SELECT sha256 FROM texts")}


async def test_a_parting_finds_where_the_duplicate_comes_back_to(register: Register) -> None:
    person, other = await joined(register)
    await register.registered(HOUSEHOLD, person)
    await register.registered(NEIGHBOURS, other)
    left = MembersLeft(members=(Member(person=other, relation="head"),), on=TODAY, reason="duplicate", fact=UUID(int=7), to=HOUSEHOLD)
    await register.models.write(NEIGHBOURS, left)
    assert Found(unmerge=Unmerge(person, other, HOUSEHOLD, (other,), NEIGHBOURS)) == await register.find(two_persons())


async def test_a_parting_finds_what_waits_and_whom_the_department_named(register: Register) -> None:
    person, other = await joined(register)
    fact = about_kept(waits("fact", other), other, person)
    await register.models.write(person, did.FactUnmatched(fact=fact), did.FactUnmatched(fact=waits("own", person)))
    found = (await register.find(two_persons())).unmerge
    assert Unmerge(person, other, person, (other,), waiting=(about_named(fact, other),)) == found


async def test_a_withdrawal_knows_whom_its_fact_joined(register: Register) -> None:
    fact = fact_id(TOPIC, "/department", "correction")
    person, _ = await joined(register, fact=fact)
    await register.registered(HOUSEHOLD, person)
    await register.models.write(HOUSEHOLD, did.FactRecorded(fact=waits("correction", person)))
    back = FactWithdrawn(source="/department", id="correction", reason="wrong")
    assert Found((HOUSEHOLD,), joined=HOUSEHOLD) == await register.find(back)


async def test_a_correction_finds_the_person_and_the_vault_has_both_numbers(register: Register) -> None:
    new = resident(order="089")
    await register.find(registers(SON))
    person = await register.person(SON)
    await register.registered(HOUSEHOLD, person)
    found = await register.find(corrected(SON, new))
    fact = fact_id(TOPIC, "/department", "message 0")
    assert Found((HOUSEHOLD,), person=person, merge=Merge(person, await register.person(new), HOUSEHOLD, fact=fact)) == found
    told = await known(register, SON)
    assert (new, [{"id_number": SON, "until": "2021-02-01"}]) == (told["id_number"], told["former_numbers"])


async def test_a_correction_that_joins_nobody_leaves_the_vault_as_it_was(register: Register) -> None:
    old, new = resident(order="106"), resident(order="123")
    await register.registered(HOUSEHOLD, await register.person(old))
    await register.registered(NEIGHBOURS, await register.person(new))
    found = await register.find(corrected(old, new))
    assert ((HOUSEHOLD, Refuse("person.registered-twice", ("merge-persons",))),) == found.parts
    assert {"id_type": "resident", "id_number": old} == await known(register, old)


async def test_a_correction_read_again_says_the_same(register: Register) -> None:
    old, new = resident(order="140"), resident(order="157")
    for _ in range(2):
        await register.find(corrected(old, new))
    assert [{"id_number": old, "until": "2021-02-01"}] == (await known(register, old))["former_numbers"]


async def test_parted_again_the_person_has_the_number_that_he_had(register: Register) -> None:
    old, new = resident(order="174"), resident(order="191")
    await register.find(corrected(old, new))
    await joined(register, old, new, fact_id(TOPIC, "/department", "message 0"))
    await register.find(two_persons(old, new))
    assert {"id_type": "resident", "id_number": old, "name": None} == await known(register, old)


async def test_a_registration_under_the_new_number_tells_of_the_person_who_is_kept(register: Register) -> None:
    old, new = resident(order="215"), resident(order="232")
    await joined(register, old, new)
    found = await register.find(registers(new))
    assert (await register.person(old),) == found.members
    assert "张·测试" == (await known(register, old))["name"]


async def test_a_duplicate_is_in_the_register_as_long_as_who_is_kept_is(register: Register) -> None:
    """So that nobody erases one of the numbers by which he is found."""
    person, other = await joined(register)
    erasure = RequestErasure(person_id=other, reason="保管期满")
    assert not (await register.find(erasure)).kept.in_register
    await register.registered(HOUSEHOLD, person)
    assert (await register.find(erasure)).kept.in_register


async def test_merged_and_parted_persons_are_in_the_register_and_rebuilt_alike(register: Register) -> None:
    person, other = await joined(register)
    assert [(other, person, None)] == await register.models.rows("TABLE merged_persons")
    assert await register.models.difference() is None
    parted = PersonsUnmerged(keep=person, duplicate=other, home=HOUSEHOLD, on=TODAY)
    await register.models.write(other, parted)
    assert [] == await register.models.rows("TABLE merged_persons")
    assert await register.models.difference() is None


async def test_nothing_waits_for_a_duplicate_any_more(register: Register) -> None:
    person, other = await register.person(), await register.person(SON)
    fact = waits("fact", other)
    merged = PersonsMerged(keep=person, duplicate=other, home=person, on=TODAY)
    await register.models.write(other, did.FactUnmatched(fact=fact), merged)
    moved = about_kept(fact, other, person)
    await register.models.write(person, did.FactUnmatched(fact=moved))
    assert [(fact.id, person)] == await register.models.rows("SELECT fact, stream FROM unmatched")
    parted = PersonsUnmerged(keep=person, duplicate=other, home=person, on=TODAY, facts=(fact,))
    await register.models.write(person, parted)
    await register.models.write(other, replace(parted, facts=()), did.FactUnmatched(fact=fact))
    assert [(fact.id, other)] == await register.models.rows("SELECT fact, stream FROM unmatched")
    assert await register.models.difference() is None


async def test_the_benefits_of_a_duplicate_are_those_of_the_one_who_is_kept(register: Register) -> None:
    """So that a list of everybody ends them once, and for the right one."""
    person, other = await register.person(), await register.person(SON)
    granted = heard("grant", series="benefit:relief", person=other)
    merged = PersonsMerged(keep=person, duplicate=other, home=HOUSEHOLD, on=TODAY)
    await register.models.write(HOUSEHOLD, did.FactRecorded(fact=granted), merged)
    rows = "SELECT person, said ->> 'person', said ->> 'named' FROM benefits"
    assert [(person, str(person), str(other))] == await register.models.rows(rows)
    parted = PersonsUnmerged(keep=person, duplicate=other, home=HOUSEHOLD, back=HOUSEHOLD, on=TODAY, facts=(granted,))
    await register.models.write(HOUSEHOLD, parted, did.FactRecorded(fact=granted))
    assert [(other, str(other), None)] == await register.models.rows(rows)
    assert await register.models.difference() is None


async def test_what_a_duplicate_brought_along_stands_in_his_old_household_no_more(register: Register) -> None:
    person, other = await register.person(), await register.person(SON)
    granted = heard("grant", series="benefit:relief", person=other)
    merged = PersonsMerged(keep=person, duplicate=other, home=HOUSEHOLD, on=TODAY, facts=(about_kept(granted, other, person),))
    await register.models.write(NEIGHBOURS, did.FactRecorded(fact=granted), merged)
    await register.models.write(HOUSEHOLD, did.FactRecorded(fact=about_kept(granted, other, person)))
    assert [(HOUSEHOLD, person)] == await register.models.rows("SELECT stream, person FROM benefits")
    assert await register.models.difference() is None
