"""Whatever a message asks of the log, it is answered from the streams that it concerns: a county's log has millions of rows."""

from __future__ import annotations

from typing import Final

import asyncpg

from schemas.enrollment import FileAppeal, RequestErasure
from schemas.facts import FactWithdrawn, PersonBorn, PersonDied
from schemas.identity import Person
from schemas.message import Message
from tests.enrollment.register import NUMBER, SON, Register, opened
from tests.enrollment.zhang import HOUSEHOLD, TODAY

# As many as make it dearer to look up each of a few hundred guessed streams; nobody has counted the rows since, as after a busy hour.
OTHERS: Final = """
INSERT INTO enrollment.members (person, household, relation, position) SELECT gen_random_uuid(), gen_random_uuid(), 'head', -n
FROM generate_series(1, 20000) AS n;
INSERT INTO enrollment.stored_events (originator_id, originator_version, topic, state, notification_id, event_id, correlation, causation,
    actor, source, schema_version, valid_on, occurred_at, recorded_at, pack_hash)
SELECT gen_random_uuid(), 1, 'enrollment.clue-closed', '{}', -n, gen_random_uuid(), '', '', '', '', 1, now(), now(), now(), ''
FROM generate_series(1, 20000) AS n"""
READ_WHOLE: Final = "SELECT seq_scan FROM pg_stat_user_tables WHERE schemaname = 'enrollment' AND relname = 'stored_events'"
BEFORE_A_PLAN_IS_KEPT: Final = 6


async def scans(register: Register, owner: asyncpg.Connection[asyncpg.Record]) -> int:
    """How often the log was read from end to end."""
    await register.models.pool.execute("SELECT pg_stat_force_next_flush()")
    return await owner.fetchval(READ_WHOLE)


async def test_no_message_makes_the_service_read_the_whole_log(prepared: str) -> None:
    async with opened(prepared) as register:
        owner = await asyncpg.connect(prepared)
        try:
            await owner.execute(OTHERS)
            person = await register.person()
            await register.registered(HOUSEHOLD, person)
            asked: list[Message] = [
                PersonDied(valid_on=TODAY, person=Person(id_number=NUMBER)),
                PersonBorn(valid_on=TODAY, person=Person(id_number=SON), mother_id_number=NUMBER),
                FactWithdrawn(source="/department", id="fact", reason="wrong person"),
                RequestErasure(person_id=person, reason="wish"),
                FileAppeal(decision_event_id=HOUSEHOLD, grounds="wrong"),
            ]
            before = await scans(register, owner)
            for _ in range(BEFORE_A_PLAN_IS_KEPT):
                for message in asked:
                    await register.find(message, subject=HOUSEHOLD)

            assert await scans(register, owner) == before
        finally:
            await owner.close()
