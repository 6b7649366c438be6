"""The dead: who counts until which day, and who did not die after all."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from schemas import facts as say
from services.enrollment.domain import events as did
from services.enrollment.domain.case.procedure_events import CaseEnded
from services.enrollment.domain.clocks.deadline_events import DeadlineStarted
from services.enrollment.domain.discovery.discovery_events import ClueJoined, ClueSourceEnded
from services.enrollment.domain.household.stages import CaseOpen, ClueOpen, Enrolled, Outside
from services.enrollment.domain.members import change_events as changed
from tests.enrollment.book import (
    FATHER,
    MOTHER,
    SON,
    STRANGER,
    WANG,
    WIFE,
    ZHANG,
    Book,
    kinds,
    named,
    registers,
    taken_back,
)
from tests.enrollment.sayings import delivered
from tests.enrollment.told import (
    LATER,
    NEXT_COUNTY,
    bill,
    code_of,
    decided,
    died,
    home,
    married,
    merged,
    moved,
    neighbours,
    stage,
    visited,
)
from tests.enrollment.zhang import TODAY

LI = UUID(int=300)


def test_the_dead_count_until_the_day_before() -> None:
    book = home()
    assert kinds(book.tell(died(SON))) == [(ZHANG, "fact-recorded"), (ZHANG, "members-left")]
    zhang = book.household(ZHANG)
    assert (frozenset({FATHER, MOTHER}), 3, 2) == (zhang.members, zhang.size_on(date(2021, 1, 31)), zhang.size_on(LATER))


def test_a_death_told_late_counts_from_its_day() -> None:
    book = home()
    book.tell(died(SON, date(2021, 1, 2)), on=date(2021, 3, 1))
    assert (3, 2) == (book.household(ZHANG).size_on(date(2021, 1, 1)), book.household(ZHANG).size_on(date(2021, 1, 2)))


def test_the_death_of_the_last_member_ends_the_household() -> None:
    book = home(FATHER)
    happened = book.tell(died(FATHER))
    assert kinds(happened) == [(ZHANG, "fact-recorded"), (ZHANG, "members-left"), (ZHANG, "household-ended")]
    assert happened[-1] == (ZHANG, changed.HouseholdEnded(reason="died", on=LATER))


def test_the_death_of_the_last_member_closes_his_clue() -> None:
    book = home(FATHER)
    book.tell(bill(FATHER))
    happened = kinds(book.tell(died(FATHER, TODAY)))
    assert [kind for _, kind in happened] == ["deadline-dropped", "fact-recorded", "members-left", "clue-closed", "household-ended"]


def test_the_death_of_the_last_member_ends_his_case_by_nature() -> None:
    book = home(FATHER)
    book.tell(bill(FATHER))
    visited(book)
    case = book.household(ZHANG).stage
    assert isinstance(case, CaseOpen)
    happened = book.tell(died(FATHER, TODAY))
    assert CaseEnded(case=case.case, episode=1, reason="died") in [event for _, event in happened]
    assert (Outside, {}) == (stage(book, ZHANG), dict(book.household(ZHANG).deadlines))


def test_an_enrolment_that_a_death_ended_is_looked_at_when_the_death_was_not_so() -> None:
    book = home(FATHER)
    book.tell(bill(FATHER))
    visited(book)
    decided(book)
    book.tell(died(FATHER, TODAY))
    *_, (_, raised), (_, started), (_, joined) = book.tell(taken_back(5))
    assert isinstance(raised, did.ClueRaised)
    assert ("other", "person-died") == (raised.risk, raised.fact.name)
    assert isinstance(started, DeadlineStarted)
    assert isinstance(joined, ClueJoined)
    assert ("verify", "medical-expense-reported") == (started.kind, joined.fact.name)


def test_a_clue_by_a_death_that_was_not_so_is_closed_by_nobody_but_a_person() -> None:
    book = home(FATHER)
    book.tell(bill(FATHER))
    book.tell(died(FATHER, TODAY))
    book.tell(taken_back(3), taken_back(2))
    assert stage(book, ZHANG) is ClueOpen


def test_a_household_in_which_nothing_was_open_goes_on_as_it_was_when_nobody_died() -> None:
    book = home(FATHER)
    book.tell(died(FATHER, TODAY))
    book.tell(taken_back(2))
    assert stage(book, ZHANG) is Outside


def test_after_the_death_of_the_enrolled_a_smaller_household_is_judged_again() -> None:
    """3,000 yuan were below the line of three; nothing is above that of two, so the household stays in."""
    book = home()
    book.tell(bill(FATHER))
    visited(book)
    decided(book)
    book.tell(died(SON, TODAY))
    assert isinstance(book.household(ZHANG).stage, Enrolled)


def test_the_clue_of_the_dead_stays_open_for_those_who_stay() -> None:
    """What he cost them is not undone by his death."""
    book = home()
    book.tell(bill(SON))
    ended, joined = (event for _, event in book.tell(died(SON, TODAY))[-2:])
    assert isinstance(ended, ClueSourceEnded)
    assert isinstance(joined, ClueJoined)
    assert ("illness", "other", "person-died") == (ended.risk, joined.risk, joined.fact.name)
    assert stage(book, ZHANG) is ClueOpen


def test_so_it_does_when_two_of_whom_it_was_die_on_one_day() -> None:
    book = home()
    book.tell(bill(SON))
    book.tell(bill(FATHER))
    book.tell(died(SON, TODAY))
    book.tell(died(FATHER, TODAY))
    assert stage(book, ZHANG) is ClueOpen


def test_nobody_is_proposed_to_leave_since_the_sick_died_before_somebody_has_looked() -> None:
    book = home()
    book.tell(bill(FATHER))
    visited(book)
    decided(book)
    book.tell(delivered(ZHANG, 7))
    assert (ZHANG, "risk-resolved") in kinds(book.tell(died(FATHER, TODAY + timedelta(days=1))))
    assert (ZHANG, "exit-proposed") not in kinds(book.log)
    visited(book, on=LATER)
    assert (ZHANG, "exit-proposed") in kinds(book.log)


def test_a_fact_about_the_dead_after_his_death_is_doubted_and_counts_nowhere() -> None:
    book = home()
    book.tell(died(SON))
    happened = book.tell(bill(SON, on=date(2021, 2, 2)))
    assert kinds(happened) == [(ZHANG, "fact-doubted")]
    assert "person.died" == code_of(happened)
    assert stage(book, ZHANG) is Outside


def test_who_was_told_dead_is_registered_in_no_other_household() -> None:
    book = home()
    book.tell(died(SON))
    happened = book.tell(registers(WANG, WIFE, SON))
    assert kinds(happened) == [(WANG, "command-refused")]
    assert "person.died" == code_of(happened)


def test_who_was_not_dead_after_all_is_in_another_household_still() -> None:
    book = home()
    book.tell(died(SON), taken_back(2))
    assert "person.in-another-household" == code_of(book.tell(registers(WANG, WIFE, SON)))


def test_who_did_not_die_marries_right_behind_the_withdrawal() -> None:
    book = neighbours()
    book.tell(died(SON))
    book.tell(taken_back(3), married(WIFE, SON))
    assert (frozenset({FATHER, MOTHER}), frozenset({WIFE, SON})) == (book.household(ZHANG).members, book.household(WANG).members)


def test_who_did_not_die_heads_the_household_as_before() -> None:
    """Both are heads, so the spouse moves to the person that the marriage is about."""
    book = neighbours()
    book.tell(registers(LI, STRANGER))
    book.tell(married(WIFE, SON))
    book.tell(say.HeadChanged(valid_on=LATER, person=named(SON)), died(SON), taken_back(6), married(SON, STRANGER))
    assert frozenset({WIFE, SON, STRANGER}) == book.household(WANG).members


def test_who_did_not_die_finds_another_head() -> None:
    """She heads her household no more, so it is she who moves."""
    book = neighbours(STRANGER)
    book.tell(died(WIFE), say.HeadChanged(valid_on=LATER, person=named(STRANGER)), taken_back(3), married(WIFE, FATHER))
    assert frozenset({STRANGER}) == book.household(WANG).members


def test_a_death_taken_back_again_is_no_second_return() -> None:
    book = neighbours()
    book.tell(died(SON))
    book.tell(taken_back(3), died(SON), taken_back(3), married(WIFE, SON))
    assert "person.died" == code_of(book.log)


def test_a_household_is_registered_without_its_dead() -> None:
    book = home()
    book.tell(died(SON), registers(WANG, WIFE, SON), registers(WANG, WIFE))
    assert frozenset({WIFE}) == book.household(WANG).members


def test_a_fact_about_the_dead_before_his_death_is_recorded_and_raises_nothing() -> None:
    book = home()
    book.tell(died(SON))
    assert kinds(book.tell(bill(SON, on=LATER))) == [(ZHANG, "fact-recorded")]


def test_a_death_taken_back_brings_the_person_and_what_was_said_of_him_back() -> None:
    book = home()
    book.tell(died(SON))
    book.tell(bill(SON, on=date(2021, 2, 2)))
    happened = book.tell(taken_back(2))
    assert [kind for _, kind in kinds(happened)] == ["fact-withdrawn", "members-joined", "clue-raised", "deadline-started"]
    assert (3, 3) == (book.household(ZHANG).size_on(LATER), book.household(ZHANG).size_on(date(2021, 1, 31)))


def test_the_second_report_of_a_death_changes_nothing() -> None:
    book = home()
    book.tell(died(SON))
    assert kinds(book.tell(died(SON))) == [(ZHANG, "fact-recorded")]
    assert 2 == book.household(ZHANG).size_on(LATER)


def test_a_death_told_before_the_registration_counts_from_it() -> None:
    book = Book()
    book.tell(died(SON, TODAY))
    book.tell(registers(ZHANG, FATHER, SON))
    assert frozenset({FATHER}) == book.household(ZHANG).members


def test_who_did_not_die_before_he_came_is_back_from_the_day_on_which_he_came() -> None:
    book = neighbours()
    book.tell(merged())
    book.tell(died(WIFE, TODAY))
    *_, (_, back) = book.tell(taken_back(4))
    assert isinstance(back, changed.MembersJoined)
    assert back.on == LATER


def test_what_is_said_of_a_household_that_is_no_more_is_doubted() -> None:
    book = home(FATHER)
    book.tell(died(FATHER))
    assert kinds(book.tell(say.HouseGraded(valid_on=LATER, household_id=ZHANG, grade="D"))) == [(ZHANG, "fact-doubted")]
    assert stage(book, ZHANG) is Outside


def test_who_died_is_believed_of_a_household_that_is_no_more() -> None:
    book = home(FATHER, MOTHER)
    book.tell(moved(NEXT_COUNTY))
    assert kinds(book.tell(died(FATHER, date(2021, 3, 1)))) == [(ZHANG, "fact-recorded")]
