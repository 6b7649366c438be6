"""The demo's letters call a household by a masked name of its own people, or it is noticed."""

from __future__ import annotations

import pytest

from county.calling import calling, calling_checks, masked
from county.letters import Letter
from tests.county.sample import County

PROMISE = "letters call every household by a masked name"


def letter(county: County, text: str) -> Letter:
    home = county.people.registered[0]
    return Letter("1", "email", "cadre", "subject", str(home.id), text=text)


@pytest.mark.parametrize(("name", "shown"), [("张建国", "张**"), ("张三", "张*"), ("阿依古丽·买买提", "阿**")])
def test_a_name_is_masked_as_on_a_public_notice(name: str, shown: str) -> None:
    assert masked(name) == shown


def test_a_letter_that_calls_its_household_by_a_masked_name_keeps_the_promise(county: County) -> None:
    head = masked(county.people.registered[0].members[0].name)
    found = calling([letter(county, f"{head} (历山居委会, 历山街道)\nact\n")], county.people)
    assert (1, 1, 0, f"{head} (历山居委会, 历山街道)") == (found.letters, found.named, found.wrong, found.example)
    assert calling_checks(found) == {PROMISE: True}


def test_a_letter_without_a_name_with_anothers_or_with_the_whole_name_breaks_it(county: County) -> None:
    whole = county.people.registered[0].members[0].name
    for text in ("历山居委会, 历山街道\n", "龘* (历山居委会, 历山街道)\n", f"{masked(whole)} (历山居委会, 历山街道)\n{whole}\n"):
        assert calling_checks(calling([letter(county, text)], county.people)) == {PROMISE: False}


def test_a_letter_about_an_area_calls_nobody(county: County) -> None:
    of_area = letter(county, "地区 Area: 370323\n")._replace(household=None)
    assert calling([of_area], county.people).letters == 0
