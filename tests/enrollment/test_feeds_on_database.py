"""A report is held against the facts that arrived, and a full list ends what it does not name."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date, timedelta
from uuid import UUID

import pytest
from msgspec.structs import replace

from pipeline.envelope import Record
from pipeline.handler import Handler
from pipeline.postgres import connect
from schemas.clock import DayStarted
from schemas.enrollment import RegisterHousehold
from schemas.facts import BenefitChanged, FeedDelivered
from schemas.identity import Person
from schemas.message import Message
from services.enrollment.domain import events as did
from services.enrollment.domain.commands import Member
from services.enrollment.domain.fact import Fact
from services.enrollment.domain.members.change_events import FactDoubted, HouseholdEnded, MembersLeft
from services.enrollment.domain.reporting.feed_events import FeedCompared
from services.enrollment.domain.reporting.feed_events import FeedDelivered as Delivered
from services.enrollment.identify import Identify
from services.enrollment.main import rules
from services.enrollment.translate import Found
from services.enrollment.translate.discovery import FeedToday
from services.enrollment.translate.facts import absent_from, feed_stream
from services.enrollment.vault import Vault
from services.enrollment.vault_keys import Keys
from tests.enrollment.zhang import FATHER, HOUSEHOLD, MOTHER, POLICIES, REGISTERED, VILLAGE, fact, noon
from tests.messages import envelope
from tests.read_models import ReadModels, read_models
from tests.schemas.identities import resident

NEIGHBOUR = UUID(int=101)
FACTS = "suishi.facts.civil-affairs.v1"
FEED = feed_stream("civil-affairs")
JANUARY, FEBRUARY, MARCH = date(2021, 1, 4), date(2021, 2, 4), date(2021, 3, 4)
REPORTED = noon(MARCH)


@pytest.fixture
async def register(prepared: str) -> AsyncIterator[ReadModels]:
    async with read_models(prepared, "enrollment") as models:
        yield models


def allowance(reference: str, told: date, *, granted: bool = True, person: UUID = FATHER) -> Fact:
    said = {
        "signal": "benefit-stopped",
        "series": "benefit:subsistence-allowance",
        "kind": "subsistence-allowance",
        "name": "benefit-changed",
    }
    return fact(reference, told, **said, present=not granted, person=person, department="civil-affairs")


def report(count: int, period: str = "2021-02", *, full: bool = True) -> Delivered:
    return Delivered(department="civil-affairs", period=period, count=count, full=full, at=REPORTED, reference=f"{period} {count}")


async def morning(register: ReadModels) -> Found:
    """What the register says when a day starts."""
    (found,) = await Identify(register.pool, Vault(register.pool, Keys(bytes(32))), POLICIES)([envelope(DayStarted(date=MARCH))])
    return found


def received(found: Found) -> dict[str, int]:
    return next(dict(feed.received) for feed in found.feeds if feed.department == "civil-affairs")


async def test_every_feed_is_looked_at_once_a_day(register: ReadModels) -> None:
    found = await morning(register)
    assert 11 == len(found.feeds)
    assert FeedToday("medical-insurance", {}) in found.feeds


async def test_the_facts_of_a_period_are_counted_wherever_they_are(register: ReadModels) -> None:
    await register.write(HOUSEHOLD, *REGISTERED, did.FactRecorded(fact=allowance("here", FEBRUARY)))
    await register.write(NEIGHBOUR, did.FactRecorded(fact=allowance("here", FEBRUARY)))
    await register.write(MOTHER, did.FactUnmatched(fact=allowance("waits", FEBRUARY, person=MOTHER)))
    await register.write(HOUSEHOLD, did.FactRecorded(fact=allowance("earlier", JANUARY)))
    await register.write(FEED, report(3, full=False))
    assert {"2021-02": 2} == received(await morning(register))


NAMED = allowance("named", FEBRUARY)
AGAIN = replace(allowance("corrected", FEBRUARY + timedelta(days=1)), amount_fen=7)
OF_HOME, OF_HOME_AGAIN = replace(NAMED, person=None), replace(AGAIN, person=None)
WATER = fact("water", FEBRUARY, name="water-tested", series="water", person=None, department="civil-affairs", village_code=VILLAGE)
DROPOUT = replace(NAMED, name="school-dropout-reported", series="dropout")
ONE, TWO = "a fact and its correction", "two facts"


@pytest.mark.parametrize(
    ("counted", "first", "second"),
    [
        (ONE, NAMED, AGAIN),
        (ONE, NAMED, replace(AGAIN, person=MOTHER, named=FATHER)),
        (ONE, OF_HOME, OF_HOME_AGAIN),
        (TWO, NAMED, replace(AGAIN, person=MOTHER)),
        (TWO, NAMED, replace(AGAIN, series="benefit:margin-support")),
        (TWO, DROPOUT, replace(AGAIN, name="school-returned", series="dropout")),
        (TWO, NAMED, OF_HOME_AGAIN),
    ],
    ids=["same person", "merged since", "same household", "another person", "another benefit", "another type", "person and household"],
)
async def test_a_report_counts_a_fact_once_however_often_it_was_corrected(
    register: ReadModels, counted: str, first: Fact, second: Fact
) -> None:
    await register.write(HOUSEHOLD, *REGISTERED, did.FactRecorded(fact=first), did.FactRecorded(fact=second))
    await register.write(FEED, report(3))
    assert {"2021-02": 1 if counted == ONE else 2} == received(await morning(register))
    assert await register.difference() is None


@pytest.mark.parametrize(("again", "number"), [(VILLAGE, 1), ("370323001002", 2)], ids=["same village", "another village"])
async def test_a_test_of_a_village_is_one_fact_wherever_it_is_told(register: ReadModels, again: str, number: int) -> None:
    first = replace(WATER, whole_village=True)
    second = replace(first, id=UUID(int=8), reference="again", time=noon(MARCH), village_code=again)
    await register.write(HOUSEHOLD, *REGISTERED, did.FactRecorded(fact=first))
    await register.write(NEIGHBOUR, did.FactUnmatched(fact=first), did.FactUnmatched(fact=second))
    await register.write(FEED, report(3))
    assert {"2021-02": number} == received(await morning(register))


async def test_a_fact_of_a_household_that_went_into_another_is_still_one(register: ReadModels) -> None:
    await register.write(HOUSEHOLD, *REGISTERED, did.FactRecorded(fact=OF_HOME))
    await register.write(NEIGHBOUR, did.FactRecorded(fact=OF_HOME))
    await register.write(HOUSEHOLD, FactDoubted(fact=OF_HOME_AGAIN, reason_code="household.ended"))
    await register.write(FEED, report(3))
    assert {"2021-02": 1} == received(await morning(register))


async def test_a_correction_stands_for_nobody_whose_row_never_arrived(register: ReadModels) -> None:
    """Two are in the list, and the mother's row was refused."""
    lost = did.FactRecorded(fact=allowance("of the mother", JANUARY, person=MOTHER))
    await register.write(HOUSEHOLD, *REGISTERED, lost, did.FactRecorded(fact=NAMED), did.FactRecorded(fact=AGAIN))
    await register.write(FEED, report(2))
    found = await morning(register)
    assert ({"2021-02": 1}, ()) == (received(found), found.absent)


async def test_neither_does_what_was_withdrawn(register: ReadModels) -> None:
    lost = did.FactRecorded(fact=allowance("of the mother", JANUARY, person=MOTHER))
    gone = did.FactWithdrawn(fact=NAMED.id, source=NAMED.source, reference=NAMED.reference)
    await register.write(HOUSEHOLD, *REGISTERED, lost, did.FactRecorded(fact=NAMED), gone)
    await register.write(FEED, report(1))
    found = await morning(register)
    assert ({"2021-02": 0}, ()) == (received(found), found.absent)


async def test_what_was_withdrawn_and_told_right_is_complete(register: ReadModels) -> None:
    """A row of the list was about the wrong person."""
    gone = did.FactWithdrawn(fact=NAMED.id, source=NAMED.source, reference=NAMED.reference)
    right = did.FactRecorded(fact=replace(AGAIN, person=MOTHER))
    await register.write(HOUSEHOLD, *REGISTERED, did.FactRecorded(fact=NAMED), gone, right)
    await register.write(FEED, report(1))
    assert {"2021-02": 1} == received(await morning(register))


async def test_what_was_compared_and_complete_is_counted_no_more(register: ReadModels) -> None:
    await register.write(FEED, report(0, full=False), FeedCompared(department="civil-affairs", period="2021-02", count=0, received=0))
    assert {} == received(await morning(register))


async def test_a_benefit_that_a_full_list_does_not_name_has_stopped(register: ReadModels) -> None:
    left_out = allowance("left out", JANUARY)
    await register.write(HOUSEHOLD, *REGISTERED, did.FactRecorded(fact=left_out))
    await register.write(NEIGHBOUR, did.FactRecorded(fact=allowance("named", FEBRUARY, person=MOTHER)))
    await register.write(FEED, report(1))
    assert ((HOUSEHOLD, absent_from("2021-02", REPORTED, left_out)),) == (await morning(register)).absent


async def parted(register: ReadModels, *taken: did.FactRecorded) -> None:
    """The father leaves for a household of his own and takes along what is known of him."""
    gone = (Member(person=FATHER, relation="head"),)
    left = MembersLeft(members=gone, on=FEBRUARY, reason="split", fact=UUID(int=7), to=NEIGHBOUR)
    await register.write(HOUSEHOLD, left)
    formed = did.HouseholdRegistered(household=NEIGHBOUR, village_code=VILLAGE, category="never_registered", members=gone, since=FEBRUARY)
    await register.write(NEIGHBOUR, formed, *taken)


async def test_a_benefit_that_went_along_ends_where_its_person_is(register: ReadModels) -> None:
    grant = allowance("left out", JANUARY)
    await register.write(HOUSEHOLD, *REGISTERED, did.FactRecorded(fact=grant))
    await parted(register, did.FactRecorded(fact=grant))
    await register.write(FEED, report(0))
    assert ((NEIGHBOUR, absent_from("2021-02", REPORTED, grant)),) == (await morning(register)).absent


async def test_a_benefit_that_was_granted_again_elsewhere_does_not_end_where_its_person_was(register: ReadModels) -> None:
    grant = allowance("first", JANUARY)
    await register.write(HOUSEHOLD, *REGISTERED, did.FactRecorded(fact=grant))
    await parted(register, did.FactRecorded(fact=grant), did.FactRecorded(fact=allowance("named", FEBRUARY)))
    await register.write(FEED, report(1))
    assert (await morning(register)).absent == ()


async def test_no_list_ends_a_benefit_of_the_dead(register: ReadModels) -> None:
    """It would be doubted month after month, for nobody who died has any."""
    await register.write(HOUSEHOLD, *REGISTERED, did.FactRecorded(fact=allowance("left out", JANUARY)))
    died = MembersLeft(members=(Member(person=FATHER, relation="head"),), on=JANUARY, reason="died", fact=UUID(int=7))
    await register.write(HOUSEHOLD, died)
    await register.write(FEED, report(0))
    assert (await morning(register)).absent == ()


async def test_what_a_whole_household_has_ends_where_it_went_with_its_last_member(register: ReadModels) -> None:
    grant = replace(allowance("left out", JANUARY), person=None)
    await register.write(
        HOUSEHOLD, *REGISTERED, did.FactRecorded(fact=grant), HouseholdEnded(reason="dissolved", on=FEBRUARY, into=NEIGHBOUR)
    )
    await register.write(NEIGHBOUR, did.FactRecorded(fact=grant))
    await register.write(FEED, report(0))
    assert ((NEIGHBOUR, absent_from("2021-02", REPORTED, grant)),) == (await morning(register)).absent


async def test_a_list_of_which_a_part_is_missing_ends_nothing(register: ReadModels) -> None:
    await register.write(HOUSEHOLD, *REGISTERED, did.FactRecorded(fact=allowance("left out", JANUARY)))
    await register.write(FEED, report(1))
    found = await morning(register)
    assert ({"2021-02": 0}, ()) == (received(found), found.absent)


async def test_a_list_that_is_not_full_ends_nothing(register: ReadModels) -> None:
    await register.write(HOUSEHOLD, *REGISTERED, did.FactRecorded(fact=allowance("left out", JANUARY)))
    await register.write(FEED, report(0, full=False))
    assert (await morning(register)).absent == ()


@pytest.mark.parametrize(
    "later",
    [allowance("stopped", JANUARY + timedelta(days=1), granted=False), allowance("named", FEBRUARY), allowance("granted later", MARCH)],
)
async def test_what_stopped_before_or_was_granted_since_does_not_end(register: ReadModels, later: Fact) -> None:
    await register.write(HOUSEHOLD, *REGISTERED, did.FactRecorded(fact=allowance("first", JANUARY)), did.FactRecorded(fact=later))
    await register.write(FEED, report(0))
    assert (await morning(register)).absent == ()


async def test_a_list_that_comes_late_grants_nothing_that_a_later_one_ended(register: ReadModels) -> None:
    """That of March came first, named nobody, and was compared."""
    late = allowance("named in February", FEBRUARY)
    first = did.FactRecorded(fact=allowance("named in January", JANUARY))
    await register.write(FEED, report(0, "2021-03"), FeedCompared(department="civil-affairs", period="2021-03", count=0, received=0))
    await register.write(HOUSEHOLD, *REGISTERED, first, did.FactRecorded(fact=late))
    await register.write(FEED, report(1))
    assert ((HOUSEHOLD, absent_from("2021-03", REPORTED, late)),) == (await morning(register)).absent


async def test_each_grant_ends_by_the_first_list_that_does_not_name_it(register: ReadModels) -> None:
    grant = allowance("left out", JANUARY)
    await register.write(HOUSEHOLD, *REGISTERED, did.FactRecorded(fact=grant))
    await register.write(FEED, report(0, "2021-03"), report(0))
    assert ((HOUSEHOLD, absent_from("2021-02", REPORTED, grant)),) == (await morning(register)).absent


async def test_a_list_ends_nothing_that_was_granted_since_for_earlier(register: ReadModels) -> None:
    since = replace(allowance("granted since", JANUARY), time=noon(MARCH) + timedelta(seconds=1))
    await register.write(HOUSEHOLD, *REGISTERED, did.FactRecorded(fact=since))
    await register.write(FEED, report(0))
    assert (await morning(register)).absent == ()


async def test_what_was_withdrawn_does_not_end(register: ReadModels) -> None:
    wrong = allowance("wrong", JANUARY)
    gone = did.FactWithdrawn(fact=wrong.id, source=wrong.source, reference=wrong.reference)
    await register.write(HOUSEHOLD, *REGISTERED, did.FactRecorded(fact=wrong), gone)
    await register.write(FEED, report(0))
    assert (await morning(register)).absent == ()


async def test_an_end_is_told_once(register: ReadModels) -> None:
    grant = allowance("left out", JANUARY)
    await register.write(
        HOUSEHOLD, *REGISTERED, did.FactRecorded(fact=grant), did.FactRecorded(fact=absent_from("2021-02", REPORTED, grant))
    )
    await register.write(FEED, report(0, "2021-03"))
    assert (await morning(register)).absent == ()


async def test_a_grant_that_waits_ends_where_it_waits_and_moves_with_its_person(register: ReadModels) -> None:
    grant = allowance("left out", JANUARY)
    await register.write(FATHER, did.FactUnmatched(fact=grant))
    await register.write(FEED, report(0))
    assert ((FATHER, absent_from("2021-02", REPORTED, grant)),) == (await morning(register)).absent
    await register.write(HOUSEHOLD, *REGISTERED, did.FactRecorded(fact=grant))
    assert ((HOUSEHOLD, absent_from("2021-02", REPORTED, grant)),) == (await morning(register)).absent
    assert await register.difference() is None


async def test_a_full_list_without_a_household_raises_its_clue_when_the_day_starts(prepared: str, register: ReadModels) -> None:
    pool = await connect(prepared, "vault", size=1)
    vault = Vault(pool, Keys.from_text("ab" * 32))
    number = resident(order="077")
    people = [{"id_number": number, "name": "张·测试", "relation": "head"}]
    said = {"household_id": HOUSEHOLD, "village_code": VILLAGE, "category": "never_registered", "members": people}
    grant = BenefitChanged(
        valid_on=JANUARY, person=Person(id_number=number), benefit="subsistence-allowance", granted=True, monthly_fen=60_000
    )
    batches: list[list[Record]] = [
        [message(0, "suishi.enrollment.commands.v1", RegisterHousehold.model_validate(said)), message(1, FACTS, grant)],
        [message(2, FACTS, FeedDelivered(period="2021-02", count=0, full=True))],
        [message(3, "suishi.clock.v1", DayStarted(date=MARCH))],
        [message(4, "suishi.clock.v1", DayStarted(date=MARCH + timedelta(days=1)))],
    ]
    handler = Handler(rules(POLICIES, Identify(register.pool, vault, POLICIES)), register.store)
    commits = [await handler.handle(batch) for batch in batches]
    told = [[event.event.TOPIC.removeprefix("enrollment.") for event in commit.events if event.stream == HOUSEHOLD] for commit in commits]
    assert told == [["household-registered", "fact-recorded"], [], ["fact-recorded", "clue-raised", "deadline-started"], []]
    assert await register.difference() is None
    await pool.close()


def message(offset: int, topic: str, data: Message) -> Record:
    attributes = {
        "specversion": "1.0", "id": f"message {offset}", "source": "/civil-affairs", "type": data.TYPE, "time": "2021-03-04T04:00:00Z"
    }  # fmt: skip
    headers = tuple((f"ce_{name}", text.encode()) for name, text in attributes.items())
    return Record(topic, 0, offset, 1_609_819_200_000, None, data.model_dump_json(exclude_none=True).encode(), headers)
