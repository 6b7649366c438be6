"""A home visit counts once, on its day, in whatever order it arrives; what it found stays open until it is put right."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st
from msgspec.structs import replace

from services.assistance.domain.pairing.pairing_events import HouseholdEnded
from services.assistance.domain.visits.visit_commands import RecordVisit
from tests.assistance.helped import CADRE, SUCCESSOR, TODAY, given, refused
from tests.assistance.paired import HOME, day, found, paired, release, resolve, resolved, visit, visited
from tests.laws import law

OTHER_VISIT, OTHER_FINDING = UUID(int=701), UUID(int=801)
FOUND = (found(), found(OTHER_FINDING, "clean_home", risk=None))


def test_a_visit_by_the_paired_cadre_is_recorded_on_its_day() -> None:
    given(*HOME).when(visit(day(4))).then(visited(day(4)))


def test_what_is_not_as_it_should_be_is_kept_apart_from_what_is() -> None:
    given(*HOME).when(visit(unmet=frozenset({"water", "housing"}))).then(visited(unmet=("housing", "water")))


@pytest.mark.parametrize(
    ("on", "cadre"), [(TODAY, SUCCESSOR), (day(3), CADRE)], ids=["somebody else", "the cadre on a day before his first"]
)
def test_a_visit_by_somebody_who_is_not_paired_on_that_day_is_recorded_as_such(on: date, cadre: UUID) -> None:
    given(paired(CADRE, day(4))).when(visit(on, cadre)).then(visited(on, cadre, by_paired=False))


def test_a_visit_on_the_last_day_of_a_pairing_counts_and_on_the_day_after_does_not() -> None:
    before = (*HOME, *given(*HOME).when(release(on=day(4))).happened)
    given(*before).when(visit(day(3))).then(visited(day(3)))
    given(*before).when(visit(day(4))).then(visited(day(4), by_paired=False))


def test_a_visit_that_is_sent_twice_is_recorded_once() -> None:
    given(*HOME, visited(findings=FOUND)).when(visit(findings=FOUND)).then()


def test_a_visit_that_is_sent_again_after_the_pairing_was_told_is_the_same_visit() -> None:
    given(visited(by_paired=False), *HOME).when(visit()).then()


@pytest.mark.parametrize(
    "other",
    [visit(day(4)), visit(cadre=SUCCESSOR), visit(unmet=frozenset({"water"})), visit(findings=(found(),))],
    ids=["another day", "another visitor", "another checklist", "other findings"],
)
def test_a_visit_with_the_same_id_and_other_contents_is_refused(other: RecordVisit) -> None:
    given(*HOME, visited()).when(other).then(refused("visit.told-differently"))


def test_a_visit_on_the_day_of_the_report_is_taken_and_one_on_the_next_day_is_refused() -> None:
    given(*HOME).when(visit(day(5), told=day(5))).then(visited(day(5)))
    given(*HOME).when(visit(day(6), told=day(5))).then(refused("visit.in-the-future"))


def test_a_household_that_is_no_more_is_visited_on_no_day_after_its_last() -> None:
    over = (*HOME, HouseholdEnded(on=day(4)))
    given(*over).when(visit(day(4))).then(visited(day(4)))
    given(*over).when(visit(day(5))).then(refused("visit.household-ended", "2021-01-04"))


def test_what_the_pack_does_not_know_is_refused() -> None:
    given(*HOME).when(visit(unmet=frozenset({"television"}))).then(refused("visit.item-unknown"))
    given(*HOME).when(visit(findings=(found(kind="weather"),))).then(refused("visit.kind-unknown"))


def test_a_finding_belongs_to_one_visit() -> None:
    again = visit(identity=OTHER_VISIT, findings=(found(),))
    given(*HOME, visited(findings=(found(),))).when(again).then(refused("visit.finding-told-before"))


def test_a_finding_is_put_right_once() -> None:
    before = (*HOME, visited(findings=FOUND))
    given(*before).when(resolve()).then(resolved())
    given(*before, resolved()).when(resolve()).then()
    given(*before, resolved()).when(resolve(OTHER_FINDING)).then(resolved(OTHER_FINDING))


def test_what_no_visit_found_is_not_put_right() -> None:
    given(*HOME, visited()).when(resolve()).then(refused("finding.unknown"))


def some_visit(number: int, on: int, cadre: UUID, *, finds: bool) -> RecordVisit:
    """Told on 9 January."""
    findings = (found(UUID(int=800 + number)),) if finds else ()
    return replace(visit(day(on), cadre, UUID(int=700 + number), findings=findings), on=day(9))


visits = st.builds(some_visit, st.integers(1, 6), st.integers(1, 9), st.sampled_from([CADRE, SUCCESSOR]), finds=st.booleans())


@law
@for_all(st.lists(visits, min_size=1, max_size=5, unique_by=lambda one: one.visit), st.data())
def test_visits_may_come_in_any_order_and_more_than_once(told: list[RecordVisit], data: st.DataObject) -> None:
    straight = given(*HOME).when(*told).state
    assert {one.visit for one in told} == set(straight.visits)
    again = data.draw(st.lists(st.sampled_from(told), max_size=4))
    assert straight == given(*HOME).when(*data.draw(st.permutations([*told, *again]))).state
