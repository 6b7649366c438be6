"""Personal data lie outside the log, unreadable without the key, and nobody reads them unseen."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import TypeAlias
from uuid import UUID, uuid4

import asyncpg
import orjson
import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from pipeline.postgres import connect
from pipeline.text_digest import text_digest
from services.enrollment.vault import Correction, Identity, Vault
from services.enrollment.vault_keys import Keys, NoVaultKey
from tests.schemas.identities import resident

MASTER = "ab" * 32
NUMBER = resident()
OTHER = resident(order="038")
ZHANG = Identity("resident", NUMBER, {"name": "张·测试"})
LI = Identity("resident", OTHER, {"name": "李"})
CARD = Identity("disability_card", f"{NUMBER}43", {"name": "张"})
Pool: TypeAlias = "asyncpg.Pool[asyncpg.Record]"


@pytest.fixture
async def vault_pool(prepared: str) -> AsyncIterator[Pool]:
    """On an empty vault."""
    owner = await asyncpg.connect(prepared)
    await owner.execute("TRUNCATE vault.persons, vault.texts, vault.reads")
    await owner.close()
    pool = await connect(prepared, "vault")
    yield pool
    await pool.close()


@pytest.fixture
def vault(vault_pool: Pool) -> Vault:
    return Vault(vault_pool, Keys.from_text(MASTER))


async def id_of(vault: Vault, identity: Identity) -> UUID:
    return (await vault.persons([identity]))[identity.id_type, identity.number]


async def test_a_person_keeps_the_id_of_the_first_sight(vault: Vault) -> None:
    first = await id_of(vault, ZHANG)
    assert first == await id_of(vault, ZHANG)


async def test_two_persons_have_two_ids(vault: Vault) -> None:
    assert 2 == len(set((await vault.persons([ZHANG, LI])).values()))


@pytest.mark.parametrize("card", [f"{NUMBER}43", f"{NUMBER}43B1"])
async def test_a_disability_card_names_the_person_of_its_first_18_digits(vault: Vault, card: str) -> None:
    found = await vault.persons([ZHANG, Identity("disability_card", card, {})])
    assert found["resident", NUMBER] == found["disability_card", card]


async def test_the_card_first_and_the_number_later_are_one_person(vault: Vault) -> None:
    assert await id_of(vault, CARD) == await id_of(vault, ZHANG)


async def test_a_passport_with_the_same_digits_is_somebody_else(vault: Vault) -> None:
    assert await id_of(vault, ZHANG) != await id_of(vault, Identity("passport", NUMBER, {}))


async def test_two_at_once_give_a_person_one_id(vault: Vault) -> None:
    found = await asyncio.gather(*(id_of(vault, ZHANG) for _ in range(8)))
    assert 1 == len(set(found))


async def test_nothing_personal_but_what_may_be_shown_can_be_read_in_the_tables(vault: Vault, prepared: str) -> None:
    await vault.persons([ZHANG, CARD, LI])
    await vault.correct(await id_of(vault, ZHANG), UUID(int=1), Correction(NUMBER, resident(order="055"), date(2021, 2, 1)))
    await vault.texts(["住院花费大"])
    owner = await asyncpg.connect(prepared)
    tables = [await owner.fetch(f"TABLE vault.{table}") for table in ("persons", "texts")]
    await owner.close()
    stored = b"|".join(value if isinstance(value, bytes) else str(value).encode() for rows in tables for row in rows for value in row)
    assert (2, 1) == tuple(map(len, tables))
    for plain in (NUMBER, OTHER, resident(order="055"), "corrections", "张", "李", "住院", "name", "resident"):
        assert plain.encode() not in stored
    assert sha256(NUMBER.encode()).digest() not in stored


async def test_the_same_person_is_sealed_under_a_key_of_his_own(vault: Vault, vault_pool: Pool) -> None:
    await vault.persons([ZHANG, LI])
    keys = await vault_pool.fetch("SELECT wrapped_key FROM persons")
    assert 2 == len({row[0] for row in keys})


async def test_what_is_known_of_a_person_can_be_read_again(vault: Vault) -> None:
    known = await vault.read(await id_of(vault, ZHANG), "auditor", "a complaint")
    assert {"id_type": "resident", "id_number": NUMBER, "name": "张·测试"} == known


async def test_every_reading_is_written_down(vault: Vault, vault_pool: Pool) -> None:
    person = await id_of(vault, ZHANG)
    await vault.read(person, "auditor", "a complaint")
    (row,) = await vault_pool.fetch("SELECT what, by_whom, purpose, read_at FROM reads")
    assert (str(person), "auditor", "a complaint") == (row["what"], row["by_whom"], row["purpose"])
    assert abs(datetime.now(UTC) - row["read_at"]) < timedelta(minutes=1)


async def test_by_which_login_and_when_somebody_reads_is_written_by_the_database(vault: Vault, vault_pool: Pool) -> None:
    await vault.read(uuid4(), "auditor", "a complaint")
    assert [await vault_pool.fetchval("SELECT session_user")] == [row[0] for row in await vault_pool.fetch("SELECT login FROM reads")]
    for column, value in (("login", "'somebody'"), ("read_at", "'2021-01-01'"), ("told_at", "now()")):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await vault_pool.execute(f"INSERT INTO reads (what, by_whom, purpose, {column}) VALUES ('x', 'y', 'z', {value})")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await vault_pool.execute("UPDATE reads SET login = 'somebody'")


async def test_a_reading_that_finds_nobody_is_written_down_too(vault: Vault, vault_pool: Pool) -> None:
    assert await vault.read(uuid4(), "auditor", "curiosity") == {}
    assert 1 == await vault_pool.fetchval("SELECT count(*) FROM reads")


async def test_a_registration_tells_what_a_fact_left_out(vault: Vault) -> None:
    person = await id_of(vault, Identity("resident", NUMBER, {"name": None}))
    await vault.persons([Identity("resident", NUMBER, {"name": "张·测试", "birth": "1968-03-15"}, registered=True)])
    known = await vault.read(person, "auditor", "a complaint")
    assert {"id_type": "resident", "id_number": NUMBER, "name": "张·测试", "birth": "1968-03-15"} == known


async def test_what_is_known_stays_whatever_another_registration_says(vault: Vault) -> None:
    person = await id_of(vault, ZHANG)
    await vault.persons([Identity("resident", NUMBER, {"name": "somebody mistaken"}, registered=True)])
    assert (await vault.read(person, "auditor", "a complaint"))["name"] == "张·测试"


async def test_in_one_batch_the_registration_says_most(vault: Vault) -> None:
    registered = Identity("resident", NUMBER, {"name": "张·测试", "birth": "1968-03-15"}, registered=True)
    person = (await vault.persons([registered, CARD]))["resident", NUMBER]
    assert (await vault.read(person, "auditor", "a complaint"))["birth"] == "1968-03-15"


async def test_a_corrected_number_is_read_and_the_old_one_with_its_date(vault: Vault) -> None:
    person = await id_of(vault, ZHANG)
    await vault.correct(person, UUID(int=1), Correction(NUMBER, OTHER, date(2021, 2, 1)))
    known = await vault.read(person, "auditor", "a complaint")
    assert (OTHER, "张·测试", [{"id_number": NUMBER, "until": "2021-02-01"}]) == (
        known["id_number"],
        known["name"],
        known["former_numbers"],
    )


@pytest.mark.parametrize("order", [(1, 2), (2, 1), (1, 2, 1, 2)])
async def test_corrections_are_read_by_their_dates_whatever_came_first(vault: Vault, order: tuple[int, ...]) -> None:
    person = await id_of(vault, ZHANG)
    told = {1: Correction(NUMBER, OTHER, date(2021, 2, 1)), 2: Correction(OTHER, "third", date(2021, 3, 1))}
    for number in order:
        await vault.correct(person, UUID(int=number), told[number])
    known = await vault.read(person, "auditor", "a complaint")
    former = [{"id_number": NUMBER, "until": "2021-02-01"}, {"id_number": OTHER, "until": "2021-03-01"}]
    assert ("third", former) == (known["id_number"], known["former_numbers"])


async def test_a_correction_that_says_nothing_any_more_leaves_the_number_as_it_was(vault: Vault) -> None:
    person = await id_of(vault, ZHANG)
    await vault.correct(person, UUID(int=1), Correction(NUMBER, OTHER, date(2021, 2, 1)))
    await vault.correct(person, UUID(int=1), None)
    assert {"id_type": "resident", "id_number": NUMBER, "name": "张·测试"} == await vault.read(person, "auditor", "a complaint")


async def test_a_registration_after_a_correction_adds_what_was_not_known(vault: Vault) -> None:
    person = await id_of(vault, ZHANG)
    await vault.correct(person, UUID(int=1), Correction(NUMBER, OTHER, date(2021, 2, 1)))
    await vault.complete(person, {"name": "somebody mistaken", "birth": "1968-03-15"})
    known = await vault.read(person, "auditor", "a complaint")
    assert (OTHER, "张·测试", "1968-03-15") == (known["id_number"], known["name"], known["birth"])


async def test_a_text_is_kept_once_under_its_digest(vault: Vault, vault_pool: Pool) -> None:
    await vault.texts(["住院花费大", "住院花费大"])
    await vault.texts(["住院花费大"])
    assert [sha256("住院花费大".encode()).hexdigest()] == [row[0] for row in await vault_pool.fetch("SELECT sha256 FROM texts")]


def test_a_text_is_known_by_its_sha256() -> None:
    assert text_digest("住院花费大") == sha256("住院花费大".encode()).hexdigest()


@pytest.mark.parametrize("text", ["", "ab", "ab" * 31, "not hexadecimal", "ab" * 31 + "a"])
def test_a_missing_or_short_key_is_refused_with_what_to_do(text: str) -> None:
    with pytest.raises(NoVaultKey, match="set SUISHI_VAULT_KEY to 64 hexadecimal digits"):
        Keys.from_text(text)


def test_a_key_is_never_shown() -> None:
    assert MASTER not in repr(Keys.from_text(MASTER)) + str(Keys.from_text(MASTER))


async def test_another_key_is_refused_before_everybody_becomes_a_stranger(vault: Vault, vault_pool: Pool) -> None:
    await vault.persons([ZHANG])
    stranger = Vault(vault_pool, Keys.from_text("cd" * 32))
    with pytest.raises(NoVaultKey, match="SUISHI_VAULT_KEY is not the key of this vault"):
        await stranger.check()


async def test_the_right_key_and_an_empty_vault_are_fine(vault: Vault, vault_pool: Pool) -> None:
    await Vault(vault_pool, Keys.from_text("cd" * 32)).check()
    await vault.persons([ZHANG])
    await vault.check()


async def test_another_key_reads_nothing(vault: Vault, vault_pool: Pool) -> None:
    person = await id_of(vault, ZHANG)
    with pytest.raises(NoVaultKey):
        await Vault(vault_pool, Keys.from_text("cd" * 32)).read(person, "thief", "gain")


@pytest.mark.parametrize("columns", ["wrapped_key, sealed", "sealed", "hash", "person"])
async def test_the_rows_of_two_persons_cannot_be_exchanged_unseen(vault: Vault, prepared: str, columns: str) -> None:
    zhang, li = await id_of(vault, ZHANG), await id_of(vault, LI)
    owner = await asyncpg.connect(prepared)
    rows = {row["person"]: row for row in await owner.fetch("SELECT person, hash, wrapped_key, sealed FROM vault.persons")}
    await owner.execute("TRUNCATE vault.persons")
    for one, other in ((zhang, li), (li, zhang)):
        values = {**rows[one], **{name: rows[other][name] for name in columns.split(", ")}}
        await owner.execute("INSERT INTO vault.persons (person, hash, wrapped_key, sealed) VALUES ($1, $2, $3, $4)", *values.values())
    await owner.close()
    with pytest.raises(NoVaultKey, match="which is another's"):
        await vault.read(zhang, "auditor", "a complaint")


async def test_what_was_kept_before_rows_were_bound_is_read_and_bound_when_it_is_written(vault: Vault, prepared: str) -> None:
    """As a release before wrote it, and as this one writes it again when a registration says more."""
    key, nonce = AESGCM.generate_key(256), b"n" * 12
    wrap = HKDF(SHA256(), 32, None, b"suishi wrap").derive(bytes.fromhex(MASTER))
    plain = orjson.dumps({"id_type": "resident", "id_number": NUMBER, "name": "张·测试"})
    person = await id_of(vault, ZHANG)
    wrapped, sealed = (nonce + AESGCM(by).encrypt(nonce, what, None) for by, what in ((wrap, key), (key, plain)))
    owner = await asyncpg.connect(prepared)
    await owner.execute("UPDATE vault.persons SET wrapped_key = $1, sealed = $2 WHERE person = $3", wrapped, sealed, person)
    assert "张·测试" == (await vault.read(person, "auditor", "a complaint"))["name"]
    await vault.persons([Identity("resident", NUMBER, {"birth": "1968-03-15"}, registered=True)])
    again = await owner.fetchval("SELECT sealed FROM vault.persons WHERE person = $1", person)
    await owner.close()
    with pytest.raises(InvalidTag):
        AESGCM(key).decrypt(again[:12], again[12:], None)
    assert "1968-03-15" == (await vault.read(person, "auditor", "a complaint"))["birth"]


def test_a_text_opens_under_its_own_digest_only() -> None:
    keys = Keys.from_text(MASTER)
    sealed = keys.close("住院花费大".encode(), b"its digest")
    assert "住院花费大".encode() == keys.open(sealed, b"its digest")
    with pytest.raises(InvalidTag):
        keys.open(sealed, b"another digest")
