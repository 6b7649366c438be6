"""A household enters the register; facts about people nobody registered wait."""

import pytest
from msgspec import convert
from msgspec.structs import replace

from services.enrollment.domain import events as did
from services.enrollment.domain.commands import AnyCommand, Member
from services.enrollment.domain.household.state import Household
from tests.enrollment.zhang import (
    ENROLLED,
    FATHER,
    ILL,
    MEMBERS,
    MOTHER,
    REGISTERED,
    WITH_CASE,
    WITH_CLUE,
    county,
    delivered,
    dismiss,
    given,
    raised,
    record,
    refused,
    register,
    visit,
    withdraw,
)

UNMATCHED = did.FactUnmatched(fact=ILL)
GONE = did.FactWithdrawn(fact=ILL.id, source="/department", reference="ill")


def test_a_household_is_registered_with_its_members() -> None:
    given().when(register()).then(*REGISTERED)


@pytest.mark.parametrize("history", [REGISTERED, WITH_CLUE, WITH_CASE, ENROLLED])
def test_registering_again_changes_nothing(history: tuple[did.AnyEvent, ...]) -> None:
    given(*history).when(register()).then()


def test_the_order_of_the_members_makes_no_difference() -> None:
    given(*REGISTERED).when(register(members=MEMBERS[::-1])).then()


OTHERWISE = (MEMBERS[0], replace(MEMBERS[1], labour_capacity="partial"))


@pytest.mark.parametrize(
    "other",
    [{"village_code": "370323001002"}, {"category": "lifted_receiving"}, {"members": MEMBERS[:1]}, {"members": OTHERWISE}],
)
def test_a_household_is_not_registered_differently(other: dict[str, object]) -> None:
    given(*REGISTERED).when(register(**other)).then(refused("household.registered-differently"))


def test_a_registration_that_does_not_say_who_can_work_says_nothing_else() -> None:
    given(*REGISTERED).when(register(members=(MEMBERS[0], replace(MEMBERS[1], labour_capacity=None)))).then()


def test_a_person_belongs_to_one_household() -> None:
    given().when(register(elsewhere=frozenset({MOTHER}))).then(refused("person.in-another-household"))


def test_the_dead_are_not_registered() -> None:
    given().when(register(dead=frozenset({MOTHER}))).then(refused("person.died"))


def test_a_person_is_named_once() -> None:
    given().when(register(members=(*MEMBERS, Member(person=FATHER, relation="son")))).then(refused("person.named-twice"))


def test_a_refused_household_may_come_again() -> None:
    given(refused("person.named-twice")).when(register()).then(*REGISTERED)


def test_a_fact_about_nobody_we_know_waits() -> None:
    given().when(record(ILL)).then(UNMATCHED)


def test_a_fact_waits_once() -> None:
    given(UNMATCHED).when(record(ILL)).then()


def test_a_waiting_fact_is_withdrawn_once() -> None:
    given(UNMATCHED).when(withdraw(ILL)).then(GONE)
    given(UNMATCHED, GONE).when(withdraw(ILL)).then()


def test_a_fact_withdrawn_before_it_came_does_not_wait() -> None:
    given(GONE).when(record(ILL)).then()


def test_a_fact_withdrawn_before_the_registration_never_counts() -> None:
    given(GONE).when(register(), record(ILL)).then()


def test_the_fact_that_waited_counts_from_the_registration() -> None:
    given(UNMATCHED).when(register(), record(ILL)).then(did.FactRecorded(fact=ILL), *raised(ILL))


@pytest.mark.parametrize("command", [visit(), dismiss(), county()])
def test_nothing_is_decided_about_a_household_that_is_not_registered(command: AnyCommand) -> None:
    given().when(command).then(refused("household.unknown", command.id, "register-household"))


def test_help_for_a_household_that_is_not_registered_counts_nothing() -> None:
    given().when(delivered()).then()


@pytest.mark.parametrize("history", [REGISTERED, WITH_CLUE, WITH_CASE])
def test_help_outside_a_plan_counts_nothing(history: tuple[did.AnyEvent, ...]) -> None:
    given(*history).when(delivered()).then()


@pytest.mark.parametrize(
    ("capacities", "expected"),
    [(("none", "none"), True), (("none", "partial"), False), (("none", None), False), (("full", "none"), False)],
)
def test_a_household_is_without_labour_when_everybody_is_known_not_to_work(capacities: tuple[str | None, ...], expected: bool) -> None:  # noqa: FBT001
    people = zip((FATHER, MOTHER), capacities, strict=True)
    members = tuple(convert({"person": person, "relation": "head", "labour_capacity": capacity}, Member) for person, capacity in people)
    state = given().when(register(members=members)).state
    assert isinstance(state, Household)
    assert expected == state.without_labour
