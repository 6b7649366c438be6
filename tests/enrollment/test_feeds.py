"""What a department delivers and when: silence is told from zero, late from in time, and all from a part."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st
from msgspec.structs import replace

from services.enrollment.domain import DECIDER
from services.enrollment.domain import commands as ask
from services.enrollment.domain.pack.policy import FeedCalendar
from services.enrollment.domain.reporting.feed_events import FeedCompared, FeedDelivered, FeedFollowed, SourceOverdue
from services.enrollment.domain.reporting.feeds import Feed, due_between, settled_by
from tests.enrollment.test_publishing import line
from tests.enrollment.zhang import ILL, PILOT, POLICIES, REGISTERED, asked, given, noon, record
from tests.laws import law

FIRST = date(2021, 1, 3)
FOLLOWED = FeedFollowed(department="health", since=FIRST)
LATE = SourceOverdue(department="health", period="2020-12", due=date(2021, 1, 5))


def day(on: date, department: str = "health", **received: int) -> ask.CheckFeed:
    periods = {f"{name[1:5]}-{name[5:]}": number for name, number in received.items()}
    return ask.CheckFeed(**asked("clock", on), department=department, received=periods)


def report(
    period: str = "2020-12", count: int = 0, on: date = date(2021, 1, 4), department: str = "health", *, full: bool = False
) -> ask.ReportDelivery:
    said = {"period": period, "count": count, "full": full, "reference": f"{period} {count} {on}"}
    return ask.ReportDelivery(**asked("department", on), department=department, **said)


def delivered(period: str = "2020-12", count: int = 0, on: date = date(2021, 1, 4), **other: object) -> FeedDelivered:
    said = {"full": False, "settles": period, "was_overdue": False, **other}
    return FeedDelivered(department="health", period=period, count=count, at=noon(on), reference=f"{period} {count} {on}", **said)


def compared(received: int, count: int = 7) -> FeedCompared:
    return FeedCompared(department="health", period="2020-12", count=count, received=received)


def test_a_feed_is_followed_from_the_first_day_on() -> None:
    given().when(day(FIRST)).then(FOLLOWED)


def test_nobody_is_late_for_what_was_due_before() -> None:
    since = date(2021, 1, 6)
    given().when(day(since), day(date(2021, 2, 5))).then()


@pytest.mark.parametrize("on", [date(2021, 1, 4), date(2021, 1, 5)])
def test_a_feed_is_not_late_on_its_last_day(on: date) -> None:
    given(FOLLOWED).when(day(on)).then()


def test_a_feed_is_late_when_the_next_day_starts_without_a_report() -> None:
    given(FOLLOWED).when(day(date(2021, 1, 6))).then(LATE)


def test_it_is_told_once() -> None:
    given(FOLLOWED, LATE).when(day(date(2021, 1, 6))).then()
    given(FOLLOWED, LATE).when(day(date(2021, 1, 7))).then()


def test_days_that_were_skipped_make_everything_late_in_order() -> None:
    january = SourceOverdue(department="health", period="2021-01", due=date(2021, 2, 5))
    given(FOLLOWED).when(day(date(2021, 2, 6))).then(LATE, january)


def test_a_delivery_of_zero_is_no_silence() -> None:
    story = given(FOLLOWED).when(report())
    story.then(delivered())
    story.when(day(date(2021, 1, 6))).then()


def test_a_delivery_of_another_period_does_not_count() -> None:
    story = given(FOLLOWED).when(report("2020-11"))
    story.then(delivered("2020-11"))
    story.when(day(date(2021, 1, 6))).then(LATE)


def test_a_late_delivery_ends_the_delay() -> None:
    on = date(2021, 1, 8)
    story = given(FOLLOWED, LATE).when(report(on=on))
    story.then(delivered(on=on, was_overdue=True))
    story.when(report(count=1, on=date(2021, 1, 9))).then(delivered(count=1, on=date(2021, 1, 9)))


def test_a_report_before_the_first_day_counts() -> None:
    given().when(report(), day(FIRST), day(date(2021, 1, 6))).then()


def test_the_same_report_twice_changes_nothing() -> None:
    given(FOLLOWED).when(report(), report()).then()


def test_the_latest_report_of_a_period_stands_whatever_comes_first() -> None:
    later = report(count=8, on=date(2021, 1, 5))
    given(FOLLOWED).when(later, report(count=7)).then()


def test_who_tells_what_happens_when_it_happens_is_never_late() -> None:
    given().when(day(FIRST, "housing")).then()
    given().when(day(FIRST, "housing"), day(date(2022, 1, 1), "housing")).then()


def test_schools_deliver_by_the_end_of_april() -> None:
    overdue = SourceOverdue(department="education", period="2021-04", due=date(2021, 4, 30))
    followed = FeedFollowed(department="education", since=FIRST)
    given(followed).when(day(date(2021, 4, 30), "education")).then()
    given(followed).when(day(date(2021, 5, 1), "education")).then(overdue)
    given(followed).when(report("2021-03", department="education"), day(date(2021, 5, 1), "education")).then()


@pytest.mark.parametrize(
    ("department", "period", "expected"),
    [
        ("health", "2020-12", "2020-12"),
        ("education", "2020-05", "2021-04"),
        ("education", "2021-01", "2021-04"),
        ("education", "2021-04", "2021-04"),
    ],
)
def test_a_report_settles_what_is_due_next(department: str, period: str, expected: str) -> None:
    assert expected == settled_by(period, PILOT.feeds[department])


def test_a_short_month_ends_with_its_last_day() -> None:
    calendar = PILOT.feeds["education"].model_copy(update={"months": frozenset({2}), "day": 31})
    assert date(2021, 2, 28) == due_of(calendar)


def due_of(calendar: FeedCalendar) -> date:
    ((_, due),) = due_between(FIRST, date(2021, 12, 31), calendar)
    return due


def test_what_is_missing_is_told_the_day_after_and_again_when_it_changes() -> None:
    story = given(FOLLOWED).when(report(count=7), day(date(2021, 1, 5), p202012=5))
    story.then(compared(5))
    story.when(day(date(2021, 1, 6), p202012=5)).then()
    story = story.when(day(date(2021, 1, 7), p202012=6))
    story.then(compared(6))
    story = story.when(day(date(2021, 1, 8), p202012=7))
    story.then(compared(7))
    story.when(day(date(2021, 1, 9), p202012=8)).then()


def test_more_than_was_counted_is_told_once() -> None:
    story = given(FOLLOWED).when(report(count=7), day(date(2021, 1, 5), p202012=8))
    story.then(compared(8))
    story.when(day(date(2021, 1, 6), p202012=9)).then()


def test_a_new_report_is_compared_anew() -> None:
    story = given(FOLLOWED).when(report(count=7), day(date(2021, 1, 5), p202012=7), report(count=8, on=date(2021, 1, 5)))
    story.when(day(date(2021, 1, 6), p202012=7)).then(compared(7, count=8))


def test_nothing_else_is_asked_of_a_feed() -> None:
    given(FOLLOWED).when(record(ILL)).then()


days = st.sampled_from([FIRST + timedelta(days=number) for number in (0, 3, 40)])
reports = st.builds(report, st.sampled_from(["2020-12", "2021-01"]), st.sampled_from([0, 7]), days)


@law
@for_all(st.lists(reports, max_size=5).flatmap(lambda told: st.tuples(st.just(told), st.permutations(told))))
def test_any_order_of_reports_leaves_a_feed_the_same(both: tuple[list[ask.ReportDelivery], list[ask.ReportDelivery]]) -> None:
    one, other = (given(FOLLOWED).when(*told, day(date(2021, 3, 1))).state for told in both)
    assert isinstance(one, Feed)
    assert one == other


def test_what_is_said_of_a_household_or_published_for_an_area_concerns_no_feed() -> None:
    feed = Feed(since=FIRST)
    assert [(), ()] == [DECIDER.decide(command, feed, POLICIES) for command in (record(ILL), line())]
    assert feed == DECIDER.evolve(feed, REGISTERED[0])


def test_a_report_of_a_department_without_a_calendar_settles_nothing() -> None:
    story = given().when(report(department="housing"))
    story.then(replace(delivered(settles=None), department="housing"))
    assert frozenset() == story.state.settled


def test_a_department_that_the_pack_leaves_out_by_now_is_not_late() -> None:
    given(replace(FOLLOWED, department="housing")).when(day(date(2022, 1, 1), "housing")).then()


def test_what_is_due_on_the_first_day_that_is_followed_may_be_late() -> None:
    given(replace(FOLLOWED, since=date(2021, 1, 5))).when(day(date(2021, 1, 6))).then(LATE)


@pytest.mark.parametrize("order", [1, -1])
def test_of_two_reports_of_one_instant_the_same_one_stands_whatever_comes_first(order: int) -> None:
    told = [report(count=7), report(count=8)][::order]
    assert 8 == given(FOLLOWED).when(*told).state.deliveries["2020-12"].count
