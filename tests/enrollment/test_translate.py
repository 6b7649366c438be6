"""The door in: what each message asks of whom."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

import pytest
from msgspec import to_builtins
from msgspec.structs import asdict, replace

from schemas import facts as say
from schemas import topics
from schemas.assistance import MeasureDelivered, MeasureStarted, VisitRecorded
from schemas.assistance.visits import VisitFinding
from schemas.clock import DayStarted
from schemas.enrollment import Apply, DecideAtCounty, DismissClue, RecordVerification, RegisterHousehold, ReportScreening
from schemas.identity import Person
from schemas.message import Message
from services.enrollment.domain import commands as ask
from services.enrollment.translate import Found, to_commands
from services.enrollment.translate.days import TOLD_DAYS
from services.enrollment.translate.discovery import FeedToday
from services.enrollment.translate.facts import absent_from, fact_id, feed_stream
from tests.enrollment.zhang import FATHER, HOUSEHOLD, MOTHER, TODAY, VILLAGE, asked, fact, hospital, income, withdraw
from tests.messages import envelope
from tests.schemas.identities import resident

ZHANG = Person(id_number=resident(), name="张·测试")
ABOUT: dict[str, Any] = {"valid_on": TODAY, "person": ZHANG}
HERE = Found((HOUSEHOLD,), person=FATHER)
AMOUNTS: dict[str, Any] = {"out_of_pocket_fen": 7, "within_policy_fen": 3, "reimbursed_fen": 2}
EARNED: dict[str, Any] = asdict(income(1_200_000, payouts_fen=5))


def benefit(**said: object) -> ask.Fact:
    return fact("message", signal="benefit-stopped", series="benefit:relief", kind="relief", **said)


SIGNALS = [
    (
        say.MedicalExpenseReported(**ABOUT, period="2020-12", kind="inpatient", **AMOUNTS),
        fact("message", signal="inpatient", series="inpatient:2020", period="2020-12", amount_fen=7),
    ),
    (
        say.MedicalExpenseReported(**ABOUT, period="2020-12", kind="outpatient_chronic_special", **AMOUNTS),
        fact("message", signal="outpatient", series="outpatient:2020-12", period="2020-12", amount_fen=7),
    ),
    (
        say.SchoolFeeReported(**ABOUT, school_year="2020-2021", stage="senior", fee_after_aid_fen=7),
        fact("message", signal="school-fee", series="school-fee:2020-2021", amount_fen=7, kind="senior"),
    ),
    (
        say.SeriousIllnessConfirmed(**ABOUT, disease_code="C50"),
        fact("message", signal="serious-illness", series="serious-illness:C50", present=True),
    ),
    (
        say.DisabilityCertified(**ABOUT, category=3, level=2, certificate_no=f"{resident()}32"),
        fact("message", signal="disability", series="disability:3", present=True, kind="2"),
    ),
    (
        say.DisasterAffected(**ABOUT, kind="flood", loss_fen=7),
        fact("message", signal="disaster", series="disaster:flood:2021-01-05", present=True, amount_fen=7, kind="flood"),
    ),
    (say.SchoolDropoutReported(**ABOUT, stage="junior"), fact("message", signal="dropout", present=True, kind="junior")),
    (say.SchoolReturned(**ABOUT), fact("message", signal="dropout", present=False)),
    (say.HouseGraded(**ABOUT, grade="A"), fact("message", signal="house", present=False, kind="A")),
    (say.HouseGraded(**ABOUT, grade="B"), fact("message", signal="house", present=False, kind="B")),
    (say.HouseGraded(**ABOUT, grade="C"), fact("message", signal="house", present=True, kind="C")),
    (say.HouseGraded(**ABOUT, grade="D"), fact("message", signal="house", present=True, kind="D")),
    (say.WaterTested(**ABOUT, safe=True), fact("message", series="water:own", signal="water", present=False)),
    (say.WaterTested(**ABOUT, safe=False), fact("message", series="water:own", signal="water", present=True)),
    (say.EmploymentChanged(**ABOUT, employed=True), fact("message", signal="employment", present=False)),
    (say.EmploymentChanged(**ABOUT, employed=False), fact("message", signal="employment", present=True)),
    (
        say.EmploymentChanged(**ABOUT, employed=True, employer="纺织厂", monthly_wage_fen=7),
        fact("message", signal="employment", present=False, amount_fen=7),
    ),
    (say.BenefitChanged(**ABOUT, benefit="relief", granted=True, monthly_fen=7), benefit(present=False, amount_fen=7)),
    (say.BenefitChanged(**ABOUT, benefit="relief", granted=False, monthly_fen=0), benefit(present=True, amount_fen=0)),
    (
        say.AssetReported(**ABOUT, kind="vehicle", value_fen=7, count=1),
        fact("message", series="asset:vehicle", name="asset-reported", kind="vehicle", amount_fen=7, present=True),
    ),
    (
        say.AssetReported(**ABOUT, kind="vehicle", count=0),
        fact("message", series="asset:vehicle", name="asset-reported", kind="vehicle", present=False),
    ),
    (
        say.AssetReported(**ABOUT, kind="payroll"),
        fact("message", series="asset:payroll", name="asset-reported", kind="payroll", present=True),
    ),
]


def said(message: Message, found: Found = HERE) -> list[tuple[UUID, ask.AnyCommand]]:
    return list(to_commands(envelope(message), found))


def test_every_department_and_every_message_has_its_own_fact() -> None:
    messages = [("/a", "1"), ("/a", "2"), ("/b", "1"), ("/a\x001", ""), ("/a", "\x001")]
    assert len({fact_id(topic, *message) for topic in topics.FACTS.values() for message in messages}) == 11 * 5


def test_a_fact_keeps_its_id_when_its_topic_gets_a_new_version() -> None:
    assert fact_id("suishi.facts.health.v2", "/a", "1") == fact_id("suishi.facts.health.v1", "/a", "1")


@pytest.mark.parametrize(("message", "expected"), SIGNALS)
def test_a_fact_says_only_what_a_rule_may_read(message: say.Fact, expected: ask.Fact) -> None:
    named = replace(expected, name=message.TYPE.split(".")[2])
    assert said(message) == [(HOUSEHOLD, ask.RecordFact(**asked(), fact=named))]


def test_a_declared_income_is_taken_whole() -> None:
    what = fact("message", series="income", name="income-declared", income=income(1_200_000, payouts_fen=5))
    assert said(say.IncomeDeclared(**ABOUT, **EARNED)) == [(HOUSEHOLD, ask.RecordFact(**asked(), fact=what))]


def test_a_fact_without_a_rule_is_kept_by_its_name() -> None:
    what = fact("message", series="person-died", name="person-died")
    assert said(say.PersonDied(**ABOUT)) == [(HOUSEHOLD, ask.RecordFact(**asked(), fact=what))]


def test_a_fact_about_several_households_is_told_to_each() -> None:
    village = say.WaterTested(valid_on=TODAY, village_code=VILLAGE, safe=False)
    told = said(village, Found((UUID(int=5), UUID(int=6))))
    assert [UUID(int=5), UUID(int=6)] == [stream for stream, _ in told]
    assert {("water", True)} == {(one.fact.series, one.fact.whole_village) for _, one in told if isinstance(one, ask.RecordFact)}


def test_a_fact_withdrawn_before_it_came_is_taken_back_before_it_is_told() -> None:
    told = said(say.SchoolReturned(**ABOUT), Found((HOUSEHOLD,), person=FATHER, withdrawn=True))
    assert [ask.WithdrawFact, ask.RecordFact] == [type(command) for _, command in told]


def test_the_day_of_a_message_is_the_local_one() -> None:
    late = envelope(say.SchoolReturned(**ABOUT), time=datetime(2020, 12, 31, 16, 0, tzinfo=UTC))
    ((_, command),) = to_commands(late, HERE)
    assert date(2021, 1, 1) == command.on


def test_a_withdrawal_names_the_fact_by_its_source_and_id() -> None:
    back = say.FactWithdrawn(source="/department", id="hospital", reason="wrong person")
    why = sha256(b"wrong person").hexdigest()
    assert said(back) == [(HOUSEHOLD, replace(withdraw(hospital(1)), **asked(), reason_sha256=why))]


def member(person: UUID, labour: str) -> dict[str, object]:
    return {"id_number": resident(order=f"{person.int:03}"), "name": "张", "relation": "head", "labour_capacity": labour, "health": "poor"}


def test_a_registration_names_its_members_by_their_ids_and_tells_what_waited() -> None:
    people = [member(FATHER, "full"), member(MOTHER, "none")]
    register = RegisterHousehold.model_validate(
        {"household_id": HOUSEHOLD, "village_code": VILLAGE, "category": "never_registered", "members": people}
    )
    waited = hospital(7)
    found = Found((HOUSEHOLD,), members=(FATHER, MOTHER), elsewhere=frozenset({MOTHER}), waiting=(waited,))
    members = tuple(ask.Member(person=one, relation="head", labour_capacity=able) for one, able in ((FATHER, "full"), (MOTHER, "none")))
    registered = ask.RegisterHousehold(
        **asked(), household=HOUSEHOLD, village_code=VILLAGE, category="never_registered", members=members, elsewhere=frozenset({MOTHER})
    )
    told = ask.RecordFact(**asked(), fact=waited, waited=True)
    assert said(register, found) == [(HOUSEHOLD, registered), (HOUSEHOLD, told)]


def test_a_visit_keeps_its_findings_by_digest_and_names_what_is_not_met() -> None:
    met = {"food": True, "clothing": True, "education": False, "medical": True, "housing": True, "water": False}
    able = [{"id_number": resident(), "labour_capacity": "partial"}]
    visit = RecordVerification.model_validate(
        {"visitors": ("a", "b"), "findings": "房屋漏雨", "income": EARNED, "guarantees": met, "members": able, "outcome": "approved"}
    )
    findings = sha256('{"visitors":["a","b"],"findings":"房屋漏雨"}'.encode()).hexdigest()
    earned = income(1_200_000, payouts_fen=5)
    command = ask.RecordVerification(
        **asked(),
        findings_sha256=findings,
        income=earned,
        unmet=("education", "water"),
        outcome="approved",
        labour=(ask.Labour(person=FATHER, capacity="partial"),),
    )
    assert said(visit, replace(HERE, members=(FATHER,))) == [(HOUSEHOLD, command)]


def test_an_application_keeps_its_words_by_digest_and_names_the_applicant_by_his_id() -> None:
    apply = Apply(applicant=ZHANG, risks=("illness", "other"), difficulty="无力负担")
    ((stream, command),) = said(apply)
    digest = sha256("无力负担".encode()).hexdigest()
    named = {"request": command.request, "source": "/department", "reference": "message"} if isinstance(command, ask.Apply) else {}
    expected = ask.Apply(**asked(), **named, applicant=FATHER, risks=("illness", "other"), difficulty_sha256=digest)
    assert (HOUSEHOLD, expected) == (stream, command)


def test_a_screening_keeps_its_findings_by_digest() -> None:
    ((_, command),) = said(ReportScreening(risks=("housing",), findings="房屋漏雨"))
    assert isinstance(command, ask.ReportScreening)
    assert (("housing",), sha256("房屋漏雨".encode()).hexdigest()) == (command.risks, command.findings_sha256)


def test_a_message_of_another_sender_with_the_same_id_is_another_application() -> None:
    apply = Apply(applicant=ZHANG, risks=("other",), difficulty="无力负担")
    heard = [command for sender in ("/a", "/b") for _, command in to_commands(envelope(apply, source=sender), HERE)]
    assert len({command.request for command in heard if isinstance(command, ask.Apply)}) == 2


def test_a_dismissal_keeps_its_reason_by_digest() -> None:
    reason = sha256("误报".encode()).hexdigest()
    assert said(DismissClue(reason="误报")) == [(HOUSEHOLD, ask.DismissClue(**asked(), reason_sha256=reason))]


def test_a_decision_keeps_its_reason_by_digest() -> None:
    reason = sha256("符合条件".encode()).hexdigest()
    decision = DecideAtCounty(outcome="rejected", type="sudden", risks=("illness",), reason="符合条件")
    expected = ask.DecideAtCounty(**asked(), outcome="rejected", type="sudden", risks=("illness",), reason_sha256=reason)
    assert said(decision) == [(HOUSEHOLD, expected)]


def test_a_delivered_measure_is_counted() -> None:
    delivered = MeasureDelivered(household_id=HOUSEHOLD, measure_id=UUID(int=7), on=TODAY)
    assert said(delivered) == [(HOUSEHOLD, ask.CountMeasure(**asked(), measure=UUID(int=7)))]
    started = MeasureStarted(household_id=HOUSEHOLD, measure_id=UUID(int=7), on=TODAY)
    assert said(started) == [(HOUSEHOLD, ask.CountMeasure(**asked(), measure=UUID(int=7), delivered=False))]


@pytest.mark.parametrize("message", [MeasureStarted, MeasureDelivered])
def test_a_measure_is_counted_for_the_episode_that_it_is_of(message: type[MeasureStarted | MeasureDelivered]) -> None:
    of_the_second = message(household_id=HOUSEHOLD, measure_id=UUID(int=7), on=TODAY, episode=2)
    assert [2] == [getattr(command, "episode", None) for _, command in said(of_the_second)]


def home_visit(*risks: str | None) -> VisitRecorded:
    findings = tuple(VisitFinding(finding_id=UUID(int=number), kind="other", risk=risk) for number, risk in enumerate(risks, 800))
    return VisitRecorded(
        household_id=HOUSEHOLD, visit_id=UUID(int=7), cadre_id=UUID(int=8), on=TODAY, paired=True, findings=findings or None
    )


def test_each_risk_that_a_home_visit_found_is_a_screening_that_names_the_finding() -> None:
    told = to_commands(envelope(home_visit("housing", None, "illness"), source="/suishi/assistance"), HERE)
    screenings = [command for _, command in told if isinstance(command, ask.ReportScreening)]
    assert [HOUSEHOLD, HOUSEHOLD] == [stream for stream, _ in told]
    assert [("housing",), ("illness",)] == [one.risks for one in screenings]
    assert [str(UUID(int=800)), str(UUID(int=802))] == [one.reference for one in screenings]
    assert {("/suishi/assistance", "", True)} == {(one.source, one.findings_sha256, one.at_visit) for one in screenings}
    assert len({one.request for one in screenings}) == 2


@pytest.mark.parametrize("told", [home_visit(), home_visit(None)], ids=["nothing", "nothing with a risk"])
def test_a_home_visit_that_found_no_risk_asks_nothing(told: VisitRecorded) -> None:
    assert [] == said(told)


def test_a_day_is_told_by_its_date_and_not_by_the_instant_of_the_message() -> None:
    day = {**asked(), "on": date(2021, 2, 1)}
    assert said(DayStarted(date=date(2021, 2, 1))) == [(HOUSEHOLD, ask.StartDay(**day)), (TOLD_DAYS, ask.TellDay(**day))]


def test_every_command_says_which_day_was_told_last() -> None:
    today = date(2021, 1, 9)
    ((_, dismissed),) = said(DismissClue(reason="误报"), Found((HOUSEHOLD,), today=today))
    assert (TODAY, today, today) == (dismissed.on, dismissed.today, dismissed.came)


REPORTED = datetime(2021, 3, 5, 9, tzinfo=UTC)


def test_a_day_looks_at_every_feed_and_tells_whom_a_full_list_left_out() -> None:
    grant = replace(benefit(present=False), department="civil-affairs")
    stop = absent_from("2021-02", REPORTED, grant)
    found = Found(feeds=(FeedToday("health", {"2021-01": 7}),), absent=((HOUSEHOLD, stop),))
    check = ask.CheckFeed(**asked(), department="health", received={"2021-01": 7})
    recorded, told = ask.RecordFact(**asked(), fact=stop), ask.TellDay(**asked())
    assert said(DayStarted(date=TODAY), found) == [(feed_stream("health"), check), (HOUSEHOLD, recorded), (TOLD_DAYS, told)]


def test_who_is_not_in_a_full_list_has_stopped_right_after_what_was_said_of_him() -> None:
    grant = replace(benefit(present=False, amount_fen=7), department="civil-affairs")
    stop = absent_from("2021-02", REPORTED, grant)
    assert (True, 0, date(2021, 2, 1), grant.about) == (stop.present, stop.amount_fen, stop.valid_on, stop.about)
    assert (grant.time, REPORTED) == (grant.heard_at, stop.heard_at)
    assert "heard" not in to_builtins(grant)  # the log holds many facts
    assert "" == stop.department  # nobody delivered it, so no report counts it
    assert grant.order < stop.order < replace(grant, time=grant.time + timedelta(seconds=1)).order
    assert stop.id not in {grant.id, absent_from("2021-03", REPORTED, grant).id}


def test_a_delivery_report_goes_to_the_feed_of_its_department() -> None:
    report = say.FeedDelivered(period="2020-12", count=7, full=True)
    command = ask.ReportDelivery(**asked(), department="health", period="2020-12", count=7, full=True, reference="message")
    assert said(report) == [(feed_stream("health"), command)]


def test_a_fact_says_where_its_person_lives_if_the_department_knows() -> None:
    ((_, command),) = said(say.SchoolReturned(**ABOUT, village_code=VILLAGE))
    assert isinstance(command, ask.RecordFact)
    assert VILLAGE == command.fact.village_code


@pytest.mark.parametrize(("period", "valid_on", "expected"), [("2020-11", TODAY, "2020-11"), ("", date(2020, 12, 31), "2020-12")])
def test_a_fact_belongs_to_the_period_that_it_names_else_to_its_month(period: str, valid_on: date, expected: str) -> None:
    assert expected == fact("any", period=period, valid_on=valid_on).delivered_in


def test_a_message_about_nobody_asks_nothing() -> None:
    assert said(DismissClue(reason="误报"), Found()) == []
