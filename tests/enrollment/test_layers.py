"""Nobody is in two layers of assistance at once: who has benefits of two is told once, and nothing is dropped."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from hypothesis import given as for_all
from hypothesis import strategies as st
from msgspec.structs import replace

from schemas import facts as say
from services.enrollment.domain import events as did
from services.enrollment.domain.fact import Fact
from services.enrollment.domain.household.state import Conflict, Household
from services.enrollment.domain.judging.conflicts import conflicts
from services.enrollment.domain.judging.layer_events import BenefitConflictDetected, BenefitConflictEnded, Held
from tests.enrollment.book import FATHER, MOTHER, SON, WANG, WIFE, ZHANG, Book, named
from tests.enrollment.told import LATER, died, home, married, merged, message_fact, neighbours, new_home, one_person, split, two_persons
from tests.enrollment.zhang import ENROLLED, PILOT, REGISTERED, TODAY, delivered, fact, given, hospital, record, withdraw
from tests.laws import law

DESTITUTE, ALLOWANCE, MARGIN, RIGID = "destitute-support", "subsistence-allowance", "margin-support", "rigid-expense-support"
LAYER_OF = {DESTITUTE: "destitute", ALLOWANCE: "subsistence-allowance", MARGIN: "margin", RIGID: "rigid-expense"}
JANUARY, FEBRUARY, MARCH = date(2021, 1, 1), date(2021, 2, 1), date(2021, 3, 1)


def benefit(name: str, person: UUID | None = MOTHER, since: date = JANUARY, told: date = TODAY, *, granted: bool = True) -> Fact:
    what = {"signal": "benefit-stopped", "series": f"benefit:{name}", "kind": name, "present": not granted}
    reference = f"{name} {person} {since} {told} {granted}"
    return fact(reference, told, name="benefit-changed", person=person, valid_on=since, **what)


def household(state: object) -> Household:
    assert isinstance(state, Household)
    return state


def held(what: Fact) -> Held:
    name = what.benefit or ""
    return Held(name, LAYER_OF[name], what.id, "/department", what.reference)


def detected(higher: Fact, lower: Fact, end_on: date, person: UUID | None = MOTHER) -> BenefitConflictDetected:
    return BenefitConflictDetected(person, held(higher), held(lower), end_on)


def ended(higher: str, lower: str, person: UUID | None = MOTHER) -> BenefitConflictEnded:
    return BenefitConflictEnded(person, higher, lower)


CARE, ALLOWED = benefit(DESTITUTE, since=FEBRUARY), benefit(ALLOWANCE)
STOPPED = benefit(ALLOWANCE, told=LATER, granted=False)


def test_the_lower_of_two_layers_should_end_on_the_first_day_with_both() -> None:
    told = detected(CARE, ALLOWED, FEBRUARY)
    given(*REGISTERED).when(record(ALLOWED), record(CARE)).then(did.FactRecorded(fact=CARE), told)


def test_whichever_came_first_the_lower_one_should_end() -> None:
    told = detected(CARE, ALLOWED, FEBRUARY)
    given(*REGISTERED).when(record(CARE), record(ALLOWED)).then(did.FactRecorded(fact=ALLOWED), told)


def test_a_lower_benefit_that_came_later_should_never_have_begun() -> None:
    late = benefit(MARGIN, since=MARCH)
    given(*REGISTERED).when(record(ALLOWED), record(late)).then(did.FactRecorded(fact=late), detected(ALLOWED, late, MARCH))


def test_a_conflict_is_told_once() -> None:
    again = benefit(ALLOWANCE, since=MARCH, told=LATER)
    given(*REGISTERED).when(record(ALLOWED), record(CARE), record(CARE)).then()
    given(*REGISTERED).when(record(ALLOWED), record(CARE), record(again)).then(did.FactRecorded(fact=again))


def test_of_three_layers_the_highest_stays() -> None:
    rigid = benefit(RIGID)
    happened = given(*REGISTERED).when(record(ALLOWED), record(CARE), record(rigid)).happened
    assert (did.FactRecorded(fact=rigid), detected(CARE, rigid, FEBRUARY)) == happened


def test_a_higher_benefit_that_stops_leaves_those_below_it_to_one_another() -> None:
    rigid, gone = benefit(RIGID), benefit(DESTITUTE, told=LATER, granted=False)
    happened = given(*REGISTERED).when(record(ALLOWED), record(CARE), record(rigid), record(gone)).happened
    expected = (ended(DESTITUTE, RIGID), ended(DESTITUTE, ALLOWANCE), detected(ALLOWED, rigid, JANUARY))
    assert set(expected) == {event for event in happened if isinstance(event, BenefitConflictDetected | BenefitConflictEnded)}


def test_two_persons_may_be_in_two_layers() -> None:
    other = benefit(DESTITUTE, FATHER)
    given(*REGISTERED).when(record(ALLOWED), record(other)).then(did.FactRecorded(fact=other))


def test_benefits_of_no_layer_and_of_one_layer_agree_with_any_other() -> None:
    subsidy = benefit("disability-subsidy")
    given(*REGISTERED).when(record(ALLOWED), record(CARE), record(subsidy)).then(did.FactRecorded(fact=subsidy))


def test_a_conflict_ends_with_one_of_the_benefits_and_may_come_again() -> None:
    margin, stopped, again = benefit(MARGIN), benefit(MARGIN, told=LATER, granted=False), benefit(MARGIN, since=MARCH, told=MARCH)
    story = given(*REGISTERED).when(record(margin), record(CARE), record(stopped))
    story.then(did.FactRecorded(fact=stopped), ended(DESTITUTE, MARGIN))
    story.when(record(again)).then(did.FactRecorded(fact=again), detected(CARE, again, MARCH))


def test_a_grant_that_is_withdrawn_ends_its_conflict_and_a_withdrawn_stop_begins_it_anew() -> None:
    story = given(*REGISTERED).when(record(ALLOWED), record(CARE), withdraw(CARE))
    assert ended(DESTITUTE, ALLOWANCE) == story.happened[-1]
    story = given(*REGISTERED).when(record(ALLOWED), record(CARE), record(STOPPED), withdraw(STOPPED))
    assert detected(CARE, ALLOWED, FEBRUARY) == story.happened[-1]


def test_a_late_word_about_an_earlier_time_changes_no_conflict() -> None:
    """The stop was told before the grant that stands, and arrives after it."""
    early = benefit(ALLOWANCE, told=date(2021, 1, 2), granted=False)
    given(*REGISTERED).when(record(ALLOWED), record(CARE), record(early)).then(did.FactRecorded(fact=early))


def test_what_the_whole_household_has_each_member_has() -> None:
    shared = benefit(ALLOWANCE, person=None)
    given(*REGISTERED).when(record(shared), record(CARE)).then(did.FactRecorded(fact=CARE), detected(CARE, shared, FEBRUARY))


def test_a_household_with_two_benefits_is_told_once_and_not_for_each_member() -> None:
    shared, margin = benefit(ALLOWANCE, person=None), benefit(MARGIN, person=None)
    told = detected(shared, margin, JANUARY, person=None)
    given(*REGISTERED).when(record(shared), record(margin)).then(did.FactRecorded(fact=margin), told)


def test_what_one_member_has_is_held_against_all_that_the_household_has() -> None:
    shared, margin = benefit(ALLOWANCE, person=None), benefit(MARGIN, person=None)
    happened = given(*REGISTERED).when(record(shared), record(margin), record(CARE)).happened
    assert (did.FactRecorded(fact=CARE), detected(CARE, margin, FEBRUARY), detected(CARE, shared, FEBRUARY)) == happened


def test_what_the_household_has_is_told_of_nobody_who_has_a_lower_one_beside_it() -> None:
    """Of the mother only her own; that the household has two is told of the household."""
    shared, rigid, own = benefit(ALLOWANCE, person=None), benefit(RIGID, person=None), benefit(MARGIN)
    happened = given(*REGISTERED).when(record(shared), record(rigid), record(own)).happened
    assert (did.FactRecorded(fact=own), detected(shared, own, JANUARY)) == happened


def test_several_conflicts_are_told_in_order_the_household_first_then_its_members() -> None:
    father, mother, low = benefit(MARGIN, FATHER), benefit(MARGIN), benefit(RIGID, person=None)
    shared = benefit(ALLOWANCE, person=None)
    happened = given(*REGISTERED).when(record(mother), record(father), record(low), record(shared)).happened
    assert (
        did.FactRecorded(fact=shared),
        ended(MARGIN, RIGID, FATHER),
        ended(MARGIN, RIGID, MOTHER),
        detected(shared, low, JANUARY, None),
        detected(shared, father, JANUARY, FATHER),
        detected(shared, mother, JANUARY, MOTHER),
    ) == happened


def test_of_one_person_the_conflicts_are_told_in_the_order_of_their_benefits() -> None:
    margin = benefit(MARGIN)
    happened = given(*REGISTERED).when(record(ALLOWED), record(margin), record(CARE)).happened
    expected = (ended(ALLOWANCE, MARGIN), detected(CARE, margin, FEBRUARY), detected(CARE, ALLOWED, FEBRUARY))
    assert (did.FactRecorded(fact=CARE), *expected) == happened


def test_two_benefits_of_one_layer_agree_with_one_another_and_not_with_a_lower_one() -> None:
    layers = tuple(
        layer.model_copy(update={"benefits": (DESTITUTE, "care")}) if layer.name == "destitute" else layer for layer in PILOT.layers
    )
    pack = PILOT.model_copy(update={"layers": layers})
    facts = (CARE, benefit("care"), ALLOWED)
    state = replace(household(given(*REGISTERED).state), facts={one.id: one for one in facts})
    assert {Conflict(MOTHER, DESTITUTE, ALLOWANCE)} == conflicts(state, pack).keys()


def test_what_an_old_log_never_told_is_told_with_the_next_word_about_a_benefit() -> None:
    """A release without layers recorded both; nothing else leads to a look at them."""
    old = (*REGISTERED, did.FactRecorded(fact=ALLOWED), did.FactRecorded(fact=CARE))
    small = hospital(100, "small")
    given(*old).when(record(small)).then(did.FactRecorded(fact=small))
    subsidy = benefit("disability-subsidy")
    given(*old).when(record(subsidy)).then(did.FactRecorded(fact=subsidy), detected(CARE, ALLOWED, FEBRUARY))
    helped = (*ENROLLED, did.FactRecorded(fact=ALLOWED), did.FactRecorded(fact=CARE))
    given(*helped).when(delivered()).then(did.MeasureCounted(measure=UUID(int=7)))
    house = fact("house", signal="house", present=True)
    assert not any(isinstance(event, BenefitConflictDetected) for event in given(*old).when(record(house)).happened)


def test_an_enrolled_household_is_told_as_well_and_keeps_its_case() -> None:
    story = given(*ENROLLED).when(record(ALLOWED), record(CARE))
    story.then(did.FactRecorded(fact=CARE), detected(CARE, ALLOWED, FEBRUARY))


# --- People who come and go ---


def granted(name: str, person: UUID, since: date = JANUARY) -> say.BenefitChanged:
    return say.BenefitChanged(valid_on=since, person=named(person), benefit=name, granted=True, monthly_fen=60_000)


def layers_told(book: Book) -> list[tuple[UUID, Any]]:
    return [one for one in book.log if isinstance(one[1], BenefitConflictDetected | BenefitConflictEnded)]


def from_message(name: str, number: int) -> Held:
    return Held(name, LAYER_OF[name], message_fact(number), "/department", f"message {number}")


def test_whoever_marries_brings_his_benefits_and_their_conflict() -> None:
    book = neighbours()
    book.tell(granted(DESTITUTE, WIFE), granted(ALLOWANCE, WIFE, FEBRUARY))
    conflict = BenefitConflictDetected(WIFE, from_message(DESTITUTE, 3), from_message(ALLOWANCE, 4), FEBRUARY)
    assert [(WANG, conflict)] == layers_told(book)
    book.tell(married(FATHER, WIFE))
    assert [(WANG, BenefitConflictEnded(WIFE, DESTITUTE, ALLOWANCE)), (ZHANG, conflict)] == layers_told(book)[1:]


def test_two_entries_for_one_person_show_a_conflict_that_ends_when_they_are_parted() -> None:
    book = neighbours()
    book.tell(granted(DESTITUTE, SON), granted(ALLOWANCE, WIFE))
    assert [] == layers_told(book)
    book.tell(one_person(SON, WIFE))
    assert frozenset({Conflict(SON, DESTITUTE, ALLOWANCE)}) == book.household(ZHANG).conflicts
    book.tell(two_persons(SON, WIFE))
    assert frozenset() == book.household(ZHANG).conflicts


def test_whoever_comes_back_has_his_conflict_again() -> None:
    """What is known of him is known here already, and counts again."""
    book = home()
    book.tell(granted(DESTITUTE, SON), granted(ALLOWANCE, SON))
    book.tell(split(SON))
    assert frozenset() == book.household(ZHANG).conflicts
    book.tell(merged(new_home(4)))
    assert {Conflict(SON, DESTITUTE, ALLOWANCE)} == book.household(ZHANG).conflicts


def test_the_benefits_of_the_dead_are_in_no_conflict() -> None:
    book = home()
    book.tell(granted(DESTITUTE, SON), granted(ALLOWANCE, SON))
    book.tell(died(SON))
    assert (ZHANG, BenefitConflictEnded(SON, DESTITUTE, ALLOWANCE)) == layers_told(book)[-1]
    assert frozenset() == book.household(ZHANG).conflicts


def test_the_last_member_who_dies_ends_the_conflicts_of_the_household() -> None:
    book = home(FATHER)
    allowance = say.BenefitChanged(valid_on=JANUARY, household_id=ZHANG, benefit=ALLOWANCE, granted=True, monthly_fen=60_000)
    margin = say.BenefitChanged(valid_on=JANUARY, household_id=ZHANG, benefit=MARGIN, granted=True, monthly_fen=60_000)
    book.tell(allowance, margin)
    book.tell(died(FATHER))
    assert ["enrollment.benefit-conflict-detected", "enrollment.benefit-conflict-ended"] == [event.TOPIC for _, event in layers_told(book)]


def test_a_death_that_was_not_so_brings_the_conflict_back() -> None:
    book = home()
    book.tell(granted(DESTITUTE, SON), granted(ALLOWANCE, SON))
    book.tell(died(SON))
    book.tell(say.FactWithdrawn(source="/department", id="message 4", reason="wrong person"))
    assert {Conflict(SON, DESTITUTE, ALLOWANCE)} == book.household(ZHANG).conflicts


# --- Any order ---

words = st.builds(
    benefit,
    st.sampled_from([DESTITUTE, ALLOWANCE, MARGIN]),
    st.sampled_from([MOTHER, FATHER, None]),
    told=st.sampled_from([TODAY, LATER, MARCH]),
    granted=st.booleans(),
)


@law
@for_all(st.data())
def test_the_conflicts_of_a_household_follow_from_its_facts_in_whatever_order_they_came(data: st.DataObject) -> None:
    said = data.draw(st.lists(words, max_size=7, unique_by=lambda one: one.id))
    back = data.draw(st.lists(st.sampled_from(said), max_size=2, unique_by=lambda one: one.id)) if said else []
    asked = [*map(record, said), *map(withdraw, back)]
    one, other = given(*REGISTERED).when(*asked).state, given(*REGISTERED).when(*data.draw(st.permutations(asked))).state
    assert isinstance(one, Household)
    assert isinstance(other, Household)
    assert one.conflicts == other.conflicts
    assert one.conflicts == conflicts(one, PILOT).keys()


@law
@for_all(st.lists(words, max_size=8, unique_by=lambda one: one.id))
def test_a_conflict_begins_and_ends_in_turn(said: list[Fact]) -> None:
    """Never begun twice without an end, never ended twice."""
    open_ones: set[Conflict] = set()
    story = given(*REGISTERED).when(*map(record, said))
    for event in (*story.history, *story.happened):
        if isinstance(event, BenefitConflictDetected):
            conflict = Conflict(event.person, event.higher.benefit, event.lower.benefit)
            assert conflict not in open_ones
            open_ones.add(conflict)
        if isinstance(event, BenefitConflictEnded):
            open_ones.remove(Conflict(event.person, event.higher, event.lower))
