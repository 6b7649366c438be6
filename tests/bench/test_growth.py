"""A filled database is what the service would have left, and what a province makes of the figures is arithmetic."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import asyncpg
import pytest
import uvloop

from audit.replay import replay
from audit.verify import Verdict, verify
from bench.counties import Seat, another, side_by_side
from bench.facts import SEED, told
from bench.filled import Size
from bench.growth import County, Grown, Growth, Visit, compared, grow, name_of
from bench.province import Assumed, Measured, Queue, drained, stored
from county.population import population
from local.stack import running

SMALL, LARGE = Size(82, 2_000), Size(500, 3_000)
TINY = Growth(households=60, sizes=(SMALL, LARGE), rounds=1)


@dataclass(frozen=True)
class Ran:
    county: County
    grown: list[Grown]

    def dsn(self, size: Size) -> str:
        return self.county.ground.dsn(name_of(size))

    def ask(self, size: Size, sql: str) -> Any:  # noqa: ANN401 - one value
        return asyncio.run(self._ask(self.dsn(size), sql))

    async def _ask(self, dsn: str, sql: str) -> Any:  # noqa: ANN401
        connection = await asyncpg.connect(dsn)
        try:
            return await connection.fetchval(sql)
        finally:
            await connection.close()


@pytest.fixture(scope="module")
def ran() -> Iterator[Ran]:
    """A stack of its own: the topics of the services have fixed names."""
    with running() as stack:
        yield Ran(*uvloop.run(grow(stack, TINY, lambda _: None)))


@pytest.mark.parametrize("size", [SMALL, LARGE])
def test_the_audit_finds_nothing_wrong_with_a_filled_database(ran: Ran, size: Size) -> None:
    positions = ran.ask(size, "SELECT position FROM enrollment.log_head")
    assert asyncio.run(verify(ran.dsn(size), "enrollment")) == Verdict(positions)
    assert asyncio.run(replay(ran.dsn(size), "enrollment", messages=True)).ok


@pytest.mark.parametrize("size", [SMALL, LARGE])
def test_a_filled_database_has_as_many_households_and_events_as_its_name_says(ran: Ran, size: Size) -> None:
    before_the_season = (
        "SELECT count(*) FROM enrollment.stored_events WHERE source LIKE '/370399/%' OR topic = 'enrollment.household-registered'"
    )
    assert (ran.ask(size, "SELECT count(*) FROM enrollment.households"), ran.ask(size, before_the_season)) == size


def test_every_message_of_a_filled_log_is_in_the_inbox(ran: Ran) -> None:
    season = len({(message.source, message.id) for message in told(population(SEED, TINY.households), "season 1")})
    assert ran.ask(LARGE, "SELECT count(*) FROM enrollment.inbox") == LARGE.events + season


def test_every_member_of_a_filled_register_is_in_the_vault(ran: Ran) -> None:
    missing = "SELECT count(*) FROM enrollment.members WHERE person NOT IN (SELECT person FROM vault.persons)"
    assert ran.ask(LARGE, missing) == 0


def test_every_fact_finds_its_household_and_none_is_refused(ran: Ran) -> None:
    unmatched = ran.ask(LARGE, "SELECT count(*) FROM enrollment.stored_events WHERE topic = 'enrollment.fact-unmatched'")
    assert (unmatched, ran.ask(LARGE, "SELECT count(*) FROM enrollment.set_aside")) == (0, 0)


def test_every_size_hears_the_whole_season(ran: Ran) -> None:
    facts = len(told(population(SEED, TINY.households), "season 1"))
    assert [(grown.size, [visit.facts for visit in grown.visits]) for grown in ran.grown] == [(SMALL, [facts]), (LARGE, [facts])]


def test_every_rate_is_a_ratio_to_that_of_the_first_size() -> None:
    slower = [Grown(SMALL, [_visit(4.0)], head=10, bytes=9_990), Grown(LARGE, [_visit(5.0)], head=10, bytes=9_990)]
    assert [(one["facts_per_second"], one["ratio"], one["bytes_per_event"]) for one in compared(slower)] == [(50, 1.0, 999), (40, 0.8, 999)]


def _visit(seconds: float) -> Visit:
    return Visit(facts=200, ready=1.0, seconds=seconds, service=0.02, postgres=0.01, peak=150.0)


def test_two_counties_take_their_facts_side_by_side(ran: Ran, request: pytest.FixtureRequest) -> None:
    if not request.config.getoption("--long"):
        pytest.skip("a second Kafka and PostgreSQL for one figure: with --long")
    with running() as stack:
        seats = [Seat(ran.county, ran.dsn(SMALL)), uvloop.run(another(stack, TINY.households, SMALL))]
        beside = uvloop.run(side_by_side(seats, 1, lambda _: None))
    seasons = [len(told(population(SEED, TINY.households), f"season {number}")) for number in (1, 2, 3)]
    assert ([one.count for one in beside.alone], [one.count for one in beside.both]) == ([seasons[1]], [seasons[2] + seasons[0]])


def test_counties_share_the_capacity_evenly_and_none_is_faster_than_alone() -> None:
    assert drained(100, [0, 0], alone=10, capacity=30) == Queue(most=200, seconds=10, longest=10)
    assert drained(100, [0, 0], alone=10, capacity=10) == Queue(most=200, seconds=20, longest=20)


def test_a_burst_that_comes_when_the_one_before_is_over_waits_for_nobody() -> None:
    assert drained(100, [0, 10], alone=10, capacity=10) == Queue(most=100, seconds=20, longest=10)


def test_a_province_stores_what_its_counties_store_as_often_as_it_keeps_it() -> None:
    one = Measured(alone=1, together=1, cores=1, events=2, database=1_000, fact=600, event=500)
    two_counties = Assumed(counties=2, households=1_000, facts=250, kafka_copies=3, database_copies=2, backups=4)
    assert stored(one, two_counties) == {
        "county": {"events": 2_000_000, "database_gb": 2.0, "kafka_gb": 1.0, "facts_gb": 0.05},
        "province": {"database_gb": 4, "kafka_gb": 2, "facts_gb": 0},
        "disks_gb": 30,  # 4 GB kept six times, 2 GB three times, and 0.1 GB of facts three times
    }
