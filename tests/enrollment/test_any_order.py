"""Late, early and in between: whatever a household's messages come in, it is known for the same."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st

from pipeline.envelope import Envelope
from schemas import facts as say
from schemas.enrollment import RegisterHousehold
from schemas.identity import Person
from services.enrollment.domain import DECIDER
from services.enrollment.domain.events import Evaluation
from services.enrollment.domain.fact import Fact, Series
from services.enrollment.domain.household.stages import ClueOpen
from services.enrollment.domain.household.state import Conflict, Household, State
from services.enrollment.domain.judging.evaluation import evaluate, risks_of
from services.enrollment.domain.reporting.feeds import Feed
from services.enrollment.identify.directory import Directory
from services.enrollment.translate import to_commands
from tests.enrollment.zhang import FATHER, HOUSEHOLD, MOTHER, PILOT, POLICIES, TODAY, VILLAGE
from tests.laws import law
from tests.messages import envelope
from tests.schemas.identities import resident

NUMBERS: Final = {person: resident(order=f"{person.int:03}") for person in (FATHER, MOTHER)}
Known = tuple[dict[Series, Fact], str, frozenset[Series], frozenset[str], Evaluation, frozenset[Conflict]]


def person(who: UUID) -> Person:
    return Person(id_number=NUMBERS[who])


def at(day: int) -> datetime:
    return datetime(2021, 1, day, 4, tzinfo=UTC)


def bill(yuan: int, month: str, told: int, who: UUID = FATHER) -> Envelope:
    amounts: dict[str, Any] = {"out_of_pocket_fen": yuan * 100, "within_policy_fen": 0, "reimbursed_fen": 0}
    said = say.MedicalExpenseReported(valid_on=TODAY, person=person(who), period=month, kind="inpatient", **amounts)
    return envelope(said, f"bill {yuan} {month} {told} {who}", time=at(told))


def graded(grade: str, told: int, who: UUID = FATHER) -> Envelope:
    said = say.HouseGraded.model_validate({"valid_on": TODAY, "person": person(who), "grade": grade})
    return envelope(said, f"house {grade} {told} {who}", time=at(told))


def water(told: int, *, safe: bool) -> Envelope:
    return envelope(say.WaterTested(valid_on=TODAY, village_code=VILLAGE, safe=safe), f"water {safe} {told}", time=at(told))


def well(told: int, who: UUID = FATHER, *, safe: bool) -> Envelope:
    said = say.WaterTested.model_validate({"valid_on": TODAY, "village_code": VILLAGE, "person": person(who), "safe": safe})
    return envelope(said, f"well {safe} {told} {who}", time=at(told))


def work(told: int, *, employed: bool) -> Envelope:
    return envelope(
        say.EmploymentChanged(valid_on=TODAY, person=person(MOTHER), employed=employed), f"work {employed} {told}", time=at(told)
    )


def allowance(told: int, *, granted: bool) -> Envelope:
    said = say.BenefitChanged(valid_on=TODAY, person=person(MOTHER), benefit="subsistence-allowance", granted=granted, monthly_fen=0)
    return envelope(said, f"allowance {granted} {told}", time=at(told))


def benefit(name: str, told: int, who: UUID, *, granted: bool) -> Envelope:
    said = say.BenefitChanged(valid_on=TODAY, person=person(who), benefit=name, granted=granted, monthly_fen=0)
    return envelope(said, f"{name} {granted} {told} {who}", time=at(told))


def back(of: Envelope) -> Envelope:
    return envelope(say.FactWithdrawn(source=of.source, id=of.id, reason="wrong person"), f"back {of.id}", time=at(9))


def registration() -> Envelope:
    people = [{"id_number": number, "name": "张", "relation": "head"} for number in NUMBERS.values()]
    said = {"household_id": HOUSEHOLD, "village_code": VILLAGE, "category": "never_registered", "members": people}
    return envelope(RegisterHousehold.model_validate(said), "registers", time=at(1))


def known(messages: Sequence[Envelope]) -> Known:
    """Through the border and the rules, as one process would take them: what is known of the household in the end."""
    directory = Directory({("resident", number): who for who, number in NUMBERS.items()}, {}, POLICIES)
    states: dict[UUID, State | Feed] = {}
    for message in messages:
        for stream, command in to_commands(message, directory.find(message)):
            state = states.get(stream, DECIDER.initial)
            states[stream] = DECIDER.fold(DECIDER.decide(command, state, POLICIES), state)
    household = states[HOUSEHOLD]
    assert isinstance(household, Household)
    stage = household.stage
    sources = stage.sources if isinstance(stage, ClueOpen) else frozenset[Series]()
    judged = evaluate(household, TODAY, PILOT)
    return household.standing(), type(stage).__name__, sources, risks_of(household, PILOT), judged, household.conflicts


REGISTERED: Final = registration()
HIGH, LOW, UNSAFE, SAFE = bill(20_000, "2020-12", 2), bill(19_999, "2020-12", 3), graded("D", 2), graded("A", 3, MOTHER)


@pytest.mark.parametrize(
    ("messages", "sources"),
    [
        ([HIGH], {(FATHER, "inpatient:2020")}),
        ([HIGH, LOW], set[Series]()),
        ([HIGH, LOW, back(LOW)], {(FATHER, "inpatient:2020")}),
        ([HIGH, back(HIGH)], set[Series]()),
        ([bill(20_000, "2020-11", 5), bill(3, "2020-12", 4)], set[Series]()),
        ([UNSAFE, HIGH], {(None, "house"), (FATHER, "inpatient:2020")}),
        ([UNSAFE, SAFE, HIGH], {(FATHER, "inpatient:2020")}),
        ([water(2, safe=False)], {(None, "water")}),
        ([water(2, safe=False), water(3, safe=True)], set[Series]()),
        ([well(2, safe=False)], {(None, "water:own")}),
        ([well(2, safe=False), well(3, MOTHER, safe=True)], set[Series]()),
        ([well(2, safe=False), water(3, safe=True)], {(None, "water:own")}),
        ([water(2, safe=False), well(3, safe=True)], {(None, "water")}),
        ([water(2, safe=False), well(3, safe=False)], {(None, "water"), (None, "water:own")}),
        ([allowance(2, granted=True), allowance(3, granted=False)], {(MOTHER, "benefit:subsistence-allowance")}),
    ],
)
def test_the_sources_of_the_clue_are_the_same_from_front_and_back(messages: list[Envelope], sources: set[Series]) -> None:
    for order in ([REGISTERED, *messages], [*messages, REGISTERED], [*reversed(messages), REGISTERED], [REGISTERED, *reversed(messages)]):
        assert sources == known(order)[2]


said = st.one_of(
    st.builds(bill, st.sampled_from([3, 20_000]), st.sampled_from(["2020-11", "2020-12", "2021-01"]), st.integers(2, 4)),
    st.builds(graded, st.sampled_from("AD"), st.integers(2, 4), st.sampled_from([FATHER, MOTHER])),
    st.builds(water, st.integers(2, 4), safe=st.booleans()),
    st.builds(well, st.integers(2, 4), st.sampled_from([FATHER, MOTHER]), safe=st.booleans()),
    st.builds(work, st.integers(2, 4), employed=st.booleans()),
    st.builds(allowance, st.integers(2, 4), granted=st.booleans()),
    st.builds(
        benefit,
        st.sampled_from(["destitute-support", "margin-support"]),
        st.integers(2, 4),
        st.sampled_from([FATHER, MOTHER]),
        granted=st.booleans(),
    ),
)


@st.composite
def two_orders(draw: st.DrawFn) -> tuple[list[Envelope], list[Envelope]]:
    """Facts, corrections, withdrawals and the registration, once in one order and once in another."""
    facts = draw(st.lists(said, max_size=7, unique_by=lambda one: one.id))
    withdrawn = draw(st.lists(st.sampled_from(facts), max_size=2, unique_by=lambda one: one.id)) if facts else []
    messages = [REGISTERED, *facts, *map(back, withdrawn)]
    return messages, draw(st.permutations(messages))


@law
@for_all(two_orders())
def test_any_order_of_facts_corrections_withdrawals_and_the_registration_ends_the_same(both: tuple[list[Envelope], list[Envelope]]) -> None:
    assert known(both[0]) == known(both[1])
