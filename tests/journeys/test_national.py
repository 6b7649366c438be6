"""The whole procedure of the national pack through real processes: an objection, the review again, the county, and a late measure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.journeys.system import NOON, System, national
from tests.journeys.test_in_and_out import COMMANDS, hospital, register
from tests.way_in import REVIEW, VISIT


@pytest.fixture(scope="module")
def system() -> Iterator[System]:
    with national() as everything:
        yield everything


def january(day: int) -> datetime:
    return NOON + timedelta(days=day - 5)


async def walk(system: System, household: UUID, *steps: tuple[str, int, str, dict[str, Any]]) -> None:
    """Every step on its day by its actor; they travel on one partition, so they arrive in this order."""
    for name, day, actor, data in steps:
        await system.say(COMMANDS, f"suishi.enrollment.command.{name}.v1", data, about=household, by=actor, at=january(day))


async def test_a_household_goes_through_every_step_and_waits_too_long_for_its_measure(system: System) -> None:
    household = uuid4()
    await register(system, household, 1)
    await hospital(system, 1, 25_000)
    await system.wait_for("SELECT 1 FROM enrollment.households WHERE household = $1 AND stage = 'clue'", household)
    await walk(
        system,
        household,
        ("sign-authorisation", 5, "clerk", {"document": "授权书"}),
        ("record-verification", 6, "visitor:li", VISIT),
        ("record-comparison", 6, "clerk", {"outcome": "approved", "items": ["无车辆"]}),
        ("record-review", 7, "village:wu", REVIEW),
        ("post-notice", 7, "village:wu", {}),
        ("raise-objection", 8, "villager:qian", {"grounds": "王五家有新房"}),
        ("record-review", 12, "village:wu", REVIEW),
        ("post-notice", 12, "village:wu", {}),
        ("decide-at-county", 13, "officer:zhou", {"outcome": "approved", "type": "marginal", "reason": "符合条件"}),
        ("close-notice", 18, "village:wu", {}),
        ("decide-at-township", 19, "town:sun", {"outcome": "approved", "reason": "同意"}),
        ("decide-at-county", 20, "officer:zhou", {"outcome": "approved", "type": "marginal", "reason": "符合条件"}),
    )
    await system.wait_for("SELECT 1 FROM enrollment.households WHERE household = $1 AND stage = 'enrolled'", household)
    await system.say("suishi.clock.v1", "suishi.clock.day-started.v1", {"date": "2021-01-31"})
    late = "SELECT 1 FROM enrollment.events WHERE stream = $1 AND topic = 'enrollment.deadline-escalated'"
    await system.wait_for(late, household)

    assert [
        "household-registered",
        "fact-recorded",
        *("clue-raised", "deadline-started", "deadline-started"),
        *("clue-closed", "case-opened", "step-completed", "deadline-started"),
        *("deadline-met", "step-completed"),
        *("deadline-met", "step-completed", "deadline-started"),
        *("deadline-met", "step-completed"),
        "notice-posted",
        *("objection-raised", "step-returned", "deadline-paused", "deadline-started"),
        *("deadline-met", "step-completed", "deadline-resumed"),
        "notice-posted",
        "command-refused",
        "step-completed",
        "step-completed",
        *("deadline-met", "household-enrolled", "minimum-started", "deadline-started", "deadline-started"),
        *("deadline-breached", "deadline-escalated"),
    ] == [topic.removeprefix("enrollment.") for topic in await system.history("enrollment", household)]
    due = await system.see("SELECT kind, due::text FROM enrollment.deadlines WHERE stream = $1 ORDER BY kind", household)
    assert [("before-exit", "2021-07-20"), ("first-measure", "2021-02-19"), ("income-staleness", "2022-01-20")] == [tuple(r) for r in due]
    for name in ("王五", "新房"):
        told = await system.see("SELECT 1 FROM enrollment.events WHERE state::text LIKE '%' || $1 || '%'", name)
        assert told == [], "a name or a free text in the log"
