"""A household that is parked holds back no neighbour, whatever a whole village is told."""

from __future__ import annotations

from uuid import UUID

from pipeline.envelope import Record
from pipeline.handler import Handler
from pipeline.store import Commit, SetAside
from schemas.facts import FactWithdrawn
from services.enrollment.domain import events as did
from services.enrollment.identify import Identify
from services.enrollment.main import rules
from tests.enrollment.register import opened
from tests.enrollment.zhang import HOUSEHOLD, POLICIES, REGISTERED, VILLAGE, fact
from tests.messages import TOPIC

NEIGHBOUR = UUID(int=101)
REGISTERED_TOO = did.HouseholdRegistered(household=NEIGHBOUR, village_code=VILLAGE, category="never_registered", members=())
WATER = fact("water test", person=None, series="water", signal="water", present=True)
SAID = FactWithdrawn(source="/department", id="water test", reason="wrong village")


async def test_a_village_s_fact_is_taken_back_for_the_neighbours_of_a_parked_household(prepared: str) -> None:
    async with opened(prepared) as register:
        models = register.models
        await models.write(HOUSEHOLD, *REGISTERED, did.FactRecorded(fact=WATER))
        await models.write(NEIGHBOUR, REGISTERED_TOO, did.FactRecorded(fact=WATER))
        await models.store.commit(Commit(set_aside=[SetAside(UUID(int=1), message(0), HOUSEHOLD, "household.parked", "-", "-", "-")]))
        identify = Identify(models.pool, register.vault, POLICIES)
        await Handler(rules(POLICIES, identify), models.store).handle([message(1)])
        withdrawn = await models.rows("SELECT stream FROM facts WHERE withdrawn")
        assert withdrawn == [(NEIGHBOUR,)]
        assert [len(rows) for rows in (await models.store.parked([HOUSEHOLD, NEIGHBOUR])).values()] == [2]


def message(offset: int) -> Record:
    attributes = {"specversion": "1.0", "id": "1", "source": "/department", "type": SAID.TYPE, "time": "2021-01-05T04:00:00Z"}
    headers = tuple((f"ce_{name}", text.encode()) for name, text in attributes.items())
    return Record(TOPIC, 0, offset, 1_609_819_200_000, None, SAID.model_dump_json().encode(), headers)
