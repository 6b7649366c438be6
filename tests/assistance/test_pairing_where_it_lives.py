"""Whoever is paired answers while the household lives in his town, whatever is told late of where it lived and when it ended."""

from __future__ import annotations

from datetime import date
from itertools import permutations

import pytest

from services.assistance.domain.pairing.pairing_events import CadreMissing, CadreReleased, HouseholdEnded
from tests.assistance.helped import CADRE, SUCCESSOR, TODAY, given, refused
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
    placed,
    who,
    who_after,
)

THIRD_TOWN = "370323102201"


def test_a_household_that_moves_to_another_town_is_paired_no_more_from_that_day() -> None:
    moved = (placed(village=OTHER_TOWN, on=day(4)), CadreReleased(cadre=CADRE, from_day=day(1), on=day(4), reason="moved"))
    given(*HOME).when(move(OTHER_TOWN, day(4))).then(*moved, CadreMissing(on=TODAY, since=day(4)), answers(None))
    assert [CADRE, None] == who((*HOME, *moved), 3, 4)


def test_a_household_that_moves_within_its_town_keeps_its_cadre() -> None:
    given(*HOME).when(move(NEXT_VILLAGE, day(4))).then(placed(village=NEXT_VILLAGE, on=day(4)))


def test_whom_the_new_town_paired_before_the_move_was_heard_of_stays() -> None:
    moved = (placed(village=OTHER_TOWN, on=day(4)), CadreReleased(cadre=CADRE, from_day=day(1), on=day(4), reason="moved"))
    before = (*HOME, paired(SUCCESSOR, day(4)), answers(SUCCESSOR, day(4)))
    given(*before).when(move(OTHER_TOWN, day(4))).then(placed(village=OTHER_TOWN, on=day(4)))
    assert [CADRE, SUCCESSOR] == who((*before, *moved), 3, 4)


def test_who_was_paired_in_a_town_to_which_it_turns_out_not_to_have_moved_answers_no_more() -> None:
    """The later word says that it has lived in the old village all the time: whoever answered there is shortened no further."""
    wrong = given(*HOME).when(move(OTHER_TOWN, day(20), day(20)), pair(SUCCESSOR, day(20)))
    mended = wrong.when(move(VILLAGE, day(10), day(22)))
    mended.then(
        placed(on=day(10)),
        CadreReleased(cadre=SUCCESSOR, from_day=day(20), on=day(20), reason="moved"),
        CadreMissing(on=day(22), since=day(20)),
        answers(None, day(22)),
    )
    assert [CADRE, CADRE, None] == who_after(mended, 10, 19, 20)
    assert [CADRE, CADRE, CADRE] == who_after(mended.when(pair(CADRE, day(20))), 19, 20, 22)


def test_a_move_to_a_third_town_that_is_told_of_an_earlier_day_leaves_the_cadres_of_both_others() -> None:
    wrong = given(*HOME).when(move(OTHER_TOWN, day(20), day(20)), pair(SUCCESSOR, day(20)))
    mended = wrong.when(move(THIRD_TOWN, day(10), day(22)))
    assert [CADRE, None, None] == who_after(mended, 9, 10, 20)


def test_a_town_in_which_it_lives_since_an_earlier_day_keeps_its_cadre_though_it_had_gone_on_to_a_third() -> None:
    moved = given(*HOME).when(move(OTHER_TOWN, day(10), day(10)), pair(SUCCESSOR, day(10)), move(THIRD_TOWN, day(20), day(20)))
    mended = moved.when(move(OTHER_TOWN, day(1), day(22)))
    assert [SUCCESSOR, SUCCESSOR] == who_after(mended, 10, 19)


def test_who_was_paired_in_the_other_town_answered_until_the_household_moved_back() -> None:
    back = given(*HOME).when(move(OTHER_TOWN, day(10), day(10)), pair(SUCCESSOR, day(10)), move(VILLAGE, day(20), day(20)))
    assert [CADRE, SUCCESSOR, SUCCESSOR, None] == who_after(back, 9, 10, 19, 20)


def test_a_move_that_was_told_before_changes_nothing() -> None:
    given(placed(village=OTHER_TOWN), *HOME[1:]).when(move(OTHER_TOWN, day(4))).then()


def test_a_household_that_ends_needs_nobody() -> None:
    ended = (CadreReleased(cadre=CADRE, from_day=day(1), on=TODAY, reason="ended"), HouseholdEnded(on=TODAY))
    given(*HOME).when(end_household()).then(*ended, answers(None))
    given(*HOME, *ended, answers(None)).when(end_household()).then()
    given(*HOME, *ended, answers(None)).when(check(day(6))).then()


@pytest.mark.parametrize(("first", "over"), [(day(1), day(3)), (day(3), day(3)), (day(4), day(4))])
def test_a_pairing_that_is_told_after_the_end_ends_with_it_or_never_begins(first: date, over: date) -> None:
    ended = (placed(), HouseholdEnded(on=day(3)))
    late = (paired(CADRE, first), CadreReleased(cadre=CADRE, from_day=first, on=over, reason="ended"))
    given(*ended).when(pair(CADRE, first)).then(*late)
    given(*ended, *late).when(pair(CADRE, first)).then(refused("pairing.household-ended", "2021-01-03"))
    assert [None] == who((*ended, *late), 3)


def test_a_pairing_of_the_town_that_the_household_left_is_not_opened_by_being_told_again() -> None:
    moved = given(*HOME).when(move(OTHER_TOWN, day(4)))
    moved.when(pair(CADRE, day(1))).then(refused("pairing.household-moved", "2021-01-04"))
    moved.when(pair(CADRE, day(1), day(3))).then()


@pytest.mark.parametrize("back", [day(2), day(3)])
def test_a_household_whose_end_was_a_mistake_is_paired_again_from_whatever_day(back: date) -> None:
    ended = given(*HOME).when(end_household(day(3)), come_back(back))
    ended.when(pair(CADRE, day(1))).then(paired(CADRE, day(1)), answers(CADRE))
    ended.when(pair(CADRE, day(2))).then(paired(CADRE, day(2)), answers(CADRE))


@pytest.mark.parametrize("told", [*permutations(("pair", "succeed", "move")), *permutations(("pair", "end", "succeed"))], ids=" ".join)
def test_whoever_is_paired_answers_until_the_household_leaves_him_in_whatever_order_it_is_told(told: tuple[str, ...]) -> None:
    asks = {
        "pair": pair(CADRE, day(1)),
        "succeed": pair(SUCCESSOR, day(5)),
        "move": move(OTHER_TOWN, day(10)),
        "end": end_household(day(10)),
    }
    story = given(placed()).when(*(asks[one] for one in told))
    assert [CADRE, CADRE, SUCCESSOR, SUCCESSOR, None] == who_after(story, 1, 4, 5, 9, 10)


def test_a_pairing_from_before_the_end_that_is_told_after_the_return_ended_with_it() -> None:
    back = given(placed()).when(end_household(day(3)), come_back(day(8)), pair(CADRE, day(1)))
    assert [CADRE, None, None] == who_after(back, 2, 3, 8)
    assert [SUCCESSOR] == who_after(back.when(pair(SUCCESSOR, day(8))), 8)


def test_whom_the_new_town_pairs_late_answers_from_his_first_day_on() -> None:
    moved = given(placed()).when(move(OTHER_TOWN, day(4)), pair(SUCCESSOR, day(4)))
    assert [None, SUCCESSOR, SUCCESSOR] == who_after(moved, 3, 4, 9)


def test_a_household_to_which_somebody_comes_back_is_there_again() -> None:
    ended = (
        *HOME,
        CadreReleased(cadre=CADRE, from_day=day(1), on=day(3), reason="ended"),
        HouseholdEnded(on=day(3)),
        answers(None, day(3)),
    )
    given(*ended).when(come_back()).then(placed(on=TODAY))
    given(*ended, placed(on=TODAY)).when(check()).then(CadreMissing(on=TODAY, since=day(3)))
    given(*HOME).when(come_back()).then()
