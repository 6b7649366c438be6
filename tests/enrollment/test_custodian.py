"""The vault forgets whom the log says that it has to forget, also when it comes back from an older backup."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import date
from typing import TypeAlias
from uuid import UUID

import asyncpg
import pytest

from local.stack import Stack
from pipeline.postgres import connect
from services.enrollment.custodian import Custodian, reading_message
from services.enrollment.vault import Identity, Vault
from services.enrollment.vault_keys import Keys
from tests.schemas.identities import resident

Pool: TypeAlias = "asyncpg.Pool[asyncpg.Record]"
ZHANG = Identity("resident", resident(), {"name": "张·测试"})
LI = Identity("resident", resident(order="038"), {"name": "李"})
KEYS = Keys.from_text("ab" * 32)


@pytest.fixture
async def pools(prepared: str) -> AsyncIterator[tuple[Pool, Pool]]:
    """Of the vault and of enrollment, both empty."""
    owner = await asyncpg.connect(prepared)
    await owner.execute("TRUNCATE vault.persons, vault.texts, vault.reads, enrollment.erased")
    await owner.close()
    vault, enrollment = await connect(prepared, "vault", size=2), await connect(prepared, "enrollment", size=2)
    yield vault, enrollment
    await vault.close()
    await enrollment.close()


async def ids(vault: Vault) -> tuple[UUID, UUID]:
    found = await vault.persons([ZHANG, LI])
    return found["resident", ZHANG.number], found["resident", LI.number]


async def work(custodian: Custodian, done: asyncio.Event) -> None:
    running = asyncio.create_task(custodian.run())
    await asyncio.wait_for(done.wait(), 20)
    running.cancel()
    await asyncio.wait({running})


class Watched(Vault):
    """Says when it was asked to erase."""

    def __init__(self, pool: Pool) -> None:
        super().__init__(pool, KEYS)
        self.asked = asyncio.Event()

    async def erase(self, persons: object) -> list[UUID]:
        erased = await super().erase(persons)  # pyright: ignore[reportArgumentType] - passed on as it came
        self.asked.set()
        return erased


async def test_whom_the_log_erased_is_erased_in_a_vault_that_still_knows_him(pools: tuple[Pool, Pool], stack: Stack) -> None:
    vault = Watched(pools[0])
    zhang, li = await ids(vault)
    await pools[1].execute("INSERT INTO erased VALUES ($1, $2)", zhang, date(2021, 1, 6))
    await work(Custodian(pools[1], vault, stack.kafka), vault.asked)
    assert ({}, "李") == (await vault.read(zhang, "a", "p"), (await vault.read(li, "a", "p"))["name"])


async def test_who_is_erased_keeps_an_id_and_nothing_else(pools: tuple[Pool, Pool]) -> None:
    vault = Vault(pools[0], KEYS)
    zhang, _ = await ids(vault)
    (before,) = await pools[0].fetch("SELECT hash FROM persons WHERE person = $1", zhang)
    assert ([zhang], []) == (await vault.erase([zhang]), await vault.erase([zhang]))
    (row,) = await pools[0].fetch("SELECT hash, wrapped_key, sealed FROM persons WHERE person = $1", zhang)
    assert (b"", b"") == (row["wrapped_key"], row["sealed"])
    assert before["hash"] != row["hash"]
    assert set() == await vault.known([zhang])
    await vault.check()


async def test_the_number_of_who_was_erased_is_that_of_somebody_new(pools: tuple[Pool, Pool]) -> None:
    vault = Vault(pools[0], KEYS)
    zhang, li = await ids(vault)
    await vault.erase([zhang])
    registered = ZHANG._replace(registered=True)
    found = await vault.persons([registered, LI])
    assert zhang != found["resident", ZHANG.number]
    assert li == found["resident", LI.number]


async def test_a_vault_in_which_everybody_is_erased_still_opens(pools: tuple[Pool, Pool]) -> None:
    vault = Vault(pools[0], KEYS)
    await vault.erase(await ids(vault))
    await Vault(pools[0], Keys.from_text("cd" * 32)).check()


async def test_the_same_reading_is_told_under_the_same_id_and_marked_once(pools: tuple[Pool, Pool]) -> None:
    vault = Vault(pools[0], KEYS)
    zhang, _ = await ids(vault)
    await vault.read(zhang, "auditor:sun", "a complaint")
    (read,), (again,) = await vault.untold_reads(10), await vault.untold_reads(10)
    assert reading_message(read) == reading_message(again)
    login = await pools[0].fetchval("SELECT session_user")
    assert f"auditor:sun@{login}".encode() == dict(reading_message(read)[2])["ce_authid"]
    await vault.reads_told([read["id"]])
    assert [] == await vault.untold_reads(10)


@pytest.mark.parametrize("purpose", ["投诉 370399196804122021", "p" * 201])
async def test_a_purpose_that_may_not_go_into_the_log_stays_in_the_vault_and_the_reading_is_told(
    pools: tuple[Pool, Pool], purpose: str
) -> None:
    vault = Vault(pools[0], KEYS)
    zhang, _ = await ids(vault)
    await vault.read(zhang, "auditor:sun", purpose)
    (read,) = await vault.untold_reads(10)
    assert {"what": str(zhang), "purpose": "written in the vault alone"} == json.loads(reading_message(read)[1])
