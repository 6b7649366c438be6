"""The border of assistance: what each message asks, and what of each event is public."""

from __future__ import annotations

from datetime import date
from hashlib import sha256
from typing import Final
from uuid import UUID, uuid5

import pytest
from msgspec.structs import replace

from pipeline.decider import Event
from pipeline.facts_lost import FactsLost
from schemas import assistance as words
from schemas import enrollment as heard
from schemas import topics
from schemas.clock import DayStarted
from schemas.generate import TYPES
from schemas.message import Message
from services.assistance.domain import events as did
from services.assistance.domain.commands import AnyCommand, Draft, Unanswered
from services.assistance.domain.pairing.pairings import cadre_stream
from services.assistance.domain.referrals.referral_events import ReferralAnswered, ReferralOverdue, ReferralSent
from services.assistance.domain.told_days import DayTold
from services.assistance.identify.found import Found, found_by_name
from services.assistance.translate import REMEDIES, TEXTS, TOLD_DAYS, to_commands, to_message
from services.refused_command import with_again
from tests.assistance.helped import (
    BASE,
    CADRE,
    CASE,
    CURE,
    DUE,
    HEALTH,
    HOUSEHOLD,
    OPENED,
    PLAN,
    TODAY,
    advance,
    answer,
    assign,
    check_plan,
    close,
    decline,
    draft,
    end,
    open_plan,
    refused,
    reply,
    resolve,
    tell_day,
)
from tests.assistance.paired import leave, pair, release
from tests.assistance.paired_border import ASKED as PAIRED_ASKED
from tests.assistance.paired_border import SAID as PAIRED_SAID
from tests.assistance.test_care_border import ASKED as ASKED_ABOUT_CARE
from tests.assistance.test_care_border import SAID as SAID_OF_CARE
from tests.assistance.test_care_merged_border import SAID as SAID_OF_MERGING
from tests.assistance.two_persons import MERGED, UNMERGED
from tests.messages import EVENT_ID, envelope, recorded
from tests.schemas.test_golden import FILES

LONGEST = 200  # what is longer cannot be published, and the relay ends at it
FOLLOWED = sorted({kind for topic in topics.FOLLOWS["assistance"] for kind in topics.ALLOWED[topic]})
ID: Final = {"household_id": HOUSEHOLD}
REFERRAL: Final = uuid5(HEALTH, "referral")
ABOUT: Final = {**ID, "referral_id": REFERRAL, "measure_id": HEALTH, "department": "health"}
EVIDENCE: Final = sha256("补助已到账".encode()).hexdigest()
ENROLLED: Final = heard.HouseholdEnrolled(
    **ID,
    case_id=CASE,
    episode=1,
    type="immediate-assistance",
    risks=("illness", "housing"),
    pack="example-pilot",
    line_fen=600_000,
    decision_event_id=EVENT_ID,
)
ANSWER: Final = heard.ReferralAnswered(referral_id=REFERRAL, department="health", outcome="declined", on=TODAY)
ASKED: Final[list[tuple[Message, AnyCommand]]] = [
    (ENROLLED, open_plan("illness", "housing")),
    (heard.RiskAdded(**ID, risk="housing"), answer("housing")),
    (heard.HouseholdExited(**ID, case_id=CASE, episode=1, method="help"), close()),
    (heard.CaseEnded(**ID, case_id=CASE, episode=1, reason="died"), close()),
    (ANSWER, reply("declined", "health", why=None)),
    (words.AssignCadre(cadre_id=CADRE, from_day=TODAY), assign()),
    (words.AcceptMeasure(measure_id=HEALTH), advance("accepted")),
    (words.StartMeasure(measure_id=HEALTH), advance("started")),
    (words.DeliverMeasure(measure_id=HEALTH, evidence="补助已到账"), advance("delivered", evidence=EVIDENCE)),
    (heard.RiskResolved(**ID, risk="illness"), resolve("illness")),
    (words.DeclineMeasure(measure_id=HEALTH, reason="补助已到账"), replace(decline(), reason_sha256=EVIDENCE)),
    (words.AnswerReferral(referral_id=REFERRAL, outcome="declined", reason="补助已到账"), reply("declined", why=EVIDENCE)),
    (words.EndMeasure(measure_id=HEALTH, reason="补助已到账"), replace(end(), reason_sha256=EVIDENCE)),
    (
        words.DraftPlan(
            measures=(words.DraftedMeasure(kind="finance", department="civil-affairs", answers=("illness",), amount_fen=5_000_000),),
            unanswered=(words.UnansweredRisk(risk="illness", reason="补助已到账"),),
        ),
        replace(draft(Draft("finance", "civil-affairs", ("illness",), 5_000_000)), unanswered=(Unanswered("illness", EVIDENCE),)),
    ),
]
ASKED += PAIRED_ASKED
SAID: Final[list[tuple[Event, Message | None]]] = [
    (did.CadreAssigned(cadre=CADRE, from_day=TODAY), words.CadreAssigned(**ID, cadre_id=CADRE, from_day=TODAY)),
    (OPENED[0], words.PlanOpened(**ID, plan_id=PLAN, episode=1, base=BASE, measures=(HEALTH,))),
    (
        CURE,
        words.MeasureProposed(
            **ID,
            measure_id=HEALTH,
            plan_id=PLAN,
            kind="health",
            department="medical-insurance",
            answers=("illness",),
            base=False,
            due=DUE,
        ),
    ),
    (did.MeasureAccepted(measure=HEALTH, on=TODAY), words.MeasureAccepted(**ID, measure_id=HEALTH, on=TODAY)),
    (did.MeasureStarted(measure=HEALTH, on=TODAY), words.MeasureStarted(**ID, measure_id=HEALTH, on=TODAY)),
    (did.MeasureStarted(measure=HEALTH, on=TODAY, episode=2), words.MeasureStarted(**ID, measure_id=HEALTH, on=TODAY, episode=2)),
    (
        did.MeasureDelivered(measure=HEALTH, on=TODAY, evidence_sha256=EVIDENCE),
        words.MeasureDelivered(**ID, measure_id=HEALTH, on=TODAY),
    ),
    (
        did.MeasureDelivered(measure=HEALTH, on=TODAY, evidence_sha256=EVIDENCE, episode=2),
        words.MeasureDelivered(**ID, measure_id=HEALTH, on=TODAY, episode=2),
    ),
    (did.MeasureDeclined(measure=HEALTH, on=TODAY, reason_sha256="why"), words.MeasureDeclined(**ID, measure_id=HEALTH, on=TODAY)),
    (did.MeasureEnded(measure=HEALTH, on=TODAY), words.MeasureEnded(**ID, measure_id=HEALTH, on=TODAY)),
    (
        did.MeasureOverdue(measure=HEALTH, kind="health", department="health", due=DUE),
        words.MeasureOverdue(**ID, measure_id=HEALTH, kind="health", department="health", due=DUE),
    ),
    (did.PlanRevised(plan=PLAN, risk="illness", on=TODAY, open=False), None),
    (
        did.RiskLeftUnanswered(plan=PLAN, risk="illness", reason_sha256="why"),
        words.RiskLeftUnanswered(**ID, plan_id=PLAN, risk="illness"),
    ),
    (
        ReferralSent(referral=REFERRAL, measure=HEALTH, department="health", kind="health", answers=("illness",), due=DUE),
        words.ReferralSent(**ABOUT, kind="health", answers=("illness",), due=DUE),
    ),
    (
        ReferralAnswered(referral=REFERRAL, measure=HEALTH, department="health", outcome="declined", on=TODAY, reason_sha256="why"),
        words.ReferralAnswered(**ABOUT, outcome="declined", on=TODAY),
    ),
    (
        ReferralOverdue(referral=REFERRAL, measure=HEALTH, department="health", due=DUE, level="county"),
        words.ReferralOverdue(**ABOUT, due=DUE, level="county"),
    ),
    (did.PlanClosed(plan=PLAN, on=TODAY, running=(HEALTH,)), words.PlanClosed(**ID, plan_id=PLAN, on=TODAY, running=(HEALTH,))),
    (did.PlanClosed(plan=PLAN, on=TODAY), words.PlanClosed(**ID, plan_id=PLAN, on=TODAY)),
    (
        refused("plan.already-open"),
        words.CommandRefused(
            **ID,
            command_id="message",
            reason_code="plan.already-open",
            text="该户已有帮扶方案。 The household has an open plan.",
            remedy="再发须用新的消息编号（id）。 Send it again under a new message id.",
        ),
    ),
    *PAIRED_SAID,
    (DayTold(day=TODAY), None),
    (FactsLost(topic="events", partition=3, from_offset=5, to_offset=9), None),
]


def commands(message: Message, subject: UUID = HOUSEHOLD) -> list[tuple[UUID, AnyCommand]]:
    """A day and a cadre who leaves concern one household; that a day began, and that he left, is told beside it."""
    told = envelope(message, subject=subject)
    asked = to_commands(told, replace(found_by_name(told, {REFERRAL: HOUSEHOLD}), pairings=(HOUSEHOLD,)))
    return [(stream, command) for stream, command in asked if stream not in {TOLD_DAYS, cadre_stream(CADRE)}]


@pytest.mark.parametrize(("message", "command"), ASKED, ids=lambda one: getattr(one, "TYPE", ""))
def test_a_message_asks_its_household(message: Message, command: AnyCommand) -> None:
    assert commands(message) == [(HOUSEHOLD, command)]


def test_an_event_of_enrollment_names_its_household_itself() -> None:
    assert commands(ENROLLED, subject=UUID(int=9)) == [(HOUSEHOLD, open_plan("illness", "housing"))]


def test_a_day_names_nobody_whatever_its_subject() -> None:
    assert Found(None) == found_by_name(envelope(DayStarted(date=TODAY), subject=HOUSEHOLD), {})


def test_a_day_asks_those_in_whose_plan_something_is_late() -> None:
    day = date(2021, 1, 9)
    asked = to_commands(envelope(DayStarted(date=day)), Found(None, late=(HOUSEHOLD,)))
    assert asked == [(HOUSEHOLD, check_plan(day)), (TOLD_DAYS, tell_day(day))]


def test_a_cadre_who_leaves_is_remembered_in_a_stream_of_his_own_whoever_is_paired_with_him() -> None:
    leaves = envelope(words.ReleaseCadre(cadre_id=CADRE, on=TODAY))
    assert list(to_commands(leaves, Found(None))) == [(cadre_stream(CADRE), leave())]
    assert list(to_commands(leaves, Found(None, pairings=(HOUSEHOLD,)))) == [(HOUSEHOLD, release()), (cadre_stream(CADRE), leave())]


def test_a_pairing_comes_with_the_days_on_which_its_cadre_left() -> None:
    said = envelope(words.AssignCadre(cadre_id=CADRE, from_day=TODAY), subject=HOUSEHOLD)
    assert list(to_commands(said, Found(HOUSEHOLD, left=(TODAY,)))) == [(HOUSEHOLD, pair(CADRE, TODAY, None, TODAY))]


def test_that_a_cadre_left_goes_out_under_his_own_id() -> None:
    told = to_message(recorded(did.CadreLeft(cadre=CADRE, on=TODAY), cadre_stream(CADRE)))
    assert told is not None
    assert (words.CadreLeft(cadre_id=CADRE, on=TODAY), CADRE) == (told.data, told.key)


@pytest.mark.parametrize("message", [ENROLLED, MERGED, *(message for message, _ in (*ASKED, *ASKED_ABOUT_CARE))], ids=lambda one: one.TYPE)
def test_every_command_says_which_day_was_told_last(message: Message) -> None:
    told = date(2021, 2, 5)
    asked = to_commands(envelope(message, subject=HOUSEHOLD), Found(HOUSEHOLD, pairings=(HOUSEHOLD,), today=told))
    assert {told} == {command.today for _, command in asked}


def test_an_answer_to_a_referral_that_nobody_knows_is_refused_apart() -> None:
    unknown = ANSWER.model_copy(update={"referral_id": UUID(int=9)})
    ((stream, _),) = commands(unknown)
    assert UUID(int=9) == stream


def test_it_is_known_which_messages_are_heeded() -> None:
    golden = {file.stem: TYPES[file.stem].model_validate_json(file.read_bytes()) for file in FILES}
    heeded = {kind for kind in FOLLOWED if commands(golden[kind])}
    assert {*(message.TYPE for message, _ in (*ASKED, *ASKED_ABOUT_CARE)), MERGED.TYPE, UNMERGED.TYPE} == heeded
    assert set(topics.ALLOWED[topics.COMMANDS["assistance"]]) <= heeded


@pytest.mark.parametrize(("event", "expected"), SAID, ids=lambda one: getattr(one, "TOPIC", ""))
def test_an_event_becomes_its_public_message(event: Event, expected: Message | None) -> None:
    told = to_message(recorded(event, HOUSEHOLD))
    assert (expected, HOUSEHOLD) == (told.data, told.key) if told is not None else expected is None


def test_no_event_is_forgotten() -> None:
    told = {type(event) for event, _ in (*SAID, *SAID_OF_CARE, *SAID_OF_MERGING)}
    assert {*did.AnyEvent.__args__, FactsLost} == {*told, did.CadreLeft}


def test_every_refusal_has_its_words() -> None:
    of_plans = {"plan.already-open", "plan.not-open", "risk.not-in-plan", "measure.not-open", "measure.not-ready", "measure.begun"}
    of_visits = {f"visit.{code}" for code in ("in-the-future", "household-ended", "item-unknown", "kind-unknown", "told-differently")}
    of_visits |= {"visit.finding-told-before", "finding.unknown"}
    of_pairings = {"pairing.cadre-left", "pairing.household-moved", "pairing.household-ended"}
    of_referrals = {"referral.unknown", "referral.another-department"}
    known = of_plans | of_pairings | of_referrals | of_visits
    assert known == {code for code in TEXTS if not code.startswith("care.")}
    assert [] == [said for said in (*TEXTS.values(), *map(with_again, REMEDIES.values())) if len(said) > LONGEST]


def test_whoever_answers_a_referral_too_early_is_told_whether_his_answer_is_kept() -> None:
    """A department that answers on its own topic, and whoever answers for it by command, read the same."""
    told = to_message(recorded(refused("referral.unknown"), HOUSEHOLD))
    assert told is not None
    assert (
        words.CommandRefused(
            **ID,
            command_id="message",
            reason_code="referral.unknown",
            text="没有这项转介；部门经本部门主题作出的答复，转介发出后即生效。"
            " There is no such referral; what a department answered on its own topic counts once it is sent.",
            remedy="请核对编号；以命令作出的答复不予保留，请在转介发出后再发。"
            " Check its id; a command is not kept: wait until the referral is there."
            " 再发须用新的消息编号（id）。 Send it again under a new message id.",
        )
        == told.data
    )


def test_the_text_of_the_evidence_goes_nowhere() -> None:
    ((_, command),) = commands(words.DeliverMeasure(measure_id=HEALTH, evidence="补助已到账"))
    public = [told.data.model_dump_json() for event, _ in SAID if (told := to_message(recorded(event, HOUSEHOLD))) is not None]
    assert "补助" not in repr(command)
    assert EVIDENCE not in "".join(public)


def test_nothing_is_found_for_a_message_about_nobody() -> None:
    assert list(to_commands(envelope(words.AcceptMeasure(measure_id=HEALTH)), Found(None))) == []
