"""The plans, measures and pairings that people see follow from the log, live and rebuilt alike."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date

import pytest
from msgspec import convert

from services.assistance.domain import events as did
from tests.assistance.helped import (
    BASE,
    CADRE,
    CLOSED,
    DUE,
    ENDED,
    HEALTH,
    HOUSEHOLD,
    OPENED,
    PAIRED,
    PLAN,
    SUCCESSOR,
    TODAY,
    refused,
)
from tests.read_models import ReadModels, read_models

STATES = "SELECT state, changed_on FROM measures WHERE measure = $1"
TOMORROW = date(2021, 1, 6)


@pytest.fixture
async def plans(prepared: str) -> AsyncIterator[ReadModels]:
    async with read_models(prepared, "assistance") as models:
        yield models


async def test_a_plan_is_seen_from_its_opening_to_its_end(plans: ReadModels) -> None:
    await plans.write(HOUSEHOLD, *OPENED)
    assert [(PLAN, HOUSEHOLD, 1, TODAY, None)] == await plans.rows("TABLE plans")
    await plans.write(HOUSEHOLD, *ENDED[:-1], did.PlanClosed(plan=PLAN, on=TOMORROW))
    assert [(PLAN, HOUSEHOLD, 1, TODAY, TOMORROW)] == await plans.rows("TABLE plans")
    assert await plans.difference() is None


async def test_a_measure_is_seen_with_what_it_answers(plans: ReadModels) -> None:
    await plans.write(HOUSEHOLD, *OPENED)
    security = (BASE, HOUSEHOLD, PLAN, "subsistence_security", "civil-affairs", [], True, "proposed", DUE, TODAY)
    cure = (HEALTH, HOUSEHOLD, PLAN, "health", "medical-insurance", ["illness"], False, "proposed", DUE, TODAY)
    assert [security, cure] == await plans.rows("SELECT * FROM measures ORDER BY base DESC")
    assert await plans.difference() is None


async def test_a_measure_is_seen_step_by_step(plans: ReadModels) -> None:
    await plans.write(HOUSEHOLD, *OPENED)
    steps = (did.MeasureAccepted, did.MeasureStarted, did.MeasureDelivered, did.MeasureEnded)
    seen: list[tuple[object, ...]] = []
    for number, step in enumerate(steps, 6):
        said = {"measure": HEALTH, "on": date(2021, 1, number), "evidence_sha256": None}
        await plans.write(HOUSEHOLD, convert(said, step))
        seen += await plans.rows(STATES, HEALTH)
    days = [date(2021, 1, number) for number in range(6, 10)]
    assert list(zip(("accepted", "started", "delivered", "ended"), days, strict=True)) == seen
    assert [("proposed", TODAY)] == await plans.rows(STATES, BASE)
    assert await plans.difference() is None


async def test_the_latest_pairing_is_seen(plans: ReadModels) -> None:
    await plans.write(HOUSEHOLD, *PAIRED, did.CadreAssigned(cadre=SUCCESSOR, from_day=TOMORROW))
    assert [(HOUSEHOLD, SUCCESSOR, TOMORROW)] == await plans.rows("TABLE pairings")
    assert await plans.difference() is None


async def test_a_refusal_is_not_seen(plans: ReadModels) -> None:
    await plans.write(HOUSEHOLD, refused("plan.already-open"))
    assert [0, 0, 0] == [len(await plans.rows(f"TABLE {table}")) for table in ("plans", "measures", "pairings")]


async def test_a_whole_history_in_one_commit_gives_the_same_rows_as_step_by_step(plans: ReadModels) -> None:
    await plans.write(HOUSEHOLD, *PAIRED, *CLOSED)
    assert [("ended", TODAY), ("ended", TODAY)] == await plans.rows("SELECT state, changed_on FROM measures")
    assert [(HOUSEHOLD, CADRE, TODAY)] == await plans.rows("TABLE pairings")
    assert await plans.difference() is None
