"""Whatever the sides are compared by, they did the same work: every fact is stored and published by each of them."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest
import uvloop
from aiokafka import AIOKafkaConsumer, TopicPartition

from bench.comparison import Comparison, Plan, compare
from bench.facts import SEED, fresh, told
from bench.ground import LIMIT, NAIVE
from bench.hops import Heard
from bench.hops import hops as between
from bench.latency import bare
from bench.sender import Sent, send
from bench.timing import Round, quantile, typical
from county.outgoing import Outgoing
from county.population import population
from local.stack import Stack, running
from tests.commands.conftest import run

TINY = Plan(
    households=100, rounds=1, naive=1_000_000, batches=1, alone=5, latency_seconds=2, warm_up_seconds=1, loaded_seconds=1, letters=None
)  # fmt: skip


@dataclass(frozen=True)
class Ran:
    stack: Stack
    compared: Comparison

    @property
    def fresh(self) -> list[Outgoing]:
        """What was sent to measure how long a fact takes."""
        return fresh(population(SEED, TINY.households), self.compared.fresh)

    def count(self, database: str, sql: str, *values: object) -> int:
        return asyncio.run(self._count(urlunsplit(urlsplit(self.stack.database)._replace(path=f"/{database}")), sql, *values))

    def length(self, topic: str) -> int:
        return asyncio.run(self._length(topic))

    async def _count(self, dsn: str, sql: str, *values: object) -> int:
        connection = await asyncpg.connect(dsn)
        try:
            return await connection.fetchval(f"SELECT count(*) FROM {sql}", *values)
        finally:
            await connection.close()

    async def _length(self, topic: str) -> int:
        async with AIOKafkaConsumer(**self.stack.kafka.options) as consumer:
            ends = await consumer.end_offsets([TopicPartition(topic, number) for number in range(12)])
        return sum(ends.values())


@pytest.fixture(scope="module")
def ran() -> Iterator[Ran]:
    """A stack of its own: the topics of the services have fixed names."""
    with running() as stack:
        yield Ran(stack, uvloop.run(compare(stack, TINY, lambda _: None)))


def test_every_side_counts_the_same_facts(ran: Ran) -> None:
    facts = len(told(population(SEED, TINY.households)))
    counts = {side: [one.count for one in rounds] for side, rounds in ran.compared.pipeline.items()}
    assert counts == {"ours": [facts], "limit": [facts], "naive": [facts]}


def test_the_limit_stores_and_publishes_every_fact(ran: Ran) -> None:
    assert (ran.count("bench_limit_0", "events"), ran.length(LIMIT)) == (ran.compared.facts, ran.compared.facts)


def test_the_naive_peer_stores_and_publishes_every_fact(ran: Ran) -> None:
    stored = ran.count("bench_naive", "register_events WHERE topic LIKE '%FactRecorded'")
    assert (stored, ran.length(NAIVE)) == (ran.compared.facts, ran.compared.facts)


def test_ours_takes_every_fact_once_and_refuses_none(ran: Ran) -> None:
    people = population(SEED, TINY.households)
    said = {(message.source, message.id) for message in (*told(people), *ran.fresh)}
    registrations = len(people.registered) + len(people.country)
    inbox, refused = ran.count("bench_ours_0", "enrollment.inbox"), ran.count("bench_ours_0", "enrollment.set_aside")
    assert (inbox, refused) == (len(said) + registrations, 0)


def test_every_fact_of_ours_finds_its_household(ran: Ran) -> None:
    assert ran.count("bench_ours_0", "enrollment.stored_events WHERE topic = 'enrollment.fact-unmatched'") == 0


def test_every_side_appends_the_same_events_and_reads_back_all_of_them(ran: Ran) -> None:
    parts = (ran.compared.append_batch, ran.compared.append_one, ran.compared.replay)
    assert [[one.count for rounds in part.values() for one in rounds] for part in parts] == [[100] * 3, [5] * 3, [105] * 3]


def test_the_rebuild_takes_every_event_of_our_pipeline(ran: Ran) -> None:
    of_the_latency = ran.count("bench_ours_0", "enrollment.stored_events WHERE causation = ANY($1)", [one.id for one in ran.fresh])
    everything = ran.count("bench_ours_0", "enrollment.stored_events")
    assert [one.count for one in ran.compared.rebuild["ours"]] == [everything - of_the_latency]
    assert [one.count for rounds in ran.compared.verify.values() for one in rounds] == [everything - of_the_latency] * 2


def test_the_document_names_every_side(ran: Ran) -> None:
    document = ran.compared.document()
    assert {
        part: list(document[part]) for part in ("pipeline", "append_batch", "append_one", "replay", "rebuild", "verify", "latency_ms")
    } == {
        "pipeline": ["ours", "limit", "naive"],
        "append_batch": ["ours", "library", "limit"],
        "append_one": ["ours", "library", "limit"],
        "replay": ["ours", "library", "limit"],
        "rebuild": ["ours", "library"],
        "verify": ["ours", "limit"],
        "latency_ms": ["p50", "p99", "bare_p50", "bare_p99"],
    }


def test_the_document_tells_every_hop_at_both_loads(ran: Ran) -> None:
    loads = ran.compared.document()["latency_at"]
    hops = ["per_second", "late", "send", "decide", "publish", "read", "end_to_end"]
    assert {share: list(load) for share, load in loads.items()} == {"20": hops, "80": hops}


def test_a_load_is_a_share_of_our_own_rate(ran: Ran) -> None:
    document = ran.compared.document()
    rate, loads = document["pipeline"]["ours"], document["latency_at"]
    assert [loads["20"]["per_second"], loads["80"]["per_second"]] == pytest.approx([rate * 0.2, rate * 0.8], abs=1)


def test_a_late_sender_shortens_no_hop() -> None:
    due = Sent(due=100.0, handed=100.25, acknowledged=100.5, appended=100.375)
    event = Heard(recorded=100.75, appended=101.0, read=101.125)
    hops = {"late": [250.0], "send": [500.0], "decide": [375.0], "publish": [250.0], "read": [125.0], "end_to_end": [1125.0]}
    assert between([due], [event]) == hops


def test_each_message_is_due_at_its_own_instant(ran: Ran) -> None:
    messages = bare(fresh(population(SEED, TINY.households), 5))
    sent = asyncio.run(send(ran.stack.kafka, messages, per_second=40.0))
    assert [one.due - sent[0].due for one in sent] == pytest.approx([0.0, 0.025, 0.05, 0.075, 0.1], abs=1e-6)


def test_nothing_is_handed_over_before_it_is_due_or_acknowledged_before_it_is_handed_over(ran: Ran) -> None:
    messages = bare(fresh(population(SEED, TINY.households), 5))
    sent = asyncio.run(send(ran.stack.kafka, messages, per_second=100.0))
    assert [one.due <= one.handed <= one.acknowledged for one in sent] == [True] * 5


def test_the_rate_of_several_rounds_is_their_median() -> None:
    assert typical([Round(100, 1.0), Round(100, 0.5), Round(100, 4.0)]) == 100


def test_one_percent_of_the_values_lies_above_p99() -> None:
    assert quantile([float(number) for number in range(200, 0, -1)], 0.99) == 199.0


def test_the_bench_leaves_a_named_system_alone() -> None:
    done = run("bench", "--quick", SUISHI_KAFKA="127.0.0.1:1", SUISHI_DATABASE="postgresql://nobody@127.0.0.1:1/none")
    said = "suishi: the bench writes much and runs on a throw-away system of its own only; unset SUISHI_KAFKA and SUISHI_DATABASE.\n"
    assert (done.returncode, done.stdout, done.stderr) == (2, "", said)
