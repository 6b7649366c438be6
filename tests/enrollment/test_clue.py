"""What raises a clue, what keeps it open and what closes it; a late fact counts as if it had come in time."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from msgspec.structs import replace

from schemas.facts import EmploymentChanged
from services.enrollment.domain import events as did
from services.enrollment.domain.clocks.deadline_events import DeadlineStarted
from services.enrollment.domain.discovery.discovery_events import ClueJoined
from services.enrollment.domain.fact import Fact
from services.enrollment.domain.household.stages import ClueOpen
from tests.enrollment import national
from tests.enrollment.book import FATHER, SON, named, taken_back
from tests.enrollment.told import bill, home, new_home, split, stage
from tests.enrollment.zhang import (
    CLUE,
    ILL,
    MOTHER,
    REGISTERED,
    TODAY,
    WITH_CASE,
    WITH_CLUE,
    clue_of,
    county,
    dismiss,
    dropped,
    fact,
    given,
    hospital,
    joined,
    raised,
    record,
    refused,
    source_ended,
    withdraw,
)

YESTERDAY = TODAY - timedelta(days=1)
CORRECTED = hospital(100, "corrected", told=TODAY + timedelta(days=1))
HOUSE = fact("house", signal="house", present=True)
SAFE = fact("safe", TODAY + timedelta(days=1), signal="house", present=False)
CORRECTED_AWAY = dropped("verify", date(2021, 1, 8), "facts-corrected")
CORRECTION = did.ClueClosed(clue=CLUE, reason="facts-corrected")


def told(*facts: Fact) -> list[did.FactRecorded]:
    return [did.FactRecorded(fact=one) for one in facts]


def test_a_fact_that_crosses_raises_a_clue_to_be_visited_in_three_days() -> None:
    clue = did.ClueRaised(clue=CLUE, risk="illness", fact=ILL, due=date(2021, 1, 8))
    given(*REGISTERED).when(record(ILL)).then(*told(ILL), clue, DeadlineStarted(kind="verify", due=date(2021, 1, 8)))


def test_the_same_message_twice_changes_nothing() -> None:
    given(*WITH_CLUE).when(record(ILL)).then()


def test_a_second_signal_joins_the_open_clue() -> None:
    given(*WITH_CLUE).when(record(HOUSE)).then(*told(HOUSE), joined(HOUSE, "housing"))


def test_a_source_of_an_old_log_joins_with_the_next_fact() -> None:
    """Logs from before clues named their sources have none but the first."""
    grade = fact("other", signal="employment", present=False)
    given(*WITH_CLUE, *told(HOUSE)).when(record(grade)).then(*told(grade), joined(HOUSE, "housing"))


def test_a_signal_that_repeats_joins_once() -> None:
    again = fact("again", TODAY + timedelta(days=1), signal="house", present=True)
    given(*WITH_CLUE).when(record(HOUSE), record(again)).then(*told(again))


def test_a_house_is_the_household_s_whoever_is_named() -> None:
    safe = replace(SAFE, person=MOTHER)
    given(*WITH_CLUE).when(record(HOUSE), record(safe)).then(*told(safe), source_ended(HOUSE, "housing"))


def test_the_sources_leave_one_by_one_and_the_last_one_closes_the_clue() -> None:
    story = given(*WITH_CLUE).when(record(HOUSE), record(CORRECTED))
    story.then(*told(CORRECTED), source_ended(ILL, "illness"))
    story.when(record(SAFE)).then(*told(SAFE), CORRECTED_AWAY, CORRECTION)


def test_a_source_that_left_joins_again_when_it_crosses_again() -> None:
    worse = hospital(2_600_000, "worse", told=TODAY + timedelta(days=2))
    given(*WITH_CLUE).when(record(HOUSE), record(CORRECTED), record(worse)).then(*told(worse), joined(worse, "illness"))


def test_a_dismissed_signal_joins_a_later_clue_when_it_passes_and_comes_back() -> None:
    worse = hospital(2_600_000, "worse", told=TODAY + timedelta(days=2))
    story = given(*WITH_CLUE).when(dismiss(), record(HOUSE), record(CORRECTED))
    story.then(*told(CORRECTED))
    story.when(record(worse)).then(*told(worse), joined(worse, "illness", clue_of(HOUSE)))


def test_a_dismissed_signal_that_repeats_joins_no_later_clue() -> None:
    again = hospital(2_600_000, "again", told=TODAY + timedelta(days=1))
    given(*WITH_CLUE).when(dismiss(), record(HOUSE), record(again)).then(*told(again))


def test_a_correction_that_lowers_the_amount_closes_the_clue_with_a_reason() -> None:
    given(*WITH_CLUE).when(record(CORRECTED)).then(*told(CORRECTED), CORRECTED_AWAY, CORRECTION)


def test_a_correction_that_still_crosses_keeps_the_clue() -> None:
    still = hospital(2_000_000, "still", told=TODAY + timedelta(days=1))
    given(*WITH_CLUE).when(record(still)).then(*told(still))


def test_a_withdrawal_closes_the_clue() -> None:
    gone = did.FactWithdrawn(fact=ILL.id, source="/department", reference="ill")
    given(*WITH_CLUE).when(withdraw(ILL)).then(gone, CORRECTED_AWAY, CORRECTION)


def test_a_clue_stays_open_while_another_signal_crosses() -> None:
    given(*WITH_CLUE, *told(HOUSE), joined(HOUSE, "housing")).when(record(CORRECTED)).then(*told(CORRECTED), source_ended(ILL, "illness"))


def test_a_signal_that_was_dismissed_keeps_no_later_clue_open() -> None:
    story = given(*WITH_CLUE).when(dismiss(), record(HOUSE))
    story.then(*told(HOUSE), *raised(HOUSE, "housing", answered=(ILL.id,)))
    closed = did.ClueClosed(clue=raised(HOUSE)[0].clue, reason="facts-corrected")
    story.when(record(SAFE)).then(*told(SAFE), CORRECTED_AWAY, closed)


def test_a_dismissed_signal_raises_nothing_when_repeated() -> None:
    again = hospital(2_600_000, "again", told=TODAY + timedelta(days=1))
    given(*WITH_CLUE).when(dismiss(), record(again)).then(*told(again))


def test_a_dismissed_signal_raises_a_clue_of_its_own_when_it_passes_and_comes_back() -> None:
    worse = hospital(2_600_000, "worse", told=TODAY + timedelta(days=2))
    given(*WITH_CLUE).when(dismiss(), record(CORRECTED), record(worse)).then(*told(worse), *raised(worse))


def test_a_fact_that_stands_again_raises_another_clue() -> None:
    story = given(*WITH_CLUE).when(record(CORRECTED), withdraw(CORRECTED))
    (clue,) = [event.clue for event in story.happened if isinstance(event, did.ClueRaised)]
    assert clue != CLUE


def test_a_dismissal_closes_the_clue_and_keeps_its_reason_by_digest() -> None:
    nobody_looked = dropped("verify", date(2021, 1, 8), "dismissed")
    given(*WITH_CLUE).when(dismiss()).then(nobody_looked, did.ClueClosed(clue=CLUE, reason="dismissed", reason_sha256="why"))


@pytest.mark.parametrize(("history", "fits"), [(REGISTERED, ""), (WITH_CASE, "decide-at-county")])
def test_there_is_nothing_to_dismiss_without_an_open_clue(history: tuple[did.AnyEvent, ...], fits: str) -> None:
    given(*history).when(dismiss()).then(refused("state.does-not-fit", fits=fits))


def test_a_dismissal_repeated_is_refused() -> None:
    given(*WITH_CLUE).when(dismiss(), dismiss()).then(refused("state.does-not-fit"))


def test_the_county_has_nothing_to_decide_on_a_clue() -> None:
    given(*WITH_CLUE).when(county()).then(refused("state.does-not-fit", "decision", "record-verification dismiss-clue"))


def test_what_was_corrected_before_it_arrived_raises_nothing() -> None:
    late = hospital(2_500_000, "late", told=YESTERDAY)
    given(*REGISTERED, *told(hospital(100, "first"))).when(record(late)).then(*told(late))


def test_what_was_corrected_upwards_raises_a_clue_and_the_late_original_changes_nothing() -> None:
    original = hospital(100, "original", told=YESTERDAY)
    given(*WITH_CLUE).when(record(original)).then(*told(original))


def test_the_latest_month_of_the_year_counts_whatever_was_told_last() -> None:
    november = hospital(1_999_999, "november", month="2020-11", told=TODAY)
    december = hospital(2_000_000, "december", month="2020-12", told=YESTERDAY)
    story = given(*REGISTERED).when(record(december), record(november))
    story.then(*told(november))


def test_each_year_stands_for_itself() -> None:
    december = hospital(1_500_000, "december", month="2020-12")
    january = hospital(1_500_000, "january", month="2021-01")
    given(*REGISTERED, *told(december)).when(record(january)).then(*told(january))


def test_of_two_facts_told_at_the_same_instant_the_greater_reference_stands() -> None:
    less, more = hospital(2_500_000, "a"), hospital(100, "b")
    given(*REGISTERED).when(record(more), record(less)).then(*told(less))


def test_a_withdrawn_fact_that_arrives_at_last_changes_nothing() -> None:
    given(*REGISTERED).when(withdraw(ILL), record(ILL)).then()


def test_a_withdrawal_of_something_never_heard_is_kept() -> None:
    given(*REGISTERED).when(withdraw(ILL)).then(did.FactWithdrawn(fact=ILL.id, source="/department", reference="ill"))


def test_a_fact_is_withdrawn_once() -> None:
    given(*WITH_CLUE).when(withdraw(ILL), withdraw(ILL)).then()


def test_taking_back_a_correction_brings_the_original_back() -> None:
    story = given(*WITH_CLUE).when(record(CORRECTED), withdraw(CORRECTED))
    gone = did.FactWithdrawn(fact=CORRECTED.id, source="/department", reference="corrected")
    assert gone == story.happened[0]
    assert [did.FactWithdrawn, did.ClueRaised, DeadlineStarted] == [type(event) for event in story.happened]


def test_a_fact_that_comes_and_goes_closes_no_clue_of_those_who_left_a_household_with_one() -> None:
    book = home()
    book.tell(bill(FATHER))
    book.tell(split(SON, on=TODAY))
    assert stage(book, new_home(3)) is ClueOpen
    book.tell(bill(SON))
    book.tell(taken_back(4))
    assert stage(book, new_home(3)) is ClueOpen


def test_who_leaves_with_several_troubles_has_one_clue_with_all_of_them() -> None:
    book = home()
    book.tell(bill(SON))
    book.tell(EmploymentChanged(valid_on=TODAY, person=named(SON), employed=False))
    happened = [event for stream, event in book.tell(split(SON, on=TODAY)) if stream == new_home(4)]
    assert [did.ClueRaised, DeadlineStarted, ClueJoined] == [type(event) for event in happened[-3:]]
    assert {"illness", "unstable_work"} == {event.risk for event in happened if isinstance(event, did.ClueRaised | ClueJoined)}
    (clue,) = {event.clue for event in happened if isinstance(event, did.ClueRaised | ClueJoined)}
    assert isinstance(clue, UUID)


def test_the_visitor_of_the_last_time_is_nobody_in_particular_at_the_next_clue() -> None:
    again = hospital(2_600_000, "again", "2022-01")
    story = given(*WITH_CASE).when(county("rejected"), record(again), county(by="visitor"))
    story.then(refused("state.does-not-fit", "decision", "record-verification dismiss-clue"))


def test_a_household_may_say_that_it_wants_no_visit() -> None:
    withdrawn = did.ClueClosed(clue=CLUE, reason="withdrawn", reason_sha256="withdrawal")
    given(*WITH_CLUE).when(national.withdraw()).then(dropped("verify", date(2021, 1, 8), "withdrawn"), withdrawn)
