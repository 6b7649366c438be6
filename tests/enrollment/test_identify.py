"""Whose stream a message concerns, followed message by message without any database."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import pytest
from msgspec.structs import replace

from pipeline.envelope import Envelope, Record
from schemas.assistance import MeasureDelivered, VisitRecorded
from schemas.clock import DayStarted
from schemas.enrollment import Apply, DecideAtCounty, DismissClue, RegisterHousehold
from schemas.facts import FactWithdrawn, FeedDelivered, SchoolReturned, WaterTested
from schemas.identity import Person
from services.enrollment.domain.fact import Fact
from services.enrollment.identify.directory import Directory
from services.enrollment.identify.dwellings import Dwellings
from services.enrollment.identify.known_facts import KnownFacts
from services.enrollment.translate import Found
from services.enrollment.translate.facts import fact_id, village_stream
from tests.enrollment.zhang import FATHER, HOUSEHOLD, MOTHER, POLICIES, TODAY, VILLAGE
from tests.enrollment.zhang import fact as heard
from tests.messages import TOPIC, envelope
from tests.schemas.identities import resident

SON, NEIGHBOURS = UUID(int=3), UUID(int=200)
NUMBERS = {person: resident(order=f"{person.int:03}") for person in (FATHER, MOTHER, SON)}
NEXT_VILLAGE = "370323001002"
TO_COME = village_stream(VILLAGE)


def empty(**known: Any) -> Directory:  # noqa: ANN401 - the fields of a directory
    """A register that knows nobody's household, whose vault knows the three Zhangs."""
    return Directory(
        {("resident", number): person for person, number in NUMBERS.items()}, **{"household_of": {}, "policies": POLICIES, **known}
    )


def home(*dwellers: UUID, **known: Any) -> Directory:  # noqa: ANN401
    """Father and mother are registered; `dwellers` are the households of their village."""
    return empty(
        household_of={FATHER: HOUSEHOLD, MOTHER: HOUSEHOLD}, dwellings=Dwellings({HOUSEHOLD}, in_village={VILLAGE: [*dwellers]}), **known
    )


def told(person: UUID = FATHER, identity: str = "fact") -> Envelope:
    return envelope(SchoolReturned(valid_on=TODAY, person=Person(id_number=NUMBERS[person])), identity)


def back(identity: str = "fact") -> Envelope:
    return envelope(FactWithdrawn(source="/department", id=identity, reason="wrong person"), f"back {identity}")


def water(village: str = VILLAGE) -> Envelope:
    return envelope(WaterTested(valid_on=TODAY, village_code=village, safe=False), "water")


def registers(*members: UUID, household: UUID = HOUSEHOLD, village: str = VILLAGE) -> Envelope:
    people = [{"id_number": NUMBERS[person], "name": "张", "relation": "head"} for person in members]
    said = {"household_id": household, "village_code": village, "category": "never_registered", "members": people}
    return envelope(RegisterHousehold.model_validate(said), f"registers {household}")


def waits(identity: str = "fact", person: UUID = FATHER) -> Fact:
    return heard(identity, series="dropout", signal="dropout", name="school-returned", person=person)


def find(directory: Directory, *envelopes: Envelope) -> Found:
    """What is found for the last of a batch."""
    return [directory.find(one) for one in envelopes][-1]


def test_a_fact_concerns_the_household_of_its_person() -> None:
    assert Found((HOUSEHOLD,), person=FATHER) == find(home(), told())


def test_a_fact_about_somebody_unknown_waits_in_a_stream_of_his() -> None:
    assert Found((FATHER,), person=FATHER) == find(empty(), told())


def test_a_fact_about_a_household_concerns_it_whether_or_not_it_is_registered() -> None:
    graded = envelope(SchoolReturned(valid_on=TODAY, household_id=HOUSEHOLD))
    assert Found((HOUSEHOLD,)) == find(empty(), graded)


def test_what_waited_in_the_register_is_told_at_the_registration() -> None:
    directory = empty(facts=KnownFacts({FATHER: [waits("a")], HOUSEHOLD: [waits("b")], SON: [waits("c", SON)]}))
    assert Found((HOUSEHOLD,), members=(FATHER, MOTHER), waiting=(waits("b"), waits("a"))) == find(directory, registers(FATHER, MOTHER))


def test_what_waited_in_the_same_batch_is_told_at_the_registration() -> None:
    assert Found((HOUSEHOLD,), members=(FATHER,), waiting=(waits(),)) == find(empty(), told(), registers(FATHER))


def test_what_waited_for_several_members_is_told_in_the_order_in_which_it_came() -> None:
    found = find(empty(), told(MOTHER, "first"), told(FATHER, "second"), told(MOTHER, "third"), registers(FATHER, MOTHER))
    assert ["first", "second", "third"] == [fact.reference for fact in found.waiting]


def test_what_waited_is_told_once() -> None:
    assert Found((HOUSEHOLD,), members=(FATHER,)) == find(empty(), told(), registers(FATHER), registers(FATHER))


def test_after_the_registration_of_the_same_batch_a_fact_concerns_the_household() -> None:
    assert Found((HOUSEHOLD,), person=FATHER) == find(empty(), registers(FATHER), told())


def test_a_member_of_another_household_is_named_and_nothing_moves() -> None:
    directory = home(facts=KnownFacts({SON: [waits("c", SON)]}))
    refused = find(directory, registers(MOTHER, SON, household=NEIGHBOURS))
    assert Found((NEIGHBOURS,), members=(MOTHER, SON), elsewhere=frozenset({MOTHER})) == refused
    assert Found((SON,), person=SON) == find(directory, told(SON, "later"))


def test_two_registrations_of_one_person_in_a_batch_the_first_has_him() -> None:
    found = find(empty(), registers(FATHER), registers(FATHER, household=NEIGHBOURS))
    assert Found((NEIGHBOURS,), members=(FATHER,), elsewhere=frozenset({FATHER})) == found


@pytest.mark.parametrize("members", [(FATHER, MOTHER, SON), (FATHER, FATHER, SON)])
def test_a_registration_that_will_be_refused_takes_no_facts(members: tuple[UUID, ...]) -> None:
    directory = home(facts=KnownFacts({SON: [waits("c", SON)]}))
    assert Found((HOUSEHOLD,), members=members) == find(directory, registers(*members))
    assert Found((SON,), person=SON) == find(directory, told(SON, "later"))
    assert Found((NEIGHBOURS,), members=(SON,), waiting=(waits("c", SON), waits("later", SON))) == find(
        directory, registers(SON, household=NEIGHBOURS)
    )


def test_a_registration_again_takes_no_facts_and_moves_nobody_to_another_village() -> None:
    next_village = village_stream(NEXT_VILLAGE)
    tested = heard("water", signal="water", name="water-tested", present=True, person=None)
    directory = home(HOUSEHOLD, facts=KnownFacts({next_village: [tested]}))
    assert Found((HOUSEHOLD,), members=(FATHER, MOTHER)) == find(directory, registers(FATHER, MOTHER, village=NEXT_VILLAGE))
    assert Found((next_village,)) == find(directory, water(NEXT_VILLAGE))
    assert Found((HOUSEHOLD, TO_COME)) == find(directory, water())


def test_a_household_of_the_same_batch_registered_again_takes_no_facts_of_another_village() -> None:
    found = find(empty(), registers(FATHER), water(NEXT_VILLAGE), registers(FATHER, village=NEXT_VILLAGE))
    assert Found((HOUSEHOLD,), members=(FATHER,)) == found


def test_a_person_named_twice_takes_no_facts() -> None:
    directory = empty(facts=KnownFacts({FATHER: [waits()]}))
    assert Found((HOUSEHOLD,), members=(FATHER, FATHER)) == find(directory, registers(FATHER, FATHER))
    assert Found((HOUSEHOLD,), members=(FATHER,), waiting=(waits(),)) == find(directory, registers(FATHER))


def test_a_withdrawal_follows_its_fact_into_the_household() -> None:
    directory = home(facts=KnownFacts(streams_of={fact_id(TOPIC, "/department", "fact"): [HOUSEHOLD]}))
    assert Found((HOUSEHOLD,)) == find(directory, back())


def test_nobody_takes_back_what_was_said_on_anothers_topic() -> None:
    """Not even in that department's name: it would wait for a fact of his own."""
    foreign = replace(back(), record=Record("suishi.facts.water.v1", 0, 0, 0, None, b"", ()))
    (waits_in,) = find(home(), told(), foreign).streams
    assert waits_in not in {HOUSEHOLD, fact_id(TOPIC, "/department", "fact")}


def test_a_withdrawal_follows_a_fact_of_the_same_batch() -> None:
    assert Found((HOUSEHOLD,)) == find(home(), told(), back())


def test_a_withdrawal_follows_a_fact_that_waited_into_its_household() -> None:
    assert Found((HOUSEHOLD,)) == find(empty(), told(), registers(FATHER), back())


def test_a_withdrawn_fact_waits_no_more() -> None:
    assert Found((HOUSEHOLD,), members=(FATHER,)) == find(empty(), told(), back(), registers(FATHER))


def test_a_withdrawal_before_its_fact_waits_in_a_stream_of_its_own() -> None:
    assert Found((fact_id(TOPIC, "/department", "fact"),)) == find(home(), back())


def test_a_fact_after_its_withdrawal_is_known_as_withdrawn() -> None:
    assert Found((HOUSEHOLD,), person=FATHER, withdrawn=True) == find(home(), back(), told())


def test_a_fact_whose_withdrawal_came_in_an_earlier_batch_is_known_as_withdrawn() -> None:
    fact = fact_id(TOPIC, "/department", "fact")
    assert Found((FATHER,), person=FATHER, withdrawn=True) == find(
        empty(facts=KnownFacts(withdrawn={fact}, streams_of={fact: [fact]})), told()
    )


def test_a_fact_withdrawn_before_it_came_does_not_wait() -> None:
    assert Found((HOUSEHOLD,), members=(FATHER,)) == find(empty(), back(), told(), registers(FATHER))


def test_water_of_a_village_concerns_its_households_and_those_to_come() -> None:
    assert Found((HOUSEHOLD, NEIGHBOURS, TO_COME)) == find(
        empty(dwellings=Dwellings(in_village={VILLAGE: [HOUSEHOLD, NEIGHBOURS]})), water()
    )


def test_water_of_a_village_concerns_a_household_registered_in_the_same_batch() -> None:
    found = find(empty(), registers(FATHER), registers(SON, household=NEIGHBOURS, village=NEXT_VILLAGE), water())
    assert Found((HOUSEHOLD, TO_COME)) == found


def test_water_of_a_village_concerns_a_household_once() -> None:
    assert Found((HOUSEHOLD, TO_COME)) == find(home(HOUSEHOLD), registers(FATHER, MOTHER), water())


def test_water_of_a_village_is_told_to_every_household_registered_there_later() -> None:
    tested = heard("water", signal="water", name="water-tested", present=True, person=None, village_code=VILLAGE, whole_village=True)
    directory = empty()
    assert Found((TO_COME,)) == find(directory, water())
    assert Found((HOUSEHOLD,), members=(FATHER,), waiting=(tested,)) == find(directory, registers(FATHER))
    assert Found((NEIGHBOURS,), members=(SON,), waiting=(tested,)) == find(directory, registers(SON, household=NEIGHBOURS))
    assert Found((TO_COME, HOUSEHOLD, NEIGHBOURS)) == find(directory, back("water"))


def test_water_of_another_village_is_not_told() -> None:
    assert Found((HOUSEHOLD,), members=(FATHER,)) == find(empty(), water(NEXT_VILLAGE), registers(FATHER))


def test_a_fact_about_a_household_is_told_at_its_registration_in_the_same_batch() -> None:
    own = envelope(SchoolReturned(valid_on=TODAY, household_id=HOUSEHOLD), "fact")
    kept = replace(waits(), person=None)
    assert Found((HOUSEHOLD,), members=(FATHER,), waiting=(kept,)) == find(empty(), own, registers(FATHER))


def test_water_of_a_person_concerns_only_his_household() -> None:
    own = envelope(WaterTested(valid_on=TODAY, village_code=VILLAGE, person=Person(id_number=NUMBERS[FATHER]), safe=False))
    assert Found((HOUSEHOLD,), person=FATHER) == find(home(HOUSEHOLD, NEIGHBOURS), own)


def test_a_day_concerns_every_household_with_a_deadline_behind_it() -> None:
    found = find(empty(due=[HOUSEHOLD, NEIGHBOURS]), envelope(DayStarted(date=TODAY)))
    assert Found((HOUSEHOLD, NEIGHBOURS), today=TODAY) == found


def test_a_day_counts_for_the_messages_behind_it_and_an_earlier_one_for_none() -> None:
    days = [envelope(DayStarted(date=day), f"{day}") for day in (date(2021, 1, 7), date(2021, 1, 6))]
    directory = home()
    assert [None, date(2021, 1, 7), date(2021, 1, 7)] == [find(directory, one).today for one in (told(), *days)]
    assert date(2021, 1, 7) == find(directory, told(MOTHER, "later")).today


@pytest.mark.parametrize("command", [DismissClue(reason="误报"), DecideAtCounty(outcome="approved", reason="符合条件")])
def test_a_command_concerns_its_subject(command: DismissClue | DecideAtCounty) -> None:
    assert Found((HOUSEHOLD,)) == find(empty(), envelope(command, subject=HOUSEHOLD))


def test_a_delivered_measure_concerns_its_household() -> None:
    delivered = MeasureDelivered(household_id=HOUSEHOLD, measure_id=UUID(int=7), on=TODAY)
    assert Found((HOUSEHOLD,)) == find(empty(), envelope(delivered))


def test_a_home_visit_concerns_its_household() -> None:
    told = VisitRecorded(household_id=HOUSEHOLD, visit_id=UUID(int=7), cadre_id=UUID(int=8), on=TODAY, paired=False)
    assert Found((HOUSEHOLD,)) == find(empty(), envelope(told))


def test_a_delivery_report_concerns_no_household() -> None:
    assert Found() == find(empty(), envelope(FeedDelivered(period="2021-01", count=0, full=False)))


def test_an_application_concerns_the_household_of_the_applicant() -> None:
    asked = Apply(applicant=Person(id_number=NUMBERS[MOTHER]), risks=("illness",), difficulty="慢性病")
    assert Found((HOUSEHOLD,), person=MOTHER) == find(home(), envelope(asked))
    assert Found((MOTHER,), person=MOTHER) == find(empty(), envelope(asked))
