"""Whom a day concerns, and what was published until then, is found in the register of earlier batches."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest

from schemas.clock import DayStarted
from schemas.enrollment import PublishLine
from services.enrollment.domain import events as did
from services.enrollment.domain.clocks.deadline_events import DeadlineStarted
from services.enrollment.domain.clocks.told_days import DayTold
from services.enrollment.domain.pack.lines import Assignment, Line, Published
from services.enrollment.translate.days import TOLD_DAYS
from services.enrollment.translate.publications import area_stream
from tests.enrollment.register import NEIGHBOURS, SON, Register, about
from tests.enrollment.zhang import HOUSEHOLD, ILL, TODAY


async def test_a_day_finds_the_deadlines_before_it_and_not_those_of_the_day(register: Register) -> None:
    await register.models.write(HOUSEHOLD, DeadlineStarted(kind="verify", due=date(2021, 1, 7)))
    await register.models.write(NEIGHBOURS, DeadlineStarted(kind="verify", due=date(2021, 1, 8)))
    assert (HOUSEHOLD,) == (await register.find(DayStarted(date=date(2021, 1, 8)))).streams


async def test_what_was_published_is_told_with_every_message(register: Register) -> None:
    line, named = Line("370323", TODAY, 640_000), Assignment("370323", TODAY, "example-pilot")
    await register.models.write(area_stream("370323"), did.LinePublished(line=line, takes_effect=TODAY, document_sha256="text"))
    await register.models.write(area_stream("370323"), did.PackPublished(assignment=named, pack_sha256="pack", document_sha256="text"))
    assert Published((line,), (named,)) == (await register.find(about())).published


async def test_a_publication_counts_for_the_messages_behind_it_if_it_is_taken(register: Register) -> None:
    to_come = PublishLine(area="370323", valid_from=date(2021, 3, 1), fen_per_person_year=640_000, document="通知")
    past = PublishLine(area="370323", valid_from=date(2020, 3, 1), fen_per_person_year=1, document="通知")
    found = await register.find(to_come, past, DayStarted(date=date(2021, 3, 1)))
    assert Published((Line("370323", date(2021, 3, 1), 640_000),)) == found.published


@pytest.mark.parametrize(("day", "found"), [(date(2021, 2, 28), ()), (date(2021, 3, 1), (HOUSEHOLD,)), (date(2021, 3, 3), ())])
async def test_a_line_that_takes_effect_finds_the_cases_of_its_area(register: Register, day: date, found: tuple[UUID, ...]) -> None:
    line = Line("370323001", date(2021, 3, 1), 640_000)
    await register.models.write(
        area_stream("370323001"), did.LinePublished(line=line, takes_effect=line.valid_from, document_sha256="text")
    )
    await register.registered(NEIGHBOURS, await register.person(SON))
    await register.registered(HOUSEHOLD, await register.person())
    await register.models.write(HOUSEHOLD, did.CaseOpened(case=UUID(int=9), episode=1, pack="example-pilot"))
    assert found == (await register.find(DayStarted(date=day))).streams


async def test_a_line_that_takes_effect_finds_who_was_looked_at_and_is_outside(register: Register) -> None:
    line = Line("370323001", date(2021, 3, 1), 640_000)
    await register.models.write(
        area_stream("370323001"), did.LinePublished(line=line, takes_effect=line.valid_from, document_sha256="text")
    )
    await register.registered(NEIGHBOURS, await register.person(SON))
    await register.registered(HOUSEHOLD, await register.person())
    await register.models.write(HOUSEHOLD, did.ClueClosed(clue=UUID(int=9), reason="dismissed"))
    assert (HOUSEHOLD,) == (await register.find(DayStarted(date=line.valid_from))).streams


@pytest.mark.parametrize(("day", "found"), [(date(2021, 2, 28), ()), (date(2021, 3, 1), (HOUSEHOLD,)), (date(2021, 3, 3), ())])
async def test_a_pack_that_takes_effect_finds_who_is_outside_and_something_was_told_of(
    register: Register, day: date, found: tuple[UUID, ...]
) -> None:
    pack = Assignment("370323001", date(2021, 3, 1), "example-pilot")
    await register.models.write(area_stream("370323001"), did.PackPublished(assignment=pack, pack_sha256="pack", document_sha256="text"))
    await register.registered(NEIGHBOURS, await register.person(SON))
    await register.registered(HOUSEHOLD, await register.person())
    await register.models.write(HOUSEHOLD, did.FactRecorded(fact=ILL))
    assert found == (await register.find(DayStarted(date=day))).streams


async def test_a_pack_that_takes_effect_finds_no_case_since_it_keeps_its_own(register: Register) -> None:
    pack = Assignment("", TODAY, "example-pilot")
    await register.models.write(area_stream(""), did.PackPublished(assignment=pack, pack_sha256="pack", document_sha256="text"))
    await register.registered(HOUSEHOLD, await register.person())
    await register.models.write(HOUSEHOLD, did.FactRecorded(fact=ILL), did.CaseOpened(case=UUID(int=9), episode=1, pack="example-pilot"))
    assert () == (await register.find(DayStarted(date=TODAY))).streams


@pytest.mark.parametrize(
    ("before", "found"),
    [
        pytest.param(date(2021, 2, 27), (HOUSEHOLD,), id="the day of the line was skipped"),
        pytest.param(date(2021, 3, 1), (HOUSEHOLD,), id="the day of the line was told last: once more"),
        pytest.param(date(2021, 3, 2), (), id="the day of the line was told and the next one too"),
    ],
)
async def test_after_a_jump_of_days_a_line_of_any_of_them_finds_its_cases(
    register: Register, before: date, found: tuple[UUID, ...]
) -> None:
    line = Line("370323001", date(2021, 3, 1), 640_000)
    await register.models.write(
        area_stream("370323001"), did.LinePublished(line=line, takes_effect=line.valid_from, document_sha256="text")
    )
    await register.registered(HOUSEHOLD, await register.person())
    await register.models.write(HOUSEHOLD, did.CaseOpened(case=UUID(int=9), episode=1, pack="example-pilot"))
    await register.models.write(TOLD_DAYS, DayTold(day=before))
    assert found == (await register.find(DayStarted(date=date(2021, 3, 9)))).streams


async def test_a_line_of_a_pack_finds_its_cases_after_a_jump_as_well(register: Register) -> None:
    await register.registered(HOUSEHOLD, await register.person())
    await register.models.write(HOUSEHOLD, did.CaseOpened(case=UUID(int=9), episode=1, pack="example-pilot"))
    await register.models.write(TOLD_DAYS, DayTold(day=date(2020, 12, 28)))
    assert (HOUSEHOLD,) == (await register.find(DayStarted(date=date(2021, 1, 4)))).streams


async def test_the_last_day_that_was_told_is_told_with_every_message(register: Register) -> None:
    assert (await register.find(about())).today is None
    for day in (date(2021, 1, 6), date(2021, 1, 7)):
        await register.models.write(TOLD_DAYS, DayTold(day=day))
    assert date(2021, 1, 7) == (await register.find(about())).today
    assert await register.models.difference() is None
