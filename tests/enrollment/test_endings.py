"""A deadline is met by what it waits for, done by a person; what nobody has to do any more is dropped, with the reason."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

import pytest

from pipeline.decider import Event
from services.enrollment.domain import events as did
from services.enrollment.domain.clocks.deadline_events import DeadlineBreached, DeadlineDropped, DeadlineMet
from services.enrollment.domain.clocks.deadlines import SPANS
from services.enrollment.domain.clocks.endings import why_dropped
from services.enrollment.domain.commands import AnyCommand
from tests.enrollment import national, zhang
from tests.enrollment.national import (
    AT_COUNTY,
    AUTHORISED,
    COMPARED,
    ENROLLED,
    HELPED,
    JANUARY,
    POLICIES,
    REVIEWED,
    VISITED,
    WITH_CLUE,
    answer,
    appeal,
    compare,
    county,
    given,
    review,
    township,
    visit,
    void,
    withdraw,
)
from tests.enrollment.zhang import REGISTERED, applies, dismiss, dropped, hospital, morning, record

History = tuple[did.AnyEvent, ...]
MET, BREACHED = DeadlineMet, DeadlineBreached
CORRECTED = record(hospital(100, "corrected", told=JANUARY[6]), JANUARY[6])
HEARD = (*REGISTERED, *national.told(applies(), after=REGISTERED)[len(REGISTERED) :])
DENIED = visit("rejected")


def endings(happened: Iterable[Event]) -> dict[str, str]:
    """What became of each deadline that ended: met, breached, or why it was dropped."""
    became: dict[str, str] = {}
    for event in happened:
        match event:
            case MET(kind=kind):
                became[kind] = "met"
            case BREACHED(kind=kind):
                became[kind] = "breached"
            case DeadlineDropped(kind=kind, reason=reason):
                became[kind] = reason
            case _:
                pass
    return became


BEGUN: History = (DeadlineMet(kind="first-measure"), did.MeasureBegun(measure=UUID(int=7)))
ALL_MET = {"verify": "met", "whole-entry": "met"}
ANSWERS = [
    pytest.param(WITH_CLUE, CORRECTED, {"verify": "facts-corrected", "whole-entry": "facts-corrected"}, id="facts close the clue"),
    pytest.param(WITH_CLUE, withdraw(), {"verify": "withdrawn", "whole-entry": "withdrawn"}, id="nobody wants the visit"),
    pytest.param(WITH_CLUE, DENIED, ALL_MET, id="a visit finds nothing"),
    pytest.param(WITH_CLUE, dismiss(by="visitor:li"), ALL_MET, id="a visitor dismisses"),
    pytest.param(HEARD, dismiss(by="visitor:li"), {**ALL_MET, "accept": "met"}, id="whoever applied gets an answer"),
    pytest.param(HEARD, withdraw(), dict.fromkeys(("accept", "verify", "whole-entry"), "withdrawn"), id="whoever applied takes it back"),
    pytest.param(HEARD, national.authorise(), {"accept": "met"}, id="an application is accepted"),
    pytest.param(AUTHORISED, visit(), {"verify": "met"}, id="a visit"),
    pytest.param(
        AUTHORISED,
        DENIED,
        {"verify": "met", "whole-entry": "met", "compare": "verification.rejected"},
        id="the visit ends the case, nobody compares any more",
    ),
    pytest.param(
        AUTHORISED,
        compare("rejected"),
        {"compare": "met", "whole-entry": "met", "verify": "comparison.rejected"},
        id="the comparison ends the case, nobody visits any more",
    ),
    pytest.param(VISITED, compare("returned", return_to="authorisation"), {"compare": "met"}, id="a comparison that sends back was held"),
    pytest.param(COMPARED, review("returned", return_to="verification"), {"review": "met"}, id="a review that sends back was held"),
    pytest.param(
        COMPARED, visit("returned", return_to="verification", by="visitor:wu"), {"review": "verification.returned"}, id="back to the visit"
    ),
    pytest.param(REVIEWED, withdraw(), {"whole-entry": "withdrawn"}, id="a case is withdrawn"),
    pytest.param(national.NOTICED, township("rejected", on=JANUARY[14]), {"whole-entry": "met"}, id="the township decides"),
    pytest.param(AT_COUNTY, county(on=JANUARY[15]), {"whole-entry": "met"}, id="the county decides"),
    pytest.param(ENROLLED, zhang.started(), {"first-measure": "met"}, id="a measure begins"),
    pytest.param(ENROLLED, zhang.delivered(), {"first-measure": "met"}, id="a measure of which nobody told the beginning"),
    pytest.param((*ENROLLED, *BEGUN), zhang.delivered(), {}, id="a measure that began arrives"),
    pytest.param(ENROLLED, void(), {"first-measure": "voided", "income-staleness": "voided"}, id="an enrolment is voided"),
    pytest.param(
        (*HELPED, *national.told(appeal(), after=HELPED)[len(HELPED) :]), answer("rejected"), {"appeal-decision": "met"}, id="appeal"
    ),
]


@pytest.mark.parametrize(("history", "command", "became"), ANSWERS)
def test_of_every_deadline_that_ends_it_is_told_whether_somebody_did_what_it_waits_for(
    history: History, command: AnyCommand, became: dict[str, str]
) -> None:
    assert became == endings(given(*history).when(command).happened)


def test_what_need_not_be_done_any_more_was_late_all_the_same_after_its_last_day() -> None:
    on = JANUARY[8]
    assert "breached" == endings(given(*WITH_CLUE).when(withdraw(on)).happened)["verify"]


def test_what_was_told_to_be_late_is_not_dropped_as_well() -> None:
    story = given(*WITH_CLUE).when(morning(JANUARY[8]), withdraw(JANUARY[8]))
    assert {"whole-entry": "withdrawn"} == endings(story.happened)


def test_what_stood_still_is_dropped_without_a_last_day() -> None:
    story = given(*AT_COUNTY).when(appeal(on=JANUARY[15]), withdraw(JANUARY[16]))
    assert dropped("whole-entry", None, "withdrawn", JANUARY[16]) == story.happened[0]


def test_a_deadline_that_was_dropped_runs_no_more_and_is_never_breached() -> None:
    story = given(*WITH_CLUE).when(CORRECTED)
    assert {} == story.state.deadlines
    story.when(morning(date(2022, 1, 1))).then()


def test_it_is_told_which_day_was_the_last_and_on_which_it_was_dropped() -> None:
    over = given(*ENROLLED).when(void(on=JANUARY[20])).happened
    assert dropped("first-measure", JANUARY[25], "voided", JANUARY[20]) == over[0]


@pytest.mark.parametrize(
    ("event", "why"),
    [
        (did.ClueClosed(clue=zhang.CLUE, reason="dismissed"), "dismissed"),
        (did.ClueClosed(clue=zhang.CLUE, reason="case-opened"), "not-in-pack"),
        (did.StepReturned(case=zhang.CASE, step="exit", reason_code="county.rejected"), "county.rejected"),
        (zhang.LET_OUT[-1], "exited"),
        (zhang.OPENED[2], "not-in-pack"),
    ],
)
def test_what_answers_one_deadline_is_why_another_is_dropped(event: Event, why: str) -> None:
    assert why == why_dropped("compare", (event,), POLICIES.packs[POLICIES.default])


def test_a_deadline_that_the_pack_does_not_know_any_more_is_dropped_for_that() -> None:
    assert dict.fromkeys(SPANS, "not-in-pack") == {kind: why_dropped(kind, (), POLICIES.packs[POLICIES.default]) for kind in SPANS}
