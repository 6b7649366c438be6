"""What is asked about in the database is what goes up by the rules, whoever was told, is waited for or has seen it, on whatever level."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple
from uuid import UUID

import asyncpg
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import given as for_all
from hypothesis import strategies as st

from pipeline.projection import projection
from pipeline.store import Recorded
from services.notifications import views
from services.notifications.domain import events as did
from services.notifications.domain.commands import Notice, Target
from services.notifications.domain.routing import Heard
from services.notifications.identify.upwards import Upwards
from services.notifications.unacknowledged import overdue
from services.notifications.unclaimed import unclaimed
from tests.messages import recorded
from tests.notifications.letters import HOLDER, NOON, PILOT

LONG_AFTER: Final = NOON + timedelta(days=365)
ROLES: Final = ("paired-cadre", "town-officer", "county-officer")
LEVELS: Final = ("village", "town", "county")
EVENT: Final = "event 1"
# The last of what happened to a letter since it was leased.
BECAME: Final[Mapping[str, Sequence[str]]] = {
    "sent": ("sent",), "seen": ("sent", "seen"), "gone up": ("sent", "gone up"), "failed": ("failed",), "unknown": ("unknown",),
}  # fmt: skip


class Told(NamedTuple):
    """Somebody with this role was told at this level, and what became of it."""

    role: str
    level: str
    became: str


class Story(NamedTuple):
    """What happened of one event; `waits` are role and level of whom nobody knows, `went` the levels from which such a notice went up."""

    told: Sequence[Told]
    waits: Sequence[tuple[str, str]]
    went: Sequence[str]


told = st.builds(Told, st.sampled_from(ROLES), st.sampled_from(LEVELS), st.sampled_from([*BECAME, "withdrawn"]))
posts = st.tuples(st.sampled_from(ROLES), st.sampled_from(LEVELS))
stories = st.builds(
    Story, st.lists(told, max_size=4), st.lists(posts, max_size=2, unique=True), st.lists(st.sampled_from(LEVELS), max_size=1)
)


def notice(level: str) -> Notice:
    return Notice(event=EVENT, kind="clue-raised", household=None, area="370323", level=level, escalates=True)


def happened(story: Story) -> Iterator[Recorded]:
    for number, one in enumerate(story.told):
        whose, letter = UUID(int=100 + number), UUID(int=200 + number)
        yield recorded(did.RecipientRegistered(role=one.role, area="370323", address="somebody@example.org"), whose)
        for event in _letter(one, whose):
            yield recorded(event, letter)
    for number, (role, level) in enumerate(story.waits):
        waits = did.NoticeAwaited(notice=notice("village"), target=Target(role=role, level=level), post=f"{role}/{level}")
        yield recorded(waits, UUID(int=300 + number))
    for level in story.went:
        yield recorded(did.NoticeEscalated(event=EVENT, post="of somebody", level=level, to="above"), UUID(int=400))


def _letter(one: Told, whose: UUID) -> Iterable[did.AnyEvent]:
    yield did.NotificationQueued(notice=notice(one.level), recipient=whose, channel="email")
    if one.became == "withdrawn":
        yield did.NotificationWithdrawn(recipient=whose, reason="recipient-retired")
        return
    yield did.DeliveryBegun(holder=HOLDER, until=NOON)
    steps: dict[str, did.AnyEvent] = {
        "sent": did.NotificationSent(recipient=whose, at=NOON),
        "failed": did.NotificationFailed(recipient=whose, final=True, at=NOON),
        "unknown": did.NotificationUnknown(recipient=whose, at=NOON),
        "seen": did.NotificationAcknowledged(recipient=whose),
        "gone up": did.NotificationEscalated(recipient=whose, to="above"),
    }
    yield from (steps[step] for step in BECAME[one.became])


def goes_up(story: Story, level: str) -> bool:
    """By the rules."""
    heard = {Heard(one.level, one.role, seen=one.became == "seen") for one in story.told if one.became != "withdrawn"}
    heard |= {Heard(level, role) for role, level in story.waits}
    gone = {(EVENT, one.level) for one in story.told if one.became == "gone up"} | {(EVENT, level) for level in story.went}
    return Upwards(PILOT, {EVENT: heard}, gone).next_above(notice(level)) is not None


class Asked(NamedTuple):
    """The letters, and the posts of what waits, that are asked about."""

    letters: set[UUID]
    posts: set[str]


async def asked(connection: asyncpg.Connection[Any], story: Story, now: datetime) -> Asked:
    """Leaves nothing behind."""
    transaction = connection.transaction()
    await transaction.start()
    try:
        await projection(views.statements)(connection, list(happened(story)))
        pool: Any = connection
        letters, waiting = await overdue(pool, PILOT, now), await unclaimed(pool, PILOT, now)
        return Asked(set(letters), {one.post for one in waiting})
    finally:
        await transaction.rollback()


@pytest.fixture
def database(prepared: str) -> Iterator[tuple[asyncio.Runner, asyncpg.Connection[Any]]]:
    with asyncio.Runner() as runner:
        connection = runner.run(asyncpg.connect(prepared, server_settings={"search_path": "notifications"}))
        yield runner, connection
        runner.run(connection.close())


def test_what_the_database_finds_is_what_the_rules_say(database: tuple[asyncio.Runner, asyncpg.Connection[Any]]) -> None:
    runner, connection = database

    @settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @for_all(stories)
    def holds(story: Story) -> None:
        unanswered = [(number, one.level) for number, one in enumerate(story.told) if one.became in {"sent", "failed", "unknown"}]
        expected = Asked(
            {UUID(int=200 + number) for number, level in unanswered if goes_up(story, level)},
            {f"{role}/{level}" for role, level in story.waits if goes_up(story, level)},
        )
        assert expected == runner.run(asked(connection, story, LONG_AFTER))

    holds()
