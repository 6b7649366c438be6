"""Another pack takes effect for a village: who is outside is looked at by it, once; what is open keeps what it has."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid5

import pytest
from msgspec.structs import replace

from services.enrollment.domain import DECIDER
from services.enrollment.domain import commands as ask
from services.enrollment.domain import events as did
from services.enrollment.domain.clocks.deadline_events import DeadlineStarted
from services.enrollment.domain.pack.criteria import AllOf
from services.enrollment.domain.pack.lines import Assignment, Line, Published
from services.enrollment.domain.pack.policy import Policy
from services.enrollment.domain.policies import Policies
from tests.enrollment.national import appeal, withdraw
from tests.enrollment.short import PILOT, POLICIES
from tests.enrollment.zhang import (
    CLUE,
    ENOUGH,
    EXITED,
    HELPED,
    ILL,
    REGISTERED,
    TODAY,
    WITH_CASE,
    WITH_CLUE,
    county,
    declared,
    dismiss,
    dropped,
    fact,
    hospital,
    income,
    morning,
    move,
    record,
    visit,
)
from tests.specification import Specification

MARCH, SECOND = date(2021, 3, 1), date(2021, 3, 2)
ELSEWHERE = "370323002001"


def after_bills_of(yuan: int) -> Policy:
    """The pilot pack, with another threshold for a year in hospital."""
    bills = dict.fromkeys(PILOT.signals["inpatient"].threshold_fen, yuan * 100)
    inpatient = PILOT.signals["inpatient"].model_copy(update={"threshold_fen": bills})
    name = f"bills-of-{yuan}"
    return PILOT.model_copy(update={"name": name, "digest": name, "signals": {**PILOT.signals, "inpatient": inpatient}})


ATTENTIVE, LAX = after_bills_of(100), after_bills_of(1_000_000)
PACKS = Policies({**POLICIES.packs, ATTENTIVE.name: ATTENTIVE, LAX.name: LAX}, "example-pilot", "digest")
given = Specification(DECIDER, PACKS).given
MORE_ATTENTIVE = Assignment("370323", MARCH, ATTENTIVE.name)
LESS_ATTENTIVE = Assignment("370323", MARCH, LAX.name)
NATIONAL = Assignment("370323", MARCH, "example-national-2021")
SMALL = hospital(10_000, "small")  # 100 yuan
DEAR = declared(2_500_000, "dear")  # above the line, and the bill of ILL is more than 70 % of it
TURNED_DOWN = (*WITH_CLUE, dropped("verify", date(2021, 1, 8), "dismissed"), did.ClueClosed(clue=CLUE, reason="dismissed"))


def under(command: Any, *assignments: Assignment, lines: tuple[Line, ...] = ()) -> Any:  # noqa: ANN401 - any command
    """The same command, asked after these were published."""
    return replace(command, published=Published(lines, assignments))


def found(what: ask.Fact, by: Assignment, *answered: ask.Fact, due: date = date(2021, 3, 4)) -> tuple[did.AnyEvent, ...]:
    """A clue of the first of March, to be verified in three days."""
    ids = tuple(sorted(one.id for one in answered))
    clue = did.ClueRaised(clue=uuid5(what.id, "clue message"), risk="illness", fact=what, due=due, answered=ids, assignment=by)
    return clue, DeadlineStarted(kind="verify", due=due)


def found_by_national() -> tuple[did.AnyEvent, ...]:
    """It gives two days for the visit, and fifteen for the whole way in."""
    due = date(2021, 3, 3)
    return *found(ILL, NATIONAL, due=due), DeadlineStarted(kind="whole-entry", due=date(2021, 3, 16))


def topics(story: Specification[Any, Any, Any]) -> list[str]:
    return [event.TOPIC.removeprefix("enrollment.") for event in story.happened]


# --- Who is outside ---


def test_what_crosses_by_the_new_pack_alone_raises_a_clue_on_its_day() -> None:
    given(*REGISTERED, did.FactRecorded(fact=SMALL)).when(under(morning(MARCH), MORE_ATTENTIVE)).then(*found(SMALL, MORE_ATTENTIVE))


def test_the_day_before_nothing_is_said_of_it() -> None:
    given(*REGISTERED, did.FactRecorded(fact=SMALL)).when(under(morning(date(2021, 2, 28)), MORE_ATTENTIVE)).then()


def test_a_day_that_was_skipped_finds_it_later() -> None:
    story = given(*REGISTERED, did.FactRecorded(fact=SMALL)).when(under(morning(date(2021, 3, 8)), MORE_ATTENTIVE))
    assert ["clue-raised", "deadline-started"] == topics(story)


def test_what_was_turned_down_after_it_is_not_found_again_the_next_day() -> None:
    raised = given(*REGISTERED, did.FactRecorded(fact=SMALL), *found(SMALL, MORE_ATTENTIVE))
    raised.when(under(dismiss(MARCH), MORE_ATTENTIVE), under(morning(SECOND), MORE_ATTENTIVE)).then()


@pytest.mark.parametrize(("told", "raised"), [(date(2021, 2, 28), True), (MARCH, True), (SECOND, False)])
def test_a_pack_finds_nobody_after_its_day_was_told_and_the_next_one_too(told: date, raised: bool) -> None:  # noqa: FBT001
    """Whoever was dismissed under it, by whatever clue, is left alone on the day of a line months later."""
    day = replace(under(morning(date(2021, 3, 3)), MORE_ATTENTIVE), told=told)
    story = given(*REGISTERED, did.FactRecorded(fact=SMALL)).when(day)
    assert raised == ("clue-raised" in topics(story))


def test_who_was_visited_under_the_new_pack_is_not_found_by_it_once_more() -> None:
    unsafe = fact("unsafe", MARCH, signal="house", series="house", present=True, kind="D")
    story = given(*REGISTERED, did.FactRecorded(fact=SMALL)).when(
        under(record(unsafe, MARCH), MORE_ATTENTIVE),
        under(visit(on=MARCH), MORE_ATTENTIVE),
        under(county("rejected", on=MARCH), MORE_ATTENTIVE),
        under(morning(SECOND), MORE_ATTENTIVE),
    )
    story.then()


def test_what_crossed_before_too_led_to_nothing_and_is_named_so() -> None:
    unsafe = fact("unsafe", signal="house", series="house", present=True, kind="D")
    story = given(*TURNED_DOWN, did.FactRecorded(fact=unsafe), did.FactWithdrawn(fact=ILL.id, source="/department", reference="ill"))
    story = story.given(did.FactRecorded(fact=SMALL)).when(under(morning(MARCH), MORE_ATTENTIVE))
    story.then(*found(SMALL, MORE_ATTENTIVE, unsafe))


def test_who_was_turned_down_and_qualifies_by_the_new_pack_is_looked_at_again() -> None:
    given(*TURNED_DOWN, did.FactRecorded(fact=DEAR)).when(under(morning(MARCH), NATIONAL)).then(*found_by_national())


def test_so_is_who_was_let_out() -> None:
    given(*EXITED).when(under(morning(MARCH), NATIONAL)).then(*found_by_national())


def test_who_qualifies_by_neither_is_left_alone() -> None:
    rich = declared(9_000_000, "rich")
    given(*TURNED_DOWN, did.FactRecorded(fact=rich)).when(under(morning(MARCH), NATIONAL)).then()


def test_so_is_whom_a_visit_found_to_qualify_by_neither() -> None:
    turned_down = given(*WITH_CLUE).when(visit("approved", income=income(9_000_000)), county("rejected"))
    turned_down.when(under(morning(MARCH), MORE_ATTENTIVE)).then()


def test_who_may_qualify_as_far_as_anybody_knows_is_looked_at_again() -> None:
    """The pilot pack says no, by the income; this one asks only for benefits, which nobody compared."""
    kind = PILOT.household_types[0].model_copy(update={"qualifies": AllOf(all=("risk.present", "none"))})
    national = POLICIES.packs["example-national-2021"]
    criteria = {**PILOT.criteria, "none": national.criteria["layers.none-above"]}
    asking = PILOT.model_copy(update={"name": "asking", "digest": "asking", "household_types": (kind,), "criteria": criteria})
    story = Specification(DECIDER, Policies({**PACKS.packs, "asking": asking}, "example-pilot", "digest"))
    by = Assignment("370323", MARCH, "asking")
    well_off = visit("approved", income=income(2_400_000))
    outside = story.given(*REGISTERED, did.FactRecorded(fact=ILL)).when(record(ILL)).given(*WITH_CLUE[2:])
    turned_down = outside.when(well_off, county("rejected"))
    turned_down.when(under(morning(MARCH), by)).then(*found(ILL, by))


@pytest.mark.parametrize(
    ("assignments", "history"),
    [
        pytest.param((Assignment("370323", MARCH, "example-pilot"),), REGISTERED, id="the pack that was in force"),
        pytest.param(
            (Assignment("370323", date(2021, 2, 28), ATTENTIVE.name), MORE_ATTENTIVE), REGISTERED, id="the pack that was published before"
        ),
        pytest.param((Assignment("370324", MARCH, ATTENTIVE.name),), REGISTERED, id="another area"),
        pytest.param((MORE_ATTENTIVE,), HELPED, id="enrolled: it keeps its own"),
        pytest.param((MORE_ATTENTIVE,), WITH_CLUE, id="a clue is open, and will be looked at by it"),
    ],
)  # fmt: skip
def test_what_changes_no_pack_finds_nobody(assignments: tuple[Assignment, ...], history: tuple[did.AnyEvent, ...]) -> None:
    story = given(*history, did.FactRecorded(fact=SMALL)).when(under(morning(MARCH), *assignments))
    assert "clue-raised" not in topics(story)


def test_on_a_day_with_a_new_line_too_the_line_of_the_day_before_counts_with_the_pack_of_the_day_before() -> None:
    """Each of the two alone would let it qualify: income 18,000 for two persons."""
    line = Line("370323", MARCH, 1_000_000)
    between = declared(1_800_000, "between")
    story = given(*TURNED_DOWN, did.FactRecorded(fact=between)).when(under(morning(MARCH), NATIONAL, lines=(line,)))
    clue, *started = found_by_national()
    story.then(replace(clue, line=line), *started)


def test_a_line_that_was_in_force_before_is_no_reason_to_look_again() -> None:
    """By the line of January the household qualifies under both packs; by the one of 2020 it would not."""
    given(*EXITED, did.FactRecorded(fact=declared(1_100_000, "less"))).when(under(morning(MARCH), MORE_ATTENTIVE)).then()


# --- Who moves there, and whose case ends there ---


def test_who_moves_to_where_another_pack_is_in_force_is_looked_at_by_it() -> None:
    there = Assignment("370323002", TODAY - timedelta(days=9), ATTENTIVE.name)
    story = given(*REGISTERED, did.FactRecorded(fact=SMALL)).when(under(move(ELSEWHERE), there))
    assert ["household-moved", "clue-raised", "deadline-started"] == topics(story)[-3:]
    assert [SMALL] == [event.fact for event in story.happened if isinstance(event, did.ClueRaised)]


def test_who_moves_within_one_pack_is_left_alone() -> None:
    story = given(*REGISTERED, did.FactRecorded(fact=SMALL)).when(under(move(ELSEWHERE), MORE_ATTENTIVE))
    assert "clue-raised" not in topics(story)


def test_when_a_case_of_the_earlier_pack_ends_without_an_enrolment_the_later_pack_has_its_say() -> None:
    """The visit turned the illness down; the small bill of the year before crosses nothing but by the later pack."""
    small = hospital(20_000, "small", month="2020-12", told=date(2021, 1, 4))
    story = given(*WITH_CASE, did.FactRecorded(fact=small)).when(under(county("rejected", on=SECOND), MORE_ATTENTIVE))
    clue = next(event for event in story.happened if isinstance(event, did.ClueRaised))
    assert (small, "illness") == (clue.fact, clue.risk)
    assert isinstance(story.happened[-1], DeadlineStarted)


def test_an_enrolment_that_ends_by_its_own_pack_is_looked_at_by_the_one_in_force() -> None:
    """The income lets it out; the national pack holds the hospital bills against it."""
    story = given(*HELPED).when(record(ENOUGH), under(county(on=MARCH), NATIONAL))
    assert ["household-exited", "clue-raised"] == [one for one in topics(story) if one in {"household-exited", "clue-raised"}]


def test_who_has_an_open_clue_and_moves_there_keeps_the_one() -> None:
    """Turned down by a visit, unsafe since: under the national pack it may qualify, and is looked at once."""
    unsafe = fact("unsafe", signal="house", series="house", present=True, kind="D")
    there = Assignment("370323002", TODAY - timedelta(days=9), NATIONAL.pack)
    turned_down = given(*WITH_CLUE).when(visit("approved", income=income(2_400_000)), county("rejected"), record(unsafe))
    story = turned_down.when(under(move(ELSEWHERE), there))
    assert ["fact-recorded", "household-moved"] == topics(story)[-2:]


def test_who_withdrew_while_an_appeal_was_open_is_looked_at_too() -> None:
    """As is who withdrew without one."""
    unsafe = fact("unsafe", date(2021, 1, 7), signal="house", series="house", present=True, kind="D")
    rejected = given(*WITH_CLUE).when(visit("approved", income=income(2_400_000)), county("rejected"))
    filed = rejected.when(appeal(on=date(2021, 1, 6)))
    again = filed.when(record(unsafe), visit("approved", income=income(2_400_000), on=date(2021, 1, 8), id="again"))
    withdrawn = again.when(withdraw(on=date(2021, 1, 9)))
    assert "clue-raised" in topics(withdrawn.when(under(morning(MARCH), NATIONAL)))


# --- What is open ---


def test_a_clue_stays_open_though_its_source_crosses_nothing_any_more() -> None:
    small_income = declared(10, "small income")
    given(*WITH_CLUE).when(under(record(small_income, SECOND), LESS_ATTENTIVE)).then(did.FactRecorded(fact=small_income))


def test_until_somebody_corrects_that_source() -> None:
    corrected = hospital(2_400_000, "ill, corrected", told=SECOND)
    story = given(*WITH_CLUE).when(under(record(corrected, SECOND), LESS_ATTENTIVE))
    assert ["fact-recorded", "deadline-breached", "escalation-ended", "clue-closed"] == topics(story)


def test_which_pack_found_a_household_is_remembered() -> None:
    state = given(*REGISTERED, did.FactRecorded(fact=SMALL), *found(SMALL, MORE_ATTENTIVE)).state
    assert MORE_ATTENTIVE == getattr(state, "assignment", UUID(int=0))


def test_it_is_so_after_a_clue_of_something_else() -> None:
    """Whatever was found by that publication is not found by it once more."""
    history = (*REGISTERED, did.FactRecorded(fact=SMALL), *found(SMALL, MORE_ATTENTIVE))
    story = given(*history).when(dismiss(), record(hospital(2_500_000, "much", told=SECOND), SECOND))
    assert "clue-raised" in topics(story)
    assert MORE_ATTENTIVE == getattr(story.state, "assignment", UUID(int=0))
