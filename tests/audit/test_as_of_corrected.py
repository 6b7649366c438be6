"""What was taken back or told again for another day is so on every day, for whoever asks afterwards."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Final
from uuid import UUID

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st

from audit.as_of.household import Statement, household_as_of
from audit.as_of.knowledge import Known
from audit.diff.compare import stand
from audit.what_if.period import through
from schemas import facts as say
from schemas.clock import COUNTY_TIME
from schemas.message import Message
from services.enrollment.domain.members.change_events import MembershipRedated
from tests.audit.kept_book import KeptBook
from tests.audit.test_as_of import day, noon
from tests.audit.test_what_if import RULES, asked
from tests.enrollment.book import CHILD, FATHER, MOTHER, SON, STRANGER, WANG, WIFE, ZHANG, named, registers, taken_back
from tests.enrollment.sayings import delivered, earned
from tests.enrollment.test_change_laws import changes
from tests.enrollment.told import bill, born, decided, died, married, split, visited
from tests.laws import law

YEARS_END: Final = day("12-31")
NOON: Final = noon("12-31")


def home(*members: UUID) -> KeptBook:
    """The Zhangs are registered on 5 January, by message 1."""
    book = KeptBook()
    book.tell(registers(ZHANG, *(members or (FATHER, MOTHER, SON))), on=day("01-05"))
    return book


def members(book: KeptBook, on: date, known: date = YEARS_END) -> set[UUID]:
    return {UUID(one.subject) for one in statements(book, on, known) if one.what == "member"}


def statements(book: KeptBook, on: date, known: date = YEARS_END) -> tuple[Statement, ...]:
    return household_as_of(book.kept[ZHANG], on, datetime.combine(known, time.max, COUNTY_TIME))


def values(book: KeptBook, what: str, on: str) -> list[str]:
    return [one.value for one in statements(book, day(on)) if one.what == what]


# --- Births and deaths ---


@pytest.mark.parametrize(
    ("on", "known", "expected"),
    [
        ("01-19", "12-31", {FATHER, MOTHER, SON}),
        ("01-20", "12-31", {FATHER, MOTHER}),
        ("01-25", "12-31", {FATHER, MOTHER}),
        ("01-25", "02-19", {FATHER, MOTHER, SON}),  # he had died on 3 February, as far as was known
        ("02-03", "02-19", {FATHER, MOTHER}),
        ("01-25", "02-09", {FATHER, MOTHER, SON}),
    ],
)
def test_a_death_that_is_told_again_for_an_earlier_day_is_on_that_day(on: str, known: str, expected: set[UUID]) -> None:
    book = home()
    book.tell(died(SON, day("02-03")), on=day("02-10"))
    book.tell(died(SON, day("01-20")), on=day("02-20"))
    assert expected == members(book, day(on), day(known))


@pytest.mark.parametrize(("on", "expected"), [("01-20", {FATHER, MOTHER, SON}), ("02-08", {FATHER, MOTHER})])
def test_a_death_that_is_told_again_for_a_later_day_is_on_that_day(on: str, expected: set[UUID]) -> None:
    book = home()
    book.tell(died(SON, day("01-08")), on=day("01-08"))
    book.tell(died(SON, day("02-08")), on=day("03-10"))
    assert expected == members(book, day(on))


def test_a_death_that_was_not_so_was_on_no_day() -> None:
    book = home()
    book.tell(died(SON, day("01-08")), on=day("01-08"))
    book.tell(taken_back(2), on=day("03-10"))
    assert {FATHER, MOTHER, SON} == members(book, day("02-01")) == members(book, day("03-10"))
    assert {FATHER, MOTHER} == members(book, day("02-01"), day("03-09"))
    assert {(1, day("01-05"))} == {(one.position, one.since) for one in statements(book, day("02-01")) if one.what == "member"}


def test_a_death_that_was_told_again_and_was_not_so_was_on_no_day() -> None:
    book = home()
    book.tell(died(SON, day("02-03")), on=day("02-10"))
    book.tell(died(SON, day("01-20")), on=day("02-20"))
    book.tell(taken_back(2), taken_back(3), on=day("03-10"))
    assert {FATHER, MOTHER, SON} == members(book, day("02-04"))


def test_who_did_not_die_before_february_is_not_said_to_be_dead_in_january() -> None:
    book = home()
    book.tell(died(SON, day("01-08")), on=day("01-08"))
    book.tell(died(SON, day("02-08")), on=day("03-10"))
    assert [] == values(book, "fact", "01-20")


@pytest.mark.parametrize(("on", "expected"), [("01-14", {FATHER, MOTHER}), ("01-18", {FATHER, MOTHER, CHILD})])
def test_a_birth_is_on_the_day_that_was_told_last_and_names_who_told_it(on: str, expected: set[UUID]) -> None:
    book = home(FATHER, MOTHER)
    book.tell(born(on=day("01-14")), on=day("01-15"))
    book.tell(born(on=day("01-18")), on=day("02-01"))
    assert expected == members(book, day(on))
    (told,) = (one for one in book.kept[ZHANG] if isinstance(one.event, MembershipRedated))
    child = [(one.event_id, one.since) for one in statements(book, day("01-18")) if one.subject == str(CHILD)]
    assert [(told.event_id, day("01-18"))] == child


def test_a_birth_that_was_not_so_was_on_no_day_and_nothing_about_the_child_counts() -> None:
    book = home(FATHER, MOTHER)
    book.tell(born(on=day("01-14")), on=day("01-15"))
    book.tell(bill(CHILD, on=day("01-16")), on=day("01-16"))
    book.tell(taken_back(2), on=day("03-10"))
    assert {FATHER, MOTHER} == members(book, day("02-01"))
    assert [] == values(book, "fact", "02-01")


def test_whoever_was_head_on_the_day_is_told_as_the_head() -> None:
    """He was said to be dead, and she headed the household from then on."""
    book = home(FATHER, MOTHER)
    book.tell(died(FATHER, day("01-08")), on=day("01-08"))
    book.tell(say.HeadChanged(valid_on=day("01-15"), person=named(MOTHER)), on=day("01-15"))
    book.tell(taken_back(2), on=day("03-10"))
    assert ["head", "son"] == values(book, "member", "01-10")
    assert ["member", "head"] == values(book, "member", "02-01")


def test_whoever_comes_back_is_a_member_by_his_return() -> None:
    book = home()
    book.tell(registers(WANG, WIFE), on=day("01-05"))
    book.tell(married(WIFE, SON, day("02-01")), on=day("02-01"))
    book.tell(married(FATHER, SON, day("03-01")), on=day("03-01"))
    since = {(UUID(one.subject), one.since) for one in statements(book, day("03-02")) if one.what == "member"}
    assert {(FATHER, day("01-05")), (MOTHER, day("01-05")), (SON, day("03-01"))} == since


@law
@for_all(st.lists(changes, max_size=7), st.dates(day("01-01"), day("04-30")), st.integers(1, 9))
def test_members_of_a_day_are_those_whose_stays_include_it(messages: list[Message], on: date, heard: int) -> None:
    """As far as was known after so many messages, by the rules' own fold of everything that they had recorded."""
    book = home()
    book.tell(registers(WANG, WIFE), on=day("01-05"))
    for number, message in enumerate(messages, 1):
        book.tell(message, on=day("01-05") + timedelta(days=number))
    known = day("01-05") + timedelta(days=heard)
    told = KeptBook(streams={ZHANG: [one.event for one in book.kept[ZHANG] if one.metadata.occurred_at.date() <= known]})
    state = told.household(ZHANG)
    expected = {stay.person for stay in state.stays if stay.includes(on)} if on >= day("01-05") else set[UUID]()
    assert expected == members(book, on, known)


@law
@for_all(st.lists(changes, max_size=7))
def test_nothing_is_otherwise_on_a_day_on_which_nothing_begins_or_ends(messages: list[Message]) -> None:
    book = home()
    book.tell(registers(WANG, WIFE), on=day("01-05"))
    book.tell(*messages, on=day("02-10"))
    known = Known(book.kept[ZHANG], NOON)
    for on in (day("01-01") + timedelta(days=number) for number in range(100)):
        assert on in known.days or known.on(on) == known.on(on - timedelta(days=1))


# --- The end of a household ---


def enrolled(*members: UUID) -> KeptBook:
    """Taken in on the day of the registration, after a bill (message 2) and a visit that found 3,000 yuan."""
    book = home(*members)
    book.tell(bill(FATHER))
    visited(book)
    decided(book)
    return book


def stages(book: KeptBook, *days: str) -> list[str]:
    return [value for on in days for value in values(book, "stage", on)]


def test_a_household_of_one_ends_on_the_day_that_was_told_last() -> None:
    """Both ways: the death of 8 February was one of 20 January, and then one of 20 February."""
    book = enrolled(FATHER)
    book.tell(died(FATHER, day("02-08")), on=day("02-10"))
    book.tell(died(FATHER, day("01-20")), on=day("03-01"))
    assert ["enrolled", "ended", "ended"] == stages(book, "01-19", "01-20", "02-09")
    book.tell(died(FATHER, day("02-20")), on=day("03-10"))
    assert ["enrolled", "enrolled", "ended"] == stages(book, "01-20", "02-19", "02-20")
    turn = stand(Known(book.kept[ZHANG], NOON), day("02-20")).turn
    assert turn is not None
    assert day("02-20") == turn.metadata.valid_on


def test_a_household_of_one_who_did_not_die_never_ended_but_its_enrolment_did() -> None:
    """When the death was taken back it had a clue again, by the bill, and was not in."""
    book = enrolled(FATHER)
    book.tell(died(FATHER, day("02-08")), on=day("02-10"))
    book.tell(taken_back(5), on=day("03-10"))
    assert ["enrolled", "outside", "clue"] == stages(book, "02-09", "02-10", "03-10")
    assert {FATHER} == members(book, day("02-10"))


def test_a_household_that_was_split_off_ended_on_no_day_before_it_began() -> None:
    book = home()
    book.tell(split(SON, on=day("02-01")), on=day("02-01"))
    book.tell(died(SON, day("01-20")), on=day("03-10"))
    (own,) = book.kept.keys() - {ZHANG}
    (stage,) = (one for one in household_as_of(book.kept[own], day("02-01"), NOON) if one.what == "stage")
    assert ("ended", day("02-01")) == (stage.value, stage.since)


# --- Facts ---


def test_a_bill_that_was_withdrawn_stood_on_no_day() -> None:
    book = home()
    book.tell(bill(on=day("01-08")), on=day("01-08"))
    book.tell(taken_back(2), on=day("03-10"))
    assert [] == values(book, "fact", "02-01")
    assert ["clue"] == values(book, "stage", "02-01")  # somebody looked, as far as was known then
    (told,) = (one for one in statements(book, day("02-01"), day("03-09")) if one.what == "fact")
    assert (day("01-08"), "medical-expense-reported inpatient:2021 2021-01 25,000.00 yuan") == (told.since, told.value)


def test_what_is_told_of_somebody_counts_where_he_is_a_member_on_the_day() -> None:
    """Her bill of January comes with her by a marriage of February."""
    book = home()
    book.tell(registers(WANG, WIFE, STRANGER), on=day("01-05"))
    book.tell(bill(WIFE, on=day("01-08")), on=day("01-08"))
    book.tell(married(WIFE, SON, day("02-01")), on=day("02-01"))
    for on in ("01-31", "02-01"):
        here = {UUID(one.subject) for one in statements(book, day(on)) if one.what == "member"}
        assert (WIFE in here) == any("medical" in value for value in values(book, "fact", on))


def test_what_follows_from_a_fact_counts_from_the_day_on_which_it_was_told() -> None:
    """An income of 8 January, told on 3 March, lets the machine propose the exit in March."""
    book = enrolled(FATHER)
    book.tell(delivered(ZHANG, 1))
    book.tell(say.IncomeDeclared(valid_on=day("01-08"), person=named(FATHER), **earned(4_000_000, 0, day("01-08"))), on=day("03-03"))
    assert ["enrolled", "exit-proposed"] == stages(book, "03-02", "03-03")
    since = [one.since for one in statements(book, day("03-03")) if one.value == "exit-proposed" or one.subject == "exit-decision"]
    assert [day("03-03"), day("03-03")] == since
    assert "income-declared income net 40,000.00 yuan reference 40,000.00 yuan 2020-01-10/2021-01-08" in values(book, "fact", "01-08")


# --- What if, and who came and went ---


def test_a_household_is_judged_by_as_many_as_it_had() -> None:
    """The death of 8 January was one of 8 February: until then three had 24,000 yuan, below three lines of 8,100 and not two."""
    book = home()
    book.tell(bill(FATHER))
    visited(book, 2_400_000)
    book.tell(died(SON, day("01-08")), on=day("01-08"))
    book.tell(died(SON, day("02-08")), on=day("03-10"))
    asking = asked(810_000, first=day("01-10"), last=day("03-01"), known="06-30")
    there, spells = through(book.kept[ZHANG], asking, RULES)
    assert (True, [("entered", day("01-10"), day("02-07"))]) == (there, [(one.way, one.since, one.until) for one in spells])
