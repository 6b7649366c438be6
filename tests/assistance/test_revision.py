"""How a plan is revised: what is declined, ended, added, left without an answer, and what outlives the plan."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from uuid import UUID, uuid5

import pytest

from pipeline.decider import Event
from services.assistance.domain import events as did
from services.assistance.domain.commands import Draft
from services.assistance.domain.pairing.pairing_events import HouseholdEnded
from tests.assistance.helped import (
    ACCEPTED,
    BASE,
    CASE,
    DELIVERED,
    HEALTH,
    HOUSING,
    OPENED,
    PLAN,
    STARTED,
    TODAY,
    advance,
    answer,
    answered,
    close,
    decline,
    draft,
    end,
    given,
    open_plan,
    proposed,
    referred,
    refused,
    resolve,
)
from tests.assistance.paired import end_household, placed

LATER = date(2021, 2, 1)
SCHOOL = uuid5(PLAN, "education")
DRAFTED = uuid5(PLAN, "/department message/0")
POST = Draft("public_welfare_post", "human-resources", ("illness",), 1_200_000, TODAY, date(2021, 12, 31))
DECLINED = (*OPENED, did.MeasureDeclined(measure=HEALTH, on=TODAY, reason_sha256="why"))
LEFT_UNANSWERED = did.RiskLeftUnanswered(plan=PLAN, risk="illness", reason_sha256="why")


def gone(risk: str, on: date = TODAY) -> did.PlanRevised:
    return did.PlanRevised(plan=PLAN, risk=risk, on=on, open=False)


def there_again(risk: str, on: date) -> did.PlanRevised:
    return did.PlanRevised(plan=PLAN, risk=risk, on=on, open=True)


def in_school(step: str) -> tuple[Event, ...]:
    """A plan whose measure for the child's school has come to this step."""
    steps = {"proposed": (), "accepted": ("accepted",), "started": ("accepted", "started")}[step]
    story = given().when(open_plan("education"), *(advance(to, SCHOOL) for to in steps))
    return (*story.history, *story.happened)


@pytest.mark.parametrize("history", [OPENED, ACCEPTED])
def test_a_department_declines_what_has_not_begun(history: tuple[Event, ...]) -> None:
    given(*history).when(decline()).then(
        did.MeasureDeclined(measure=HEALTH, on=TODAY, reason_sha256="why"), answered("declined", why="why")
    )


@pytest.mark.parametrize("history", [STARTED, DELIVERED])
def test_what_has_begun_is_ended_and_not_declined(history: tuple[Event, ...]) -> None:
    given(*history).when(decline()).then(refused("measure.begun"))
    given(*history).when(end()).then(did.MeasureEnded(measure=HEALTH, on=TODAY, reason_sha256="why"))


def test_what_is_over_goes_no_further() -> None:
    given(*OPENED, did.MeasureEnded(measure=HEALTH, on=TODAY)).when(advance("accepted")).then(refused("measure.not-open"))
    given(*DECLINED).when(advance("started")).then(refused("measure.not-open"))
    given(*DECLINED).when(advance("accepted")).then(did.MeasureAccepted(measure=HEALTH, on=TODAY), answered())
    given(*DECLINED).when(decline()).then()
    given(*DECLINED).when(end()).then(refused("measure.not-open"))
    given(*OPENED, did.MeasureEnded(measure=HEALTH, on=TODAY)).when(decline()).then(refused("measure.not-open"))


def test_a_measure_of_nobody_is_neither_declined_nor_ended() -> None:
    given(*OPENED).when(decline(UUID(int=9))).then(refused("measure.not-open"))
    given(*OPENED).when(end(UUID(int=9))).then(refused("measure.not-open"))


def test_somebody_adds_a_measure_with_its_amount_and_its_time() -> None:
    added = did.MeasureProposed(
        measure=DRAFTED,
        plan=PLAN,
        kind="public_welfare_post",
        department="human-resources",
        answers=("illness",),
        base=False,
        due=date(2021, 1, 15),
        amount_fen=1_200_000,
        from_day=TODAY,
        to_day=date(2021, 12, 31),
    )
    given(*DECLINED).when(draft(POST)).then(*referred(added))
    given(*DECLINED, added).when(draft(POST)).then()


def test_a_measure_for_a_risk_that_nobody_has_is_not_added() -> None:
    given(*OPENED).when(draft(Draft("housing", "housing", ("housing",)))).then(refused("risk.not-in-plan"))
    given(*OPENED).when(draft(POST, unanswered=("housing",))).then(refused("risk.not-in-plan"))


def test_why_a_risk_has_no_measure_is_written_down_once() -> None:
    given(*DECLINED).when(draft(unanswered=("illness",))).then(LEFT_UNANSWERED)
    given(*DECLINED, LEFT_UNANSWERED).when(draft(unanswered=("illness",))).then()


def test_a_risk_that_comes_back_is_answered_again() -> None:
    again = proposed(uuid5(PLAN, "illness 2"), "health", "medical-insurance", "illness", due=date(2021, 2, 11))
    given(*DECLINED).when(answer("illness", on=LATER)).then(*referred(again))
    given(*DECLINED, again).when(answer("illness", on=LATER)).then()


def test_a_risk_that_comes_back_is_answered_again_where_help_had_arrived_before_it_was_resolved() -> None:
    again = proposed(uuid5(PLAN, "illness 2"), "health", "medical-insurance", "illness", due=date(2021, 2, 11))
    back = given(*DELIVERED).when(resolve("illness"), answer("illness", on=LATER))
    back.then(there_again("illness", LATER), *referred(again))
    back.when(answer("illness", on=LATER)).then()
    third = proposed(uuid5(PLAN, "illness 3"), "health", "medical-insurance", "illness", due=date(2021, 2, 11))
    back.when(resolve("illness"), answer("illness", on=LATER)).then(there_again("illness", LATER), *referred(third))


def test_help_that_arrives_after_its_risk_was_resolved_answers_the_one_that_comes_back() -> None:
    story = given(*in_school("started")).when(resolve("education"), advance("delivered", SCHOOL, "proof"))
    story.when(answer("education", on=LATER)).then(there_again("education", LATER))


def test_a_risk_that_stays_is_answered_by_what_arrived_before_another_one_was_resolved() -> None:
    """A relocation helps against both; the illness is over, the house is not."""
    both = given(*DELIVERED).when(answer("housing"), end(HOUSING), draft(Draft("relocation", "housing", ("illness", "housing"))))
    arrived = both.when(*(advance(to, DRAFTED, "proof") for to in ("accepted", "started", "delivered")))
    arrived.when(resolve("illness"), answer("housing", on=LATER)).then()


def test_a_risk_that_is_gone_ends_what_answers_it_alone() -> None:
    given(*STARTED).when(resolve("illness", on=LATER)).then(
        gone("illness", LATER), did.MeasureEnded(measure=HEALTH, on=LATER, because="risk-resolved")
    )
    both = given(*OPENED).when(answer("housing"), draft(Draft("relocation", "housing", ("illness", "housing"))))
    ended = [event.measure for event in both.when(resolve("illness")).happened if isinstance(event, did.MeasureEnded)]
    assert [HEALTH] == ended


def test_two_senders_add_a_measure_each_though_their_messages_have_the_same_id() -> None:
    story = given(*OPENED).when(draft(POST)).when(draft(Draft("relocation", "housing", ("illness",)), source="/town"))
    added = [(event.measure, event.kind) for event in story.happened if isinstance(event, did.MeasureProposed)]
    assert [(uuid5(PLAN, "/town message/0"), "relocation")] == added


def test_what_answers_several_risks_ends_with_the_last_of_them() -> None:
    story = given(*OPENED).when(answer("housing"), draft(Draft("relocation", "housing", ("illness", "housing"))))
    both = measures_that_end(story.when(resolve("illness"), resolve("housing")).happened)
    assert [HOUSING, DRAFTED] == both
    back = story.when(resolve("illness"), answer("illness"), resolve("housing"))
    assert [HOUSING] == measures_that_end(back.happened)


def measures_that_end(happened: Iterable[Event]) -> list[UUID]:
    return [event.measure for event in happened if isinstance(event, did.MeasureEnded)]


def test_what_reached_the_household_stays_delivered_when_its_risk_is_gone() -> None:
    given(*DELIVERED).when(resolve("illness")).then(gone("illness"))


@pytest.mark.parametrize(("step", "ends"), [("proposed", True), ("accepted", True), ("started", False)])
def test_what_has_begun_and_ends_by_itself_runs_on_when_its_risk_is_gone(step: str, ends: bool) -> None:  # noqa: FBT001
    expected = (did.MeasureEnded(measure=SCHOOL, on=LATER, because="risk-resolved"),) if ends else ()
    given(*in_school(step)).when(resolve("education", on=LATER)).then(gone("education", LATER), *expected)


def test_on_exit_everything_stops_but_what_has_begun_and_ends_by_itself() -> None:
    given(*in_school("started")).when(close()).then(
        did.MeasureEnded(measure=BASE, on=TODAY, because="plan-closed"), did.PlanClosed(plan=PLAN, on=TODAY, running=(SCHOOL,))
    )
    given(*in_school("accepted")).when(close()).then(
        did.MeasureEnded(measure=BASE, on=TODAY, because="plan-closed"),
        did.MeasureEnded(measure=SCHOOL, on=TODAY, because="plan-closed"),
        did.PlanClosed(plan=PLAN, on=TODAY),
    )


def test_what_is_over_already_does_not_end_again_on_exit() -> None:
    given(*DECLINED).when(close()).then(
        did.MeasureEnded(measure=BASE, on=TODAY, because="plan-closed"), did.PlanClosed(plan=PLAN, on=TODAY)
    )


def test_what_runs_on_ends_with_the_last_of_those_whom_it_helps() -> None:
    left = given(placed(), *in_school("started")).when(close())
    over = left.when(end_household(LATER, for_good=True))
    over.then(HouseholdEnded(on=LATER), did.MeasureEnded(measure=SCHOOL, on=LATER, because="household-ended"))
    over.when(end_household(LATER, for_good=True)).then()
    left.when(end_household(LATER)).then(HouseholdEnded(on=LATER))


def test_what_runs_on_is_delivered_and_ended_after_the_exit() -> None:
    left = given(*in_school("started")).when(close())
    delivered = left.when(advance("delivered", SCHOOL, "proof"))
    delivered.then(did.MeasureDelivered(measure=SCHOOL, on=TODAY, evidence_sha256="proof", episode=1))
    ended = delivered.when(end(SCHOOL, on=LATER))
    ended.then(did.MeasureEnded(measure=SCHOOL, on=LATER, reason_sha256="why"))
    ended.when(end(SCHOOL, on=LATER)).then(refused("measure.not-open"))


def test_the_plan_of_the_next_episode_names_the_one_before_and_leaves_what_runs_on_alone() -> None:
    left = given(*in_school("started")).when(close())
    again = left.when(open_plan("illness", episode=2))
    opened = again.happened[0]
    assert isinstance(opened, did.PlanOpened)
    assert (uuid5(CASE, "plan 2"), PLAN) == (opened.plan, opened.before)
    closed = again.when(close()).happened
    assert [HEALTH_AGAIN, BASE_AGAIN] == sorted((event.measure for event in closed if isinstance(event, did.MeasureEnded)), key=str)


def test_what_begins_or_arrives_says_of_which_episode_it_is() -> None:
    again = given(*in_school("started")).when(close(), open_plan("illness", episode=2))
    late = again.when(advance("delivered", SCHOOL, "proof"))
    late.then(did.MeasureDelivered(measure=SCHOOL, on=TODAY, evidence_sha256="proof", episode=1))
    cure = uuid5(NEXT_PLAN, "illness")
    again.when(advance("accepted", cure), advance("started", cure)).then(did.MeasureStarted(measure=cure, on=TODAY, episode=2))


NEXT_PLAN = uuid5(CASE, "plan 2")
HEALTH_AGAIN, BASE_AGAIN = sorted((uuid5(NEXT_PLAN, "illness"), uuid5(NEXT_PLAN, "base")), key=str)


def test_nothing_is_added_without_an_open_plan() -> None:
    given().when(draft(POST)).then(refused("plan.not-open"))
