"""What a pack may say of the procedure that our examples do not say: steps that nobody waits for, steps beside one another."""

from __future__ import annotations

from dataclasses import replace as changed
from datetime import date
from typing import Any, Final

import pytest

from services.enrollment.domain import DECIDER
from services.enrollment.domain import events as did
from services.enrollment.domain.case.procedure_events import ObjectionRaised
from services.enrollment.domain.clocks.deadline_events import DeadlinePaused, DeadlineResumed
from services.enrollment.domain.household.progress import Progress
from services.enrollment.domain.household.state import Household
from services.enrollment.domain.pack.procedure import Procedure, awaited, missing, ready, rule_of
from services.enrollment.domain.refusal import fitting
from tests.enrollment import national, test_leaving, zhang
from tests.enrollment.national import COMPARED, HELPED, JANUARY, POLICIES, POSTED, WITH_CLUE, given, kinds, told
from tests.enrollment.test_appeals import APPEALED
from tests.enrollment.zhang import CASE, hospital, record, refused, withdraw
from tests.specification import Specification

NATIONAL: Final = POLICIES.packs["example-national-2021"]
OURS: Final = {"exit": [{"step": "county"}], "four_eyes": [], "source": "a test", "verified": False}


def procedure(*entry: dict[str, Any]) -> Procedure:
    return Procedure.model_validate({"entry": entry, **OURS})


# Nobody waits for the comparison, and the county's decision is not told to wait for the visit.
LENIENT: Final = procedure(
    {"step": "verification"},
    {"step": "comparison", "required": False},
    {"step": "review", "after": ["verification", "comparison"]},
    {"step": "notice", "after": ["review"]},
    {"step": "county"},
)
LENIENT_PACK: Final = NATIONAL.model_copy(update={"procedure": LENIENT})
leniently: Final = Specification(DECIDER, changed(POLICIES, packs={NATIONAL.name: LENIENT_PACK})).given


def test_nothing_waits_for_a_step_that_is_not_required() -> None:
    review = rule_of(LENIENT.entry, "review")
    assert review is not None
    assert frozenset() == awaited(LENIENT.entry, review, ["verification"])
    assert frozenset({"verification"}) == awaited(LENIENT.entry, review, ["comparison"])
    assert ("verification", "comparison", "county") == ready(LENIENT.entry, [])
    assert ("comparison", "review", "county") == ready(LENIENT.entry, ["verification"])


def test_a_step_that_is_not_required_is_never_missing() -> None:
    assert ("verification", "review", "notice") == missing(LENIENT.entry, [])
    assert () == missing(LENIENT.entry, ["verification", "review", "notice"])


def test_a_decision_fits_when_every_required_step_is_done_whatever_it_was_told_to_wait_for() -> None:
    state = leniently(*WITH_CLUE).when(national.visit()).state
    assert isinstance(state, Household)
    assert ("record-comparison", "record-review") == fitting(state, LENIENT_PACK)


def test_a_step_beside_a_notice_that_hangs_fits_as_before() -> None:
    state = leniently(*WITH_CLUE).when(national.visit(), national.review(), national.post()).state
    assert isinstance(state, Household)
    assert ("record-comparison", "close-notice") == fitting(state, LENIENT_PACK)


def test_who_may_not_do_two_acts_is_told_by_pairs() -> None:
    expected = {
        "verification": {"township", "county"},
        "township": {"verification", "county", "proposal"},
        "county": {"verification", "township", "proposal", "appeal-decision"},
        "proposal": {"township", "county"},
        "review": set[str](),
    }
    assert expected == {act: set(NATIONAL.procedure.others_of(act)) for act in expected}


def test_what_is_done_again_beside_a_notice_leaves_it_hanging() -> None:
    hanging = Progress(done={"comparison": frozenset({"clerk"}), "review": frozenset({"village"})}, posted_until=JANUARY[12])
    assert JANUARY[12] == hanging.without(("comparison",)).posted_until
    assert hanging.without(("review", "notice")).posted_until is None


def test_a_visit_that_is_returned_goes_back_to_the_visit_and_not_to_what_came_after() -> None:
    back = [event for event in given(*COMPARED).when(national.visit("returned")).happened if isinstance(event, did.StepReturned)]
    assert [("verification", ("verification",))] == [(event.step, event.undone) for event in back]


def test_the_notice_of_an_exit_names_no_type() -> None:
    (posted,) = given(*test_leaving.REVIEWED).when(national.post(test_leaving.LATER)).happened
    assert posted.type is None


# --- An objection ---

OBJECTED: Final = told(national.disagree(JANUARY[8]), after=POSTED)


def resumed(happened: tuple[did.Event, ...]) -> list[str]:
    return [event.kind for event in happened if isinstance(event, DeadlineResumed)]


def test_only_the_next_review_answers_an_objection() -> None:
    story = given(*OBJECTED)
    assert [] == resumed(story.when(national.visit(by="visitor:wu", on=JANUARY[9])).happened)
    assert ["whole-entry"] == resumed(story.when(national.review(on=JANUARY[9], name="again")).happened)


def test_the_review_that_answers_an_objection_starts_no_clock_that_an_appeal_stopped() -> None:
    story = given(*OBJECTED).when(national.appeal(on=JANUARY[8]))
    assert [] == resumed(story.when(national.review(on=JANUARY[9], name="again")).happened)


def test_an_objection_that_was_answered_stops_no_clock_any_more() -> None:
    story = given(*OBJECTED).when(national.review(on=JANUARY[9], name="again"), national.appeal(on=JANUARY[9]))
    assert ["whole-entry"] == resumed(story.when(national.answer("rejected", on=JANUARY[11])).happened)


# --- What fits instead ---


@pytest.mark.parametrize(
    ("history", "fits"),
    [
        (told(record(hospital(2_600_000, "again", "2022-01")), after=APPEALED), "sign-authorisation dismiss-clue decide-appeal"),
        (told(national.appeal(), after=HELPED), "propose-exit decide-appeal"),
        (told(national.appeal(on=test_leaving.LATER), after=test_leaving.LEAVING), "record-verification decide-appeal"),
    ],
)
def test_where_an_appeal_is_open_its_answer_fits_everywhere(history: tuple[did.AnyEvent, ...], fits: str) -> None:
    given(*history).when(national.disagree(date(2021, 8, 3))).then(refused("state.does-not-fit", "objection", fits))


def test_a_refusal_asks_for_nothing_where_the_facts_decide_already() -> None:
    unknown = told(national.visit(income=None), national.compare(on=JANUARY[6]), national.review(on=JANUARY[7]), after=national.AUTHORISED)
    noticed = told(national.post(JANUARY[7]), national.take_down(JANUARY[13]), national.township(on=JANUARY[14]), after=unknown)
    happened = given(*noticed).when(withdraw(national.ILL), national.county(on=JANUARY[15])).happened
    assert [("evaluation.false", ())] == [(event.reason_code, event.asks) for event in happened if isinstance(event, did.CommandRefused)]


def test_when_an_appeal_is_decided_the_machine_proposes_what_it_forbade() -> None:
    waiting = given(*test_leaving.WAITED).when(national.appeal(on=test_leaving.FEBRUARY), test_leaving.morning(test_leaving.LATER))
    assert "exit-proposed" not in kinds(*waiting.happened)
    assert "exit-proposed" in kinds(*waiting.when(national.answer("rejected", on=test_leaving.LATER)).happened)


def test_steps_that_are_done_while_an_appeal_is_open_start_no_clock() -> None:
    story = given(*COMPARED).when(national.appeal(on=JANUARY[7]))
    for command in (national.visit(by="visitor:wu", on=JANUARY[8]), national.review(on=JANUARY[8]), national.post(JANUARY[8])):
        story = story.when(command)
        assert [] == resumed(story.happened)


def test_an_objection_takes_the_notice_down_and_stops_the_clock() -> None:
    raised, back, *clock = given(*POSTED).when(national.disagree(JANUARY[8])).happened
    assert ObjectionRaised(case=CASE, by="villager:qian", grounds_sha256="objection") == raised
    assert ("review", ("review", "notice"), "objection.raised") == (back.step, back.undone, back.reason_code)
    assert DeadlinePaused(kind="whole-entry", left=12) in clock


def test_a_step_that_the_pack_does_not_have_is_refused_as_such() -> None:
    zhang.given(*zhang.WITH_CLUE).when(national.authorise()).then(
        refused("step.not-in-pack", "authorisation", "record-verification dismiss-clue")
    )


def test_why_a_township_says_no_is_kept_by_its_digest() -> None:
    happened = given(*national.NOTICED).when(national.township("rejected", on=JANUARY[14])).happened
    assert ["township"] == [event.reason_sha256 for event in happened if isinstance(event, did.EnrollmentRejected)]


def test_a_comparison_knows_at_once_what_it_found_of_higher_layers() -> None:
    (done,) = [event for event in given(*national.VISITED).when(national.compare()).happened if isinstance(event, did.StepCompleted)]
    assert ["true"] == [one.result for one in done.evaluation.criteria if one.id == "layers.none-above"]
