"""The eventsourcing library's own Application opens our log and replays it: our rows are its rows."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Final
from urllib.parse import unquote, urlsplit
from uuid import UUID

import pytest
from eventsourcing.application import Application
from eventsourcing.persistence import Notification

from pipeline.kernel import StreamEvent, StructMapper, register
from pipeline.store import Commit, NewEvent
from services.enrollment.domain import DECIDER
from services.enrollment.domain.clocks.deadline_events import DeadlineMet, DeadlineStarted
from services.enrollment.domain.clocks.running import Running
from services.enrollment.domain.commands import Member
from services.enrollment.domain.events import AnyEvent, HouseholdRegistered
from services.enrollment.domain.household.state import Household, State
from services.enrollment.domain.household.stays import Stay
from tests.pipeline.backends import InPostgres
from tests.pipeline.conftest import WHY

ZHANG, LI = UUID(int=1), UUID(int=2)
HEAD: Final = UUID(int=11)
STAYS: Final = (Stay(HEAD, "head", "none"),)


class Stored(Application[UUID]):
    """Its name gives the table `stored_events`; only the mapper is ours, since our events carry no identity."""

    name = "stored"

    def construct_mapper(self) -> StructMapper:
        return StructMapper()


def registered(household: UUID, village_code: str) -> HouseholdRegistered:
    head = Member(person=HEAD, relation="head", labour_capacity="none")
    return HouseholdRegistered(household=household, village_code=village_code, category="never_registered", members=(head,))


@pytest.fixture
async def written(postgres: InPostgres) -> str:
    """The owner's DSN of a log in which two households' events alternate."""
    register(AnyEvent.__args__)
    store = postgres.store()
    await store.lead()
    verify = DeadlineStarted(kind="verify", due=date(2021, 1, 8))
    decide = DeadlineStarted(kind="county-decision", due=date(2021, 1, 20))
    first = [NewEvent(ZHANG, 1, registered(ZHANG, "370323001001"), WHY), NewEvent(LI, 1, registered(LI, "370323001002"), WHY)]
    await store.commit(Commit(events=[*first, NewEvent(ZHANG, 2, verify, WHY)]))
    await store.commit(Commit(events=[NewEvent(LI, 2, verify, WHY), NewEvent(ZHANG, 3, DeadlineMet(kind="verify"), WHY)]))
    await store.commit(Commit(events=[NewEvent(ZHANG, 4, decide, WHY)]))
    return postgres.owner


@pytest.fixture
def application(written: str) -> Iterator[Stored]:
    dsn = urlsplit(written)
    env = {
        "PERSISTENCE_MODULE": "eventsourcing.postgres",
        "POSTGRES_DBNAME": dsn.path.removeprefix("/"),
        "POSTGRES_HOST": dsn.hostname or "",
        "POSTGRES_PORT": str(dsn.port),
        "POSTGRES_USER": dsn.username or "",
        "POSTGRES_PASSWORD": unquote(dsn.password or ""),
        "POSTGRES_SCHEMA": "enrollment",
        "POSTGRES_POOL_SIZE": "1",
        "CREATE_TABLE": "n",
    }
    with Stored(env) as opened:
        yield opened


def replay(state: State | None, events: Iterable[StreamEvent]) -> State:
    return DECIDER.fold((row.event for row in events), state or DECIDER.initial)


def replayed(application: Stored, version: int | None = None) -> object:
    return application.repository.get(ZHANG, version=version, projector_func=replay)  # pyright: ignore - our states carry no version


def test_the_library_replays_a_household(application: Stored) -> None:
    household = replayed(application)
    deadlines = {"county-decision": date(2021, 1, 20)}
    assert Household(ZHANG, "370323001001", "never_registered", STAYS, running=Running(due=deadlines)) == household


def test_the_library_replays_a_household_as_it_was(application: Stored) -> None:
    household = replayed(application, version=2)
    deadlines = {"verify": date(2021, 1, 8)}
    assert Household(ZHANG, "370323001001", "never_registered", STAYS, running=Running(due=deadlines)) == household


def test_the_librarys_event_store_gives_one_stream_in_order(application: Stored) -> None:
    verify = DeadlineStarted(kind="verify", due=date(2021, 1, 8))
    assert [StreamEvent(LI, 1, registered(LI, "370323001002")), StreamEvent(LI, 2, verify)] == list(application.events.get(LI))


def test_the_librarys_notification_log_has_our_positions(application: Stored) -> None:
    notifications = application.notification_log.select(start=1, limit=10)
    assert [place(notification) for notification in notifications] == [
        (1, ZHANG, 1, "enrollment.household-registered"),
        (2, LI, 1, "enrollment.household-registered"),
        (3, ZHANG, 2, "enrollment.deadline-started"),
        (4, LI, 2, "enrollment.deadline-started"),
        (5, ZHANG, 3, "enrollment.deadline-met"),
        (6, ZHANG, 4, "enrollment.deadline-started"),
    ]


def test_the_librarys_notification_log_is_read_in_sections(application: Stored) -> None:
    section = application.notification_log["1,4"]
    assert (section.id, section.next_id, len(section.items)) == ("1,4", "5,8", 4)


def test_the_librarys_notifications_hold_what_our_store_reads(application: Stored) -> None:
    (notification,) = application.notification_log.select(start=5, limit=1)
    assert StreamEvent(ZHANG, 3, DeadlineMet(kind="verify")) == application.mapper.to_domain_event(notification)


def place(notification: Notification) -> tuple[int, object, int, str]:
    return (notification.id, notification.originator_id, notification.originator_version, notification.topic)
