"""The notifications process: its parts put together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipeline.postgres import Log
from pipeline.projection import projection
from pipeline.relay import Exit
from pipeline.rules import Rules
from pipeline.service import Service, run
from pipeline.settings import Settings
from schemas.notifications import Acknowledge, BeginDigest, ContinueAnnouncement, RecordDigest
from schemas.topics import ALLOWED, COMMANDS, EVENTS, FOLLOWS, PARTITIONS, partitions
from services.dead_letters import notice
from services.division_table import read
from services.notifications import acknowledge, packs, translate, unacknowledged, unclaimed, views
from services.notifications.announce import announcing
from services.notifications.channel_files import channels, registration
from services.notifications.channels.outlet import Channel
from services.notifications.deliver import Delivery
from services.notifications.domain import DECIDER
from services.notifications.domain.commands import AnyCommand
from services.notifications.domain.delivering import hand_over
from services.notifications.domain.events import AnyEvent
from services.notifications.domain.policy import Policy
from services.notifications.domain.state import State
from services.notifications.households import Households
from services.notifications.identify import Found, Identify
from services.notifications.letter import Writer
from services.notifications.outbox import Outbox
from services.notifications.pace import Pace
from services.notifications.pass_on import passing_on
from services.notifications.unconfigured import Unconfigured


async def compose(settings: Settings, pool: Any) -> Service:  # noqa: ANN401 - an asyncpg pool
    known = channels()
    policy = limited(packs.load(settings.pack), known)
    topic = EVENTS["notifications"]
    signature = acknowledge.signature()
    page = acknowledge.AcknowledgePage(settings.connection, signature) if signature.url else None
    divisions = read(settings.divisions) if settings.divisions is not None else None
    writer = Writer(Households(pool, divisions), policy.subjects, signature.link)
    ways = _ways_out(pool, settings, policy, writer, known)
    return Service(
        name="notifications",
        events=AnyEvent.__args__,
        partitions=partitions("notifications"),
        log=Log("notifications", projection(views.statements), bytes.fromhex(policy.digest)),
        rules=rules(policy, pool, known),
        door=Exit("notifications", topic, PARTITIONS[topic], translate.to_message, notice),
        beside=[
            announcing(pool, settings.connection),
            passing_on(pool, settings.connection, policy),
            unacknowledged.going_up(pool, settings.connection, policy),
            unclaimed.going_up(pool, settings.connection, policy),
            *ways,
            *([page] if page else []),
        ],
        page=page,
        remarks=lambda: [remark for way in ways for remark in way.remarks()],
    )


def _ways_out(pool: Any, settings: Settings, policy: Policy, writer: Writer, known: Mapping[str, Channel]) -> list[Delivery | Unconfigured]:  # noqa: ANN401
    ways = list[Delivery | Unconfigured]()
    for kind, channel in known.items():
        if (outlet := channel.outlet(settings)) is None:
            ways.append(Unconfigured(pool, kind, channel.remedy))
        else:
            outbox = Outbox(pool, kind, Pace(policy.limits[kind], channel.account))
            ways.append(Delivery(outbox, settings.connection, policy, outlet, writer))
    return ways


def limited(policy: Policy, known: Mapping[str, Channel]) -> Policy:
    """With what each channel's file says of its limits, where the pack says nothing."""
    return policy.model_copy(update={"limits": {**{kind: channel.limit for kind, channel in known.items()}, **policy.limits}})


def rules(policy: Policy, pool: Any, known: Mapping[str, Channel] | None = None) -> Rules[Found, AnyCommand, State, Policy]:  # noqa: ANN401
    """A new recipient is told of many households, many are told of one event, and many are in a digest: one parked holds back no other."""
    own, register = COMMANDS["notifications"], registration(known if known is not None else channels())
    return Rules(
        decider=DECIDER,
        policy=policy,
        identify=Identify(pool, policy),
        to_commands=translate.to_commands,
        allowed={**{followed: ALLOWED[followed] for followed in FOLLOWS["notifications"]}, own: {**ALLOWED[own], register.TYPE: register}},
        event_topics=frozenset(EVENTS.values()),
        heeded=FOLLOWS["notifications"],
        hand_over=hand_over,
        fans_out=frozenset({register, ContinueAnnouncement, BeginDigest, RecordDigest, Acknowledge}),
    )


if __name__ == "__main__":
    run("notifications", compose)
