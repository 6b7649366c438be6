"""What an operator watches: how much came in, what was set aside, how far behind we are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

SIZES: Final = (1, 10, 50, 100, 250, 500, 1000, 2000, 5000)


@dataclass(frozen=True)
class Metrics:
    """One registry per process; no label ever carries a household or a person."""

    registry: CollectorRegistry
    messages: Counter
    events: Counter
    dead_letters: Counter
    facts_lost: Counter
    batch_size: Histogram
    lag_messages: Gauge
    lag_seconds: Gauge
    relay_lag: Gauge


def metrics(service: str) -> Metrics:
    registry = CollectorRegistry()
    prefix = f"suishi_{service}"
    return Metrics(
        registry=registry,
        messages=Counter(f"{prefix}_messages", "Messages read from Kafka", registry=registry),
        events=Counter(f"{prefix}_events", "Events appended to the log", registry=registry),
        dead_letters=Counter(f"{prefix}_dead_letters", "Messages refused or parked", ["reason"], registry=registry),
        facts_lost=Counter(f"{prefix}_facts_lost", "Messages that Kafka deleted before they were read", registry=registry),
        batch_size=Histogram(f"{prefix}_batch_size", "Messages per commit", buckets=SIZES, registry=registry),
        lag_messages=Gauge(f"{prefix}_lag_messages", "Messages in Kafka not yet committed", registry=registry),
        lag_seconds=Gauge(f"{prefix}_lag_seconds", "Age of the newest message when its batch was committed", registry=registry),
        relay_lag=Gauge(f"{prefix}_relay_lag", "Events of the log not yet on Kafka", registry=registry),
    )
