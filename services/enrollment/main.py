"""The enrollment process: its parts put together."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from pipeline.postgres import Log, connect
from pipeline.projection import projection
from pipeline.relay import Exit
from pipeline.rules import Rules
from pipeline.service import Service, run
from pipeline.settings import Settings
from schemas.clock import DayStarted
from schemas.facts import FactWithdrawn, WaterTested
from schemas.topics import ALLOWED, EVENTS, FOLLOWS, PARTITIONS, partitions
from services.dead_letters import notice
from services.division_table import read
from services.enrollment import packs, translate, views
from services.enrollment.clock import Clock
from services.enrollment.custodian import Custodian
from services.enrollment.domain import DECIDER, AnyState
from services.enrollment.domain.commands import AnyCommand
from services.enrollment.domain.events import AnyEvent
from services.enrollment.domain.members.membership import hand_over
from services.enrollment.domain.policies import Policies
from services.enrollment.identify import Identify
from services.enrollment.identify.directory import ENDS_BATCH
from services.enrollment.translate import Found
from services.enrollment.unmasked import Unmasked
from services.enrollment.vault import Vault
from services.enrollment.vault_keys import Keys


async def compose(settings: Settings, pool: Any) -> Service:  # noqa: ANN401 - an asyncpg pool
    divisions = read(settings.divisions) if settings.divisions is not None else None
    policies = replace(packs.load_all(settings.pack), divisions=divisions)
    keys = Keys.from_text(settings.vault_key.get_secret_value())
    vault = Vault(await connect(settings.dsn("vault"), "vault", size=2), keys)
    await vault.check()
    topic = EVENTS["enrollment"]
    return Service(
        name="enrollment",
        events=AnyEvent.__args__,
        partitions=partitions("enrollment"),
        log=Log("enrollment", projection(views.statements), bytes.fromhex(policies.digest), keys),
        rules=rules(policies, Identify(pool, vault, policies)),
        door=Exit("enrollment", topic, PARTITIONS[topic], translate.to_message, notice),
        beside=[
            Custodian(pool, vault, settings.connection),
            Unmasked(vault),
            *([Clock(settings.connection)] if settings.clock == "system" else []),
        ],
    )


def rules(policies: Policies, identify: Identify) -> Rules[Found, AnyCommand, AnyState, Policies]:
    """A day, a fact about a village, and one that is taken back concern many households: one that is parked holds back no other."""
    return Rules(
        decider=DECIDER,
        policy=policies,
        identify=identify,
        to_commands=translate.to_commands,
        allowed={followed: ALLOWED[followed] for followed in FOLLOWS["enrollment"]},
        event_topics=frozenset(EVENTS.values()),
        heeded=FOLLOWS["enrollment"],
        fans_out=frozenset({DayStarted, FactWithdrawn, WaterTested}),
        ends_batch=ENDS_BATCH,
        hand_over=hand_over,
    )


if __name__ == "__main__":
    run("enrollment", compose)
