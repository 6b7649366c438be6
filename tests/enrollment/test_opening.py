"""The opening balance: whoever was enrolled before this log goes on as enrolled, and every event says that nobody decided here."""

from __future__ import annotations

from datetime import date
from typing import Any, Final
from uuid import UUID, uuid5

import pytest
from msgspec.structs import replace

from schemas import enrollment as say
from services.enrollment import packs
from services.enrollment.domain import DECIDER
from services.enrollment.domain import commands as ask
from services.enrollment.domain import events as did
from services.enrollment.domain.case.opening import Help, Opening, TakenOver
from services.enrollment.domain.case.procedure_commands import Void
from services.enrollment.domain.clocks.deadline_events import DeadlineStarted, MinimumStarted
from services.enrollment.domain.household.state import Household
from services.enrollment.translate import Found, to_commands, to_message
from tests.enrollment.book import SON, WANG, ZHANG, Book, registers
from tests.enrollment.told import bill
from tests.enrollment.zhang import (
    BASIS,
    CLUE,
    EXITED,
    HELPED,
    HOUSEHOLD,
    ILL,
    MEMBERS,
    REGISTERED,
    TODAY,
    VILLAGE,
    WITH_CASE,
    WITH_CLUE,
    asked,
    declared,
    evaluation,
    given,
    hospital,
    income_is,
    record,
    refused,
    register,
    unmet,
)
from tests.messages import envelope, recorded
from tests.schemas.identities import resident
from tests.specification import Specification

SINCE: Final = date(2019, 5, 1)
BEFORE: Final = TakenOver(SINCE, (Help("base", "delivered"), Help("illness", "started")))
OPENING: Final = Opening("immediate-assistance", ("illness", "housing"), BEFORE)
CASE: Final = uuid5(HOUSEHOLD, "opening")
UNKNOWN: Final = evaluation("unknown", income=income_is("unknown", None), guarantees=unmet("unknown", None))
NAMED: Final = replace(UNKNOWN, criteria=(replace(UNKNOWN.criteria[0], result="true", value=2), *UNKNOWN.criteria[1:]))
OPENED: Final = did.CaseOpened(case=CASE, episode=1, pack="example-pilot", basis=BASIS)
ENROLLED: Final = did.HouseholdEnrolled(
    case=CASE,
    episode=1,
    type="immediate-assistance",
    risks=("housing", "illness"),
    pack="example-pilot",
    reason_sha256="",
    evaluation=NAMED,
    by="clerk",
    taken_over=BEFORE,
    village_code=VILLAGE,
    category="never_registered",
)
IN_REGISTER: Final = replace(REGISTERED[0], opening=True)
TAKEN_OVER: Final = (IN_REGISTER, OPENED, ENROLLED)


def opening(**other: object) -> ask.RegisterHousehold:
    return register(**{"opening": OPENING, **other})


def test_a_household_that_was_enrolled_before_goes_on_as_enrolled() -> None:
    given().when(opening()).then(*TAKEN_OVER)


def test_a_household_that_was_only_in_the_register_is_marked_as_such() -> None:
    given().when(opening(opening=Opening())).then(IN_REGISTER)


def test_it_is_enrolled_since_before_and_known_until_then() -> None:
    assert [SINCE, TODAY] == [ENROLLED.since(TODAY), replace(ENROLLED, taken_over=None).since(TODAY)]
    state = given(*TAKEN_OVER).state
    assert isinstance(state, Household)
    assert SINCE == state.latest


def test_bringing_it_in_again_changes_nothing() -> None:
    given(*TAKEN_OVER).when(opening()).then()
    given(IN_REGISTER).when(opening(opening=Opening())).then()


@pytest.mark.parametrize(
    "other",
    [
        replace(OPENING, risks=("illness",)),
        replace(OPENING, risks=("illness", "housing", "other")),
        replace(OPENING, taken_over=replace(BEFORE, since=date(2019, 5, 2))),
        replace(OPENING, taken_over=replace(BEFORE, help=BEFORE.help[:1])),
        replace(OPENING, taken_over=replace(BEFORE, help=(BEFORE.help[0], Help("illness", "delivered")))),
        Opening(),
    ],
    ids=["a risk less", "a risk more", "another day", "a measure less", "a measure that arrived", "not enrolled"],
)
@pytest.mark.parametrize("since_then", [(), (did.RiskAdded(risk="disability"), did.RiskResolved(risk="illness"))], ids=["at once", "later"])
def test_a_corrected_sheet_does_not_change_what_was_taken_over_and_whoever_brings_it_in_is_told(
    other: Opening, since_then: tuple[Any, ...]
) -> None:
    given(*TAKEN_OVER, *since_then).when(opening(opening=other)).then(refused("opening.taken-over-differently"))


def test_another_type_is_another_opening() -> None:
    as_marginal = replace(OPENING, type="marginal")
    national = packs.load_all("example-national-2021")
    history = (IN_REGISTER, replace(OPENED, pack=national.default), replace(ENROLLED, type="sudden-difficulty"))
    story = Specification(DECIDER, national).given(*history).when(opening(opening=as_marginal))
    story.then(refused("opening.taken-over-differently"))


def test_the_same_in_another_order_changes_nothing_whatever_became_of_its_risks() -> None:
    turned = Opening(OPENING.type, OPENING.risks[::-1], replace(BEFORE, help=BEFORE.help[::-1]))
    given(*TAKEN_OVER, did.RiskResolved(risk="illness")).when(opening(opening=turned)).then()
    given(*TAKEN_OVER).when(register()).then()


def test_a_household_that_is_registered_already_is_taken_over_once() -> None:
    given(*REGISTERED).when(opening()).then(OPENED, ENROLLED)
    given(*REGISTERED, OPENED, ENROLLED).when(opening()).then()


def test_a_risk_that_facts_show_is_added_to_those_that_were_taken_over() -> None:
    dismissed = did.ClueClosed(clue=CLUE, reason="dismissed", reason_sha256="why")
    story = given(*WITH_CLUE, dismissed).when(opening(opening=replace(OPENING, risks=("housing",), taken_over=TakenOver(SINCE))))
    assert ["illness"] == [event.risk for event in story.happened if isinstance(event, did.RiskAdded)]


@pytest.mark.parametrize("history", [WITH_CLUE, WITH_CASE, HELPED, EXITED], ids=["a clue", "a case", "enrolled", "let out"])
def test_what_was_found_here_since_then_is_not_overtaken_and_whoever_says_otherwise_is_told(history: tuple[Any, ...]) -> None:
    given(*history).when(opening()).then(refused("opening.overtaken"))


def test_a_household_brought_in_differently_is_refused() -> None:
    given(*TAKEN_OVER).when(opening(members=MEMBERS[:1])).then(refused("household.registered-differently"))


@pytest.mark.parametrize("by", ["", "officer:"])
def test_nobody_brings_a_register_in_without_his_name(by: str) -> None:
    given().when(opening(by=by)).then(refused("opening.unnamed"))


@pytest.mark.parametrize(("since", "expected"), [(TODAY, "household-registered"), (date(2021, 1, 6), "command-refused")])
def test_nobody_was_enrolled_after_the_day_of_the_opening(since: date, expected: str) -> None:
    story = given().when(opening(opening=replace(OPENING, taken_over=TakenOver(since))))
    assert f"enrollment.{expected}" == story.happened[0].TOPIC


def test_a_type_that_the_pack_does_not_know_is_refused() -> None:
    given().when(opening(opening=replace(OPENING, type="marginal"))).then(
        did.CommandRefused(command="message", reason_code="type.not-in-pack", supported=("immediate-assistance",))
    )


@pytest.mark.parametrize(("more", "expected"), [(3, "household-registered"), (4, "command-refused")])
def test_it_has_no_more_risks_than_the_form_holds(more: int, expected: str) -> None:
    risks = (*OPENING.risks, *("disability", "education", "drinking_water", "other")[:more])
    assert f"enrollment.{expected}" == given().when(opening(opening=replace(OPENING, risks=risks))).happened[0].TOPIC


def test_a_fact_adds_its_risk_to_those_that_the_register_named() -> None:
    house = replace(ILL, signal="disability", series="disability:3", amount_fen=None, present=True, kind="2")
    given(*TAKEN_OVER).when(record(house)).then(did.FactRecorded(fact=house), did.RiskAdded(risk="disability"))


def test_a_fact_about_a_risk_that_the_register_named_changes_no_risk() -> None:
    given(*TAKEN_OVER).when(record(ILL)).then(did.FactRecorded(fact=ILL))
    lower = hospital(100, "lower", told=date(2021, 1, 6))
    given(*TAKEN_OVER, did.FactRecorded(fact=ILL)).when(record(lower)).then(did.FactRecorded(fact=lower))


def test_an_income_above_the_line_alone_leaves_open_what_a_visit_has_to_find() -> None:
    """Unknown is never false: nobody looked at the guarantees yet."""
    enough = declared(2_000_000, "enough")
    given(*TAKEN_OVER).when(record(enough)).then(did.FactRecorded(fact=enough))


def test_the_least_time_before_an_exit_counts_from_the_enrolment_and_not_from_the_opening() -> None:
    national = packs.load_all("example-national-2021")
    known = ((date(2020, 10, 1), [date(2021, 4, 1)]), (date(2020, 7, 5), [TODAY]), (date(2020, 7, 4), []), (SINCE, []))
    for since, expected in known:
        command = opening(opening=replace(OPENING, type="marginal", taken_over=TakenOver(since)))
        story = Specification(DECIDER, national).given().when(command)
        assert expected == [event.until for event in story.happened if isinstance(event, MinimumStarted)]
        assert {"first-measure", "income-staleness"} == {event.kind for event in story.happened if isinstance(event, DeadlineStarted)}


# --- The border ---

MEMBER: Final = {"id_number": resident(), "name": "张·测试", "relation": "head"}
SAID: Final[dict[str, Any]] = {
    "type": "immediate-assistance",
    "risks": ["illness", "housing"],
    "since": "2019-05-01",
    "measures": [{"answers": "base", "step": "delivered"}, {"answers": "illness", "step": "started"}],
}


def said(opening: object) -> say.RegisterHousehold:
    registered = {"household_id": HOUSEHOLD, "village_code": VILLAGE, "category": "never_registered", "members": [MEMBER]}
    return say.RegisterHousehold.model_validate({**registered, "opening": opening})


@pytest.mark.parametrize(("opening", "expected"), [(None, None), ({}, Opening()), ({"enrolled": SAID}, OPENING)])
def test_a_registration_says_what_the_register_before_said(opening: object, expected: Opening | None) -> None:
    ((_, command),) = to_commands(envelope(said(opening)), Found((HOUSEHOLD,), members=(UUID(int=1),)))
    assert isinstance(command, ask.RegisterHousehold)
    assert expected == command.opening


@pytest.mark.parametrize("measures", [[{"answers": "water", "step": "started"}], [{"answers": "base", "step": "started"}] * 2])
def test_a_measure_answers_a_risk_of_the_household_once(measures: object) -> None:
    with pytest.raises(ValueError, match="has a measure twice, or one that answers none of the risks"):
        said({"enrolled": {**SAID, "measures": measures}})


def published(event: did.HouseholdRegistered | did.HouseholdEnrolled) -> Any:  # noqa: ANN401 - one of two messages
    outgoing = to_message(recorded(event, HOUSEHOLD))
    assert outgoing is not None
    return outgoing.data


def test_others_hear_that_it_was_taken_over_and_how_far_its_measures_had_come() -> None:
    measures = (say.MeasureBefore(answers="base", step="delivered"), say.MeasureBefore(answers="illness", step="started"))
    assert say.TakenOver(since=SINCE, measures=measures) == published(ENROLLED).taken_over
    assert (True, None) == (published(IN_REGISTER).opening, published(REGISTERED[0]).opening)


IMPOSSIBLE: Final = [
    pytest.param({"since": "2030-01-01"}, "opening.in-the-future", id="enrolled in the future"),
    pytest.param({"type": "nobility"}, "type.not-in-pack", id="a type of no pack"),
    pytest.param({"risks": [f"risk-{number}" for number in range(6)]}, "opening.too-many-risks", id="more risks than the form holds"),
]


def opened_by(household: UUID, *members: UUID, **wrong: object) -> say.RegisterHousehold:
    """The register of before says that they are enrolled, and something that cannot be."""
    enrolled = {"since": "2019-05-01", "type": "immediate-assistance", "risks": ["illness"], **wrong}
    return registers(household, *members).model_copy(update={"opening": say.Opening.model_validate({"enrolled": enrolled})})


@pytest.mark.parametrize(("wrong", "code"), IMPOSSIBLE)
def test_a_refused_opening_registers_nobody_and_takes_no_fact_that_waits(wrong: dict[str, object], code: str) -> None:
    """Whether the next registration comes in the same batch or later."""
    for together in (True, False):
        book = Book()
        book.tell(bill(SON))
        batch = (opened_by(ZHANG, SON, **wrong), registers(WANG, SON))
        happened = book.tell(*batch) if together else [one for message in batch for one in book.tell(message)]
        assert [(ZHANG, "command-refused"), (WANG, "household-registered"), (WANG, "fact-recorded"), (WANG, "clue-raised")] == [
            (stream, event.TOPIC.removeprefix("enrollment.")) for stream, event in happened if not isinstance(event, DeadlineStarted)
        ]
        assert [code] == [event.reason_code for _, event in happened if isinstance(event, did.CommandRefused)]
        assert {} == {stream: facts for stream, facts in book.directory().facts.waiting.items() if facts}


def test_whom_nobody_visited_since_is_looked_at_when_the_enrolment_was_a_mistake() -> None:
    """By what was told before it was brought in, too: no look of ours saw it."""
    void = Void(**asked("officer", TODAY, "void"), text_sha256="by mistake")
    story = given(*TAKEN_OVER).when(record(ILL), void)
    assert [ILL] == [event.fact for event in story.happened if isinstance(event, did.ClueRaised)]
