"""An income is that of those who lived together when it was told: after a marriage, a split or a merge it decides nothing any more."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from schemas.enrollment import DecideAtCounty, DismissClue
from services.enrollment.domain import events as did
from services.enrollment.domain.clocks.deadline_events import MinimumDropped, MinimumStarted
from services.enrollment.domain.commands import ChangeHousehold, Handed, Member
from services.enrollment.domain.household.stages import ClueOpen, Enrolled, Outside
from services.enrollment.domain.judging.evaluation import evaluate
from services.enrollment.domain.members.change import Leave, Receive
from services.enrollment.domain.pack.explanations import Ask, Criterion
from tests.enrollment import national
from tests.enrollment.arrivals import applies, enrolled
from tests.enrollment.book import CHILD, FATHER, MOTHER, SON, WANG, WIFE, ZHANG, Book, named, registers, taken_back
from tests.enrollment.short import PILOT
from tests.enrollment.told import (
    NEXT_COUNTY,
    bill,
    born,
    decided,
    died,
    earns,
    home,
    married,
    merged,
    moved,
    neighbours,
    new_home,
    one_person,
    split,
    stage,
    two_persons,
    visited,
)
from tests.enrollment.zhang import ILL, LEAVING, TODAY, asked, declared, fact, given, morning, record, refused, withdraw

RICH, POOR = 9_000_000, 300_000
BEFORE, AFTER, AUGUST = date(2021, 1, 3), date(2021, 1, 6), date(2021, 8, 1)


def without_risk() -> tuple[did.AnyEvent, ...]:
    """The Zhangs under the national pack: well off since August, their bill withdrawn, the months running until 2022-02-01."""
    well_off = declared(4_000_000, "rich", until=date(2021, 7, 31), told=AUGUST)
    return national.told(morning(date(2021, 7, 20)), record(well_off, AUGUST), withdraw(ILL, AUGUST), after=national.HELPED)


def marries(on: date) -> ChangeHousehold:
    """Somebody unknown comes into the Zhangs' household."""
    wedding = fact("wedding", on, name="marriage-registered", series="marriage-registered")
    handed = Handed(members=(Member(person=UUID(int=9), relation="wife"),), on=on)
    return ChangeHousehold(**asked("department", on), fact=wedding, change=Receive(WANG, "married"), handed=handed)


def turned_down(book: Book) -> Book:
    """For what the Zhangs earned."""
    book.tell(earns(RICH))
    book.tell(applies(FATHER))
    book.tell(DismissClue(reason="收入稳定"), subject=ZHANG)
    return book


def judged(book: Book, household: UUID = ZHANG, on: date = AFTER) -> Criterion:
    criteria = evaluate(book.household(household), on, PILOT).criteria
    (found,) = [one for one in criteria if one.id == "income.reference-below-line"]
    return found


def test_a_wage_that_left_with_the_son_lets_nobody_out() -> None:
    """Who stayed might have nothing, and the county asks before it judges."""
    book = home()
    book.tell(applies(FATHER))
    enrolled(book, ZHANG)
    book.tell(split(SON, on=AFTER), on=AFTER)
    book.tell(earns(RICH, on=BEFORE), on=AFTER)
    assert stage(book, ZHANG) is Enrolled
    asked = judged(book)
    assert ("unknown", RICH, Ask("income", ("visit", "civil-affairs"))) == (asked.result, asked.value, asked.asks)


def test_an_income_without_that_of_the_wife_takes_nobody_in() -> None:
    book = neighbours()
    book.tell(bill(SON))
    visited(book)
    book.tell(married(FATHER, WIFE, on=AFTER), on=AFTER)
    *_, (_, refused) = book.tell(DecideAtCounty(outcome="approved", reason="符合条件"), subject=ZHANG, actor="officer", on=AFTER)
    assert isinstance(refused, did.CommandRefused)
    assert ("evaluation.unknown", ["income"]) == (refused.reason_code, [ask.what for ask in refused.asks])
    visited(book, on=AFTER)
    decided(book, on=AFTER)
    assert stage(book, ZHANG) is Enrolled


def test_an_income_of_the_day_on_which_they_came_together_is_theirs() -> None:
    book = neighbours()
    book.tell(merged(on=TODAY))
    book.tell(earns(RICH, on=TODAY))
    assert judged(book).result == "false"


def test_an_income_told_since_they_live_together_counts_though_another_one_is_of_a_later_year() -> None:
    book = neighbours()
    book.tell(earns(RICH))
    book.tell(merged(on=AFTER), on=AFTER)
    book.tell(earns(POOR, until=date(2020, 11, 30), on=AFTER), on=AFTER)
    assert ("true", POOR) == (judged(book).result, judged(book).value)


def test_a_marriage_that_is_told_late_makes_the_income_before_it_one_of_others() -> None:
    book = neighbours()
    book.tell(earns(RICH))
    book.tell(earns(POOR, WANG))
    book.tell(married(FATHER, WIFE, on=AFTER), on=date(2021, 3, 1))
    assert judged(book).result == "unknown"


def test_those_who_split_off_are_not_judged_by_what_one_of_them_told_of_the_household_that_they_left() -> None:
    book = home()
    book.tell(earns(RICH).model_copy(update={"household_id": None, "person": named(SON)}))
    book.tell(split(SON, on=AFTER), on=AFTER)
    assert ("unknown", RICH) == (judged(book, new_home(3)).result, judged(book, new_home(3)).value)


def test_a_birth_leaves_the_income_what_it_is_and_divides_it_by_more() -> None:
    book = home()
    book.tell(earns(RICH))
    line = judged(book).threshold
    book.tell(born(CHILD, on=AFTER), on=AFTER)
    assert ("false", RICH, (line or 0) * 4 // 3) == (judged(book).result, judged(book).value, judged(book).threshold)


def test_an_income_that_the_dead_may_have_earned_lets_nobody_out_and_takes_others_in() -> None:
    """It is divided by fewer from that day on, and asked for anew where it would speak against those who are left."""
    book = home()
    book.tell(earns(RICH))
    line = judged(book).threshold
    book.tell(died(SON, on=AFTER), on=AFTER)
    assert ("unknown", RICH, (line or 0) * 2 // 3) == (judged(book).result, judged(book).value, judged(book).threshold)
    book.tell(earns(POOR, until=date(2021, 1, 1)))
    assert ("true", POOR) == (judged(book).result, judged(book).value)
    book.tell(taken_back(3))
    book.tell(earns(RICH, until=date(2021, 1, 2)))
    assert "false" == judged(book).result


def test_who_was_turned_down_for_an_income_that_the_dead_may_have_earned_is_looked_at_again() -> None:
    book = turned_down(home())
    book.tell(died(SON, on=AFTER), on=AFTER)
    assert stage(book, ZHANG) is ClueOpen


def test_who_was_turned_down_for_an_income_that_does_for_those_who_come_in_too_is_left_alone() -> None:
    book = turned_down(neighbours())
    book.tell(merged(on=AFTER), on=AFTER)
    assert ("unknown", Outside) == (judged(book).result, stage(book, ZHANG))


def test_who_was_turned_down_for_an_income_that_is_taken_back_is_left_alone() -> None:
    """Nobody is gone: whoever said it says another one."""
    book = turned_down(home())
    book.tell(taken_back(2))
    assert ("unknown", Outside) == (judged(book).result, stage(book, ZHANG))


def test_who_was_turned_down_for_an_income_is_looked_at_again_when_somebody_left_who_may_have_earned_it() -> None:
    book = turned_down(home())
    book.tell(split(SON, on=AFTER), on=AFTER)
    assert stage(book, ZHANG) is ClueOpen


def test_the_income_of_a_household_that_a_duplicate_leaves_is_none_of_the_one_where_he_is_kept() -> None:
    book = neighbours()
    book.tell(earns(POOR))
    book.tell(earns(RICH, until=date(2021, 1, 1)).model_copy(update={"household_id": None, "person": named(WIFE)}))
    book.tell(one_person(SON, WIFE))
    assert ("true", POOR) == (judged(book).result, judged(book).value)
    book.tell(two_persons(SON, WIFE))
    assert ("false", RICH) == (judged(book, WANG).result, judged(book, WANG).value)


def test_who_left_the_county_and_is_registered_with_others_brings_no_income_of_the_household_that_he_left() -> None:
    book = home()
    book.tell(earns(RICH).model_copy(update={"household_id": None, "person": named(SON)}))
    book.tell(moved(NEXT_COUNTY, on=AFTER), on=AFTER)
    book.tell(registers(WANG, SON, WIFE))
    assert ("unknown", None) == (judged(book, WANG).result, judged(book, WANG).value)


def test_the_months_in_which_an_income_is_stable_begin_anew_when_others_live_together() -> None:
    parted = fact("parted", date(2021, 8, 1), name="household-split", series="household-split")
    leaves = ChangeHousehold(**asked("department", date(2021, 8, 1)), fact=parted, change=Leave(to=WANG, reason="split", persons=(MOTHER,)))
    calm = given(*national.HELPED, MinimumStarted(kind="income-stable", until=date(2021, 12, 1))).when(leaves)
    assert MinimumDropped(kind="income-stable") in calm.happened


def test_where_no_risk_is_left_the_months_begin_anew_with_the_marriage_and_lead_to_an_exit() -> None:
    """No criterion needs the income any more: they run for half a year from the day on which others live together."""
    married_on, first = date(2021, 9, 1), date(2022, 3, 1)
    story = national.given(*without_risk()).when(marries(married_on))
    assert (MinimumDropped(kind="income-stable"), MinimumStarted(kind="income-stable", until=first)) == story.happened[-2:]
    story.when(national.propose(date(2021, 9, 2))).then(refused("exit.income-not-stable", "proposal", until=first))
    assert "exit-proposed" not in national.kinds(*story.when(morning(first)).happened)
    assert "exit-proposed" in national.kinds(*story.when(morning(date(2022, 3, 2))).happened)


def test_an_exit_is_taken_back_when_a_marriage_lets_the_months_begin_anew_and_proposed_again_when_they_are_over() -> None:
    leaving = national.given(*without_risk()).when(morning(date(2022, 2, 2)))
    assert "exit-proposed" in national.kinds(*leaving.happened)
    story = leaving.when(marries(date(2022, 2, 3)))
    back = next(event for event in story.happened if isinstance(event, did.StepReturned))
    assert ("exit", "exit.income-not-stable") == (back.step, back.reason_code)
    assert "deadline-dropped" in national.kinds(*story.happened)
    assert MinimumStarted(kind="income-stable", until=date(2022, 8, 3)) in story.happened
    again = story.when(morning(date(2022, 8, 4)))
    assert "exit-proposed" in national.kinds(*again.happened)


def test_months_that_were_dropped_and_never_began_anew_begin_when_somebody_proposes() -> None:
    hanging = national.given(*without_risk(), MinimumDropped(kind="income-stable"))
    story = hanging.when(national.propose(date(2021, 9, 2)))
    until = date(2022, 3, 2)
    story.then(MinimumStarted(kind="income-stable", until=until), refused("exit.income-not-stable", "proposal", until=until))
    story.when(national.propose(date(2021, 9, 3))).then(refused("exit.income-not-stable", "proposal", until=until))


def test_an_exit_that_was_proposed_by_an_income_is_taken_back_when_somebody_leaves_who_may_have_earned_it() -> None:
    parted = fact("parted", AFTER, name="household-split", series="household-split")
    leaves = ChangeHousehold(**asked("department", AFTER), fact=parted, change=Leave(to=WANG, reason="split", persons=(MOTHER,)))
    *_, back = given(*LEAVING).when(leaves).happened
    assert isinstance(back, did.StepReturned)
    assert back.evaluation is not None
    assert ("exit", "evaluation.unknown", ["income"]) == (back.step, back.reason_code, [ask.what for ask in back.evaluation.asks])


def test_who_was_turned_down_for_his_income_is_looked_at_when_it_would_not_do_for_those_who_came_in() -> None:
    """What they have nobody told; until somebody does, it may be nothing."""
    book = neighbours(CHILD)
    book.tell(earns(1_900_000))
    book.tell(applies(FATHER))
    book.tell(DismissClue(reason="收入稳定"), subject=ZHANG)
    book.tell(merged(on=AFTER), on=AFTER)
    assert ("unknown", ClueOpen) == (judged(book).result, stage(book, ZHANG))
    book.tell(DismissClue(reason="收入稳定"), subject=ZHANG)
    book.tell(earns(1_950_000, on=AFTER), on=AFTER)
    assert stage(book, ZHANG) is Outside
