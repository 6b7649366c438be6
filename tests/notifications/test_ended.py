"""Nobody is sent what is about a measure, a referral, a case or a household that has ended, in whatever order the two are heard."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import pytest
from msgspec.structs import replace
from pydantic_core import from_json

from county.mailbox import Mailbox
from pipeline.kafka import Connection
from schemas.assistance import CadreAnswers
from schemas.generate import TYPES
from schemas.message import Message
from schemas.notifications import BeginDelivery, BeginDigest, EscalateNotification, RegisterRecipient, RetireRecipient, WithdrawNotification
from services.notifications.address_book import enter
from services.notifications.domain import events as did
from services.notifications.domain.policy import Limit
from services.notifications.outbox import Outbox
from services.notifications.pace import Pace
from services.notifications.pass_on import left_behind
from services.notifications.unacknowledged import overdue
from services.notifications.unclaimed import unclaimed
from tests.notifications.letters import (
    ADDRESS,
    CADRE,
    CLUE,
    HOLDER,
    HOUSEHOLD,
    NOON,
    NOTIFICATION,
    OVER,
    PILOT,
    QUEUED,
    SENDING,
    SENT,
    UNTIL,
    VILLAGE,
    WORKER,
    begin,
    end_matter,
    given,
    queue,
    resume_matter,
    withdraw,
)
from tests.notifications.post_office import PostOffice, listening
from tests.notifications.test_escalation import POSTS, Service, gone_up
from tests.notifications.test_unclaimed import HASTY, HOURS
from tests.read_models import ReadModels, read_models

DESK, MEASURE, REFERRAL, CASE = (UUID(int=number) for number in (804, 11, 12, 13))
IDS: Final = {"household_id": HOUSEHOLD, "measure_id": MEASURE, "referral_id": REFERRAL, "case_id": CASE}
GOLDEN: Final = Path(__file__).parents[1] / "schemas" / "golden"
ENDS: Final = [
    ("assistance.measure-proposed", "assistance.measure-ended"),
    ("assistance.referral-sent", "assistance.measure-ended"),
    ("assistance.referral-sent", "assistance.referral-answered"),
    ("assistance.referral-overdue", "assistance.referral-answered"),
    ("enrollment.household-enrolled", "enrollment.household-exited"),
    ("enrollment.exit-proposed", "enrollment.household-exited"),
    ("enrollment.exit-proposed", "enrollment.case-ended"),
    ("enrollment.emergency-help-started", "enrollment.case-ended"),
    ("enrollment.clue-raised", "enrollment.household-ended"),
    ("assistance.cadre-missing", "enrollment.household-ended"),
    ("assistance.care-quota-missed", "enrollment.household-ended"),
]
# A measure that was declined may come back, clues are followed after an exit, and an end is told.
STAY: Final = [
    ("assistance.measure-proposed", "assistance.measure-declined"),
    ("enrollment.clue-raised", "enrollment.household-exited"),
    ("enrollment.household-exited", "enrollment.household-ended"),
]
EMAIL: Final = {"kind": "email", "address": ADDRESS}
REGISTER: Final = RegisterRecipient.model_validate({"recipient_id": WORKER, "role": "grid-worker", "area": VILLAGE, "channels": [EMAIL]})
MATTER_OVER: Final = did.MatterEnded()


def test_a_matter_ends_once_and_a_household_that_ended_may_have_members_again() -> None:
    given().when(end_matter()).then(MATTER_OVER)
    given(MATTER_OVER).when(end_matter()).then()
    given(MATTER_OVER).when(resume_matter()).then(did.MatterResumed())
    given(did.HouseholdLocated(village_code=VILLAGE)).when(resume_matter()).then()
    given(MATTER_OVER, did.MatterResumed()).when(end_matter()).then(MATTER_OVER)


def test_what_waits_about_it_is_withdrawn_and_what_is_under_way_or_was_sent_is_not() -> None:
    given(*QUEUED).when(withdraw(retired=False, ended=True)).then(OVER[-1])
    given(*SENDING).when(withdraw(retired=False, ended=True)).then()
    given(*SENT).when(withdraw(retired=False, ended=True)).then()


def test_nothing_is_begun_about_it() -> None:
    given(*QUEUED).when(begin(ended=True)).then()


def test_what_is_over_comes_back_for_nobody() -> None:
    given(*OVER).when(queue()).then()
    given(*QUEUED).when(withdraw(retired=True, moved=True, ended=True)).then(OVER[-1])


@pytest.fixture
async def models(prepared: str) -> AsyncIterator[ReadModels]:
    """Everybody who may be told is known."""
    async with read_models(prepared, "notifications") as found:
        for recipient, (role, area) in POSTS.items():
            await found.write(recipient, did.RecipientRegistered(role=role, area=area, address=ADDRESS))
        desk = did.RecipientRegistered(role="department-desk", area=VILLAGE[:6], address=ADDRESS, department="medical-insurance")
        await found.write(DESK, desk)
        await found.write(HOUSEHOLD, did.HouseholdLocated(village_code=VILLAGE), did.HouseholdPaired(cadre=CADRE))
        yield found


def said(kind: str) -> tuple[Message, datetime]:
    """By another service at noon, about this household and what concerns it."""
    name = "suishi.{}.event.{}.v1".format(*kind.split("."))
    golden: dict[str, Any] = from_json((GOLDEN / f"{name}.json").read_bytes())
    return TYPES[name].model_validate(golden | {field: IDS[field] for field in golden.keys() & IDS.keys()}), NOON


async def letters(models: ReadModels) -> dict[UUID, str]:
    return dict(await models.rows("SELECT notification, state FROM outbox"))


async def lease(models: ReadModels, service: Service) -> None:
    """All that is queued is asked for, one by one and as a digest."""
    lent: dict[str, Any] = {"holder": HOLDER, "until": UNTIL}
    waiting = list(await letters(models))
    await service.hear(*((BeginDelivery(notification_id=one, **lent), NOON) for one in waiting))
    await service.hear((BeginDigest(digest_id=HOLDER, notification_ids=tuple(waiting), **lent), NOON))


async def take_back(models: ReadModels, service: Service) -> None:
    await service.hear(*((WithdrawNotification(notification_id=one), NOON) for one in await left_behind(models.pool, PILOT)))


@pytest.mark.parametrize("together", [False, True])
@pytest.mark.parametrize("order", [1, -1])
@pytest.mark.parametrize(("cause", "end"), ENDS)
async def test_what_ended_is_sent_to_nobody_in_whatever_order_it_is_heard(
    models: ReadModels,
    cause: str,
    end: str,
    order: int,
    together: bool,  # noqa: FBT001
) -> None:
    service, heard = Service(models), [said(cause), said(end)][::order]
    await service.lead()
    for batch in [heard] if together else [[one] for one in heard]:
        await service.hear(*batch)
    own = {one for one, kind in await models.rows("SELECT notification, kind FROM outbox") if kind == cause.partition(".")[2]}
    await lease(models, service)
    await take_back(models, service)
    assert own
    assert {"withdrawn"} == {state for one, state in (await letters(models)).items() if one in own}
    assert await left_behind(models.pool, PILOT) == []
    assert await models.difference() is None


@pytest.mark.parametrize(("cause", "other"), STAY)
async def test_what_is_not_over_is_sent(models: ReadModels, cause: str, other: str) -> None:
    service = Service(models)
    await service.lead()
    await service.hear(said(cause), said(other))
    assert await left_behind(models.pool, PILOT) == []
    await lease(models, service)
    assert {"sending"} == set((await letters(models)).values())


async def test_an_end_counts_for_what_comes_behind_it_in_the_same_batch(models: ReadModels) -> None:
    service = Service(models)
    await service.lead()
    await service.hear(said("assistance.measure-proposed"))
    (letter,) = await letters(models)
    await service.hear(said("assistance.measure-ended"), (BeginDelivery(notification_id=letter, holder=HOLDER, until=UNTIL), NOON))
    assert {letter: "queued"} == await letters(models)


@pytest.mark.parametrize("limit", [Limit(), Limit(each=9)])
async def test_no_lease_is_asked_for_what_is_over(models: ReadModels, limit: Limit) -> None:
    notice, contacts = replace(CLUE, about=(MEASURE,)), await enter(models.pool, [REGISTER])
    await models.write(WORKER, did.RecipientRegistered(role="grid-worker", area=VILLAGE, contacts=contacts[0]))
    await models.write(NOTIFICATION, did.NotificationQueued(notice=notice, recipient=WORKER, channel="email"))
    outbox = Outbox(models.pool, "email", Pace(limit))
    assert [NOTIFICATION] == [one.id for one in await outbox.waiting()]
    await models.write(MEASURE, MATTER_OVER)
    assert [] == await outbox.waiting()


async def test_of_a_digest_only_what_is_not_over_leaves(models: ReadModels) -> None:
    service = Service(models)
    await service.lead()
    await service.hear(said("assistance.measure-proposed"), said("enrollment.clue-raised"), said("assistance.measure-ended"))
    his = [row[0] for row in await models.rows("SELECT notification FROM outbox WHERE recipient = $1", CADRE)]
    await service.hear((BeginDigest(digest_id=HOLDER, notification_ids=tuple(his), holder=HOLDER, until=UNTIL), NOON))
    states = dict(await models.rows("SELECT kind, state FROM outbox WHERE recipient = $1", CADRE))
    assert {"measure-proposed": "queued", "clue-raised": "sending"} == states


async def test_whoever_comes_later_is_not_sent_what_waited_for_him_and_is_over(models: ReadModels) -> None:
    await models.write(HOUSEHOLD, did.HouseholdUnpaired())
    service = Service(models)
    await service.lead()
    await service.hear(said("assistance.measure-proposed"), said("assistance.measure-ended"))
    assert {} == await letters(models)
    await service.hear((CadreAnswers(household_id=HOUSEHOLD, cadre_id=CADRE, on=NOON.date()), NOON))
    assert await left_behind(models.pool, PILOT) == list(await letters(models))
    await lease(models, service)
    await take_back(models, service)
    assert ["withdrawn"] == list((await letters(models)).values())


async def test_no_successor_is_told_of_what_is_over(models: ReadModels) -> None:
    service = Service(models)
    await service.lead()
    await service.hear(said("assistance.measure-proposed"), said("assistance.measure-ended"))
    await service.hear((RetireRecipient(recipient_id=CADRE), NOON))
    await take_back(models, service)
    assert ["withdrawn"] == list((await letters(models)).values())
    assert [] == await models.rows("TABLE awaiting")


async def test_what_was_sent_and_is_over_goes_up_no_more(models: ReadModels) -> None:
    service = Service(models)
    await service.lead()
    await service.hear(said("enrollment.emergency-help-started"), said("enrollment.clue-raised"))
    await service.send_all(NOON)
    kinds = "SELECT kind FROM outbox WHERE notification = ANY($1) GROUP BY 1 ORDER BY 1"
    late = NOON + timedelta(hours=48)
    assert [("clue-raised",), ("emergency-help-started",)] == await models.rows(kinds, await overdue(models.pool, PILOT, late))
    asked = [(EscalateNotification(notification_id=one), late) for one in await overdue(models.pool, PILOT, late)]
    await service.hear(said("enrollment.case-ended"))
    assert [("clue-raised",)] == await models.rows(kinds, await overdue(models.pool, PILOT, late))
    await service.hear(*asked)
    assert ["town"] == await gone_up(models)


async def test_what_waits_for_nobody_and_is_over_goes_up_no_more(models: ReadModels) -> None:
    await models.write(HOUSEHOLD, did.HouseholdUnpaired())
    service = Service(models, policy=HASTY)
    await service.lead()
    await service.hear(said("assistance.measure-proposed"), said("enrollment.clue-raised"))
    late = datetime.now(UTC) + HOURS
    assert 2 == len(await unclaimed(models.pool, HASTY, late))
    asked = [(one, late) for one in await unclaimed(models.pool, HASTY, late)]
    await service.hear(said("assistance.measure-ended"))
    assert 1 == len(await unclaimed(models.pool, HASTY, late))
    await service.hear(*asked)
    assert ["town"] == await gone_up(models)


async def test_a_household_that_has_members_again_is_told_of_again(models: ReadModels) -> None:
    service = Service(models)
    await service.lead()
    await service.hear(said("enrollment.household-ended"), said("enrollment.members-joined"), said("enrollment.clue-raised"))
    assert await left_behind(models.pool, PILOT) == []
    await lease(models, service)
    assert {"sending"} == set((await letters(models)).values())
    assert await models.difference() is None


async def test_a_case_that_an_appeal_reopened_is_told_of_again(models: ReadModels) -> None:
    service = Service(models)
    await service.lead()
    await service.hear(said("enrollment.case-ended"))
    await service.hear(said("enrollment.case-reopened"))
    await service.hear(said("enrollment.household-enrolled"), said("enrollment.exit-proposed"))
    assert await left_behind(models.pool, PILOT) == []
    await lease(models, service)
    assert {"sending"} == set((await letters(models)).values())
    assert await models.difference() is None


async def test_a_case_counts_as_reopened_in_the_batch_that_says_so(models: ReadModels) -> None:
    service = Service(models)
    await service.lead()
    await service.hear(said("enrollment.exit-proposed"), said("enrollment.case-ended"))
    waiting = list(await letters(models))
    asked = [(BeginDelivery(notification_id=one, holder=HOLDER, until=UNTIL), NOON) for one in waiting]
    await service.hear(said("enrollment.case-reopened"), *asked)
    assert dict.fromkeys(waiting, "sending") == await letters(models)


@pytest.fixture
async def office(kafka: Connection, models: ReadModels) -> PostOffice:
    return PostOffice(models, kafka)


async def test_what_waited_for_a_mail_server_while_its_measure_ended_never_leaves(office: PostOffice) -> None:
    notice = replace(CLUE, event="event 2", kind="measure-proposed", about=(MEASURE,))
    over, kept = UUID(int=21), UUID(int=22)
    await office.models.write(over, did.NotificationQueued(notice=notice, recipient=WORKER, channel="email"))
    await office.models.write(WORKER, did.RecipientRegistered(role="grid-worker", area=VILLAGE, address=ADDRESS))
    await office.models.write(MEASURE, did.MatterEnded())
    await office.models.write(kept, did.NotificationQueued(notice=CLUE, recipient=WORKER, channel="email"))
    async with listening(mailbox := Mailbox()) as smtp, office.open(smtp):
        await office.wait_for(kept, "sent")
        await office.wait_for(over, "withdrawn")
    assert ["notification-queued", "notification-withdrawn"] == await office.history(over)
    assert mailbox.received == {str(kept): 1}
    assert await office.models.difference() is None
