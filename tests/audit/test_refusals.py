"""Whoever asked in vain finds the answer without knowing the household."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Final
from uuid import UUID

import pytest

from pipeline.decider import Event
from schemas.clock import COUNTY_TIME
from services.assistance.domain import events as plans
from services.enrollment.domain import events as did
from services.enrollment.translate.custody import custody_stream
from services.notifications.domain import events as letters
from tests.commands.conftest import Suishi, run
from tests.enrollment.zhang import HOUSEHOLD
from tests.read_models import read_models

NEIGHBOURS, FILE, LETTER, PERSON = UUID(int=200), UUID(int=201), UUID(int=202), UUID(int=203)
AGAIN: Final = "再发须用新的消息编号（id）。 Send it again under a new message id."


@pytest.fixture
async def suishi(prepared: str) -> Suishi:
    """Four refusals in three logs, and what is none, read as whoever may only read."""
    early = did.CommandRefused(command="close-8", reason_code="notice.too-early", fits=("raise-objection",))
    differ = did.CommandRefused(command="county-9", reason_code="risks.differ", supported=("illness", "water"))
    aged = plans.CommandRefused(command="care-7", reason_code="care.age-limit", household=NEIGHBOURS, limit="70")
    unsent = letters.CommandRefused(command="acknowledge-6", reason_code="notification.not-sent", about="notification")
    registered = did.HouseholdRegistered(household=NEIGHBOURS, village_code="370323001001", category="x", members=())
    logs: dict[str, dict[UUID, tuple[Event, ...]]] = {
        "assistance": {FILE: (aged,)},
        "notifications": {LETTER: (unsent,)},
        "enrollment": {HOUSEHOLD: (early, differ), NEIGHBOURS: (registered,)},
    }
    for service, told in logs.items():
        async with read_models(prepared, service) as models:
            for stream, events in told.items():
                await models.write(stream, *events)
    place = {"SUISHI_DATABASE": f"{prepared}?role=suishi_auditor", "SUISHI_KAFKA": "127.0.0.1:1"}
    return lambda *arguments, **other: run(*arguments, **{**place, **other})


def test_what_all_services_refused_is_listed_with_whom_it_is_about_and_what_to_do(suishi: Suishi) -> None:
    done = suishi("audit", "refusals")
    lines = done.stdout.splitlines()
    assert (0, "", "4 in all.") == (done.returncode, done.stderr, lines[-1])
    assert [f"care.age-limit  {NEIGHBOURS}", f"notification.not-sent  {LETTER}"] == [lines[place].split("  ", 2)[2] for place in (0, 3)]
    assert f"notice.too-early  {HOUSEHOLD}" in done.stdout
    assert "    2021-01-05 by clerk (/test), caused by cause\n    what fits now: raise-objection\n" in done.stdout
    assert (
        f"管护人员已达到70周岁上限。 A caregiver has reached the limit of 70 years. 请换人。 Choose somebody younger. {AGAIN}\n"
        in done.stdout
    )


async def test_a_refused_erasure_is_told_of_the_person_and_without_a_word_of_messages(prepared: str, suishi: Suishi) -> None:
    """Its stream is none of his; and whoever asks again by `vault erase` names no message."""
    refused = did.CommandRefused(command="erase-7", reason_code="erasure.too-early", until=date(2031, 1, 2), person=PERSON)
    async with read_models(prepared, "enrollment") as models:
        await models.write(custody_stream(str(PERSON)), refused)
    first, *_, why, _ = suishi("audit", "refusals", "--most", "1").stdout.splitlines()
    assert f"erasure.too-early  {PERSON}" == first.split("  ", 2)[2]
    too_early = "法定保存期未满。 The time for which the law wants it kept is not over. 期满后再申请。 Ask again when it is over."
    assert f"    {too_early}" == why


def test_the_newest_stand_last_and_are_as_many_as_were_asked_for(suishi: Suishi) -> None:
    done = suishi("audit", "refusals", "--most", "1")
    assert ("risks.differ" in done.stdout, done.stdout.splitlines()[-1]) == (True, "1 of 4 shown, --most shows earlier ones.")
    assert "4 in all." == suishi("audit", "refusals", "--most", "4").stdout.splitlines()[-1]
    document = json.loads(suishi("audit", "refusals", "--most", "2", "--json").stdout)
    assert 4 == document["of"]
    assert ["notice.too-early", "risks.differ"] == [one["reason_code"] for one in document["refusals"]]
    assert [str(HOUSEHOLD)] * 2 == [one["about"] for one in document["refusals"]]


def test_a_day_is_that_of_the_recording(suishi: Suishi) -> None:
    today = datetime.now(UTC).astimezone(COUNTY_TIME).date()
    assert "4 in all.\n" == suishi("audit", "refusals", "--on", str(today)).stdout[-10:]
    assert "0 in all.\n" == suishi("audit", "refusals", "--on", "2021-01-05").stdout


def test_in_chinese_the_reason_has_its_chinese_name(suishi: Suishi) -> None:
    assert "共 4 条，列出最新 1 条，更早的用 --most 查看。\n" in suishi("audit", "refusals", "--most", "1", SUISHI_LANG="zh").stdout
