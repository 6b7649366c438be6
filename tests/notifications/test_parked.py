"""A household that is parked holds back nobody else."""

from __future__ import annotations

from uuid import UUID

from pipeline.envelope import Record
from pipeline.handler import Handler
from pipeline.store import Commit, SetAside
from schemas.notifications import RegisterRecipient
from schemas.topics import COMMANDS
from services.notifications.domain import commands as ask
from services.notifications.domain import events as did
from services.notifications.main import rules
from tests.notifications.letters import ADDRESS, ANSWERABLE, CADRE, CLUE, HOUSEHOLD, PILOT, VILLAGE, WHO_ANSWERS
from tests.read_models import read_models

NEIGHBOUR = UUID(int=101)
EXIT = ask.Notice(event="event 2", kind="household-exited", household=NEIGHBOUR)
CHANNELS = [{"kind": "email", "address": ADDRESS}]
SAID = RegisterRecipient.model_validate({"recipient_id": CADRE, "role": "paired-cadre", "area": VILLAGE, "channels": CHANNELS})


async def test_a_cadre_is_registered_and_told_of_his_households_though_one_of_them_is_parked(prepared: str) -> None:
    async with read_models(prepared, "notifications") as models:
        await models.write(HOUSEHOLD, *ANSWERABLE, did.NoticeAwaited(notice=CLUE, target=WHO_ANSWERS))
        await models.write(
            NEIGHBOUR, did.HouseholdPaired(cadre=CADRE), did.NoticeAwaited(notice=EXIT)
        )  # as a log from before there were routes says it
        await models.store.commit(Commit(set_aside=[SetAside(UUID(int=1), message(0), HOUSEHOLD, "household.parked", "-", "-", "-")]))
        await Handler(rules(PILOT, models.pool), models.store).handle([message(1)])
        assert await models.rows("SELECT recipient FROM recipients") == [(CADRE,)]
        assert await models.rows("SELECT household FROM outbox ORDER BY household") == [(HOUSEHOLD,), (NEIGHBOUR,)]
        assert await models.rows("SELECT stream FROM awaiting") == [(HOUSEHOLD,)]
        assert [len(rows) for rows in (await models.store.parked([HOUSEHOLD, NEIGHBOUR, CADRE])).values()] == [2]


def message(offset: int) -> Record:
    attributes = {"specversion": "1.0", "id": "1", "source": "/clerk", "type": SAID.TYPE, "time": "2021-01-05T04:00:00Z", "authid": "clerk"}
    headers = tuple((f"ce_{name}", text.encode()) for name, text in attributes.items())
    return Record(COMMANDS["notifications"], 0, offset, 1_609_819_200_000, None, SAID.model_dump_json().encode(), headers)
