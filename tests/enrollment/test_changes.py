"""Each household's part in a change by itself: what it does, what it leaves to the others, and where it does not fit."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest
from msgspec.structs import replace

from services.enrollment.domain import events as did
from services.enrollment.domain.commands import ChangeHousehold, Handed, Member
from services.enrollment.domain.fact import Fact
from services.enrollment.domain.members.change import Admit, Change, Form, Leave, Move, Note, Offer, Receive, Refuse
from services.enrollment.domain.members.change_events import (
    FactDoubted,
    FactsHandedOn,
    HeadChanged,
    HouseholdEnded,
    MembersJoined,
    MembersLeft,
)
from services.enrollment.domain.members.membership import hand_over
from tests.enrollment.zhang import (
    FATHER,
    HOUSEHOLD,
    MEMBERS,
    MOTHER,
    REGISTERED,
    TODAY,
    VILLAGE,
    asked,
    fact,
    given,
    record,
    refused,
    register,
    withdraw,
)  # fmt: skip

OTHER, STRANGER = UUID(int=200), UUID(int=3)
TOLD = fact("told", name="marriage-registered", series="marriage-registered")
RECORDED, WAITING = did.FactRecorded(fact=TOLD), did.FactUnmatched(fact=TOLD)
WIFE, SON = Member(person=STRANGER, relation="wife"), Member(person=UUID(int=4), relation="son")
LATER = date(2021, 2, 1)
LEFT = MembersLeft(members=(WIFE, SON), on=LATER, reason="split", fact=TOLD.id, to=HOUSEHOLD, village_code=VILLAGE)
ENDED = (*REGISTERED, HouseholdEnded(reason="dissolved", on=TODAY))


def part(change: Change, handed: Handed | None = None) -> ChangeHousehold:
    return ChangeHousehold(**asked("department"), fact=TOLD, change=change, handed=handed or Handed())


def test_what_one_household_refused_none_behind_it_does() -> None:
    command = hand_over(part(Receive(OTHER, "married")), [RECORDED, refused("person.not-a-member")])
    assert Handed(refused=True) == command.handed
    given(*REGISTERED).when(command).then()


def test_what_one_household_did_the_next_one_hears() -> None:
    command = hand_over(part(Receive(OTHER, "married")), [RECORDED, LEFT])
    assert Handed(members=(WIFE, SON), on=LATER, village_code=VILLAGE) == command.handed
    assert part(Note()) == hand_over(part(Note()), [RECORDED])


def test_who_comes_back_to_the_county_is_taken_for_him_who_left_wherever_else_something_waited() -> None:
    knew_nothing, knew = FactsHandedOn(to=HOUSEHOLD, facts=()), FactsHandedOn(to=HOUSEHOLD, facts=(), left=TOLD, claimed=("illness",))
    back = register()
    assert replace(back, left=TOLD, claimed=("illness",)) == hand_over(back, [knew_nothing, knew])


@pytest.mark.parametrize(
    ("change", "happened"),
    [
        (Refuse("household.not-another"), (WAITING, refused("household.not-another"))),
        (Offer(), (WAITING, refused("household.unknown"))),
        (Leave(OTHER, "split"), (WAITING, refused("household.unknown"))),
        (Move("370323001002"), (WAITING, refused("household.unknown"))),
        (Receive(OTHER, "merged"), (WAITING,)),
        (Admit(STRANGER, "wife", TODAY), (WAITING,)),
        (Note(), (WAITING,)),
        (Form(HOUSEHOLD, OTHER, STRANGER), ()),
    ],
)
def test_where_no_household_is_nothing_changes_but_the_fact_waits(change: Change, happened: tuple[did.Event, ...]) -> None:
    given().when(part(change)).then(*happened)


@pytest.mark.parametrize("change", [Offer(), Leave(OTHER, "split"), Move("370323001002"), Admit(STRANGER, "wife", TODAY), Note()])
def test_a_household_that_is_no_more_changes_no_more(change: Change) -> None:
    doubted = FactDoubted(fact=TOLD, reason_code="household.ended")
    given(*ENDED).when(part(change)).then(doubted, refused("household.ended"))


@pytest.mark.parametrize("change", [Offer(), Form(OTHER, HOUSEHOLD, FATHER), Receive(OTHER, "merged")])
def test_room_there_is_and_nobody_comes(change: Change) -> None:
    given(*REGISTERED).when(part(change)).then()


def test_who_comes_is_a_member_from_the_day_on_which_he_left() -> None:
    came = Handed(members=(WIFE,), on=LATER)
    joined = MembersJoined(members=(replace(WIFE, relation="member"),), on=LATER, reason="merged", fact=TOLD.id, origin=OTHER, **LIVES)
    given(*REGISTERED).when(part(Receive(OTHER, "merged"), came)).then(RECORDED, joined)


def test_a_stranger_who_marries_comes_in_once() -> None:
    wed = part(Admit(STRANGER, "wife", LATER))
    joined = MembersJoined(members=(Member(person=STRANGER, relation="wife"),), on=LATER, reason="married", fact=TOLD.id, **LIVES)
    given(*REGISTERED).when(wed).then(RECORDED, joined)
    given(*REGISTERED).when(part(Admit(MOTHER, "wife", LATER))).then(RECORDED)


def test_those_who_left_are_a_household_with_one_head() -> None:
    handed = Handed(members=(WIFE, SON), on=LATER, village_code=VILLAGE)
    formed, recorded = given().when(part(Form(OTHER, HOUSEHOLD, SON.person), handed)).happened
    assert isinstance(formed, did.HouseholdRegistered)
    assert {"wife": "member", "son": "head"} == {
        before.relation: one.relation for before, one in zip((WIFE, SON), formed.members, strict=True)
    }
    assert (LATER, HOUSEHOLD, RECORDED) == (formed.since, formed.origin, recorded)


def test_another_head_is_one_of_the_household() -> None:
    elected = fact("head", name="head-changed", series="head-changed", person=STRANGER)
    given(*REGISTERED).when(record(elected)).then(did.FactRecorded(fact=elected))


BIRTH = fact("birth", name="person-born", series="person-born", person=STRANGER)
LIVES: dict[str, str] = {"village_code": VILLAGE, "category": "never_registered"}
BORN = MembersJoined(
    members=(Member(person=STRANGER, relation="child", labour_capacity="none"),), on=TODAY, reason="born", fact=BIRTH.id, **LIVES
)


def test_a_child_is_called_a_child() -> None:
    given(*REGISTERED).when(record(BIRTH)).then(did.FactRecorded(fact=BIRTH), BORN)


def test_a_birth_that_was_not_so_is_undone_as_if_it_had_not_been() -> None:
    gone = MembersLeft(members=BORN.members, on=TODAY, reason="withdrawn", fact=BIRTH.id, category="never_registered")
    given(*REGISTERED).when(record(BIRTH), withdraw(BIRTH)).then(taken_back(BIRTH), gone)


def test_the_birth_of_a_child_who_left_is_not_taken_back() -> None:
    grown = (*REGISTERED, did.FactRecorded(fact=BIRTH), BORN)
    away = given(*grown).when(part(Leave(OTHER, "split", (STRANGER,))))
    away.when(withdraw(BIRTH)).then(taken_back(BIRTH), refused("change.not-reversible", "withdraws birth"))


def test_a_move_that_counts_no_more_is_not_taken_back_either() -> None:
    """The head who moved the household died since: his word is among what no longer counts."""
    moved = fact("moved", name="household-moved", series="household-moved")
    gone = MembersLeft(members=(MEMBERS[0],), on=TODAY, reason="died", fact=TOLD.id)
    given(*REGISTERED, did.FactRecorded(fact=moved), gone).when(withdraw(moved)).then(
        taken_back(moved), refused("change.not-reversible", "withdraws moved")
    )


def test_an_everyday_fact_is_taken_back_without_a_word() -> None:
    bill = fact("asset", series="asset:vehicle")
    given(*REGISTERED, did.FactRecorded(fact=bill)).when(withdraw(bill)).then(taken_back(bill))


def taken_back(what: Fact) -> did.FactWithdrawn:
    return did.FactWithdrawn(fact=what.id, source="/department", reference=what.reference)


def test_the_birth_of_somebody_who_is_a_member_brings_nobody() -> None:
    born = fact("late", name="person-born", series="person-born", person=MOTHER)
    given(*REGISTERED).when(record(born)).then(did.FactRecorded(fact=born))


ELECTED = fact("elected", LATER, name="head-changed", series="head-changed", person=MOTHER)


def test_another_head_takes_the_place_of_the_one_before() -> None:
    given(*REGISTERED).when(record(ELECTED)).then(
        did.FactRecorded(fact=ELECTED, settles="head"), HeadChanged(person=MOTHER, on=LATER, before=(FATHER,))
    )  # fmt: skip


def test_a_head_who_was_told_before_the_present_one_is_none() -> None:
    older = fact("older", TODAY, name="head-changed", series="head-changed", person=FATHER)
    given(*REGISTERED).when(record(ELECTED), record(older)).then(did.FactRecorded(fact=older))


def test_that_the_head_is_the_head_is_told_later_than_that_another_one_was() -> None:
    confirmed = fact("confirmed", LATER, name="head-changed", series="head-changed", person=FATHER)
    older = fact("older", TODAY, name="head-changed", series="head-changed", person=MOTHER)
    given(*REGISTERED).when(record(confirmed), record(older)).then(did.FactRecorded(fact=older))


def test_a_head_who_died_is_no_head_any_more_when_another_one_comes() -> None:
    gone = MembersLeft(members=(MEMBERS[0],), on=TODAY, reason="died", fact=TOLD.id)
    given(*REGISTERED, gone).when(record(ELECTED)).then(
        did.FactRecorded(fact=ELECTED, settles="head"), HeadChanged(person=MOTHER, on=LATER)
    )  # fmt: skip


def test_a_household_of_nobody_but_a_child_that_was_never_born_is_none() -> None:
    alone = (replace(REGISTERED[0], members=(Member(person=FATHER, relation="head"),)), did.FactRecorded(fact=BIRTH), BORN)
    orphaned = (*alone, MembersLeft(members=(Member(person=FATHER, relation="head"),), on=LATER, reason="died", fact=TOLD.id))
    happened = given(*orphaned).when(withdraw(BIRTH)).happened
    assert [did.FactWithdrawn, MembersLeft, HouseholdEnded] == [type(event) for event in happened]
    assert (TODAY, "dissolved") == (happened[1].on, happened[2].reason)


def test_a_fact_that_counts_no_more_is_known_all_the_same() -> None:
    bill = fact("bill", series="asset:vehicle", person=FATHER)
    gone = MembersLeft(members=(MEMBERS[0],), on=TODAY, reason="died", fact=TOLD.id)
    given(*REGISTERED, did.FactRecorded(fact=bill), gone).when(record(bill)).then()


@pytest.mark.parametrize(("reason", "event"), [("split", did.FactRecorded), ("died", FactDoubted)])
def test_only_of_the_dead_nothing_new_is_believed(reason: str, event: type[did.Event]) -> None:
    gone = replace(LEFT, members=(MEMBERS[0],), on=TODAY, reason=reason)
    later = fact("later", LATER, series="asset:vehicle", person=FATHER)
    assert [event] == [type(one) for one in given(*REGISTERED, gone).when(record(later)).happened]


@pytest.mark.parametrize(
    ("what", "event"),
    [
        (fact("house", date(2021, 1, 4), series="house", person=None), FactDoubted),
        (fact("before", date(2021, 1, 4), series="asset:vehicle", person=STRANGER), did.FactRecorded),
        (fact("on the day", TODAY, series="asset:vehicle", person=STRANGER), FactDoubted),
    ],
)
def test_of_a_household_that_is_no_more_only_what_was_so_before_of_a_person_is_believed(what: Fact, event: type[did.Event]) -> None:
    (one,) = given(*ENDED).when(record(what, LATER)).happened
    assert event is type(one)
    assert getattr(one, "reason_code", "household.ended") == "household.ended"


def test_what_stands_again_in_a_household_that_is_no_more_raises_no_clue() -> None:
    unsafe = fact("unsafe", TODAY, series="house", signal="house", person=None, present=True)
    mended = fact("mended", LATER, series="house", signal="house", person=None)
    before = (*REGISTERED, did.FactRecorded(fact=unsafe), did.FactRecorded(fact=mended), *ENDED[1:])
    given(*before).when(withdraw(mended, LATER)).then(taken_back(mended))


@pytest.mark.parametrize("change", [Note(), Move("370323001002"), Admit(STRANGER, "wife", LATER), Leave(OTHER, "married", (MOTHER,))])
def test_no_part_is_done_after_one_that_was_refused(change: Change) -> None:
    given(*REGISTERED).when(part(change, Handed(refused=True))).then()


def test_a_correction_that_joined_two_entries_is_taken_back_by_parting_them() -> None:
    correction = fact("correction", name="identity-corrected", series="identity-corrected")
    back = replace(withdraw(correction), joined=True)
    given(*REGISTERED, did.FactRecorded(fact=correction)).when(back).then(
        taken_back(correction), refused("identity.not-reversible", "withdraws correction", "unmerge-persons")
    )


def test_what_comes_along_and_is_known_already_is_not_told_again() -> None:
    known, new = fact("known", series="asset:vehicle", person=STRANGER), fact("new", series="asset:deposit", person=STRANGER)
    came = Handed(members=(WIFE,), facts=(known, new), on=LATER)
    happened = given(*REGISTERED, did.FactRecorded(fact=known)).when(part(Receive(OTHER, "merged"), came)).happened
    assert [TOLD, new] == [event.fact for event in happened if isinstance(event, did.FactRecorded)]


def test_who_married_in_is_not_sent_away_by_a_marriage_that_was_taken_back() -> None:
    wed = given(*REGISTERED).when(part(Admit(STRANGER, "wife", LATER)))
    wed.when(withdraw(TOLD)).then(taken_back(TOLD), refused("change.not-reversible", "withdraws told"))


def test_who_did_not_die_comes_back_because_the_death_was_taken_back() -> None:
    death = fact("death", name="person-died", series="person-died", person=MOTHER)
    back = MembersJoined(members=(MEMBERS[1],), on=TODAY, reason="withdrawn", fact=death.id, **LIVES)
    given(*REGISTERED).when(record(death), withdraw(death)).then(taken_back(death), back)
