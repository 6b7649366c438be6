"""A 1+N plan from its opening to its end; each command happens, is refused, is ignored when repeated."""

from __future__ import annotations

from datetime import date, timedelta
from typing import get_args
from uuid import UUID, uuid5

import pytest

from pipeline.decider import Event
from services.assistance.domain import DECIDER
from services.assistance.domain import events as did
from services.assistance.domain.care.care_commands import AnyCareCommand
from services.assistance.domain.care.merge_commands import AnyPersonCommand
from services.assistance.domain.commands import AnyCommand, Draft
from services.assistance.domain.policy import BaseItem
from services.assistance.domain.told_days import DayTold
from tests.assistance.helped import (
    ACCEPTED,
    BASE,
    CASE,
    CLOSED,
    CURE,
    DELIVERED,
    ENDED,
    HEALTH,
    HOUSING,
    OPENED,
    PILOT,
    PLAN,
    SECURITY,
    STARTED,
    TODAY,
    advance,
    answer,
    answered,
    assign,
    check_plan,
    close,
    decline,
    draft,
    end,
    given,
    open_plan,
    proposed,
    referred,
    refused,
    reply,
    resolve,
    tell_day,
)
from tests.assistance.paired import OTHER_TOWN, check, come_back, end_household, leave, move, place, release, visit
from tests.assistance.paired import resolve as put_right
from tests.specification import Specification

LOAN = Draft("finance", "civil-affairs", ("illness",), 5_000_000, TODAY, date(2022, 1, 4))
STATES = {"without a plan": (), "opened": OPENED, "accepted": ACCEPTED, "started": STARTED, "delivered": DELIVERED, "closed": CLOSED}
ASKS = "measure-proposed referral-sent"
NEW = f"plan-opened {ASKS} {ASKS}"
YES, DECLINES = "measure-accepted referral-answered", "measure-declined referral-answered"
ENDS = "measure-ended measure-ended plan-closed"
NO = "command-refused"
PAIRS: list[tuple[str, AnyCommand, tuple[str, ...]]] = [
    ("assign a cadre", assign(), ("cadre-assigned cadre-answers",) * 6),
    ("open the plan", open_plan("illness"), (NEW, "", "", "", "", "")),
    ("open the next plan", open_plan("illness", episode=2), (NEW, NO, NO, NO, NO, NEW)),
    ("answer a risk", answer("housing"), ("", *(ASKS,) * 4, "")),
    ("answer the same risk", answer("illness"), ("",) * 6),
    ("accept", advance("accepted"), (NO, YES, "", "", "", NO)),
    ("start", advance("started"), (NO, NO, "measure-started", "", "", NO)),
    ("deliver", advance("delivered"), (NO, NO, NO, "measure-delivered", "", NO)),
    ("decline", decline(), (NO, DECLINES, DECLINES, NO, NO, NO)),
    ("end", end(), (NO, *("measure-ended",) * 4, NO)),
    ("draft", draft(LOAN), (NO, *(ASKS,) * 4, NO)),
    ("resolve the risk", resolve("illness"), ("", *("plan-revised measure-ended",) * 3, "plan-revised", "")),
    ("resolve another risk", resolve("housing"), ("",) * 6),
    ("answer the referral", reply(), (NO, YES, "", "", "", NO)),
    (
        "begin a day after it was due",
        check_plan(date(2021, 1, 11)),
        ("", "referral-overdue referral-overdue", *("referral-overdue",) * 3, ""),
    ),
    ("tell a day", tell_day(TODAY), ("day-told",) * 6),
    ("close", close(), ("", ENDS, ENDS, ENDS, ENDS, "")),
    ("place", place(), ("household-placed",) * 6),
    ("move", move(OTHER_TOWN, TODAY), ("household-placed",) * 6),
    ("end the household", end_household(), ("",) * 6),
    ("come back", come_back(), ("",) * 6),
    ("release the cadre", release(), ("",) * 6),
    ("remember that he left", leave(), ("cadre-left",) * 6),
    ("check the pairing", check(), ("", *("cadre-missing",) * 4, "")),
    ("record a visit", visit(), ("visit-recorded",) * 6),
    ("resolve a finding", put_right(), (NO,) * 6),
]
TOLD = [
    pytest.param(history, command, expected, id=f"{name}: {state}")
    for name, command, row in PAIRS
    for (state, history), expected in zip(STATES.items(), row, strict=True)
]


@pytest.mark.parametrize(("history", "command", "expected"), TOLD)
def test_of_every_command_in_every_state_it_is_known_what_follows(history: tuple[Event, ...], command: AnyCommand, expected: str) -> None:
    happened = given(*history).when(command).happened
    assert expected.split() == [event.TOPIC.removeprefix("assistance.") for event in happened]


def test_a_day_is_told_once_and_one_before_it_is_no_news() -> None:
    told = DayTold(day=TODAY)
    given().when(tell_day(TODAY)).then(told)
    given(told).when(tell_day(TODAY)).then()
    given(told).when(tell_day(TODAY - timedelta(days=1))).then()
    given(told).when(tell_day(TODAY + timedelta(days=1))).then(DayTold(day=TODAY + timedelta(days=1)))


def test_no_command_is_forgotten() -> None:
    """Those about a person in care have a table of their own."""
    of_care = {*get_args(AnyCareCommand), *get_args(AnyPersonCommand)}
    assert set(get_args(AnyCommand)) - of_care == {type(command) for _, command, _ in PAIRS}


def test_a_plan_is_one_base_item_and_a_measure_for_each_risk() -> None:
    house = proposed(HOUSING, "housing", "housing", "housing")
    opened = did.PlanOpened(plan=PLAN, episode=1, base=BASE, measures=(HEALTH, HOUSING))
    given().when(open_plan("illness", "housing")).then(opened, *referred(SECURITY, CURE, house))


def test_a_pack_may_have_several_base_items_each_with_its_owner() -> None:
    second = BaseItem(kind="industry", department="civil-affairs", owner="first-secretary")
    pack = PILOT.model_copy(update={"base": (*PILOT.base, second)})
    opened, *_ = happened = Specification(DECIDER, pack).given().when(open_plan("illness")).happened
    more = uuid5(PLAN, "base 2")
    assert did.PlanOpened(plan=PLAN, episode=1, base=BASE, measures=(HEALTH,), more_bases=(more,)) == opened
    bases = [event for event in happened if isinstance(event, did.MeasureProposed) and event.base]
    assert [(BASE, "subsistence_security", "town-officer"), (more, "industry", "first-secretary")] == [
        (event.measure, event.kind, event.owner) for event in bases
    ]


def test_a_plan_without_a_known_risk_has_its_base_item() -> None:
    given().when(open_plan()).then(did.PlanOpened(plan=PLAN, episode=1, base=BASE, measures=()), *referred(SECURITY))


def test_a_measure_is_due_in_the_days_of_the_pack() -> None:
    assert date(2021, 1, 15) == SECURITY.due
    given(*OPENED).when(answer("housing", on=date(2021, 2, 20))).then(
        *referred(proposed(HOUSING, "housing", "housing", "housing", due=date(2021, 3, 2)))
    )


@pytest.mark.parametrize(
    ("risk", "kind", "department"),
    [
        ("illness", "health", "medical-insurance"),
        ("disability", "social_help", "disability"),
        ("education", "compulsory_education", "education"),
        ("natural_disaster", "living_conditions", "emergency"),
        ("housing", "housing", "housing"),
        ("drinking_water", "drinking_water", "water"),
        ("unstable_work", "employment", "human-resources"),
        ("a risk that the pack leaves out", "subsistence_security", "civil-affairs"),
    ],
)
def test_each_risk_has_a_measure_that_answers_it(risk: str, kind: str, department: str) -> None:
    measure = uuid5(PLAN, risk)
    opened = did.PlanOpened(plan=PLAN, episode=1, base=BASE, measures=(measure,))
    given().when(open_plan(risk)).then(opened, *referred(SECURITY, proposed(measure, kind, department, risk)))


def test_every_answer_of_the_pack_is_tried() -> None:
    tried = {"illness", "disability", "education", "natural_disaster", "housing", "drinking_water", "unstable_work"}
    assert tried == set(PILOT.answers)


def test_a_new_risk_adds_its_measure_once() -> None:
    house = proposed(HOUSING, "housing", "housing", "housing")
    given(*OPENED).when(answer("housing")).then(*referred(house))
    given(*OPENED, house).when(answer("housing")).then()


def test_one_plan_at_a_time() -> None:
    given(*OPENED).when(open_plan("illness", episode=2)).then(refused("plan.already-open"))


def test_the_way_back_in_opens_a_plan_of_its_own() -> None:
    again = given(*CLOSED).when(open_plan("illness", episode=2)).happened[0]
    assert isinstance(again, did.PlanOpened)
    assert (uuid5(CASE, "plan 2"), 2) == (again.plan, again.episode)


def test_the_plan_of_an_episode_that_is_over_is_not_opened_again() -> None:
    given(*CLOSED).when(open_plan("illness")).then()


def test_a_measure_goes_from_its_proposal_to_the_proof_of_delivery() -> None:
    given(*OPENED).when(advance("accepted")).then(did.MeasureAccepted(measure=HEALTH, on=TODAY), answered())
    given(*ACCEPTED).when(advance("started")).then(did.MeasureStarted(measure=HEALTH, on=TODAY, episode=1))
    proof = did.MeasureDelivered(measure=HEALTH, on=TODAY, evidence_sha256="evidence", episode=1)
    given(*STARTED).when(advance("delivered", evidence="evidence")).then(proof)


def test_a_step_is_not_left_out() -> None:
    given(*OPENED).when(advance("delivered")).then(refused("measure.not-ready"))


def test_measures_go_their_ways_apart() -> None:
    given(*DELIVERED).when(advance("started", BASE)).then(refused("measure.not-ready"))
    given(*DELIVERED).when(advance("accepted", BASE)).then(did.MeasureAccepted(measure=BASE, on=TODAY), answered(measure=BASE))


def test_a_measure_of_no_plan_is_refused() -> None:
    given(*OPENED).when(advance("accepted", UUID(int=9))).then(refused("measure.not-open"))


def test_what_is_ended_twice_ended_once() -> None:
    given(*STARTED, did.MeasureEnded(measure=HEALTH, on=TODAY, reason_sha256="why")).when(end()).then()


def test_an_exit_stops_every_measure_and_closes_the_plan() -> None:
    given(*DELIVERED).when(close()).then(*ENDED)


def test_a_measure_that_arrives_after_the_exit_is_refused() -> None:
    given(*CLOSED).when(advance("delivered")).then(refused("measure.not-open"))
