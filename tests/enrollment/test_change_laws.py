"""Promises about every order of changes, told one by one or in one batch."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from uuid import UUID

from hypothesis import example, settings
from hypothesis import given as for_all
from hypothesis import strategies as st

from pipeline.envelope import Envelope
from schemas import facts as say
from schemas.message import Message
from services.enrollment.domain.household.state import Household
from tests.enrollment.book import CHILD, FATHER, MOTHER, NUMBER_OF, SON, STRANGER, WANG, WIFE, ZHANG, Book, named, registers, taken_back
from tests.enrollment.told import (
    LATER,
    NEXT_COUNTY,
    NEXT_VILLAGE,
    bill,
    corrected,
    died,
    married,
    merged,
    moved,
    one_person,
    split,
    two_persons,
)
from tests.enrollment.zhang import VILLAGE
from tests.laws import law
from tests.messages import envelope

PEOPLE = (FATHER, MOTHER, SON, WIFE, CHILD, STRANGER)
person = st.sampled_from(PEOPLE)
day = st.sampled_from([LATER + timedelta(days=number) for number in (-20, 0, 1, 40)])
DAYS = [date(2020, 12, 1) + timedelta(days=number) for number in range(0, 140, 5)]


def born(mother: UUID, on: date) -> say.PersonBorn:
    return say.PersonBorn(valid_on=on, person=named(CHILD), mother_id_number=NUMBER_OF[mother])


vital: st.SearchStrategy[Message] = st.builds(died, person, day) | st.builds(born, person, day)
changes: st.SearchStrategy[Message] = st.one_of(
    vital,
    st.builds(married, person, person, day),
    st.builds(lambda leaving, on, by: split(*leaving, on=on, by=by), st.lists(person, min_size=1, max_size=2), day, person),
    st.builds(merged, st.sampled_from([ZHANG, WANG]), day),
    st.builds(moved, st.sampled_from([NEXT_VILLAGE, NEXT_COUNTY]), day),
    st.builds(lambda one, on: say.HeadChanged(valid_on=on, person=named(one)), person, day),
    st.builds(bill, person, st.just(2_500_000), day),
    st.builds(one_person, person, person),
    st.builds(two_persons, person, person),
    st.builds(corrected, person, person, day),
    st.builds(taken_back, st.integers(3, 8)),
)
# Somebody dies or is born, sooner or later he did not or was not, and the messages behind that are about the same few people.
undone = st.builds(
    lambda first, then, behind: [first, *then, taken_back(3), *behind], vital, st.lists(changes, max_size=2), st.lists(changes, max_size=3)
)


def told(messages: Sequence[Message], *, together: bool) -> Book:
    return told_in(messages, () if together else range(1, len(messages)))


def told_in(messages: Sequence[Message], cuts: Collection[int]) -> Book:
    """A batch ends before each of the messages with these numbers, from 0."""
    book = Book()
    book.tell(registers(ZHANG, FATHER, MOTHER, SON))
    book.tell(registers(WANG, WIFE))
    for start, end in pairwise(sorted({0, *cuts, len(messages)})):
        book.tell(*messages[start:end])
    return book


@st.composite
def orders(draw: st.DrawFn, messages: st.SearchStrategy[Message]) -> tuple[list[Envelope], list[Envelope]]:
    """The same messages, some of them taken back, in two orders; each was said on a day of its own or on that of another one."""
    said = draw(st.lists(messages, max_size=4))
    once = [envelope(one, f"message {number}", time=draw(said_at)) for number, one in enumerate(said, 1)]
    vital = [number for number, one in enumerate(said, 1) if isinstance(one, say.PersonBorn | say.PersonDied)]
    back = draw(st.lists(st.sampled_from(vital), unique=True)) if vital else []
    once += [envelope(taken_back(number), f"back {number}") for number in back]
    return once, draw(st.permutations(once))


def known(book: Book) -> list[object]:
    """Where the Zhangs live, who heads them, who belongs to them on which day, and when they ended."""
    home = book.household(ZHANG)
    members = {(stay.person, on) for stay in home.stays for on in DAYS if stay.includes(on)}
    return [home.village_code, {stay.person for stay in home.stays if stay.lasts and stay.relation == "head"}, members, home.ended]


def heard(messages: Sequence[Envelope], *, together: bool) -> list[object]:
    book = Book()
    book.tell(registers(ZHANG, FATHER, MOTHER, SON))
    for batch in [messages] if together else [[one] for one in messages]:
        book.hear(*batch)
    return known(book)


said_at = st.sampled_from([datetime(2021, 1, day, 4, tzinfo=UTC) for day in (5, 6, 7)])
settling = st.builds(moved, st.sampled_from([NEXT_VILLAGE, VILLAGE])) | st.builds(
    lambda one: say.HeadChanged(valid_on=LATER, person=named(one)), st.sampled_from([FATHER, MOTHER, SON])
)  # fmt: skip

births_and_deaths = st.builds(died, st.sampled_from([FATHER, MOTHER]), day) | st.builds(born, st.just(MOTHER), day)


@law
@for_all(orders(settling), st.booleans())
def test_in_any_order_the_last_that_was_told_says_where_a_household_lives_and_who_heads_it(
    both: tuple[list[Envelope], list[Envelope]],
    together: bool,  # noqa: FBT001
) -> None:
    assert heard(both[0], together=together) == heard(both[1], together=together)


@law
@for_all(orders(st.builds(died, st.sampled_from([FATHER, MOTHER, SON]), day)) | orders(births_and_deaths), st.booleans())
def test_in_any_order_the_last_that_was_told_says_on_which_day_somebody_was_born_or_died(
    both: tuple[list[Envelope], list[Envelope]],
    together: bool,  # noqa: FBT001
) -> None:
    assert heard(both[0], together=together) == heard(both[1], together=together)


def households(book: Book) -> dict[UUID, Household]:
    states = {stream: book.state(stream) for stream in list(book.streams)}
    return {stream: state for stream, state in states.items() if isinstance(state, Household)}


@law
@for_all(st.lists(changes, max_size=7), st.booleans())
def test_nobody_is_a_member_of_two_households_on_one_day(messages: list[Message], together: bool) -> None:  # noqa: FBT001
    homes = households(told(messages, together=together)).values()
    stays = [(stay.person, stay) for home in homes for stay in home.stays]
    for on in DAYS:
        there = [someone for someone, stay in stays if stay.includes(on)]
        assert len(there) == len(set(there))


@law
@for_all(st.lists(changes, max_size=7), st.booleans())
def test_nobody_is_lost(messages: list[Message], together: bool) -> None:  # noqa: FBT001
    """Whoever was ever registered is in one household, or died, or left the county, or was never born; a duplicate is who is kept."""
    book = told(messages, together=together)
    homes = households(book).values()
    for someone in {book.directory().persons.kept(one) for one in PEOPLE}:
        stays = [stay for home in homes for stay in home.stays if stay.person == someone]
        lasting = [stay for stay in stays if stay.lasts]
        ended = {stay.left for stay in stays}
        assert len(lasting) == 1 or (not lasting and (not stays or ended & {"died", "moved-out", "withdrawn"}))


@law
@for_all(st.lists(changes, max_size=7), st.booleans())
def test_where_everybody_belongs_is_told_by_the_log_as_by_the_households(messages: list[Message], together: bool) -> None:  # noqa: FBT001
    book = told(messages, together=together)
    of_log = {(one, place.household, place.since, place.until, place.left) for one, places in book.places().items() for place in places}
    of_homes = {
        (stay.person, household, stay.since, stay.until, stay.left)
        for household, home in households(book).items()
        for stay in home.stays
    }  # fmt: skip
    assert of_log == of_homes


@law
@for_all(st.lists(changes, max_size=7), st.booleans())
def test_a_household_ends_with_its_last_member_and_not_before(messages: list[Message], together: bool) -> None:  # noqa: FBT001
    for home in households(told(messages, together=together)).values():
        assert (home.ended is not None) == (not home.members)


@settings(law, max_examples=400)
@example([corrected(FATHER, CHILD, LATER), born(FATHER, LATER), two_persons(FATHER, CHILD), born(FATHER, LATER)], set())
@example([merged(WANG, LATER), corrected(WIFE, FATHER, LATER - timedelta(days=20)), taken_back(4)], set())
@for_all(st.lists(changes, max_size=7) | undone, st.sets(st.integers(1, 6)))
def test_wherever_the_batches_end_is_the_same(messages: list[Message], cuts: set[int]) -> None:
    each = told(messages, together=False).streams
    assert each == told(messages, together=True).streams
    assert each == told_in(messages, {cut for cut in cuts if cut < len(messages)}).streams
