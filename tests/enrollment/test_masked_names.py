"""What may be shown of a name lies beside its ciphertext, and a household is called by its head's; nothing more is lent."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date
from typing import TypeAlias
from uuid import UUID

import asyncpg
import pytest

from pipeline.postgres import connect
from services.enrollment.domain.commands import Member
from services.enrollment.domain.events import HouseholdRegistered
from services.enrollment.domain.members.change_events import HeadChanged, MembersJoined, MembersLeft
from services.enrollment.unmasked import Unmasked
from services.enrollment.vault import MASK, Correction, Identity, Vault
from services.enrollment.vault_keys import Keys
from tests.enrollment.zhang import HOUSEHOLD
from tests.read_models import ReadModels, read_models
from tests.schemas.identities import resident

Pool: TypeAlias = "asyncpg.Pool[asyncpg.Record]"
KEYS = Keys.from_text("ab" * 32)
TODAY = date(2021, 1, 5)
NUMBER, OTHER = resident(), resident(order="038")  # born on 1968-03-15
ZHANG = Identity("resident", NUMBER, {"name": "张建国"})
WIFE = Identity("resident", OTHER, {"name": "欧阳秀英"})
CHILD = Identity("passport", "E1234567", {"name": "张小宝", "birth": "2003-01-06"})
VILLAGE = "370323001001"


@pytest.fixture
async def models(prepared: str) -> AsyncIterator[ReadModels]:
    """Of enrollment, and an empty vault beside it."""
    owner = await asyncpg.connect(prepared)
    await owner.execute("TRUNCATE vault.persons, vault.texts, vault.reads")
    await owner.close()
    async with read_models(prepared, "enrollment") as found:
        yield found


@pytest.fixture
async def pool(models: ReadModels) -> AsyncIterator[Pool]:
    pool = await connect(models.owner, "vault", size=2)
    yield pool
    await pool.close()


@pytest.fixture
def vault(pool: Pool) -> Vault:
    return Vault(pool, KEYS, lambda: TODAY)


async def ids(vault: Vault, *identities: Identity) -> list[UUID]:
    found = await vault.persons(identities)
    return [found[one.id_type, one.number] for one in identities]


async def masks(pool: Pool) -> set[str | None]:
    return {row[0] for row in await pool.fetch("SELECT masked FROM persons")}


async def heads(models: ReadModels) -> dict[UUID, str]:
    """As the role of notifications reads them."""
    connection = await asyncpg.connect(models.owner, server_settings={"role": "suishi_notifications"})
    rows = await connection.fetch("SELECT household, masked FROM vault.household_heads")
    await connection.close()
    return {row[0]: row[1] for row in rows}


async def register(models: ReadModels, *members: tuple[UUID, str]) -> None:
    said = tuple(Member(person=person, relation=relation) for person, relation in members)
    await models.write(HOUSEHOLD, HouseholdRegistered(household=HOUSEHOLD, village_code=VILLAGE, category="never_registered", members=said))


async def test_a_name_is_kept_masked_beside_its_ciphertext(vault: Vault, pool: Pool) -> None:
    await ids(vault, ZHANG, WIFE)
    assert {"张**", "欧阳**"} == await masks(pool)
    stored = b"|".join(str(value).encode() for row in await pool.fetch("TABLE persons") for value in row)
    assert [] == [one for one in ("建国", "秀英", NUMBER, OTHER) if one.encode() in stored]


async def test_nothing_is_shown_of_a_minor_nor_of_whom_nobody_named(vault: Vault, pool: Pool) -> None:
    await ids(vault, CHILD, Identity("resident", NUMBER, {}))
    assert {None} == await masks(pool)


async def test_a_registration_that_tells_the_name_tells_what_is_shown(vault: Vault, pool: Pool) -> None:
    await ids(vault, Identity("resident", NUMBER, {}))
    await ids(vault, ZHANG._replace(registered=True))
    assert {"张**"} == await masks(pool)


async def test_whoever_is_a_minor_by_his_right_number_is_shown_no_more(vault: Vault, pool: Pool) -> None:
    (zhang,) = await ids(vault, ZHANG)
    for number, right in enumerate((OTHER, resident(birth="20100501"))):
        await vault.correct(zhang, UUID(int=number), Correction(NUMBER, right, date(2021, 1, number + 1)))
    assert {None} == await masks(pool)


async def test_what_is_shown_is_gone_with_who_is_erased(vault: Vault, pool: Pool, models: ReadModels) -> None:
    zhang, wife = await ids(vault, ZHANG, WIFE)
    await register(models, (wife, "wife"), (zhang, "head"))
    assert {HOUSEHOLD: "张**"} == await heads(models)
    await vault.erase([zhang])
    assert ({}, {None, "欧阳**"}) == (await heads(models), await masks(pool))


async def test_whoever_was_kept_before_is_masked_at_the_start_and_a_minor_when_he_is_of_age(vault: Vault, pool: Pool) -> None:
    await ids(vault, ZHANG, WIFE, CHILD)
    await pool.execute("UPDATE persons SET masked = NULL")
    await Unmasked(vault).look()
    assert {"张**", "欧阳**", None} == await masks(pool)
    await Unmasked(Vault(pool, KEYS, lambda: date(2021, 1, 6))).look()
    assert {"张**", "欧阳**"} == await masks(pool)


async def test_many_are_masked_in_parts_and_whoever_cannot_be_opened_holds_up_nobody(vault: Vault, pool: Pool) -> None:
    everybody = await ids(vault, *(Identity("resident", resident(order=f"{number:03d}"), {"name": "张建国"}) for number in range(7)))
    await pool.execute("UPDATE persons SET masked = NULL")
    await pool.execute("UPDATE persons SET sealed = wrapped_key WHERE person = $1", min(everybody))
    last = None
    while (last := await vault.mask(last, 3)) is not None:
        pass
    assert 6 == await pool.fetchval("SELECT count(*) FROM persons WHERE masked = '张**'")


async def test_who_is_erased_while_he_is_looked_at_is_not_shown_again(vault: Vault, pool: Pool) -> None:
    (zhang,) = await ids(vault, ZHANG)
    await pool.execute("UPDATE persons SET masked = NULL")
    (read,) = await pool.fetch("SELECT person, sealed FROM persons")
    await vault.erase([zhang])
    await pool.execute(MASK, [read["person"]], [read["sealed"]], ["张**"])
    assert {None} == await masks(pool)


async def test_a_household_is_called_by_its_head_and_without_one_by_who_was_registered_first(vault: Vault, models: ReadModels) -> None:
    zhang, wife = await ids(vault, ZHANG, WIFE)
    await register(models, (wife, "配偶"), (zhang, "户主"))
    assert {HOUSEHOLD: "张**"} == await heads(models)
    await models.write(HOUSEHOLD, HeadChanged(person=wife, on=TODAY, before=(zhang,)))
    assert {HOUSEHOLD: "欧阳**"} == await heads(models)
    gone = MembersLeft(
        members=(Member(person=wife, relation="head"),), on=TODAY, reason="died", fact=UUID(int=1), category="never_registered"
    )
    await models.write(HOUSEHOLD, gone)
    assert {HOUSEHOLD: "张**"} == await heads(models)


async def test_a_household_whose_head_is_a_minor_is_called_by_nobody(vault: Vault, models: ReadModels) -> None:
    child, wife = await ids(vault, CHILD, WIFE)
    await register(models, (wife, "aunt"), (child, "head"))
    assert {} == await heads(models)


async def test_of_two_who_are_no_head_the_household_is_called_by_who_was_registered_first(vault: Vault, models: ReadModels) -> None:
    """Whatever order their ids are in."""
    masked = dict(zip(await ids(vault, ZHANG, WIFE), ("张**", "欧阳**"), strict=True))
    lower, higher = sorted(masked)
    await register(models, (higher, "aunt"))
    joined = MembersJoined(members=(Member(person=lower, relation="nephew"),), on=TODAY, reason="married", fact=UUID(int=1))
    await models.write(HOUSEHOLD, joined)
    assert {HOUSEHOLD: masked[higher]} == await heads(models)


async def test_a_condition_of_the_reader_sees_nothing_of_a_household_that_is_not_shown(vault: Vault, models: ReadModels) -> None:
    """A function of his own would be asked of every member first, and could tell what it was asked about."""
    zhang, child = await ids(vault, ZHANG, CHILD)
    await register(models, (child, "head"), (zhang, "uncle"))
    told = list[str]()
    connection = await asyncpg.connect(models.owner, server_settings={"role": "suishi_notifications"})
    connection.add_log_listener(lambda _, notice: told.append(notice.message))
    await connection.execute(
        "CREATE FUNCTION pg_temp.tells(household uuid) RETURNS boolean STABLE COST 0.0001 LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE NOTICE '%', household; RETURN true; END $$"
    )
    assert [] == await connection.fetch("SELECT household FROM vault.household_heads WHERE pg_temp.tells(household)")
    await connection.close()
    assert [] == told
