"""What is told or seen after a case was looked at: it is reviewed again, or looked at when the case is over."""

from datetime import date
from typing import Final
from uuid import UUID, uuid5

import pytest
from msgspec.structs import replace

from services.enrollment.domain import commands as any_command
from services.enrollment.domain import events as did
from services.enrollment.domain.case.procedure_commands import Void
from services.enrollment.domain.clocks.deadline_events import DeadlineStarted
from services.enrollment.domain.commands import Member
from services.enrollment.domain.fact import Fact
from services.enrollment.domain.household.stages import ClueOpen
from services.enrollment.domain.household.state import Household
from services.enrollment.domain.members.change import Receive
from services.enrollment.translate.facts import absent_from
from tests.enrollment import zhang
from tests.enrollment.national import (
    AT_COUNTY,
    AUTHORISED,
    JANUARY,
    answer,
    appeal,
    authorise,
    compare,
    county,
    given,
    kinds,
    post,
    review,
    take_down,
    told,
    township,
    visit,
    withdraw,
)
from tests.enrollment.zhang import HOUSEHOLD, ILL, MOTHER, asked, fact, income, noon, record, refused


def test_a_visit_that_turns_round_what_the_village_reviewed_has_it_reviewed_and_noticed_again() -> None:
    well_off = told(
        review(on=JANUARY[7]), after=told(compare(on=JANUARY[6]), visit(on=JANUARY[6], income=income(5_000_000)), after=AUTHORISED)
    )
    at_county = told(post(on=JANUARY[7]), take_down(on=JANUARY[13]), township(on=JANUARY[14]), after=well_off)
    again = given(*at_county).when(visit(on=JANUARY[15], income=income(100_000, JANUARY[15])))
    seen, back, *_ = again.happened
    assert isinstance(seen, did.StepCompleted)
    assert isinstance(back, did.StepReturned)
    assert ("review", ("review", "notice", "township"), "verification.changed") == (back.step, back.undone, back.reason_code)
    again.when(county(on=JANUARY[16])).then(refused("step.too-early", "decision", "record-review"))


def test_a_visit_that_finds_the_same_leaves_what_was_done() -> None:
    assert ["step-completed"] == kinds(*given(*AT_COUNTY).when(visit(on=JANUARY[15])).happened)


UNSEEN = fact("unsafe", JANUARY[9], signal="house", series="house", present=True, kind="D")


@pytest.mark.parametrize("no", [county("rejected", on=JANUARY[16]), withdraw(on=JANUARY[16])])
def test_what_was_told_after_the_last_visit_is_looked_at_when_the_case_ends_without_an_enrolment(no: any_command.AnyCommand) -> None:
    story = given(*AT_COUNTY).when(record(UNSEEN, JANUARY[9]), no)
    clue, started, _ = story.happened[-3:]
    assert isinstance(clue, did.ClueRaised)
    assert ("housing", UNSEEN) == (clue.risk, clue.fact)
    assert isinstance(started, DeadlineStarted)


def test_what_a_visit_has_seen_raises_nothing_when_the_case_ends() -> None:
    assert ["deadline-met", "enrollment-rejected"] == kinds(*given(*AT_COUNTY).when(county("rejected", on=JANUARY[16])).happened)
    seen = given(*AT_COUNTY).when(record(UNSEEN, JANUARY[9]), visit(on=JANUARY[12]))
    assert "clue-raised" not in kinds(*seen.when(county("rejected", on=JANUARY[16])).happened)


def comes_in(by: str, *claimed: str, on: date = JANUARY[4]) -> any_command.ChangeHousehold:
    """Somebody who was looked at, or helped, where these risks had been named."""
    wed = fact(by, on, name="marriage-registered", series="marriage-registered")
    spouse = Member(person=uuid5(HOUSEHOLD, by), relation="wife")
    pending = any_command.Handed(members=(spouse,), on=on, pending=True, beyond_facts=True, claimed=claimed)
    return any_command.ChangeHousehold(
        **asked("department", identity=by), fact=wed, change=Receive(UUID(int=200), "married"), handed=pending
    )


def test_who_came_in_before_anybody_visited_is_looked_at_when_the_case_is_withdrawn() -> None:
    comes = comes_in("wed")
    happened = given(*AUTHORISED).when(comes, withdraw(on=JANUARY[5])).happened
    (clue,) = [event for event in happened if isinstance(event, did.ClueRaised)]
    assert ("other", comes.fact, (ILL.id,)) == (clue.risk, clue.fact, clue.answered)


def test_what_two_who_came_in_one_after_the_other_had_named_is_looked_at_for_both() -> None:
    happened = given(*AUTHORISED).when(comes_in("wed", "housing"), comes_in("moved in", "illness"), withdraw(on=JANUARY[5])).happened
    (clue,) = [event for event in happened if isinstance(event, did.ClueRaised)]
    assert ("housing", ("housing", "illness")) == (clue.risk, clue.claimed)


def test_a_household_that_withdraws_before_anybody_came_is_left_alone_whatever_was_told_since() -> None:
    told_since = replace(UNSEEN, time=noon(JANUARY[6]))
    assert "clue-raised" not in kinds(*given(*AUTHORISED).when(record(told_since, JANUARY[6]), withdraw(on=JANUARY[7])).happened)


def test_whoever_ends_a_case_by_a_visit_has_seen_what_was_told_before_it() -> None:
    rejected = visit(on=JANUARY[12], outcome="rejected")
    assert "clue-raised" not in kinds(*given(*AT_COUNTY).when(record(UNSEEN, JANUARY[9]), rejected).happened)


def test_a_visit_of_an_earlier_case_is_none_of_this_one() -> None:
    """The household withdraws before anybody came: it is left alone, as it asked for."""
    again = fact("again", JANUARY[20], signal="serious-illness", series="serious-illness:C50", present=True)
    story = given(*AT_COUNTY).when(county("rejected", on=JANUARY[16]), record(again, JANUARY[20]), authorise(on=JANUARY[21]))
    assert "clue-raised" not in kinds(*story.when(withdraw(on=JANUARY[22])).happened)


def test_what_nobody_has_seen_keeps_the_clue_open_that_it_raised() -> None:
    trifle = fact("trifle", JANUARY[18], series="asset:vehicle", name="asset-reported", kind="vehicle")
    story = given(*AT_COUNTY).when(record(UNSEEN, JANUARY[9]), county("rejected", on=JANUARY[16]), record(trifle, JANUARY[18]))
    story.then(did.FactRecorded(fact=trifle))
    assert isinstance(story.state, Household)
    assert isinstance(story.state.stage, ClueOpen)


def test_what_was_told_before_a_case_was_sent_back_is_still_unseen_when_it_is_withdrawn() -> None:
    back = county("returned", on=JANUARY[15], return_to="verification")
    happened = given(*AT_COUNTY).when(record(UNSEEN, JANUARY[9]), back, withdraw(on=JANUARY[16])).happened
    assert [UNSEEN] == [event.fact for event in happened if isinstance(event, did.ClueRaised)]


def test_a_case_that_is_rejected_before_anybody_went_has_seen_nothing_that_was_told_since_it_opened() -> None:
    told_since = replace(UNSEEN, time=noon(JANUARY[6]))
    rejected = compare("rejected", on=JANUARY[7])
    happened = given(*AUTHORISED).when(record(told_since, JANUARY[6]), rejected).happened
    (clue,) = [event for event in happened if isinstance(event, did.ClueRaised)]
    assert (told_since, (ILL.id,)) == (clue.fact, clue.answered)


def test_a_case_that_an_appeal_has_go_on_has_seen_no_more_than_before() -> None:
    """Rejected before anybody went, right to appeal, rejected again before anybody went."""
    told_since = replace(UNSEEN, time=noon(JANUARY[6]))
    story = given(*AUTHORISED).when(record(told_since, JANUARY[6]), compare("rejected", on=JANUARY[7]))
    again = story.when(
        appeal(on=JANUARY[8]), answer("approved", on=JANUARY[9]), replace(compare("rejected", on=JANUARY[10]), id="once more")
    )
    assert [told_since] == [event.fact for event in again.happened if isinstance(event, did.ClueRaised)]


# --- A clue that is turned down by a look of before ---

CANCER = fact("cancer", date(2021, 1, 7), signal="serious-illness", series="serious-illness:C50", present=True, person=MOTHER)
NOT_CONFIRMED = zhang.visit("rejected", on=date(2021, 1, 6))


@pytest.mark.parametrize("turned_down", [NOT_CONFIRMED, zhang.dismiss(on=date(2021, 1, 6))], ids=["visit", "dismissal"])
@pytest.mark.parametrize("order", [1, -1], ids=["in order", "a phone without a net"])
def test_what_joined_a_clue_after_the_look_that_ends_it_raises_its_own(turned_down: any_command.AnyCommand, order: int) -> None:
    asked_for = [record(CANCER, date(2021, 1, 7)), turned_down]
    happened = zhang.given(*zhang.WITH_CLUE).when(*asked_for[::order]).happened
    assert [CANCER] == [event.fact for event in happened if isinstance(event, did.ClueRaised)]


def test_so_does_who_asked_for_help_after_it() -> None:
    story = zhang.given(*zhang.WITH_CLUE).when(zhang.applies(on=date(2021, 1, 7)), NOT_CONFIRMED)
    (clue,) = [event for event in story.happened if isinstance(event, did.ClueRaised)]
    assert (zhang.applies().request, ("illness", "other")) == (clue.fact.id, clue.claimed)


def test_so_does_who_came_in_after_it() -> None:
    comes = comes_in("wed", on=JANUARY[7])
    happened = zhang.given(*zhang.WITH_CLUE).when(comes, NOT_CONFIRMED).happened
    assert [comes.fact] == [event.fact for event in happened if isinstance(event, did.ClueRaised)]


def test_what_somebody_asked_before_the_clue_was_raised_is_answered_already() -> None:
    """A fact of the fifth comes last, and the visit of the sixth after it; the application of the seventh was turned down on the eighth."""
    late = replace(CANCER, time=noon(JANUARY[5]))
    answered = zhang.given(*zhang.REGISTERED).when(zhang.applies(on=JANUARY[7]), zhang.dismiss(on=JANUARY[8]))
    story = answered.when(record(late, JANUARY[9]), replace(NOT_CONFIRMED, id="of the sixth"))
    assert "clue-closed" in kinds(*story.happened)
    assert "clue-raised" not in kinds(*story.happened)


def test_a_look_of_before_ends_no_clue_that_was_raised_since() -> None:
    story = zhang.given(*zhang.WITH_CLUE).when(record(CANCER, date(2021, 1, 7)), NOT_CONFIRMED, replace(NOT_CONFIRMED, id="sent again"))
    story.then(refused("clue.raised-since", "sent again", "record-verification dismiss-clue"))


def test_what_was_there_at_that_look_is_turned_down_with_the_clue() -> None:
    happened = zhang.given(*zhang.WITH_CLUE).when(record(replace(CANCER, time=noon(JANUARY[5])), JANUARY[5]), NOT_CONFIRMED).happened
    assert "clue-raised" not in kinds(*happened)


# --- An enrolment that ends ---

VOID = Void(**asked("officer", date(2021, 1, 8), "void"), text_sha256="by mistake")


@pytest.mark.parametrize("order", [1, -1], ids=["before the exit", "after it"])
def test_what_was_told_since_an_exit_was_proposed_is_looked_at_when_the_household_is_out(order: int) -> None:
    asked_for = [record(CANCER, date(2021, 1, 7)), zhang.county(on=date(2021, 1, 8))]
    story = zhang.given(*zhang.LEAVING).when(*asked_for[::order])
    assert [CANCER] == [event.fact for event in story.happened if isinstance(event, did.ClueRaised)]


def test_what_it_was_proposed_for_has_been_looked_at() -> None:
    known = (*zhang.HELPED, did.FactRecorded(fact=CANCER), did.FactRecorded(fact=zhang.ENOUGH), *zhang.PROPOSED)
    assert "clue-raised" not in kinds(*zhang.given(*known).when(zhang.county(on=date(2021, 1, 8))).happened)


def test_so_has_what_a_visit_saw_since() -> None:
    well_off = zhang.visit(on=date(2021, 1, 8), income=income(1_300_000, date(2021, 1, 7)))
    story = zhang.given(*zhang.LEAVING).when(record(CANCER, date(2021, 1, 7)), well_off, zhang.county(on=date(2021, 1, 9)))
    assert ["deadline-met", "household-exited"] == kinds(*story.happened)


def test_what_was_told_since_the_last_visit_is_looked_at_when_the_enrolment_was_a_mistake() -> None:
    happened = zhang.given(*zhang.HELPED).when(record(CANCER, date(2021, 1, 7)), VOID).happened
    assert [CANCER] == [event.fact for event in happened if isinstance(event, did.ClueRaised)]
    assert "clue-raised" not in kinds(*zhang.given(*zhang.HELPED).when(VOID).happened)


# --- A benefit that a full list ends: it stops as of the grant, and is news since the list was told ---

ALLOWANCE: Final = {
    "signal": "benefit-stopped",
    "series": "benefit:subsistence-allowance",
    "kind": "subsistence-allowance",
    "name": "benefit-changed",
}
GRANTED = fact("granted", date(2020, 12, 20), **ALLOWANCE)
GONE = absent_from("2021-01", noon(JANUARY[7]), GRANTED)
SEEN = absent_from("2021-01", noon(JANUARY[4]), GRANTED)


@pytest.mark.parametrize(("told", "looked_at"), [(GONE, [GONE]), (SEEN, [])], ids=["after the visit", "before it"])
def test_a_benefit_that_a_full_list_ended_after_the_last_visit_is_looked_at_when_the_case_is_rejected(
    told: Fact, looked_at: list[Fact]
) -> None:
    story = given(*AT_COUNTY, did.FactRecorded(fact=GRANTED)).when(record(told, JANUARY[9]), county("rejected", on=JANUARY[16]))
    assert looked_at == [event.fact for event in story.happened if isinstance(event, did.ClueRaised)]


@pytest.mark.parametrize(("told", "looked_at"), [(GONE, [GONE]), (SEEN, [])], ids=["after the last visit", "before it"])
def test_so_is_it_when_the_household_is_let_out(told: Fact, looked_at: list[Fact]) -> None:
    granted = (*zhang.HELPED, did.FactRecorded(fact=GRANTED), did.FactRecorded(fact=zhang.ENOUGH), *zhang.PROPOSED)
    story = zhang.given(*granted).when(record(told, JANUARY[7]), zhang.county(on=date(2021, 1, 8)))
    assert looked_at == [event.fact for event in story.happened if isinstance(event, did.ClueRaised)]


@pytest.mark.parametrize("turned_down", [NOT_CONFIRMED, zhang.dismiss(on=date(2021, 1, 6))], ids=["visit", "dismissal"])
def test_one_that_ended_after_the_look_that_turns_down_a_clue_raises_its_own(turned_down: any_command.AnyCommand) -> None:
    happened = zhang.given(*zhang.WITH_CLUE, did.FactRecorded(fact=GRANTED)).when(record(GONE, JANUARY[7]), turned_down).happened
    assert [GONE] == [event.fact for event in happened if isinstance(event, did.ClueRaised)]


def test_no_look_of_before_the_list_ends_the_clue_that_it_raised() -> None:
    story = zhang.given(*zhang.REGISTERED, did.FactRecorded(fact=GRANTED)).when(record(GONE, JANUARY[7]), NOT_CONFIRMED)
    story.then(*story.happened[:-1], refused("clue.raised-since", NOT_CONFIRMED.id, "record-verification dismiss-clue"))
