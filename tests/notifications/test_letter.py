"""A letter calls a household as its village's wall would: by the masked name of its head and where it lives, and by no more."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date
from types import SimpleNamespace
from typing import Any, Final
from uuid import UUID

import asyncpg
import pytest
from msgspec.structs import replace
from structlog.testing import capture_logs

from services.divisions import Divisions, Village
from services.notifications import packs
from services.notifications.channels.outlet import Letter
from services.notifications.channels.wecom import content
from services.notifications.domain import events as did
from services.notifications.households import Home, Households
from services.notifications.letter import Writer
from services.notifications.wording import wording
from tests.notifications.letters import ADDRESS, HOUSEHOLD, PILOT, UNTIL, VILLAGE
from tests.read_models import ReadModels, read_models

DUE: Final = date(2021, 1, 8)
HEAD: Final = UUID(int=1)
HOME: Final = Home(HOUSEHOLD, VILLAGE, "张**", "历山居委会", "历山街道")
DIVISIONS: Final = Divisions({VILLAGE: Village(VILLAGE, "历山居委会", "历山街道")})
MEMBER: Final = "INSERT INTO enrollment.members (person, household, relation, position) VALUES ($1, $2, 'head', 1)"
PERSON: Final = "INSERT INTO vault.persons (person, hash, wrapped_key, sealed, masked) VALUES ($1, '', '', '', '张**')"


@pytest.fixture
async def models(prepared: str) -> AsyncIterator[ReadModels]:
    """The household lives in its village, and its head's masked name is in the vault."""
    async with read_models(prepared, "notifications") as found:
        await found.write(HOUSEHOLD, did.HouseholdLocated(village_code=VILLAGE))
        await as_owner(prepared, "TRUNCATE vault.persons, enrollment.members")
        owner = await asyncpg.connect(prepared)
        await owner.execute(PERSON, HEAD)
        await owner.execute(MEMBER, HEAD, HOUSEHOLD)
        await owner.close()
        yield found


async def as_owner(dsn: str, statement: str) -> None:
    owner = await asyncpg.connect(dsn)
    await owner.execute(statement)
    await owner.close()


async def read(models: ReadModels, *kinds: str, household: UUID | None = HOUSEHOLD, area: str = "") -> Letter:
    """A letter of one kind, or a digest of several, as it would leave now."""
    digest = UUID(int=9) if len(kinds) > 1 else None
    said = {"household": household, "area": area, "due": DUE, "correlation": "correlation", "address": ADDRESS, "digest": digest}
    rows: Any = [Row(notification=UUID(int=number), kind=kind, **said) for number, kind in enumerate(kinds)]
    writer = Writer(Households(models.pool, DIVISIONS), PILOT.subjects)
    (call,) = await writer.calls({(rows[0]["notification"], UNTIL): rows}, 1)
    (letter,) = call.values()
    return letter


class Row(SimpleNamespace):
    def __getitem__(self, name: str) -> Any:  # noqa: ANN401 - as a row of asyncpg
        return getattr(self, name)


async def test_a_letter_says_whom_it_is_about_what_to_do_and_by_when(models: ReadModels) -> None:
    letter = await read(models, "clue-raised")
    assert letter.text.splitlines() == [
        "张** (历山居委会, 历山街道)",
        "请入户核查，如实填报。请于 2021-01-08 前办理。",
        f"户编号 Household: {HOUSEHOLD}",
        "Please visit the household and report what you find. Please act by 2021-01-08.",
    ]
    assert letter.brief.splitlines() == [
        "张** (历山居委会, 历山街道)", "请于 2021-01-08 前办理。", f"户编号 Household: {HOUSEHOLD}", "Please act by 2021-01-08.",
    ]  # fmt: skip


async def test_each_letter_of_a_digest_says_whom_it_is_about(models: ReadModels) -> None:
    letter = await read(models, "clue-raised", "exit-proposed")
    assert [line for line in letter.text.splitlines() if line.startswith(("1.", "2.", "张"))] == [
        "1. 预警线索，请入户核查 · Clue: please visit",
        "张** (历山居委会, 历山街道)",
        "2. 拟退出，待审定 · Exit proposed",
        "张** (历山居委会, 历山街道)",
    ]


@pytest.mark.parametrize("gone", ["UPDATE vault.persons SET masked = NULL", "TRUNCATE vault.persons", "TRUNCATE enrollment.members"])
async def test_whoever_was_erased_or_is_not_there_is_named_by_village_and_number(models: ReadModels, gone: str) -> None:
    await as_owner(models.owner, gone)
    first, *_, number, _ = (await read(models, "clue-raised")).text.splitlines()
    assert ("历山居委会, 历山街道", f"户编号 Household: {HOUSEHOLD}") == (first, number)


async def test_where_the_county_lends_no_names_letters_go_without_and_it_is_told_once(models: ReadModels) -> None:
    households = Households(models.pool, DIVISIONS)
    await as_owner(models.owner, "REVOKE SELECT ON vault.household_heads FROM suishi_notifications")
    with capture_logs() as said:
        found = [await households.homes([HOUSEHOLD]) for _ in range(2)]
    await as_owner(models.owner, "GRANT SELECT ON vault.household_heads TO suishi_notifications")
    assert [{HOUSEHOLD: HOME._replace(name="")}] * 2 == found
    assert [{"event": "letters.without-names", "log_level": "warning", "problem": "InsufficientPrivilegeError"}] == said
    assert {HOUSEHOLD: HOME} == await households.homes([HOUSEHOLD])


async def test_a_village_that_the_table_does_not_have_is_named_by_its_code(models: ReadModels) -> None:
    homes = await Households(models.pool).homes([HOUSEHOLD])
    assert wording().whole("clue-raised", homes[HOUSEHOLD], None).splitlines()[0] == "张** (370323001001)"


@pytest.mark.parametrize(
    ("area", "named"),
    [(VILLAGE, "历山居委会, 历山街道"), ("370323001", "历山街道"), ("370323", "370323"), ("370323009009", "370323009009")],
)
async def test_an_area_is_called_by_its_name_where_there_is_one(models: ReadModels, area: str, named: str) -> None:
    letter = await read(models, "line-published", household=None, area=area)
    assert letter.text.splitlines()[0] == f"地区 Area: {named}"


async def test_of_a_household_of_which_nothing_is_known_there_is_its_number(models: ReadModels) -> None:
    stranger = UUID(int=4711)
    assert (await read(models, "clue-raised", household=stranger)).brief.splitlines()[1] == f"户编号 Household: {stranger}"


async def test_nothing_of_the_name_is_kept_where_letters_are(models: ReadModels) -> None:
    await read(models, "clue-raised")
    tables = await models.rows(
        "SELECT format('notifications.%I', relname) FROM pg_class WHERE relkind = 'r' AND relnamespace = 'notifications'::regnamespace"
    )
    owner = await asyncpg.connect(models.owner)
    kept = [value for (table,) in tables for row in await owner.fetch(f"TABLE {table}") for value in row]
    await owner.close()
    assert kept
    assert "张" not in "".join(value.decode(errors="replace") if isinstance(value, bytes) else str(value) for value in kept)


@pytest.mark.parametrize("pack", ["example-pilot", "example-national-2021"])
def test_every_letter_of_a_pack_says_what_to_do_in_both_languages(pack: str) -> None:
    words, told = wording(), {route.kind for route in packs.load(pack).routes if route.to}
    assert told == set(words.to_do)
    assert all(phrase.zh and phrase.en for phrase in words.to_do.values())


@pytest.mark.parametrize("pack", ["example-pilot", "example-national-2021"])
async def test_the_fullest_digest_fits_into_a_text_of_wecom_with_its_link(models: ReadModels, pack: str) -> None:
    policy = packs.load(pack)
    longest = max(policy.subjects, key=lambda kind: len(policy.subjects[kind].encode()))
    letter = await read(models, *[longest] * policy.limits["wecom"].listed)
    linked = replace(letter, link=f"https://county.example/suishi/{'x' * 60}")
    assert len(content([linked])["text"]["content"].encode()) <= 2048


async def test_a_card_has_room_for_the_brief_text(models: ReadModels) -> None:
    letter = await read(models, "clue-raised")
    card = content([replace(letter, link="https://county.example")])
    assert (card["template_card"]["sub_title_text"], len(letter.brief) <= 128) == (letter.brief, True)
