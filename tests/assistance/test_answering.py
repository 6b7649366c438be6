"""Who answers for a household today: told when it changes, on its day, whenever it was arranged."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise, permutations

from hypothesis import given as for_all
from hypothesis import strategies as st
from msgspec.structs import replace

from services.assistance.domain.pairing.pairing_commands import AnyPairingCommand, CheckPairing
from services.assistance.domain.pairing.pairing_events import CadreAnswers, CadreMissing, CadreReleased, HouseholdEnded
from services.assistance.domain.pairing.pairings import answers_on
from tests.assistance.helped import CADRE, OPENED, SUCCESSOR, TODAY, given
from tests.assistance.paired import HOME, OTHER_TOWN, answers, check, day, end_household, move, pair, paired, placed, release
from tests.assistance.test_pairing import commands, pairs
from tests.laws import law


def test_a_pairing_from_today_or_before_is_told_at_once() -> None:
    given(placed()).when(pair(CADRE, TODAY)).then(paired(CADRE, TODAY), answers(CADRE))
    given(placed()).when(pair(CADRE, day(1))).then(paired(CADRE, day(1)), answers(CADRE))


def test_a_pairing_of_a_day_to_come_is_told_when_it_has_come() -> None:
    arranged = given(*HOME).when(pair(SUCCESSOR, day(10)))
    arranged.then(paired(SUCCESSOR, day(10)))
    arranged.when(check(day(9))).then()
    arranged.when(check(day(10))).then(answers(SUCCESSOR, day(10)))
    arranged.when(check(day(10)), check(day(11))).then()


def test_the_day_after_the_last_one_nobody_answers() -> None:
    until = (placed(), paired(CADRE, day(1), until=day(9)), answers(CADRE, day(1)))
    given(*until).when(check(day(9))).then()
    given(*until).when(check(day(10))).then(CadreMissing(on=day(10), since=day(10)), answers(None, day(10)))


def test_a_pairing_of_the_past_that_is_told_late_changes_nobody_who_answers_today() -> None:
    home = (placed(), paired(CADRE, day(3)), answers(CADRE, day(3)))
    given(*home).when(pair(SUCCESSOR, day(1), until=day(2))).then(paired(SUCCESSOR, day(1), until=day(2)))
    given(*home).when(pair(SUCCESSOR, day(1))).then(paired(SUCCESSOR, day(1)))


def test_a_cadre_who_leaves_on_a_day_to_come_answers_until_then() -> None:
    gone = CadreReleased(cadre=CADRE, from_day=day(1), on=day(20), reason="left")
    given(*HOME).when(release(on=day(20))).then(gone)
    given(*HOME, gone, CadreMissing(on=day(20), since=day(20))).when(check(day(20))).then(answers(None, day(20)))


def test_a_cadre_who_left_late_takes_nothing_from_his_successor() -> None:
    both = (*HOME, paired(SUCCESSOR, day(4)), answers(SUCCESSOR, day(4)))
    given(*both).when(release(on=day(4))).then()


def test_nobody_answers_for_a_household_that_moved_away_or_ended() -> None:
    assert answers(None) in given(*HOME).when(move(OTHER_TOWN, day(4))).happened
    assert answers(None) in given(*HOME).when(end_household()).happened


def test_a_log_from_before_is_told_on_the_first_day_that_begins() -> None:
    before = (placed(), paired(CADRE, day(1)), paired(SUCCESSOR, day(4)), *OPENED)
    given(*before).when(check(day(6))).then(answers(SUCCESSOR, day(6)))
    given(*before, answers(SUCCESSOR, day(6))).when(check(day(7))).then()
    ended = (placed(), CadreReleased(cadre=CADRE, from_day=day(1), on=day(3), reason="ended"), HouseholdEnded(on=day(3)))
    given(*ended).when(check(day(6))).then()


def test_a_pairing_of_a_log_from_before_that_is_over_or_has_not_begun_is_told_as_nobody() -> None:
    over = (placed(), paired(CADRE, day(1), until=day(4)))
    given(*over).when(check(day(6))).then(CadreMissing(on=day(6), since=day(5)), answers(None, day(6)))
    to_come = (placed("never_registered"), paired(CADRE, day(20)))
    given(*to_come).when(check(day(6))).then(answers(None, day(6)))
    given(*to_come).when(check(day(6)), check(day(7))).then()
    given(*to_come, answers(None, day(6))).when(check(day(20))).then(answers(CADRE, day(20)))


def test_what_is_read_after_a_day_that_began_is_held_against_that_day() -> None:
    """The pairing until the ninth was sent on the fifth, and read when the twentieth had begun; nothing had changed since."""
    before = (placed("never_registered"), paired(CADRE, day(1), until=day(2)), answers(None, day(3)))
    late = replace(pair(SUCCESSOR, day(5), until=day(9)), today=day(20))
    given(*before).when(late).then(paired(SUCCESSOR, day(5), until=day(9)))
    stays = replace(pair(SUCCESSOR, day(5)), today=day(20))
    given(*before).when(stays).then(paired(SUCCESSOR, day(5)), answers(SUCCESSOR, day(20)))


def test_what_is_told_late_does_not_go_back_behind_the_day_that_was_told_last() -> None:
    """On 2021-01-20 nobody answered any more; the pairing until the ninth was sent on the fifth."""
    told = (placed(), paired(CADRE, day(1), until=day(4)), CadreMissing(on=day(20)), answers(None, day(20)))
    given(*told).when(pair(SUCCESSOR, day(5), until=day(9))).then(paired(SUCCESSOR, day(5), until=day(9)))


def test_a_household_that_its_second_cadre_left_is_told_again() -> None:
    gone = CadreReleased(cadre=CADRE, from_day=day(1), on=TODAY, reason="left")
    last = paired(SUCCESSOR, day(20), until=day(27))
    left = (gone, CadreMissing(on=TODAY, since=TODAY), answers(None))
    given(*HOME, last).when(release()).then(*left)
    given(*HOME, last, *left).when(check(day(20))).then(answers(SUCCESSOR, day(20)))
    answered = (*HOME, last, *left, answers(SUCCESSOR, day(20)))
    given(*answered).when(check(day(27))).then()
    left_again = (CadreMissing(on=day(28), since=day(28)), answers(None, day(28)))
    given(*answered).when(check(day(28))).then(*left_again)
    given(*answered, *left_again).when(check(day(29))).then()


def test_a_cadre_who_left_long_ago_is_not_missing_where_another_one_answers() -> None:
    gone = CadreReleased(cadre=CADRE, from_day=day(1), on=TODAY, reason="left")
    last = paired(SUCCESSOR, day(20), until=day(27))
    both = (*HOME, last, answers(SUCCESSOR, day(20)))
    given(*both).when(release()).then(gone)
    given(*both, gone).when(check(day(28))).then(CadreMissing(on=day(28), since=day(28)), answers(None, day(28)))


LAST = date(2021, 2, 20)


@law
@for_all(st.lists(commands, max_size=12), st.integers(0, 20))
def test_when_a_day_has_begun_it_is_told_who_answers_on_it(asked: list[AnyPairingCommand], later: int) -> None:
    today = LAST + timedelta(days=later)
    state = given().when(*asked, check(today)).state
    told = state.answering.cadre if state.answering is not None else None
    assert answers_on(state.pairings, today) == told


@law
@for_all(st.lists(st.lists(commands, max_size=4), min_size=1, max_size=6))
def test_whatever_is_read_between_two_days_it_is_told_who_answers_on_the_last_one_that_began(days: list[list[AnyPairingCommand]]) -> None:
    """However late it is read."""
    story = given()
    for number, asked in enumerate(days):
        today = LAST + timedelta(days=number)
        story = story.when(check(today), *(replace(one, today=today) for one in asked if not isinstance(one, CheckPairing)))
        told = story.state.answering.cadre if story.state.answering is not None else None
        assert answers_on(story.state.pairings, today) == told


@law
@for_all(st.lists(commands, max_size=12))
def test_it_is_told_only_when_it_changes(asked: list[AnyPairingCommand]) -> None:
    story = given().when(*asked)
    told = [event.cadre for event in (*story.history, *story.happened) if isinstance(event, CadreAnswers)]
    assert all(before != after for before, after in pairwise(told))


@law
@for_all(st.lists(pairs, max_size=4, unique_by=lambda one: one.from_day))
def test_in_any_order_the_same_cadre_answers_in_the_end(asked: list[AnyPairingCommand]) -> None:
    ends = {given().when(*order, check(LAST)).state.answering for order in permutations(asked)}
    assert len({one.cadre if one is not None else None for one in ends}) == 1
