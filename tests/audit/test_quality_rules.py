"""Each rule of data quality where it finds something, where it does not, and on both sides of its numbers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final
from uuid import UUID

import pytest
from msgspec import convert
from msgspec.structs import replace

from audit.quality import figures
from audit.quality.catalogue import NOT_JUDGED, RULES
from audit.quality.report import broken
from audit.quality.row import Enrolment, Exit, Measure, Row
from services.enrollment import packs

PILOT, NATIONAL = "example-pilot", "example-national-2021"
FIGURES: Final = {name: figures.load(name) for name in (PILOT, NATIONAL)}
SINCE: Final = date(2021, 1, 5)
BASE: Final = Measure("subsistence_security", frozenset(), under_way=True)
HEALTH: Final = Measure("health", frozenset({"illness"}), under_way=False)
ENROLMENT: Final = Enrolment(SINCE, frozenset({"illness"}), 5, frozenset({"illness"}), (BASE, HEALTH))
WELL: Final = Row(household=UUID(int=100), pack=NATIONAL, watched=True, labour=("full", "none"), enrolment=ENROLMENT)
OUTSIDE: Final = Row(household=UUID(int=100), pack=PILOT, watched=False, labour=("full", "none"))
# A line of 6,000 yuan for two.
LEFT: Final = Exit(
    pack=NATIONAL,
    method="help",
    since=SINCE,
    on=date(2021, 8, 5),
    helped=True,
    net_fen=1_200_000,
    reference_fen=1_200_000,
    line_fen=600_000,
    members=2,
    visited=True,
    signals=frozenset(),
)


def found(row: Row, on: date = SINCE, known: Mapping[str, figures.Figures] = FIGURES) -> list[str]:
    return [rule.id for rule in broken(row, on, known)]


def enrolled(row: Row = WELL, **other: object) -> Row:
    return replace(row, enrolment=replace(ENROLMENT, **other))


def exited(**other: object) -> Row:
    return replace(OUTSIDE, exits=(convert({**{name: getattr(LEFT, name) for name in LEFT.__struct_fields__}, **other}, Exit),))


@pytest.mark.parametrize("row", [WELL, OUTSIDE, exited()], ids=["enrolled", "outside", "exited"])
def test_where_all_is_well_nothing_is_found(row: Row) -> None:
    assert found(row) == []


@pytest.mark.parametrize(("on", "expected"), [(date(2021, 2, 5), []), (date(2021, 2, 6), ["no-measure"])])
def test_whoever_is_enrolled_for_more_than_a_month_needs_a_measure_that_somebody_started(on: date, expected: list[str]) -> None:
    assert expected == found(enrolled(plan=(replace(BASE, under_way=False), HEALTH)), on)
    assert [] == found(WELL, on)


def test_nobody_outside_needs_a_measure() -> None:
    assert [] == found(OUTSIDE, date(2022, 1, 1))


def test_each_risk_needs_a_measure_that_answers_it() -> None:
    risks = frozenset({"illness", "drinking_water"})
    water = Measure("drinking_water", frozenset({"drinking_water"}), under_way=False)
    assert ["risk-unanswered"] == found(enrolled(risks=risks, plan=(BASE, HEALTH)))
    assert [] == found(enrolled(risks=risks, plan=(BASE, HEALTH, water)))


def test_a_household_with_risks_and_without_a_plan_has_them_unanswered() -> None:
    assert ["risk-unanswered"] == found(enrolled(plan=()))


def test_whoever_is_destitute_needs_the_support_in_the_plan() -> None:
    destitute = replace(WELL, benefits=frozenset({"destitute-support"}))
    assert [] == found(destitute)
    assert ["destitute-unsupported"] == found(enrolled(destitute, plan=(replace(HEALTH, under_way=True),)))
    assert [] == found(enrolled(plan=(replace(HEALTH, under_way=True),)))


def test_where_nobody_is_known_to_work_and_an_allowance_is_paid_somebody_must_ask() -> None:
    allowance = frozenset({"subsistence-allowance"})
    assert ["labour-not-flagged"] == found(replace(WELL, labour=("none", None), benefits=allowance))
    assert [] == found(replace(WELL, labour=("none", "none"), benefits=allowance))
    assert [] == found(replace(WELL, labour=("partial", None), benefits=allowance))
    assert [] == found(replace(WELL, labour=("none", None), benefits=frozenset({"old-age-allowance"})))


def test_nobody_who_cannot_work_has_unstable_work() -> None:
    risks, plan = frozenset({"unstable_work"}), (BASE, Measure("employment", frozenset({"unstable_work"}), under_way=False))
    idle = replace(enrolled(risks=risks, explained=risks, plan=plan), labour=("none", "none"))
    assert ["work-without-labour"] == found(idle)
    assert [] == found(replace(idle, labour=("none", "partial")))
    assert [] == found(replace(idle, labour=("none", None)))


@pytest.mark.parametrize("benefit", ["subsistence-allowance", "disability-subsidy"])
def test_an_allowance_is_transfer_income(benefit: str) -> None:
    paid = replace(WELL, benefits=frozenset({benefit}))
    assert ["transfer-income-zero"] == found(replace(paid, transfer_fen=0))
    assert [] == found(replace(paid, transfer_fen=1))
    assert [] == found(replace(WELL, transfer_fen=0))


def test_an_income_that_nobody_told_is_not_zero() -> None:
    assert [] == found(replace(WELL, benefits=frozenset({"subsistence-allowance"}), transfer_fen=None))


def test_the_risk_other_needs_a_remark() -> None:
    other, plan = frozenset({"other"}), (BASE, Measure("subsistence_security", frozenset({"other"}), under_way=False))
    assert ["other-without-remark"] == found(enrolled(risks=other, explained=frozenset(), plan=plan))
    assert [] == found(enrolled(risks=other, explained=other, plan=plan))
    assert [] == found(enrolled(explained=frozenset()))


@pytest.mark.parametrize(("count", "expected"), [(5, []), (6, ["too-many-risks"])])
def test_a_household_has_no_more_risks_than_the_form_holds(count: int, expected: list[str]) -> None:
    risks = frozenset(["illness", "disability", "education", "housing", "accident", "natural_disaster"][:count])
    assert expected == found(enrolled(risks=risks, plan=(BASE, Measure("all", risks, under_way=False))))


def test_whoever_has_unsafe_water_is_watched() -> None:
    unsafe = replace(OUTSIDE, signals=frozenset({"water"}))
    assert ["water-not-watched"] == found(unsafe)
    assert [] == found(replace(unsafe, watched=True))
    assert [] == found(replace(OUTSIDE, signals=frozenset({"house"})))


@pytest.mark.parametrize(("on", "expected"), [(date(2021, 3, 4), ["exit-too-soon"]), (date(2021, 3, 5), [])])
def test_nobody_leaves_by_help_within_two_months(on: date, expected: list[str]) -> None:
    assert expected == found(exited(on=on))
    assert [] == found(exited(on=on, method="natural"))


def test_the_pilot_lets_out_on_the_day_of_the_enrolment() -> None:
    assert [] == found(exited(on=SINCE, pack=PILOT))


def test_an_exit_is_judged_by_the_figures_of_its_own_pack() -> None:
    early = exited(on=date(2021, 3, 4))
    assert ["exit-too-soon"] == found(replace(early, pack=PILOT))
    assert [] == found(replace(exited(on=date(2021, 3, 4), pack=PILOT), pack=NATIONAL))


def test_nobody_leaves_by_help_without_a_measure() -> None:
    assert ["exit-without-measure"] == found(exited(helped=False))
    assert [] == found(exited(helped=False, method="natural"))


@pytest.mark.parametrize(("fen", "expected"), [(1_199_999, ["exit-below-line"]), (1_200_000, [])])
def test_nobody_leaves_by_help_with_an_income_below_the_line_of_that_year(fen: int, expected: list[str]) -> None:
    assert expected == found(exited(net_fen=fen))
    assert expected == found(exited(reference_fen=fen, pack=PILOT))
    assert [] == found(exited(net_fen=fen, method="natural"))


def test_a_pack_says_which_income_counts() -> None:
    assert [] == found(exited(reference_fen=0))
    assert [] == found(exited(net_fen=0, pack=PILOT))


def test_an_exit_needs_the_values_after_it() -> None:
    assert ["exit-values-missing"] == found(exited(net_fen=None, reference_fen=None))
    assert ["exit-values-missing"] == found(exited(visited=False))


@pytest.mark.parametrize("signal", ["dropout", "house"])
def test_nobody_leaves_with_a_child_out_of_school_or_an_unsafe_house(signal: str) -> None:
    assert ["exit-in-danger"] == found(exited(signals=frozenset({signal})))
    assert [] == found(exited(signals=frozenset({"inpatient"})))


def test_every_exit_of_a_household_is_looked_at() -> None:
    assert ["exit-without-measure"] == found(replace(OUTSIDE, exits=(replace(LEFT, helped=False), LEFT)))


def test_every_rule_has_its_name_and_words_in_both_languages() -> None:
    names = [one.id for one in (*RULES, *NOT_JUDGED)]
    assert len(set(names)) == len(names) == 17
    assert all(text.zh and text.en and text.zh != text.en for rule in RULES for text in (rule.what, rule.to_do))
    assert all(text.zh and text.en and text.zh != text.en for rule in NOT_JUDGED for text in (rule.what, rule.why))


def test_every_policy_pack_has_its_figures() -> None:
    assert packs.load_all(PILOT).packs.keys() == FIGURES.keys()
