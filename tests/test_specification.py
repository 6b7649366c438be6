"""A sentence that is not true is refused, and shows what differs."""

import pytest
from msgspec.structs import replace

from services.enrollment.domain import events as did
from tests.enrollment.zhang import ILL, REGISTERED, given, record, refused, register


def test_what_happens_is_accepted() -> None:
    given().when(register()).then(*REGISTERED)


def test_what_happened_before_is_no_part_of_what_happens() -> None:
    given().when(register(), register()).then()


@pytest.mark.parametrize("expected", [(), REGISTERED * 2, (refused("state.does-not-fit"),)])
def test_what_does_not_happen_is_refused(expected: tuple[did.AnyEvent, ...]) -> None:
    with pytest.raises(AssertionError):
        given().when(register()).then(*expected)


def test_the_difference_is_shown_line_by_line() -> None:
    changed = did.FactRecorded(fact=replace(ILL, amount_fen=7))
    with pytest.raises(AssertionError) as shown:
        given(*REGISTERED, did.FactUnmatched(fact=ILL)).when(record(ILL)).then(changed)
    assert '-    "amount_fen": 7,' in str(shown.value)
    assert '+    "amount_fen": 2500000,' in str(shown.value)
    assert "+ClueRaised" in str(shown.value)
