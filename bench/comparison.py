"""Who runs when: the sides take turns in one run, so that whatever else the machine does meets them all."""

from __future__ import annotations

import gc
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final, TypeAlias

from bench import hops, latency, letters, limit, log, naive, ours, rebuild, verifying
from bench.append import BATCH, to_append
from bench.facts import SEED, fresh, told
from bench.ground import Ground, prepare_ground
from bench.hops import Load
from bench.timing import Round, typical
from county.outgoing import Outgoing
from county.population import Population, population
from local.stack import Stack

Rounds: TypeAlias = Mapping[str, list[Round]]
Tell: TypeAlias = Callable[[str], None]


@dataclass(frozen=True)
class Plan:
    """`households` in the register (None: the county), `naive` facts for the naive peer.

    Each side appends `batches` of 100 events, and `alone` events one by one, in a round. Without `letters` none are sent.
    """

    households: int | None
    rounds: int
    naive: int
    batches: int
    alone: int
    latency_seconds: int
    warm_up_seconds: int
    loaded_seconds: int
    letters: letters.Season | None


FULL: Final = Plan(
    households=None, rounds=3, naive=2_000, batches=100, alone=600, latency_seconds=11, warm_up_seconds=4, loaded_seconds=8,
    letters=letters.Season(households=4_000, warm_up=4, seconds=15),
)  # fmt: skip
QUICK: Final = Plan(
    households=7_000, rounds=2, naive=600, batches=40, alone=300, latency_seconds=4, warm_up_seconds=3, loaded_seconds=4,
    letters=letters.Season(households=2_000, warm_up=3, seconds=8),
)  # fmt: skip
# In per cent of the rate that our pipeline sustained in the same run.
LOADS: Final = (20, 80)


@dataclass(frozen=True)
class Comparison:
    """All rounds of every side, and what a message takes in milliseconds: one at a time, and at each load.

    `latency_at` has for every load (in per cent of our own rate) the facts `per_second` and the hops of `bench.hops`;
    `fresh` facts were sent for it all. `letters` are the hops of `bench.letters` from a fact to the letter about it.
    """

    facts: int
    pipeline: Rounds
    append_batch: Rounds
    append_one: Rounds
    replay: Rounds
    rebuild: Rounds
    verify: Rounds
    latency_ms: Mapping[str, float]
    latency_at: Mapping[str, Mapping[str, Any]]
    fresh: int
    letters: Mapping[str, Any]

    def document(self) -> dict[str, Any]:
        """Rates per second, each the median of its rounds."""
        parts = {
            "pipeline": self.pipeline, "append_batch": self.append_batch, "append_one": self.append_one,
            "replay": self.replay, "rebuild": self.rebuild, "verify": self.verify,
        }  # fmt: skip
        rates = {part: {side: round(typical(rounds)) for side, rounds in sides.items()} for part, sides in parts.items()}
        latencies = {"latency_ms": dict(self.latency_ms), "latency_at": dict(self.latency_at), "letters_ms": dict(self.letters)}
        return {**rates, **latencies, "facts": self.facts}


async def compare(stack: Stack, plan: Plan, tell: Tell) -> Comparison:
    """`tell` hears the name of each stage when it begins."""
    tell("facts")
    people = population(SEED, plan.households)
    season = told(people)
    gc.collect()
    gc.freeze()  # no side is to wait while the county is searched for garbage
    tell("register")
    ground = await prepare_ground(stack, people, season)
    pipeline = await _pipeline(ground, plan, tell)
    tell("log")
    in_log = await _log(ground, plan, season)
    tell("latency")
    latencies = await _latency(ground, plan, people, typical(pipeline["ours"]))
    tell("letters")
    sent = await letters.measured(plan.letters) if plan.letters is not None else {}
    return Comparison(ground.facts, pipeline, *in_log, *latencies, sent)


async def _pipeline(ground: Ground, plan: Plan, tell: Tell) -> Rounds:
    taken: dict[str, list[Round]] = {"ours": [], "limit": [], "naive": []}
    left: list[str] = []
    for number in range(plan.rounds):
        await ground.drop(left)
        left = [f"bench_limit_{number}", f"bench_ours_{number}" if number else "bench_naive"]
        tell("ours")
        taken["ours"].append(await ours.consume(ground, f"bench_ours_{number}"))
        tell("limit")
        taken["limit"].append(await limit.consume(ground, f"bench_limit_{number}"))
        if number == 0:
            tell("naive")
            taken["naive"].append(await naive.consume(ground, "bench_naive", min(plan.naive, ground.facts)))
    return taken


async def _log(ground: Ground, plan: Plan, season: Sequence[Outgoing]) -> tuple[Rounds, Rounds, Rounds, Rounds, Rounds]:
    """By hundred, one by one, read back; what our pipeline wrote built into read models beside the library's reading back, and verified."""
    many = plan.rounds * plan.batches * BATCH
    events = to_append(season, many + plan.rounds * plan.alone)
    gc.freeze()  # nor while the events are
    async with log.opened(ground) as sides:
        batches = await sides.append(events[:many], plan.rounds, BATCH)
        alone = await sides.append(events[many:], plan.rounds, 1)
        replayed = await sides.replay(plan.rounds)
    written = ground.dsn("bench_ours_0")
    rebuilt = [await rebuild.by_ours(written) for _ in range(plan.rounds)]
    return batches, alone, replayed, {"ours": rebuilt, "library": replayed["library"]}, await _verified(written, plan.rounds)


async def _verified(dsn: str, rounds: int) -> Rounds:
    await verifying.seal(dsn)
    taken: dict[str, list[Round]] = {"ours": [], "limit": []}
    for _ in range(rounds):
        taken["ours"].append(await verifying.by_ours(dsn))
        taken["limit"].append(await verifying.by_reading(dsn))
    return taken


async def _latency(
    ground: Ground, plan: Plan, people: Population, sustained: float
) -> tuple[Mapping[str, float], Mapping[str, Mapping[str, Any]], int]:
    """The bare round trips go by while the service is there and has nothing to do."""
    kafka = ground.stack.kafka
    loads = {str(share): Load(sustained * share / 100, plan.warm_up_seconds, plan.loaded_seconds) for share in LOADS}
    alone = plan.latency_seconds * latency.PER_SECOND
    messages = fresh(people, alone + sum(load.count for load in loads.values()))
    told = iter(messages)
    await hops.stamp_on_arrival(kafka)
    with ours.enrolling(ground.stack, ground.dsn("bench_ours_0")):
        few = list(islice(told, alone))
        bare = await latency.milliseconds(kafka, latency.bare(few), latency.THROUGH_KAFKA)
        through = await latency.milliseconds(kafka, few, latency.THROUGH_ENROLLMENT)
        taken = {share: await hops.milliseconds(kafka, list(islice(told, load.count)), load) for share, load in loads.items()}
    loaded = {share: {"per_second": round(load.per_second), **hops.summary(taken[share])} for share, load in loads.items()}
    return latency.summary(through, bare), loaded, len(messages)
