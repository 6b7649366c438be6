"""Both sides of every threshold of the example pack; amounts in fen."""

from datetime import date

import pytest
from msgspec.structs import replace

from services.enrollment.domain import events as did
from services.enrollment.domain.fact import Fact
from tests.enrollment import national
from tests.enrollment.zhang import PILOT, POLICIES, REGISTERED, VILLAGE, fact, given, hospital, record, register


def clinic(fen: int) -> Fact:
    return fact("clinic", signal="outpatient", series="outpatient:2021-01", period="2021-01", amount_fen=fen)


def school(fen: int) -> Fact:
    return fact("school", signal="school-fee", series="school-fee:2020-2021", amount_fen=fen)


def clues(category: str, what: Fact) -> list[tuple[str, Fact]]:
    """The risk and the fact of each clue that a fact raises for a household of that category, under both packs the same."""
    pilot, under_the_other = (
        [(event.risk, event.fact) for event in start().when(register(category), record(what)).happened if isinstance(event, did.ClueRaised)]
        for start in (given, national.given)
    )
    assert pilot == under_the_other
    return pilot


@pytest.mark.parametrize(
    ("category", "below", "crossing", "risk"),
    [
        ("lifted_receiving", hospital(499_999), hospital(500_000), "illness"),
        ("lifted_not_receiving", hospital(499_999), hospital(500_000), "illness"),
        ("never_registered", hospital(1_999_999), hospital(2_000_000), "illness"),
        ("lifted_receiving", clinic(49_999), clinic(50_000), "illness"),
        ("lifted_not_receiving", clinic(49_999), clinic(50_000), "illness"),
        ("never_registered", clinic(49_999), clinic(50_000), "illness"),
        ("lifted_receiving", school(1_000_000), school(1_000_001), "education"),
        ("lifted_not_receiving", school(1_000_000), school(1_000_001), "education"),
        ("never_registered", school(1_000_000), school(1_000_001), "education"),
    ],
)
def test_an_amount_raises_a_clue_from_its_threshold_on(category: str, below: Fact, crossing: Fact, risk: str) -> None:
    assert [] == clues(category, below)
    assert [(risk, crossing)] == clues(category, crossing)


@pytest.mark.parametrize(
    ("signal", "risk"),
    [
        ("serious-illness", "illness"),
        ("dropout", "education"),
        ("disability", "disability"),
        ("house", "housing"),
        ("water", "drinking_water"),
        ("disaster", "natural_disaster"),
        ("employment", "unstable_work"),
        ("benefit-stopped", "other"),
    ],
)
def test_a_condition_raises_a_clue_by_being_there(signal: str, risk: str) -> None:
    there = fact("there", signal=signal, present=True)
    assert [] == clues("never_registered", fact("not there", signal=signal, present=False))
    assert [(risk, there)] == clues("never_registered", there)


@pytest.mark.parametrize(
    ("signal", "counts", "passes"),
    [
        ("dropout", "junior", "senior"),
        ("dropout", "primary", "university"),
        ("disability", "4", "5"),
        ("benefit-stopped", "subsistence-allowance", "temporary-relief"),
        ("benefit-stopped", "disability-subsidy", "old-age-allowance"),
    ],
)
def test_a_condition_counts_where_the_pack_says_so(signal: str, counts: str, passes: str) -> None:
    assert [] == clues("never_registered", fact("there", signal=signal, present=True, kind=passes))
    assert len(clues("never_registered", fact("there", signal=signal, present=True, kind=counts))) == 1


def test_the_fees_of_compulsory_school_count_for_nothing() -> None:
    assert [] == clues("never_registered", replace(school(1_000_001), kind="junior"))
    assert len(clues("never_registered", replace(school(1_000_001), kind="preschool"))) == 1


@pytest.mark.parametrize("signal", ["inpatient", "school-fee"])
def test_a_cost_without_an_amount_crosses_nothing(signal: str) -> None:
    assert [] == clues("never_registered", fact("there", signal=signal, present=True))


def test_every_signal_of_the_pack_has_its_threshold_tried() -> None:
    conditions = {"serious-illness", "dropout", "disability", "house", "water", "disaster", "employment", "benefit-stopped"}
    signals = {"inpatient", "outpatient", "school-fee"} | conditions
    assert [signals, signals] == [set(pack.signals) for pack in POLICIES.packs.values()]


def test_a_fact_without_a_signal_raises_nothing() -> None:
    benefit = fact("benefit", series="benefit-changed", present=True)
    given(*REGISTERED).when(record(benefit)).then(did.FactRecorded(fact=benefit))


def test_a_fact_whose_signal_the_pack_leaves_out_raises_nothing() -> None:
    unheard = fact("unheard", signal="unheard-of", present=True)
    given(*REGISTERED).when(record(unheard)).then(did.FactRecorded(fact=unheard))


def test_two_persons_of_a_household_stand_for_themselves() -> None:
    mother = replace(hospital(1_500_000, "mother"), person=None)
    given(*REGISTERED, did.FactRecorded(fact=hospital(1_500_000, "father"))).when(record(mother)).then(did.FactRecorded(fact=mother))


@pytest.mark.parametrize(
    ("day", "fen"),
    [
        (date(2019, 12, 31), 500_000),
        (date(2020, 1, 1), 500_000),
        (date(2020, 12, 31), 500_000),
        (date(2021, 1, 1), 600_000),
        (date(2030, 1, 1), 600_000),
    ],
)
def test_the_line_is_the_one_in_force_on_the_day(day: date, fen: int) -> None:
    assert fen == PILOT.line(VILLAGE, day).fen_per_person
