"""Numbers corrected, persons merged and parted, as the service takes them: door, vault, log and register of a real database."""

from __future__ import annotations

import pytest

from pipeline.envelope import Record
from services.enrollment.vault import Vault
from tests.enrollment.book import CHILD, FATHER, MOTHER, NUMBER_OF, SON, STRANGER, WANG, WIFE, ZHANG, registers
from tests.enrollment.in_the_service import record, take
from tests.enrollment.told import bill, corrected, one_person, two_persons
from tests.read_models import read_models

MESSAGES = (
    bill(STRANGER),
    registers(ZHANG, FATHER, MOTHER, SON),
    corrected(SON, STRANGER),
    registers(WANG, WIFE, CHILD),
    bill(CHILD),
    one_person(SON, CHILD),
    bill(CHILD, 5),
    two_persons(SON, CHILD),
    bill(CHILD, 6),
    one_person(MOTHER, WIFE),
    bill(WIFE, 7),
    corrected(WIFE, CHILD),
)


@pytest.fixture
def records() -> list[Record]:
    return [record(offset, message) for offset, message in enumerate(MESSAGES)]


async def test_one_batch_or_many_and_everything_twice_leave_the_same_log(prepared: str, vault: Vault, records: list[Record]) -> None:
    async with read_models(prepared, "enrollment") as models:
        many = await take(models, vault, [[one] for one in records])
        assert many == await take(models, vault, [records, records])
        assert await models.difference() is None
        assert [] == await models.rows("SELECT id FROM set_aside")
    async with read_models(prepared, "enrollment") as models:
        assert many == await take(models, vault, [records])
        assert await models.difference() is None


async def test_every_number_leads_to_its_person_and_stands_in_the_vault_only(prepared: str, vault: Vault, records: list[Record]) -> None:
    async with read_models(prepared, "enrollment") as models:
        events = await take(models, vault, [records])
        members = await models.rows("SELECT household, count(*) FROM members WHERE until IS NULL GROUP BY 1")
        amounts = await models.rows(
            "SELECT stream, array_agg((convert_from(e.state, 'UTF8')::jsonb -> 'fact' ->> 'amount_fen')::int ORDER BY f.position)"
            " FROM facts f JOIN stored_events e ON e.notification_id = f.position"
            " WHERE e.topic = 'enrollment.fact-recorded' AND f.department = 'medical-insurance' GROUP BY 1"
        )
    assert {(ZHANG, 3), (WANG, 1)} == set(members)
    assert {(ZHANG, (2_500_000, 2_500_000, 5, 7)), (WANG, (2_500_000, 5, 6))} == {(stream, tuple(of)) for stream, of in amounts}
    written = " ".join(str(value) for row in events for value in row)
    assert [number for number in NUMBER_OF.values() if number in written] == []
