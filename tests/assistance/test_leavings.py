"""A cadre who leaves answers for nobody whom he was paired with before, whenever that pairing is told; and he may come back."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from itertools import permutations
from uuid import UUID

from hypothesis import given as for_all
from hypothesis import strategies as st

from services.assistance.domain.pairing.pairing_commands import AssignCadre, ReleaseCadre
from services.assistance.domain.pairing.pairing_events import CadreLeft, CadreMissing, CadreReleased
from services.assistance.domain.pairing.pairings import Pairing, intervals
from tests.assistance.helped import CADRE, SUCCESSOR, TODAY, given, refused
from tests.assistance.paired import answers, day, end_household, leave, pair, paired, placed, release
from tests.laws import law

LEFT = CadreLeft(cadre=CADRE, on=TODAY)
OVER = CadreReleased(cadre=CADRE, from_day=day(1), on=TODAY, reason="left")


def held(asked: Iterable[AssignCadre | ReleaseCadre]) -> list[Pairing]:
    """The pairings of a household after all this, each told with the days of leaving that were told before it."""
    left, story = dict[UUID, list[date]](), given(placed())
    for one in asked:
        if isinstance(one, ReleaseCadre):
            left.setdefault(one.cadre, []).append(one.day)
            story = story.when(one)
        else:
            story = story.when(pair(one.cadre, one.from_day, one.until, *left.get(one.cadre, [])))
    return list(intervals(story.state.pairings))


def test_that_a_cadre_leaves_is_written_down_whoever_is_paired_with_him() -> None:
    given().when(leave()).then(LEFT)


def test_that_a_cadre_leaves_is_written_down_once_for_each_day() -> None:
    given(LEFT).when(leave()).then()
    given(LEFT).when(leave(day(9))).then(CadreLeft(cadre=CADRE, on=day(9)))


def test_a_pairing_from_before_he_left_that_is_told_later_ended_on_that_day() -> None:
    given(placed()).when(pair(CADRE, day(1), None, TODAY)).then(paired(CADRE, day(1)), OVER)


def test_whoever_leaves_tomorrow_answers_today() -> None:
    tomorrow = CadreReleased(cadre=CADRE, from_day=day(1), on=day(6), reason="left")
    given(placed()).when(pair(CADRE, day(1), None, day(6))).then(paired(CADRE, day(1)), tomorrow, answers(CADRE))


def test_a_pairing_that_he_left_is_not_opened_by_being_told_again() -> None:
    given(placed(), paired(CADRE, day(1)), OVER).when(pair(CADRE, day(1), None, TODAY)).then(refused("pairing.cadre-left", "2021-01-05"))


def test_a_last_day_before_he_left_stands() -> None:
    given(placed()).when(pair(CADRE, day(1), day(3), TODAY)).then(paired(CADRE, day(1), day(3)))


def test_of_several_days_on_which_he_left_the_first_after_the_pairing_began_ended_it() -> None:
    over = CadreReleased(cadre=CADRE, from_day=day(7), on=day(9), reason="left")
    given(placed()).when(pair(CADRE, day(7), None, day(12), TODAY, day(9))).then(paired(CADRE, day(7)), over)


def test_who_left_before_the_household_ended_left_first() -> None:
    late = pair(CADRE, day(1), None, day(3))
    over = CadreReleased(cadre=CADRE, from_day=day(1), on=day(3), reason="left")
    given(placed()).when(end_household(), late).then(paired(CADRE, day(1)), over)


def test_who_is_paired_from_a_day_after_he_left_has_come_back() -> None:
    given(placed()).when(pair(CADRE, day(6), None, TODAY)).then(paired(CADRE, day(6)))


def test_who_is_paired_anew_from_the_very_day_on_which_he_left_has_come_back() -> None:
    given(placed()).when(pair(CADRE, TODAY, None, TODAY)).then(paired(CADRE, TODAY), answers(CADRE))


def test_what_was_arranged_for_that_day_before_he_left_never_begins() -> None:
    gone = CadreReleased(cadre=CADRE, from_day=TODAY, on=TODAY, reason="left")
    given(placed(), paired(CADRE, TODAY), answers(CADRE)).when(release()).then(gone, CadreMissing(on=TODAY), answers(None))


cadres = st.sampled_from([CADRE, SUCCESSOR])
lengths = st.none() | st.integers(0, 9)
pairs = st.builds(
    lambda cadre, first, length: pair(cadre, day(first), None if length is None else day(first + length)),
    cadres,
    st.integers(1, 9),
    lengths,
)
releases = st.builds(lambda cadre, on: release(cadre, day(on)), cadres, st.integers(10, 20))


@law
@for_all(st.lists(pairs, max_size=3, unique_by=lambda one: one.from_day), st.lists(releases, max_size=2))
def test_pairings_from_before_and_leavings_may_be_told_in_any_order(told: list[AssignCadre], left: list[ReleaseCadre]) -> None:
    first, *others = [held(order) for order in permutations([*told, *left])]
    assert all(first == other for other in others)
