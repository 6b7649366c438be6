"""Who can work is what the last visit found: a household in which nobody can is not let out."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from msgspec.structs import replace

from services.enrollment.domain import events as did
from services.enrollment.domain.commands import Labour
from tests.enrollment.zhang import (
    ENOUGH,
    FATHER,
    HELPED,
    LEAVING,
    MEMBERS,
    MOTHER,
    PROPOSED,
    REGISTERED,
    TODAY,
    WITH_CLUE,
    county,
    given,
    record,
    refused,
    visit,
)

TOMORROW: Final = TODAY + timedelta(days=1)


def test_a_visit_that_finds_that_nobody_can_work_keeps_the_household() -> None:
    """The register says that the father can."""
    found = visit(on=TOMORROW, income=None, labour=(Labour(person=FATHER, capacity="none"),))
    story = given(*LEAVING).when(found)
    (seen,) = story.happened
    assert isinstance(seen, did.StepCompleted)
    assert ("recheck", (Labour(person=FATHER, capacity="none"),)) == (seen.step, seen.labour)
    story.when(county(on=TOMORROW)).then(refused("exit.without-labour", "decision"))


def test_a_visit_that_finds_that_somebody_can_work_again_keeps_it_no_longer() -> None:
    frail = (replace(REGISTERED[0], members=tuple(replace(one, labour_capacity="none") for one in MEMBERS)), *HELPED[1:])
    found = visit(on=TOMORROW, income=None, labour=(Labour(person=MOTHER, capacity="partial"),))
    assert ["enrollment.fact-recorded"] == [one.TOPIC for one in given(*frail).when(record(ENOUGH)).happened]
    assert [type(one) for one in PROPOSED] == [type(one) for one in given(*frail).when(record(ENOUGH), found).happened[1:]]


def test_a_visit_says_of_nobody_else_what_he_can_do() -> None:
    stranger = (Labour(person=UUID(int=9), capacity="none"),)
    given(*LEAVING).when(visit(on=TOMORROW, income=None, labour=stranger)).then(refused("person.not-a-member", "visit"))
    given(*WITH_CLUE).when(visit(labour=stranger)).then(refused("person.not-a-member", "visit"))
