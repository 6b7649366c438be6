"""The worklist of the office: who waits for what, the most urgent first, by area and by day."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import date
from uuid import UUID

import pytest
from msgspec.structs import replace

from services.enrollment.domain.clocks.deadline_events import DeadlineBreached, DeadlineEscalated, DeadlinePaused, MinimumStarted
from tests.commands.conftest import Suishi, run
from tests.enrollment.national import VISITED, WITH_CLUE
from tests.enrollment.zhang import HOUSEHOLD
from tests.read_models import ReadModels, read_models

NEIGHBOURS, NEXT_TOWN = UUID(int=200), "370323103001"


@pytest.fixture
async def register(prepared: str) -> AsyncIterator[ReadModels]:
    """The Zhangs' house was visited; the neighbours of the next town have a clue, and what it waits for stands still."""
    async with read_models(prepared, "enrollment") as models:
        await models.write(HOUSEHOLD, *VISITED)
        others = (replace(WITH_CLUE[0], household=NEIGHBOURS, village_code=NEXT_TOWN), *WITH_CLUE[1:])
        await models.write(NEIGHBOURS, *others, DeadlinePaused(kind="verify", left=2))
        yield models


@pytest.fixture
def suishi(prepared: str) -> Suishi:
    place = {"SUISHI_DATABASE": prepared, "SUISHI_KAFKA": "127.0.0.1:1"}
    return lambda *arguments, **other: run(*arguments, **{**place, **other})


async def test_who_waits_for_what_is_listed_with_every_last_day(register: ReadModels, suishi: Suishi) -> None:
    assert (await register.difference()) is None
    assert suishi("cases", "--lang", "zh").stdout.splitlines() == [
        "00000000-0000-0000-0000-000000000064  370323001001  办理中，已完成：授权、入户核查",
        "    2021-01-10  比对",
        "    2021-01-20  纳入全程",
        "00000000-0000-0000-0000-0000000000c8  370323103001  线索待核查",
        "    2021-01-20  纳入全程",
        "    暂停，余 2 天  核查",
        "共 2 户。",
    ]
    assert suishi("cases", "--lang", "en").stdout.splitlines()[:2] == [
        "00000000-0000-0000-0000-000000000064  370323001001  case, done: authorisation, verification",
        "    2021-01-10  compare",
    ]


async def test_what_was_missed_comes_first_by_the_day_that_was_missed(register: ReadModels, suishi: Suishi) -> None:
    await register.write(
        NEIGHBOURS,
        DeadlineBreached(kind="whole-entry", due=date(2021, 1, 4)),
        DeadlineEscalated(kind="whole-entry", level=1, to="township", until=date(2021, 2, 25)),
        DeadlineEscalated(kind="whole-entry", level=2, to="county", until=None),
        DeadlineBreached(kind="verify", due=date(2021, 1, 8)),
        MinimumStarted(kind="before-exit", until=date(2021, 1, 1)),
    )
    assert suishi("cases", "--lang", "en", "--due", "2021-01-08").stdout.splitlines() == [
        "00000000-0000-0000-0000-0000000000c8  370323103001  clue",
        "    2021-01-01  before-exit, has to be over first",
        "    2021-01-04  whole-entry, overdue, gone up (2)",
        "    2021-01-08  verify, overdue",
        "1 in all.",
    ]
    assert suishi("cases", "--lang", "zh").stdout.splitlines()[:4] == [
        "00000000-0000-0000-0000-0000000000c8  370323103001  线索待核查",
        "    2021-01-01  退出前最短期限，届满前不得办理",
        "    2021-01-04  纳入全程，已逾期，已提级（2）",
        "    2021-01-08  核查，已逾期",
    ]


async def test_what_goes_up_again_says_when(register: ReadModels, suishi: Suishi) -> None:
    await register.write(
        NEIGHBOURS,
        DeadlineBreached(kind="verify", due=date(2021, 1, 8)),
        DeadlineEscalated(kind="verify", level=1, to="township", until=date(2021, 1, 25)),
    )
    listed = suishi("cases", "--lang", "en", "--area", NEXT_TOWN).stdout.splitlines()
    assert "    2021-01-08  verify, overdue, gone up (1), again after 2021-01-25" == listed[1]


async def test_what_has_to_last_is_due_on_no_day(register: ReadModels, suishi: Suishi) -> None:
    await register.write(NEIGHBOURS, MinimumStarted(kind="before-exit", until=date(2021, 1, 1)))
    assert "0 in all.\n" == suishi("cases", "--lang", "en", "--due", "2021-01-09").stdout


async def test_the_list_is_cut_by_area_and_by_day(register: ReadModels, suishi: Suishi) -> None:
    assert register.service == "enrollment"

    def households(*more: str) -> list[str]:
        return [one["household"] for one in json.loads(suishi("cases", "--json", *more).stdout)["cases"]]

    assert households("--area", NEXT_TOWN[:9]) == [str(NEIGHBOURS)]
    assert [[], [str(HOUSEHOLD)]] == [households("--due", day) for day in ("2021-01-09", "2021-01-10")]


async def test_a_day_that_is_none_is_refused(register: ReadModels, suishi: Suishi) -> None:
    assert register.service == "enrollment"
    done = suishi("cases", "--due", "soon", "--lang", "zh")
    assert (2, "suishi: soon 不是日期；请写作 2021-01-20。\n") == (done.returncode, done.stderr)


@pytest.mark.parametrize("area", ["abc", "99", "3703231"])
async def test_an_area_that_cannot_be_one_is_refused(area: str, suishi: Suishi) -> None:
    done = suishi("cases", "--area", area, "--lang", "zh")
    said = f"suishi: {area} 不是区划代码；请给出 6 位（县）、9 位（乡镇）或 12 位（村）数字。\n"
    assert (2, "", said) == (done.returncode, done.stdout, done.stderr)
