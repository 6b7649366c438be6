"""What is measured from a fact to its letter: which facts, which hops, and of which letters."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

import pytest
import uvloop

from bench.facts import SEED
from bench.letters import PER_SECOND, Season, facts, hops, measured, summary
from bench.sender import Sent
from commands.bench_tables import letters
from county.population import population
from local.language import speak

AT = datetime(2021, 1, 5, 4, tzinfo=UTC).timestamp()


def test_every_tenth_fact_is_of_a_household_of_its_own_with_a_cadre_and_the_others_tell_of_no_illness() -> None:
    people = population(SEED, 300)
    told, ill = facts(people, 400)
    kinds = Counter(dict(one.headers)["ce_type"] for one in told if one.id in ill)
    assert (len(told), [one.id for one in told[::10]], len(set(ill))) == (400, ill, 40)
    assert kinds == {b"suishi.fact.serious-illness-confirmed.v1": 40}
    assert len({dict(one.headers)["ce_partitionkey"] for one in told[::10]}) == 40


def test_each_hop_ends_where_the_next_begins() -> None:
    sent = Sent(due=AT, handed=AT + 1, acknowledged=AT + 2, appended=AT + 2)
    clue, queued, begun = (datetime.fromtimestamp(AT + seconds, UTC) for seconds in (0.25, 0.375, 0.5))
    expected = {"decide": 250.0, "route": 125.0, "lease": 125.0, "leave": 500.0, "end_to_end": 1000.0}
    assert expected == pytest.approx(hops(sent, (clue, queued, begun), AT + 1.0), abs=0.01)


def test_the_line_tells_letters_beside_a_bare_round_trip() -> None:
    taken = [{"decide": 1.0, "route": 2.0, "lease": 3.0, "leave": 4.0, "end_to_end": 10.0}] * 4
    speak("en")
    assert letters(summary(taken, [0.5])) == [
        (
            "at 200 facts a second, fact to letter (ms): p50 10.0, p99 10.0 (decided 1.0, routed 2.0, leased 3.0, sent 4.0);"
            " a bare round trip through Kafka: p50 0.5, p99 0.5"
        )
    ]
    assert letters({}) == []


def test_a_letter_comes_of_each_of_these_facts(request: pytest.FixtureRequest) -> None:
    """Through all services on a stack of its own, so with --long only."""
    if not request.config.getoption("--long"):
        pytest.skip("with --long: it starts servers of its own")
    found = uvloop.run(measured(Season(300, 1, 1)))
    assert (found["per_second"], found["letters"]) == (PER_SECOND, 20)
