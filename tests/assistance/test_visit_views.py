"""Places, pairings, visits, findings and the visit rate follow from the log, live and rebuilt alike."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date
from typing import Any, cast
from uuid import UUID

import pytest

from local.services import ROOT
from schemas.assistance import AcceptMeasure, AssignCadre, ReleaseCadre
from schemas.clock import DayStarted
from schemas.enrollment import HouseholdEnded, HouseholdMoved
from services.assistance.domain import events as did
from services.assistance.identify import Identify
from tests.assistance.helped import CADRE, HEALTH, HOUSEHOLD, OPENED, PILOT, SUCCESSOR, TODAY
from tests.assistance.paired import (
    FINDING,
    HOME,
    NEXT_VILLAGE,
    OTHER_TOWN,
    VILLAGE,
    VISIT,
    answers,
    day,
    found,
    paired,
    placed,
    resolved,
    visited,
)
from tests.messages import envelope
from tests.read_models import ReadModels, read_models

NEIGHBOUR, THIRD_HOUSE = UUID(int=101), UUID(int=102)
JANUARY, FEBRUARY, MARCH = date(2021, 1, 1), date(2021, 2, 1), date(2021, 3, 1)
LEFT = did.CadreReleased(cadre=CADRE, from_day=day(1), on=day(20), reason="left")
RATES = "SELECT level, name, paired, visited FROM visit_rates WHERE month = $1 ORDER BY level, name"


@pytest.fixture
async def county(prepared: str) -> AsyncIterator[ReadModels]:
    async with read_models(prepared, "assistance") as models:
        yield models


async def test_a_household_is_seen_where_it_lives_and_where_it_lived(county: ReadModels) -> None:
    await county.write(HOUSEHOLD, placed(), placed(village=OTHER_TOWN, on=day(9)))
    assert [(HOUSEHOLD, OTHER_TOWN, "lifted_receiving", None, None)] == await county.rows("TABLE households")
    lived = [(HOUSEHOLD, day(1), VILLAGE, "lifted_receiving"), (HOUSEHOLD, day(9), OTHER_TOWN, "lifted_receiving")]
    assert lived == await county.rows("SELECT * FROM places ORDER BY from_day")
    assert await county.difference() is None


async def test_every_pairing_is_seen_with_the_days_on_which_it_held(county: ReadModels) -> None:
    await county.write(HOUSEHOLD, paired(CADRE, day(1)), paired(SUCCESSOR, day(9), until=day(30)), paired(CADRE, day(12)))
    assert [(CADRE, day(1), day(8)), (SUCCESSOR, day(9), day(11)), (CADRE, day(12), None)] == await county.rows(
        "SELECT cadre, from_day, to_day FROM paired ORDER BY from_day"
    )
    await county.write(HOUSEHOLD, did.CadreReleased(cadre=CADRE, from_day=day(12), on=day(12), reason="left"))
    assert [(CADRE, day(1), day(8)), (SUCCESSOR, day(9), day(11))] == await county.rows(
        "SELECT cadre, from_day, to_day FROM paired ORDER BY from_day"
    )
    assert await county.difference() is None


async def test_a_household_without_a_cadre_is_listed_until_somebody_is_paired(county: ReadModels) -> None:
    await county.write(HOUSEHOLD, *HOME, LEFT, did.CadreMissing(on=day(20), since=day(20)))
    listed = "SELECT household, town_code, village_code, category, missing_on FROM unpaired"
    assert [(HOUSEHOLD, "370323100", VILLAGE, "lifted_receiving", day(20))] == await county.rows(listed)
    assert await county.difference() is None
    await county.write(HOUSEHOLD, paired(SUCCESSOR, day(21)))
    assert [] == await county.rows(listed)
    assert await county.difference() is None


async def test_a_household_is_not_listed_while_somebody_answers_who_was_assigned_before(county: ReadModels) -> None:
    """And a day concerns it again when he is gone."""
    gone = did.CadreReleased(cadre=CADRE, from_day=day(1), on=TODAY, reason="left")
    later = paired(SUCCESSOR, day(20), until=day(27))
    await county.write(HOUSEHOLD, *HOME, later, gone, did.CadreMissing(on=TODAY, since=TODAY), answers(None))
    assert [(HOUSEHOLD, TODAY)] == await county.rows("SELECT household, missing_on FROM unpaired")
    days = [envelope(DayStarted(date=day(number))) for number in (19, 20, 28)]
    assert [(), (HOUSEHOLD,), (HOUSEHOLD,)] == [one.pairings for one in await Identify(county.pool, PILOT)(days)]
    await county.write(HOUSEHOLD, answers(SUCCESSOR, day(20)))
    assert [] == await county.rows("TABLE unpaired")
    assert await county.difference() is None
    assert [(), (HOUSEHOLD,)] == [one.pairings for one in await Identify(county.pool, PILOT)(days[1:])]


async def test_a_household_that_ended_is_not_listed(county: ReadModels) -> None:
    await county.write(HOUSEHOLD, placed(), did.CadreMissing(on=day(2)), did.HouseholdEnded(on=day(3)))
    assert [] == await county.rows("TABLE unpaired")
    assert [(day(3),)] == await county.rows("SELECT ended_on FROM households")
    assert await county.difference() is None


async def test_a_day_concerns_those_for_whom_nobody_answers_and_that_was_not_told(county: ReadModels) -> None:
    other, told, enrolled, ended = (UUID(int=number) for number in range(103, 107))
    await county.write(HOUSEHOLD, *HOME, LEFT)
    await county.write(NEIGHBOUR, placed(), paired(CADRE, day(21)), answers(CADRE, day(21)))
    later = (paired(SUCCESSOR, day(15)), answers(SUCCESSOR, day(15)))
    await county.write(THIRD_HOUSE, placed(), paired(CADRE, day(1), until=day(10)), *later)
    await county.write(other, placed("lifted_not_receiving"))
    await county.write(told, placed(), did.CadreMissing(on=day(2)))
    await county.write(enrolled, placed("never_registered"), *OPENED)
    await county.write(ended, placed(), did.HouseholdEnded(on=day(3)))
    days = [envelope(DayStarted(date=day(number))) for number in (12, 19, 20, 21)]
    found_of = [one.pairings for one in await Identify(county.pool, PILOT)(days)]
    everybody = [(NEIGHBOUR, THIRD_HOUSE, enrolled)] * 2 + [(HOUSEHOLD, NEIGHBOUR, THIRD_HOUSE, enrolled)] * 2
    assert everybody == found_of


async def test_a_day_concerns_those_for_whom_another_one_answers_than_was_told(county: ReadModels) -> None:
    """A pairing that begins, one that ends, and one of a log from before; the cadre of each day is the one that the rules find."""
    await county.write(HOUSEHOLD, *HOME, paired(SUCCESSOR, day(10)))
    await county.write(NEIGHBOUR, paired(CADRE, day(1), until=day(9)), answers(CADRE, day(1)))
    await county.write(THIRD_HOUSE, paired(CADRE, day(1)))
    days = [envelope(DayStarted(date=day(number))) for number in (9, 10)]
    assert [(THIRD_HOUSE,), (HOUSEHOLD, NEIGHBOUR, THIRD_HOUSE)] == [one.pairings for one in await Identify(county.pool, PILOT)(days)]
    await county.write(HOUSEHOLD, answers(SUCCESSOR, day(10)))
    await county.write(NEIGHBOUR, answers(None, day(10)))
    await county.write(THIRD_HOUSE, answers(CADRE, day(10)))
    assert [()] == [one.pairings for one in await Identify(county.pool, PILOT)(days[1:])]
    assert [(SUCCESSOR, day(10)), (None, day(10)), (CADRE, day(10))] == await county.rows(
        "SELECT cadre, since FROM answering ORDER BY household"
    )
    assert await county.difference() is None


async def test_a_day_concerns_whoever_was_paired_in_the_same_batch(county: ReadModels) -> None:
    batch = [envelope(AssignCadre(cadre_id=CADRE, from_day=day(6)), subject=HOUSEHOLD), envelope(DayStarted(date=day(6)))]
    assert [(), (HOUSEHOLD,)] == [one.pairings for one in await Identify(county.pool, PILOT)(batch)]


async def test_a_cadre_who_leaves_concerns_all_his_households_also_those_of_a_moment_ago(county: ReadModels) -> None:
    await county.write(HOUSEHOLD, *HOME)
    await county.write(NEIGHBOUR, placed(), paired(SUCCESSOR, day(1)))
    batch = [envelope(AssignCadre(cadre_id=CADRE, from_day=day(3)), subject=THIRD_HOUSE), envelope(ReleaseCadre(cadre_id=CADRE, on=TODAY))]
    assert [(), (HOUSEHOLD, THIRD_HOUSE)] == [one.pairings for one in await Identify(county.pool, PILOT)(batch)]


async def test_a_day_concerns_whoever_left_moved_or_ended_in_the_same_batch(county: ReadModels) -> None:
    """Each of them on a day to come, which is one of the batch."""
    for household in (HOUSEHOLD, NEIGHBOUR, THIRD_HOUSE):
        await county.write(household, placed(), paired(CADRE if household == HOUSEHOLD else SUCCESSOR, day(1)))
        await county.write(household, answers(CADRE if household == HOUSEHOLD else SUCCESSOR, day(1)))
    batch = [
        envelope(DayStarted(date=day(6))),
        envelope(ReleaseCadre(cadre_id=CADRE, on=day(7))),
        envelope(HouseholdMoved(household_id=NEIGHBOUR, village_code=OTHER_TOWN, on=day(7), category="lifted_receiving")),
        envelope(HouseholdEnded(household_id=THIRD_HOUSE, on=day(7), reason="died")),
        envelope(DayStarted(date=day(7))),
    ]
    found_of = await Identify(county.pool, PILOT)(batch)
    everybody = (HOUSEHOLD, NEIGHBOUR, THIRD_HOUSE)
    assert [(HOUSEHOLD,), everybody] == [found_of[1].pairings, found_of[-1].pairings]


class Calendar:
    """Of the database only which day it is."""

    asked = 0

    async def fetchval(self, _query: str) -> date:
        self.asked += 1
        return day(20)


async def test_messages_that_name_their_households_ask_the_database_nothing_but_the_day_once_for_all() -> None:
    calendar, said = Calendar(), envelope(AcceptMeasure(measure_id=HEALTH), subject=HOUSEHOLD)
    found_alone = await Identify(cast("Any", calendar), PILOT)([said, said])
    assert [(HOUSEHOLD, (), day(20))] * 2 == [(one.household, one.pairings, one.today) for one in found_alone]
    assert calendar.asked == 1


async def test_a_finding_is_open_until_it_is_put_right(county: ReadModels) -> None:
    await county.write(HOUSEHOLD, placed(), visited(day(4), findings=(found(), found(UUID(int=801), "clean_home", None))), on=day(9))
    listed = "SELECT town_code, village_code, household, finding, kind, risk, found_on, days FROM open_findings ORDER BY finding"
    rain = ("370323100", VILLAGE, HOUSEHOLD, FINDING, "guarantee", "housing", day(4), 5)
    dirt = ("370323100", VILLAGE, HOUSEHOLD, UUID(int=801), "clean_home", None, day(4), 5)
    assert [rain, dirt] == await county.rows(listed)
    await county.write(HOUSEHOLD, resolved(on=day(12)), on=day(12))
    assert [(*dirt[:-1], 8)] == await county.rows(listed)
    assert [(VISIT, day(4), day(12))] == await county.rows("SELECT visit, found_on, resolved_on FROM findings WHERE finding = $1", FINDING)
    assert await county.difference() is None


async def test_the_visit_rate_is_that_of_the_month_in_which_the_visit_was(county: ReadModels) -> None:
    await county.write(HOUSEHOLD, *HOME, visited(day(4), identity=UUID(int=1)))
    await county.write(NEIGHBOUR, placed(village=NEXT_VILLAGE), paired(CADRE, day(1)))
    await county.write(THIRD_HOUSE, placed(village=OTHER_TOWN), paired(SUCCESSOR, day(1)), visited(FEBRUARY, SUCCESSOR, UUID(int=2)))
    january = [
        ("cadre", str(CADRE), 2, 1), ("cadre", str(SUCCESSOR), 1, 0), ("county", "370323", 3, 1),
        ("town", "370323100", 2, 1), ("town", "370323101", 1, 0),
        ("village", VILLAGE, 1, 1), ("village", NEXT_VILLAGE, 1, 0), ("village", OTHER_TOWN, 1, 0),
    ]  # fmt: skip
    assert january == await county.rows(RATES, JANUARY)
    assert [("county", "370323", 3, 1)] == (await county.rows(RATES, FEBRUARY))[2:3]
    assert [] == await county.rows(RATES, MARCH)
    await county.write(NEIGHBOUR, visited(day(31), identity=UUID(int=3)), on=MARCH)
    assert [("county", "370323", 3, 2)] == (await county.rows(RATES, JANUARY))[2:3]
    assert await county.difference() is None


async def test_only_a_visit_by_the_paired_cadre_of_the_day_counts_and_each_household_once(county: ReadModels) -> None:
    early, foreign = visited(day(2), SUCCESSOR, UUID(int=1), by_paired=False), visited(day(22), CADRE, UUID(int=2), by_paired=False)
    await county.write(HOUSEHOLD, *HOME, LEFT, paired(SUCCESSOR, day(20)), early, foreign)
    assert [("county", "370323", 1, 0)] == (await county.rows(RATES, JANUARY))[2:3]
    await county.write(HOUSEHOLD, visited(day(20), SUCCESSOR, UUID(int=3)), visited(day(21), SUCCESSOR, UUID(int=4)))
    rates = [("cadre", str(CADRE), 1, 0), ("cadre", str(SUCCESSOR), 1, 1), ("county", "370323", 1, 1)]
    assert rates == (await county.rows(RATES, JANUARY))[:3]


async def test_a_pairing_that_is_told_after_the_visit_makes_it_count(county: ReadModels) -> None:
    await county.write(HOUSEHOLD, placed(), visited(day(4), by_paired=False), paired(CADRE, day(1)))
    assert [("cadre", str(CADRE), 1, 1)] == (await county.rows(RATES, JANUARY))[:1]


async def test_a_month_counts_where_the_household_lived_at_its_end(county: ReadModels) -> None:
    moved = (
        placed(village=OTHER_TOWN, on=date(2021, 2, 10)),
        did.CadreReleased(cadre=CADRE, from_day=day(1), on=date(2021, 2, 10), reason="moved"),
    )
    await county.write(HOUSEHOLD, *HOME, *moved, visited(MARCH, identity=UUID(int=1), by_paired=False))
    towns = "SELECT month, name, paired FROM visit_rates WHERE level = 'town' ORDER BY month"
    assert [(JANUARY, "370323100", 1), (FEBRUARY, "370323100", 1)] == await county.rows(towns)


async def test_pairings_of_a_log_from_before_are_all_there_after_the_migration(county: ReadModels) -> None:
    await county.write(HOUSEHOLD, placed(), paired(CADRE, day(1)), paired(SUCCESSOR, day(9)), paired(CADRE, day(9)))
    await county.write(NEIGHBOUR, placed(), paired(CADRE, day(2)))
    script = (ROOT / "services/assistance/migrations/0003_pairing.sql").read_text().replace("{schema}", "assistance")
    (refill,) = [statement for statement in script.split(";") if statement.lstrip().startswith("INSERT INTO assistance.pairings")]
    await county.pool.execute("DELETE FROM assistance.pairings")
    assert await county.difference() is not None
    await county.pool.execute(refill)
    assert await county.difference() is None


async def test_a_household_of_a_log_from_before_for_whom_somebody_answers_is_not_listed_after_the_migration(county: ReadModels) -> None:
    missing = (did.CadreMissing(on=TODAY, since=TODAY), answers(None))
    await county.write(HOUSEHOLD, *HOME, *missing, answers(SUCCESSOR, day(20)))
    await county.write(NEIGHBOUR, *HOME, *missing)
    await county.pool.execute("UPDATE assistance.households SET missing_on = $1", TODAY)
    assert await county.difference() is not None
    script = ROOT / "services/assistance/migrations/0012_missing_again.sql"
    await county.pool.execute(script.read_text().replace("{schema}", "assistance"))
    assert [(NEIGHBOUR,)] == await county.rows("SELECT household FROM unpaired")
    assert await county.difference() is None
