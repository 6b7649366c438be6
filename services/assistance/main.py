"""The assistance process: its parts put together."""

from __future__ import annotations

from typing import Any

from pipeline.postgres import Log
from pipeline.projection import projection
from pipeline.relay import Exit
from pipeline.rules import Rules
from pipeline.service import Service, run
from pipeline.settings import Settings
from schemas.assistance import ReleaseCadre
from schemas.clock import DayStarted
from schemas.topics import ALLOWED, EVENTS, FOLLOWS, PARTITIONS, partitions
from services.assistance import packs, translate, views
from services.assistance.domain import DECIDER, hand_over
from services.assistance.domain.commands import AnyCommand
from services.assistance.domain.events import AnyEvent
from services.assistance.domain.policy import Policy
from services.assistance.domain.state import State
from services.assistance.identify import Found, Identify
from services.dead_letters import notice


async def compose(settings: Settings, pool: Any) -> Service:  # noqa: ANN401 - an asyncpg pool
    policy = packs.load(settings.pack)
    topic = EVENTS["assistance"]
    return Service(
        name="assistance",
        events=AnyEvent.__args__,
        partitions=partitions("assistance"),
        log=Log("assistance", projection(views.statements), bytes.fromhex(policy.digest)),
        rules=rules(policy, pool),
        door=Exit("assistance", topic, PARTITIONS[topic], translate.to_message, notice),
    )


def rules(policy: Policy, pool: Any) -> Rules[Found, AnyCommand, State, Policy]:  # noqa: ANN401
    """A day and a cadre who leaves tell many households something of their own."""
    return Rules(
        decider=DECIDER,
        policy=policy,
        identify=Identify(pool, policy),
        to_commands=translate.to_commands,
        allowed={followed: ALLOWED[followed] for followed in FOLLOWS["assistance"]},
        event_topics=frozenset(EVENTS.values()),
        heeded=FOLLOWS["assistance"],
        hand_over=hand_over,
        fans_out=frozenset({DayStarted, ReleaseCadre}),
    )


if __name__ == "__main__":
    run("assistance", compose)
