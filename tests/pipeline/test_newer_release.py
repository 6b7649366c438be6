"""The log holds what a newer release wrote: the older one ends before it decides on half a history, and blames no message."""

from typing import ClassVar

import pytest
from msgspec.structs import asdict

from pipeline.decider import Event
from pipeline.handler import Handler
from pipeline.kernel import StructMapper
from pipeline.store import Commit, NewerRelease, NewEvent
from tests.pipeline.backends import InPostgres
from tests.pipeline.conftest import WHY
from tests.pipeline.houses import NORTH, SOUTH, Lend, Lent, record, rules


class Praised(Event, frozen=True):
    """Known to the newer release only: nothing registers it."""

    TOPIC: ClassVar = "houses.praised"


class LentWithKeys(Event, frozen=True):
    """The newer release's class of an old topic."""

    TOPIC: ClassVar = "houses.lent"
    class_version: ClassVar = 2
    household: str
    keys: int


UNKNOWN_TYPE = "the log holds houses.praised, which this release does not know; start the release that wrote it, or a later one"
UNKNOWN_VERSION = (
    "the log holds version 2 of houses.lent, which this release does not know; start the release that wrote it, or a later one"
)
NEWER = pytest.mark.parametrize(
    ("event", "sentence"), [(Praised(), UNKNOWN_TYPE), (LentWithKeys(household="Zhang", keys=3), UNKNOWN_VERSION)], ids=["type", "version"]
)


async def newer_release_writes(event: Event, postgres: InPostgres) -> None:
    store = postgres.store()
    await store.lead()
    await store.commit(Commit(events=[NewEvent(NORTH, 1, event, WHY)]))


@NEWER
async def test_the_older_release_decides_nothing_and_sets_nothing_aside(event: Event, sentence: str, postgres: InPostgres) -> None:
    await newer_release_writes(event, postgres)
    store = postgres.store()
    await store.lead()
    with pytest.raises(NewerRelease) as refused:
        await Handler(rules(), store).handle([record(0, Lend(household="Li"), SOUTH), record(1, Lend(household="Li"), NORTH)])
    left = (await store.head(), await store.offsets("kafka"), await store.unpublished(9), await store.parked([NORTH, SOUTH]))
    assert (str(refused.value), left) == (sentence, (1, {}, [], {}))


@NEWER
async def test_the_older_release_publishes_nothing_of_it(event: Event, sentence: str, postgres: InPostgres) -> None:
    await newer_release_writes(event, postgres)
    with pytest.raises(NewerRelease) as refused:
        await postgres.store().after(0, 9)
    assert str(refused.value) == sentence


def test_a_state_that_only_speaks_of_a_version_is_of_the_first() -> None:
    event = StructMapper().to_event("houses.lent", b'{"household":"\\"class_version\\": 7"}')
    assert asdict(event) == {"household": '"class_version": 7'}


async def test_a_row_says_the_version_of_its_state(postgres: InPostgres) -> None:
    store = postgres.store()
    await store.lead()
    written = [Lent(household="Zhang"), LentWithKeys(household="Li", keys=3)]
    await store.commit(Commit(events=[NewEvent(NORTH, version, event, WHY) for version, event in enumerate(written, 1)]))
    rows = await postgres.pool.fetch("SELECT schema_version FROM stored_events ORDER BY notification_id")
    assert [1, 2] == [row[0] for row in rows]
