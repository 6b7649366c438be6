"""A channel's pace: no more letters to one address than its server bears."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from services.notifications.domain.policy import Limit
from services.notifications.pace import Pace


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_an_address_has_room_again_when_its_letters_are_as_old_as_the_limit_says() -> None:
    clock = Clock()
    pace = Pace(Limit(each=2, seconds=60), clock=clock)
    pace.take("robot")
    clock.now = 30.0
    pace.take("robot")
    assert (pace.room("robot"), pace.room("another")) == (0, 2)
    clock.now = 60.0
    assert pace.room("robot") == 1


def test_what_went_before_a_restart_counts() -> None:
    clock = Clock()
    clock.now = 100.0
    pace = Pace(Limit(each=3, seconds=60), clock=clock)
    pace.recall([("robot", 50.0), ("robot", 10.0), ("another", 0.0)])
    assert (pace.room("robot"), pace.room("another")) == (1, 2)
    clock.now = 110.0
    assert pace.room("robot") == 2


def test_an_account_has_one_budget_in_whatever_way_its_address_is_written() -> None:
    pace = Pace(Limit(each=3, seconds=60), str.lower, Clock())
    pace.recall([("Robot", 10.0)])
    pace.take("ROBOT")
    assert (pace.room("robot"), pace.room("another")) == (1, 3)


def test_where_nobody_counts_nobody_is_asked_whose_an_address_is() -> None:
    asked = list[str]()
    Pace(Limit(), lambda address: asked.append(address) or address).take("mailbox")
    assert asked == []


def test_a_channel_without_a_limit_always_has_room() -> None:
    pace = Pace(Limit())
    for _ in range(100):
        pace.take("mailbox")
    assert pace.room("mailbox") > 0


@given(st.lists(st.floats(0, 10), max_size=60), st.integers(1, 5))
def test_no_span_of_the_limits_length_sees_more_than_it_allows(pauses: list[float], each: int) -> None:
    clock, taken = Clock(), list[float]()
    pace = Pace(Limit(each=each, seconds=20), clock=clock)
    for pause in pauses:
        clock.now += pause
        if pace.room("robot") > 0:
            pace.take("robot")
            taken.append(clock.now)
    assert all(sum(start <= moment < start + 20 for moment in taken) <= each for start in taken)
    assert len(taken) >= min(each, len(pauses))
