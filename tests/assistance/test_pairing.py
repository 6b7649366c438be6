"""Who answers for a household on which day: one cadre or nobody, and where the pack wants one, that nobody does is told once."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise, permutations
from uuid import UUID

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st

from pipeline.decider import Event
from services.assistance.domain.pairing.pairing_commands import AnyPairingCommand
from services.assistance.domain.pairing.pairing_events import CadreAssigned, CadreMissing, CadreReleased
from services.assistance.domain.pairing.pairings import Pairing, answers_on, intervals
from tests.assistance.helped import CADRE, CASE, CLOSED, OPENED, SUCCESSOR, TODAY, given
from tests.assistance.paired import (
    HOME,
    NEXT_VILLAGE,
    OTHER_TOWN,
    VILLAGE,
    answers,
    check,
    come_back,
    day,
    end_household,
    move,
    pair,
    paired,
    place,
    placed,
    release,
    who,
)
from tests.laws import law

THIRD = UUID(int=502)
ANSWERS = (paired(CADRE, day(3)), answers(CADRE, day(3)))
LEFT = CadreReleased(cadre=CADRE, from_day=day(1), on=TODAY, reason="left")
MISSING = CadreMissing(on=TODAY, since=TODAY)


def test_a_household_is_placed_once_where_it_was_registered() -> None:
    given().when(place()).then(placed())
    given(placed()).when(place()).then()


def test_a_cadre_answers_from_his_first_day_until_the_next_one_does() -> None:
    history = (paired(CADRE, day(3)), paired(SUCCESSOR, day(10)))
    assert [None, CADRE, CADRE, SUCCESSOR, SUCCESSOR] == who(history, 2, 3, 9, 10, 31)


def test_a_cadre_answers_on_the_last_day_that_was_named_and_not_on_the_day_after() -> None:
    assert [CADRE, None] == who((paired(CADRE, day(3), until=day(9)),), 9, 10)


def test_the_next_cadre_begins_though_the_last_day_of_the_one_before_was_later() -> None:
    history = (paired(CADRE, day(1), until=day(20)), paired(SUCCESSOR, day(10), until=day(12)))
    assert [CADRE, SUCCESSOR, SUCCESSOR, None, None] == who(history, 9, 10, 12, 13, 20)


def test_a_pairing_that_is_told_late_has_its_days() -> None:
    given(paired(SUCCESSOR, day(10))).when(pair(CADRE, day(3))).then(paired(CADRE, day(3)), answers(CADRE))
    assert [None, CADRE, CADRE, SUCCESSOR] == who((paired(SUCCESSOR, day(10)), paired(CADRE, day(3))), 2, 3, 9, 10)


def test_of_two_who_begin_on_the_same_day_the_one_told_last_answers() -> None:
    given(*ANSWERS).when(pair(SUCCESSOR, day(3))).then(paired(SUCCESSOR, day(3)), answers(SUCCESSOR))
    assert [SUCCESSOR] == who((paired(CADRE, day(3)), paired(SUCCESSOR, day(3))), 3)


def test_the_same_pairing_told_again_changes_nothing() -> None:
    given(*ANSWERS).when(pair(CADRE, day(3))).then()


def test_a_pairing_gets_the_last_day_that_is_told_later() -> None:
    given(*ANSWERS).when(pair(CADRE, day(3), until=day(9))).then(paired(CADRE, day(3), until=day(9)))


def test_a_cadre_who_leaves_answers_until_the_day_before() -> None:
    given(*HOME).when(release()).then(LEFT, MISSING, answers(None))
    assert [CADRE, None] == who((*HOME, LEFT), 4, 5)


def test_a_cadre_who_leaves_twice_left_once() -> None:
    given(*HOME, LEFT, MISSING, answers(None)).when(release()).then()


def test_a_cadre_who_answers_for_somebody_else_leaves_nobody_here() -> None:
    given(*HOME).when(release(SUCCESSOR)).then()


def test_a_cadre_who_leaves_before_his_first_day_never_answers() -> None:
    later = (*HOME, paired(SUCCESSOR, day(20)))
    gone = CadreReleased(cadre=SUCCESSOR, from_day=day(20), on=day(20), reason="left")
    given(*later).when(release(SUCCESSOR, on=day(10))).then(gone)
    assert [CADRE, None] == who((*later, gone), 19, 20)


def test_who_leaves_on_a_day_to_come_is_missed_when_it_has_come() -> None:
    gone = CadreReleased(cadre=CADRE, from_day=day(1), on=day(20), reason="left")
    given(*HOME).when(release(on=day(20))).then(gone)
    given(*HOME, gone).when(check(day(19))).then()
    given(*HOME, gone).when(check(day(20))).then(CadreMissing(on=day(20), since=day(20)), answers(None, day(20)))


def test_where_a_successor_was_named_before_the_cadre_left_nobody_is_missed() -> None:
    given(*HOME, paired(SUCCESSOR, TODAY), answers(SUCCESSOR)).when(release()).then()


@pytest.mark.parametrize(
    ("history", "missed"),
    [
        pytest.param((placed("lifted_receiving"),), True, id="a category that the pack names"),
        pytest.param((placed("lifted_not_receiving"),), False, id="another category"),
        pytest.param((placed("never_registered"), *OPENED), True, id="enrolled"),
        pytest.param((placed("never_registered"), *CLOSED), False, id="enrolled no more"),
        pytest.param((placed("lifted_receiving"), paired(CADRE, TODAY), answers(CADRE)), False, id="paired from that day"),
        pytest.param((placed("lifted_receiving"), paired(CADRE, day(6)), answers(None)), True, id="paired from the next day"),
        pytest.param((paired(CADRE, day(6)), answers(None)), False, id="not known where it lives"),
    ],
)
def test_a_day_finds_nobody_where_the_pack_wants_somebody(history: tuple[Event, ...], missed: bool) -> None:  # noqa: FBT001
    given(*history).when(check()).then(*([CadreMissing(on=TODAY)] if missed else []))


def test_that_nobody_answers_is_told_once_and_again_when_the_next_one_has_left() -> None:
    told = (placed(), CadreMissing(on=TODAY))
    given(*told).when(check(day(6))).then()
    again = (*told, paired(SUCCESSOR, day(6)), CadreReleased(cadre=SUCCESSOR, from_day=day(6), on=day(8), reason="left"), answers(None))
    given(*again).when(check(day(9))).then(CadreMissing(on=day(9), since=day(8)))


def test_that_nobody_answers_is_told_anew_where_a_household_is_enrolled() -> None:
    given(placed(), CadreMissing(on=TODAY), *OPENED).when(check(day(6))).then(CadreMissing(on=day(6)))


def test_a_skipped_day_tells_since_when_nobody_answers() -> None:
    missing = CadreMissing(on=day(31), since=day(10))
    given(placed(), paired(CADRE, day(1), until=day(9))).when(check(day(31))).then(missing, answers(None, day(31)))


def test_a_pairing_outlives_the_plan() -> None:
    assert [CADRE] == who((*HOME, *CLOSED), 31)


days = st.integers(1, 28).map(day)
cadres = st.sampled_from([CADRE, SUCCESSOR, THIRD, CASE])
lengths = st.none() | st.integers(0, 9).map(lambda number: timedelta(days=number))
pairs = st.builds(lambda cadre, first, length: pair(cadre, first, first + length if length is not None else None), cadres, days, lengths)
commands: st.SearchStrategy[AnyPairingCommand] = st.one_of(
    pairs,
    st.builds(release, cadres, days, days),
    st.builds(move, st.sampled_from([VILLAGE, NEXT_VILLAGE, OTHER_TOWN]), days, days),
    st.builds(end_household, days),
    st.builds(come_back, days),
    st.builds(check, days),
    st.builds(place),
)


@law
@for_all(st.lists(commands, max_size=12))
def test_pairings_never_overlap(asked: list[AnyPairingCommand]) -> None:
    held = list(intervals(given().when(*asked).state.pairings))
    assert all(one.until is None or one.from_day <= one.until for one in held)
    assert all(before.until is not None and before.until < after.from_day for before, after in pairwise(held))


@law
@for_all(st.lists(pairs, max_size=4, unique_by=lambda one: one.from_day))
def test_pairings_may_be_told_in_any_order(asked: list[AnyPairingCommand]) -> None:
    ends = {given().when(*order).state.pairings for order in permutations(asked)}
    assert len(ends) == 1


@law
@for_all(st.lists(commands, max_size=12), days)
def test_who_is_missing_is_told_where_nobody_answers(asked: list[AnyPairingCommand], on: date) -> None:
    story = given().when(*asked, check(on))
    told = [event for event in story.happened if isinstance(event, CadreMissing)]
    assert not told or answers_on(given(*story.history, *story.happened).state.pairings, told[-1].on) is None


def test_intervals_end_before_the_next_begins() -> None:
    told = (Pairing(day(1), CADRE), Pairing(day(5), SUCCESSOR, day(3)), Pairing(day(9), THIRD, day(9)))
    assert [Pairing(day(1), CADRE, day(4)), Pairing(day(9), THIRD, day(9))] == list(intervals(told))


def test_a_pairing_of_the_old_log_has_no_last_day() -> None:
    assert CadreAssigned(cadre=CADRE, from_day=day(1)) == paired(CADRE, day(1))
