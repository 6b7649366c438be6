"""The county publishes a line or a pack for an area: for a day to come, by a named person, and what was decided stands."""

from __future__ import annotations

from dataclasses import replace as changed
from datetime import date
from typing import Any
from uuid import uuid5

import pytest
from msgspec.structs import replace

from services.enrollment.domain import DECIDER
from services.enrollment.domain import commands as ask
from services.enrollment.domain import events as did
from services.enrollment.domain.clocks.deadline_events import DeadlineBreached, DeadlineStarted
from services.enrollment.domain.members.change_events import HouseholdEnded
from services.enrollment.domain.pack.explanations import Truth
from services.enrollment.domain.pack.lines import Assignment, Basis, Line, Published
from tests.enrollment import national
from tests.enrollment.zhang import (
    CASE,
    CLUE,
    ENOUGH,
    EXITED,
    HELPED,
    ILL,
    LEAVING,
    PILOT,
    POLICIES,
    REGISTERED,
    TODAY,
    WITH_CASE,
    WITH_CLUE,
    applies,
    asked,
    county,
    declared,
    dismiss,
    dropped,
    evaluation,
    fact,
    given,
    income,
    income_is,
    morning,
    move,
    record,
    refused,
    visit,
)
from tests.specification import Specification

TOMORROW, MARCH = date(2021, 1, 6), date(2021, 3, 1)
HIGHER = Line("370323", MARCH, 700_000)
NATIONAL = Assignment("370323", MARCH, "example-national-2021")
TOLD = did.LinePublished(line=HIGHER, takes_effect=MARCH, document_sha256="text")
NAMED = did.PackPublished(
    assignment=NATIONAL, pack_sha256=POLICIES.packs["example-national-2021"].digest, document_sha256="text"
)  # fmt: skip


def line(published: Line = HIGHER, by: str = "officer") -> ask.PublishLine:
    return ask.PublishLine(**asked(by), line=published, document_sha256="text")


def pack(assignment: Assignment = NATIONAL, by: str = "officer") -> ask.PublishPack:
    return ask.PublishPack(**asked(by), assignment=assignment, document_sha256="text")


def knowing(command: Any, *lines: Line, packs: tuple[Assignment, ...] = ()) -> Any:  # noqa: ANN401 - any command
    """The same command, asked after these were published."""
    return replace(command, published=Published(lines, packs))


def test_a_line_is_published_for_a_day_to_come() -> None:
    given().when(line()).then(TOLD)


def test_a_line_published_twice_is_published_once() -> None:
    given().when(line(), line()).then()


def test_a_line_may_be_replaced_before_its_day() -> None:
    other = replace(HIGHER, fen_per_person=650_000)
    again = did.LinePublished(line=other, takes_effect=MARCH, document_sha256="text")
    given().when(line(), line(other)).then(again)
    given(TOLD, again).when(line()).then(TOLD)


@pytest.mark.parametrize("first", [TODAY, date(2020, 6, 1)])
def test_a_line_that_would_change_what_was_decided_is_refused(first: date) -> None:
    given().when(line(replace(HIGHER, valid_from=first))).then(refused("line.in-the-past"))


@pytest.mark.parametrize(("yuan", "fits"), [(2_999, False), (3_000, True), (12_000, True), (12_001, False), (60, False)])
def test_a_line_of_less_than_half_or_more_than_twice_the_one_before_is_a_slip(yuan: int, fits: bool) -> None:  # noqa: FBT001
    """The line of 2021 is 6,000 yuan; 6,000 fen are 60."""
    other = replace(HIGHER, fen_per_person=yuan * 100)
    story = given().when(line(other))
    if fits:
        story.then(did.LinePublished(line=other, takes_effect=MARCH, document_sha256="text"))
    else:
        story.then(refused("line.out-of-proportion"))


def test_it_is_held_against_the_line_of_its_area_that_was_published_before() -> None:
    doubled, again = replace(HIGHER, fen_per_person=1_200_000), replace(HIGHER, valid_from=date(2021, 4, 1), fen_per_person=2_400_000)
    given().when(knowing(line(again), doubled)).then(did.LinePublished(line=again, takes_effect=again.valid_from, document_sha256="text"))
    elsewhere = replace(doubled, area="370324")
    given().when(knowing(line(again), elsewhere)).then(refused("line.out-of-proportion"))


def test_where_the_pack_allows_it_a_line_of_the_past_takes_effect_on_the_next_day() -> None:
    lenient = PILOT.model_copy(update={"publication": PILOT.publication.model_copy(update={"line_may_begin_in_the_past": True})})
    past = replace(HIGHER, valid_from=date(2020, 6, 1))
    story = Specification(DECIDER, changed(POLICIES, packs={**POLICIES.packs, "example-pilot": lenient})).given()
    story.when(line(past)).then(did.LinePublished(line=past, takes_effect=TOMORROW, document_sha256="text"))


@pytest.mark.parametrize("command", [line(by=""), pack(by=""), line(by="officer:"), pack(by="officer:")])
def test_nobody_in_particular_publishes_nothing(command: ask.AnyCommand) -> None:
    given().when(command).then(refused("publication.unnamed"))


def test_a_pack_of_the_release_is_published_once() -> None:
    story = given().when(pack())
    story.then(NAMED)
    story.when(pack()).then()


def test_a_pack_that_the_release_does_not_have_is_refused() -> None:
    given().when(pack(replace(NATIONAL, pack="example-other"))).then(refused("pack.unknown"))


def test_a_pack_of_today_is_refused() -> None:
    given().when(pack(replace(NATIONAL, valid_from=TODAY))).then(refused("pack.in-the-past"))


def test_a_line_and_a_pack_of_one_day_do_not_replace_each_other() -> None:
    given().when(line(), pack(), line()).then()


def test_a_decision_after_the_day_goes_by_the_published_line() -> None:
    above_the_old = visit(income=income(1_300_000), on=date(2021, 2, 28))
    story = given(*WITH_CLUE).when(above_the_old, knowing(county(on=date(2021, 2, 28)), HIGHER))
    assert [did.CommandRefused] == [type(event) for event in story.happened]
    enrolled = story.when(knowing(county(on=MARCH), HIGHER)).happened[-1]
    assert isinstance(enrolled, did.HouseholdEnrolled)
    assert enrolled.evaluation.basis == Basis("example-pilot", PILOT.digest, HIGHER)
    assert (700_000, 1_400_000) == (enrolled.evaluation.line_fen, enrolled.evaluation.criteria[1].threshold)


@pytest.mark.parametrize(
    ("lines", "fen"),
    [
        ((HIGHER, Line("37", date(2021, 3, 2), 1)), 700_000),
        ((HIGHER, Line("370323001", date(2020, 1, 1), 2)), 2),
        ((HIGHER, Line("370324", MARCH, 3)), 700_000),
        ((HIGHER, replace(HIGHER, fen_per_person=4)), 4),
        ((Line("370323", date(2021, 3, 3), 5),), 600_000),
        ((), 600_000),
    ],
)
def test_the_longest_prefix_wins_then_the_latest_day_then_the_last_word(lines: tuple[Line, ...], fen: int) -> None:
    assert fen == PILOT.with_lines(lines).line("370323001001", date(2021, 3, 2)).fen_per_person


def test_a_line_that_was_published_says_so() -> None:
    *_, last = PILOT.with_lines((Line("", date(2021, 3, 1), 700_000),)).lines
    assert ("published", True) == (last.source, last.verified)


@pytest.mark.parametrize(
    ("first_step", "opened"),
    [
        (visit(on=date(2021, 2, 28)), "example-pilot"),
        (national.authorise(on=MARCH), "example-national-2021"),
    ],
)
def test_a_published_pack_is_the_one_of_cases_that_open_from_its_day(first_step: ask.AnyCommand, opened: str) -> None:
    happened = given(*WITH_CLUE).when(knowing(first_step, packs=(NATIONAL,))).happened
    assert [opened] == [event.pack for event in happened if isinstance(event, did.CaseOpened)]


# --- A line takes effect ---

FALLEN = Line("370323", MARCH, 150_000)


def judged(line: Line, *risks: ask.Fact, fen: int = 300_000, outcome: Truth = "true") -> did.HouseholdReevaluated:
    facts = () if fen == 300_000 else (ENOUGH,)
    below = "true" if fen < 2 * line.fen_per_person else "false"
    made = evaluation(outcome, *risks, income=income_is(below, fen, *facts, line_fen=line.fen_per_person))
    return did.HouseholdReevaluated(case=CASE, episode=1, evaluation=replace(made, basis=Basis("example-pilot", PILOT.digest, line)))


def test_a_line_that_rises_is_told_to_an_enrolled_household_and_changes_nothing_else() -> None:
    given(*HELPED).when(knowing(morning(MARCH), HIGHER)).then(judged(HIGHER, ILL))


def test_a_line_that_took_effect_is_told_once() -> None:
    day = knowing(morning(MARCH), HIGHER)
    given(*HELPED).when(day, day, knowing(morning(date(2021, 3, 2)), HIGHER)).then()


def test_before_its_day_a_line_changes_nothing() -> None:
    given(*HELPED).when(knowing(morning(date(2021, 2, 28)), HIGHER)).then()


def test_a_line_that_falls_below_the_income_proposes_an_exit() -> None:
    now = judged(FALLEN, ILL, outcome="false")
    due = date(2021, 3, 6)
    proposed = did.ExitProposed(case=CASE, episode=1, method="help", due=due, evaluation=now.evaluation, on=MARCH)
    given(*HELPED).when(knowing(morning(MARCH), FALLEN)).then(now, proposed, DeadlineStarted(kind="exit-decision", due=due))


def test_a_line_that_rises_above_the_income_takes_an_exit_back() -> None:
    enough = replace(HIGHER, valid_from=TOMORROW)
    now, over = judged(enough, ILL, fen=1_200_000), dropped("exit-decision", date(2021, 1, 10), "facts.hold-again", TOMORROW)
    back = did.StepReturned(case=CASE, step="exit", reason_code="facts.hold-again", evaluation=now.evaluation)
    given(*LEAVING).when(knowing(morning(TOMORROW), enough)).then(now, over, back)


def test_an_open_case_is_judged_anew_beside_a_deadline_that_was_missed() -> None:
    missed = DeadlineBreached(kind="county-decision", due=date(2021, 1, 20))
    given(*WITH_CASE).when(knowing(morning(MARCH), HIGHER)).then(missed, judged(HIGHER, ILL))


def found_again(due: date = date(2021, 3, 4)) -> tuple[did.AnyEvent, ...]:
    """Three days from the first of March."""
    clue = did.ClueRaised(clue=uuid5(ILL.id, "clue message"), risk="illness", fact=ILL, due=due, line=HIGHER)
    return clue, DeadlineStarted(kind="verify", due=due)


TURNED_DOWN = (*WITH_CLUE, dropped("verify", date(2021, 1, 8), "dismissed"), did.ClueClosed(clue=CLUE, reason="dismissed"))


def test_a_line_that_rises_above_the_income_of_who_was_let_out_has_it_looked_at_again() -> None:
    given(*EXITED).when(knowing(morning(MARCH), HIGHER)).then(*found_again())


def test_so_it_has_who_was_turned_down_above_the_line() -> None:
    given(*TURNED_DOWN, did.FactRecorded(fact=ENOUGH)).when(knowing(morning(MARCH), HIGHER)).then(*found_again())


def test_so_it_has_who_was_found_by_an_application_and_turned_down_above_the_line() -> None:
    story = given(*REGISTERED).when(applies(risks=("illness",)), visit(income=income(1_200_000)), county("rejected"))
    clue, _ = story.when(knowing(morning(MARCH), HIGHER)).happened
    assert isinstance(clue, did.ClueRaised)
    assert (HIGHER, applies().request, "illness") == (clue.line, clue.fact.id, clue.risk)


def test_so_it_has_who_moves_to_where_the_line_is_higher() -> None:
    there = replace(HIGHER, area="370323002", valid_from=date(2021, 1, 1))
    story = given(*EXITED).when(knowing(move("370323002001"), there))
    assert ["household-moved", "clue-raised"] == [one.TOPIC.removeprefix("enrollment.") for one in story.happened[1:3]]
    story.when(knowing(morning(TOMORROW), there)).then()


def test_what_the_line_of_a_day_raised_and_somebody_turned_down_that_line_raises_no_more() -> None:
    story = given(*EXITED, *found_again()).when(knowing(dismiss(MARCH), HIGHER))
    story.when(knowing(morning(date(2021, 3, 2)), HIGHER)).then()
    unsafe = fact("unsafe", MARCH, signal="house", series="house", present=True, kind="D")
    again = story.when(knowing(record(unsafe, MARCH), HIGHER), knowing(replace(dismiss(MARCH), id="once more"), HIGHER))
    again.when(knowing(morning(date(2021, 3, 2)), HIGHER)).then()


@pytest.mark.parametrize(
    "history",
    [
        pytest.param((*TURNED_DOWN, did.FactRecorded(fact=declared(1_199_999))), id="below the line before too"),
        pytest.param((*TURNED_DOWN, did.FactRecorded(fact=declared(1_400_000))), id="not below this one either"),
        pytest.param(TURNED_DOWN, id="an income that nobody knows"),
        pytest.param((*REGISTERED, did.FactRecorded(fact=ENOUGH)), id="no risk"),
        pytest.param((*EXITED, HouseholdEnded(reason="moved-out", on=TODAY)), id="a household that is here no more"),
    ],
)
def test_a_line_by_which_nobody_comes_to_qualify_raises_nothing(history: tuple[did.AnyEvent, ...]) -> None:
    given(*history).when(knowing(morning(MARCH), HIGHER)).then()


@pytest.mark.parametrize("history", [(), REGISTERED])
def test_a_household_without_a_case_is_not_judged(history: tuple[did.AnyEvent, ...]) -> None:
    given(*history).when(knowing(morning(MARCH), HIGHER)).then()


def test_a_line_of_the_pack_is_told_as_well() -> None:
    before = visit(on=date(2020, 12, 31), income=income(1_100_000, date(2020, 11, 30)))
    ((reevaluated),) = given(*WITH_CLUE).when(before, morning(date(2021, 1, 1))).happened
    assert isinstance(reevaluated, did.HouseholdReevaluated)
    assert ("true", 600_000) == (reevaluated.evaluation.outcome, reevaluated.evaluation.line_fen)
