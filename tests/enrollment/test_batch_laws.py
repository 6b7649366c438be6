"""Wherever the batches end the log is the same and so are the read models, whoever is registered, joined, parted or taken back in one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from itertools import pairwise
from typing import Final, TypeAlias, TypeVar
from uuid import UUID

from hypothesis import given as for_all
from hypothesis import settings
from hypothesis import strategies as st

from audit.services import AUDITED
from pipeline.decider import Event
from pipeline.envelope import Record
from pipeline.postgres import connect
from schemas import facts as say
from schemas.message import Message
from schemas.topics import DEPARTMENTS, FACTS
from services.enrollment.vault import Vault
from services.enrollment.vault_keys import Keys
from tests.enrollment.book import CHILD, FATHER, NUMBER_OF, SON, STRANGER, WANG, ZHANG, Book, named, registers
from tests.enrollment.in_the_service import Row, record, take
from tests.enrollment.told import NEXT_COUNTY, NEXT_VILLAGE, bill, corrected, died, married, merged, moved, one_person, split, two_persons
from tests.enrollment.zhang import TODAY, VILLAGE
from tests.laws import law
from tests.messages import envelope
from tests.read_models import ReadModels, empty, read_models

_T = TypeVar("_T")
Told: TypeAlias = dict[str, list[Row]]
AUDITS: Final = AUDITED["enrollment"]
# A position says how many events other streams had before.
ROWS: Final = "SELECT to_jsonb(t) - 'position' - 'changed_at' AS row FROM {table} t ORDER BY row"
TOPIC_OF: Final = {kind: FACTS[department] for department, kinds in DEPARTMENTS.items() for kind in kinds}
LONGEST: Final = 8
person = st.sampled_from((FATHER, SON, STRANGER, CHILD))
household = st.sampled_from((ZHANG, WANG))
village = st.sampled_from((VILLAGE, NEXT_VILLAGE))
day = st.sampled_from((TODAY - timedelta(days=20), TODAY - timedelta(days=1), TODAY))


def born(mother: UUID) -> say.PersonBorn:
    return say.PersonBorn(valid_on=TODAY, person=named(CHILD), mother_id_number=NUMBER_OF[mother])


def back(number: int) -> say.FactWithdrawn:
    return say.FactWithdrawn(source="/department", id=str(number), reason="wrong")


def water(code: str, *, safe: bool) -> say.WaterTested:
    return say.WaterTested(valid_on=TODAY, village_code=code, safe=safe)


registrations: st.SearchStrategy[Message] = st.builds(
    lambda home, members, code: registers(home, *members, village=code),
    household,
    st.lists(person, min_size=1, max_size=3, unique=True),
    village,
)
of_persons: st.SearchStrategy[Message] = st.one_of(
    st.builds(bill, person, st.just(2_500_000), day),
    st.builds(one_person, person, person),
    st.builds(two_persons, person, person),
    st.builds(corrected, person, person, day),
    st.builds(back, st.integers(0, LONGEST - 1)),
)
of_households: st.SearchStrategy[Message] = st.one_of(
    st.builds(died, person, day),
    st.builds(born, person),
    st.builds(married, person, person, day),
    st.builds(lambda leaving, by: split(leaving, on=TODAY, by=by), person, person),
    st.builds(merged, household, day),
    st.builds(moved, st.sampled_from((NEXT_VILLAGE, NEXT_COUNTY)), day),
    st.builds(water, village, safe=st.booleans()),
)
stories = st.lists(st.one_of(registrations, of_persons, of_persons, of_households), min_size=2, max_size=LONGEST)
cuts = st.sets(st.integers(1, LONGEST - 1), max_size=2)


def ending(messages: Sequence[_T], cuts: Collection[int]) -> list[Sequence[_T]]:
    """Batches, each of which ends before one of the messages with these numbers, from 0."""
    return [messages[start:end] for start, end in pairwise(sorted({0, *(cut for cut in cuts if cut < len(messages)), len(messages)}))]


def heard(messages: Sequence[Message], cuts: Collection[int]) -> Mapping[UUID, list[Event]]:
    book = Book()
    for batch in ending([envelope(message, str(number)) for number, message in enumerate(messages)], cuts):
        book.hear(*batch)
    return {stream: events for stream, events in book.streams.items() if events}


@settings(law, max_examples=400)
@for_all(stories, cuts)
def test_wherever_the_batches_end_every_stream_is_the_same(messages: list[Message], some: set[int]) -> None:
    each = heard(messages, range(1, LONGEST))
    assert each == heard(messages, ())
    assert each == heard(messages, some)


def records(messages: Sequence[Message]) -> list[Record]:
    return [record(offset, message, _topic(message, messages)) for offset, message in enumerate(messages)]


def _topic(message: Message, messages: Sequence[Message]) -> str | None:
    """What is taken back comes on the topic of its fact; None is any that will do."""
    fact = messages[int(message.id) :][:1] if isinstance(message, say.FactWithdrawn) else ()
    return next((TOPIC_OF[type(one)] for one in fact if type(one) in TOPIC_OF), None)


class Service:
    """A register that is emptied before each story; the vault keeps the persons."""

    def __init__(self, models: ReadModels, vault: Vault) -> None:
        self._models, self._vault = models, vault

    async def told(self, story: Sequence[Record], cuts: Collection[int]) -> Told:
        await empty(self._models.owner, AUDITS)
        log = await take(self._models, self._vault, ending(story, cuts))
        tables = {table: await self._models.rows(ROWS.format(table=table)) for table in AUDITS.tables}
        assert [] == await self._models.rows("SELECT id FROM set_aside")
        return {"log": log, **tables}


@asynccontextmanager
async def service(prepared: str) -> AsyncIterator[Service]:
    async with read_models(prepared, "enrollment") as models:
        pool = await connect(prepared, "vault", size=1)
        yield Service(models, Vault(pool, Keys.from_text("ab" * 32)))
        await pool.close()


def test_wherever_the_batches_of_the_service_end_log_and_read_models_are_the_same(prepared: str) -> None:
    with asyncio.Runner() as runner:
        opened = service(prepared)
        own = runner.run(opened.__aenter__())

        @settings(law, max_examples=settings.default.max_examples // 4)
        @for_all(stories, cuts)
        def law_of_batches(messages: list[Message], some: set[int]) -> None:
            story = records(messages)
            assert runner.run(own.told(story, range(1, LONGEST))) == runner.run(own.told(story, some))

        try:
            law_of_batches()
        finally:
            runner.run(opened.__aexit__(None, None, None))
