"""The county may name a type and risks: those that the evaluation, the facts and the applications support, under both packs."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from schemas import enrollment as words
from services.enrollment.domain import events as did
from services.enrollment.translate import to_message
from tests.enrollment import zhang
from tests.enrollment.national import AT_COUNTY, JANUARY, county, given
from tests.enrollment.zhang import HOUSEHOLD, REGISTERED, WITH_CASE, applies, visit
from tests.messages import recorded
from tests.specification import Specification

RECEIVING = (replace(REGISTERED[0], category="lifted_receiving"), *AT_COUNTY[1:])


def told(code: str, *supported: str) -> did.CommandRefused:
    return did.CommandRefused(command="decision", reason_code=code, fits=("decide-at-county",), supported=supported)


def enrolled(story: Specification) -> tuple[str, tuple[str, ...]]:
    (event,) = [event for event in story.happened if isinstance(event, did.HouseholdEnrolled)]
    return event.type, event.risks


def test_a_household_that_was_never_registered_is_not_enrolled_as_one_that_was_lifted() -> None:
    asked = county(on=JANUARY[15], type="lifted-unstable")
    given(*AT_COUNTY).when(asked).then(told("type.does-not-qualify", "marginal", "sudden-difficulty"))


def test_a_type_of_the_category_needs_its_condition() -> None:
    """A house that is unsafe is no sudden difficulty."""
    story = given(*AT_COUNTY).when(zhang.withdraw(zhang.ILL), zhang.record(zhang.fact("house", signal="house", present=True)))
    story.when(county(on=JANUARY[15], type="sudden-difficulty")).then(told("type.does-not-qualify", "marginal"))
    assert ("marginal", ("housing",)) == enrolled(story.when(county(on=JANUARY[15], type="marginal")))


@pytest.mark.parametrize("kind", ["lifted-unstable", "sudden-difficulty"])
def test_any_type_that_the_household_qualifies_as_may_be_named(kind: str) -> None:
    assert (kind, ("illness",)) == enrolled(given(*RECEIVING).when(county(on=JANUARY[15], type=kind)))


@pytest.mark.parametrize("risks", [("housing",), ("illness", "housing")])
def test_risks_that_nothing_supports_are_refused_by_the_national_pack(risks: tuple[str, ...]) -> None:
    given(*AT_COUNTY).when(county(on=JANUARY[15], risks=risks)).then(told("risks.differ", "illness"))


def test_risks_that_were_left_out_are_refused_by_the_pilot() -> None:
    case = zhang.given(*REGISTERED).when(applies(risks=("illness", "other")), visit())
    case.when(replace(zhang.county(), risks=("illness",))).then(told("risks.differ", "illness", "other"))
    assert ("illness", "other") == enrolled(case.when(replace(zhang.county(), risks=("other", "illness"))))[1]
    assert ("illness", "other") == enrolled(case.when(zhang.county()))[1]


def test_risks_that_the_facts_support_are_taken_by_the_pilot() -> None:
    assert ("illness",) == enrolled(zhang.given(*WITH_CASE).when(replace(zhang.county(), risks=("illness",))))[1]


def test_the_refusal_says_which_would_fit() -> None:
    message = to_message(recorded(told("risks.differ", "illness", "other"), HOUSEHOLD))
    assert message is not None
    assert isinstance(message.data, words.CommandRefused)
    assert message.data.text == (
        "所填致贫风险与事实和申报不一致。 The risks that were named are not those that facts and applications support."
        " 符合的是：illness、other。 Those that fit: illness, other."
    )
