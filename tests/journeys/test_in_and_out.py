"""A household nobody knew is found by a fact, taken in, helped, and let out the moment the facts allow."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
from stdnum.cn.ric import calc_check_digit

from services.notifications.acknowledge import Signature
from tests.journeys.outside import outside
from tests.journeys.system import NOON, System
from tests.way_in import AFTER_THE_NOTICE, WAY_IN, income

VILLAGE = "370323001001"
PHONE = "13800000000"
COMMANDS = "suishi.enrollment.commands.v1"
ASSISTANCE = "suishi.assistance.commands.v1"


def identity(number: int) -> str:
    plain = f"37039919600101{number:03d}"
    return plain + calc_check_digit(f"{plain}0")


async def register(system: System, household: UUID, number: int) -> None:
    member = {"id_number": identity(number), "name": "欧阳·测试", "relation": "head", "labour_capacity": "full"}
    data = {"household_id": str(household), "village_code": VILLAGE, "category": "never_registered", "members": [member]}
    await system.say(COMMANDS, "suishi.enrollment.command.register-household.v1", data, about=household)


async def hospital(system: System, number: int, yuan: int) -> str:
    person = {"id_number": identity(number), "name": "欧阳·测试"}
    amounts = {"out_of_pocket_fen": yuan * 100, "within_policy_fen": 0, "reimbursed_fen": 0}
    data = {"valid_on": "2021-01-04", "person": person, "period": "2021-01", "kind": "inpatient", **amounts}
    return await system.say("suishi.facts.medical-insurance.v1", "suishi.fact.medical-expense-reported.v1", data)


async def pair(system: System, household: UUID) -> None:
    cadre = str(uuid4())
    channels = [{"kind": "email", "address": "cadre@example.invalid"}]
    recipient = {"recipient_id": cadre, "role": "paired-cadre", "area": VILLAGE, "channels": channels}
    await system.say("suishi.notifications.commands.v1", "suishi.notifications.command.register-recipient.v1", recipient)
    data = {"cadre_id": cadre, "from_day": "2021-01-01"}
    await system.say("suishi.assistance.commands.v1", "suishi.assistance.command.assign-cadre.v1", data, about=household)


async def enroll(system: System, household: UUID) -> None:
    await system.wait_for("SELECT 1 FROM enrollment.households WHERE household = $1 AND stage = 'clue'", household)
    for name, by, data, days in WAY_IN:
        kind, at = f"suishi.enrollment.command.{name}.v1", NOON + timedelta(days=days)
        await system.say(COMMANDS, kind, data, about=household, by=by, at=at)
    await system.wait_for("SELECT 1 FROM enrollment.households WHERE household = $1 AND stage = 'enrolled'", household)


async def help_with_everything(system: System, household: UUID) -> None:
    """Each department says on its own topic that it takes its measure on."""
    asked = await system.wait_for(
        "SELECT measure, referral, department FROM assistance.outstanding_referrals WHERE household = $1", household
    )
    for _, referral, department in asked:
        answer = {"referral_id": str(referral), "outcome": "accepted", "reason": f"已安排，电话 {PHONE}"}
        await system.say(f"suishi.facts.{department}.v1", "suishi.fact.referral-answered.v1", answer)
    taken_on = "SELECT 1 FROM assistance.measures WHERE household = $1 AND state = 'accepted' HAVING count(*) = 2"
    await system.wait_for(taken_on, household)
    for measure, _, _ in asked:
        await system.say(ASSISTANCE, "suishi.assistance.command.start-measure.v1", {"measure_id": str(measure)}, about=household)
        data = {"measure_id": str(measure), "evidence": "已落实"}
        await system.say(ASSISTANCE, "suishi.assistance.command.deliver-measure.v1", data, about=household)


async def test_a_household_is_found_helped_and_let_out(system: System) -> None:
    household = uuid4()
    await hospital(system, 1, 25_000)
    await system.wait_for("SELECT 1 FROM enrollment.facts WHERE waiting IS NOT NULL")
    await register(system, household, 1)
    await pair(system, household)
    await enroll(system, household)
    await help_with_everything(system, household)
    begun = "SELECT 1 FROM enrollment.events WHERE stream = $1 AND topic = 'enrollment.measure-begun' HAVING count(*) = 2"
    await system.wait_for(begun, household)
    later = NOON + timedelta(days=AFTER_THE_NOTICE)
    declared = {"valid_on": "2021-01-11", "household_id": str(household), **income(3_000_000, "2021-01-11", "2020-01-12")}
    await system.say("suishi.facts.civil-affairs.v1", "suishi.fact.income-declared.v1", declared, at=later)
    await system.wait_for("SELECT 1 FROM enrollment.households WHERE household = $1 AND stage = 'exit-proposed'", household)
    decide = {"outcome": "approved", "reason": "收入稳定"}
    await system.say(COMMANDS, "suishi.enrollment.command.decide-at-county.v1", decide, about=household, by="officer", at=later)
    await system.wait_for("SELECT 1 FROM assistance.plans WHERE household = $1 AND closed_on IS NOT NULL", household)
    # What was still on its way when the household left is not sent any more.
    letters = "SELECT count(*) FROM notifications.outbox WHERE household = $1 AND state IN ('sent', 'withdrawn') HAVING count(*) >= 6"
    await system.wait_for(letters, household)

    assert [
        "enrollment.household-registered",
        "enrollment.fact-recorded",
        *("enrollment.clue-raised", "enrollment.deadline-started", "enrollment.deadline-started"),
        *("enrollment.clue-closed", "enrollment.case-opened", "enrollment.step-completed", "enrollment.deadline-started"),
        *("enrollment.deadline-met", "enrollment.step-completed"),
        *("enrollment.deadline-met", "enrollment.step-completed", "enrollment.deadline-started"),
        *("enrollment.deadline-met", "enrollment.step-completed"),
        *("enrollment.notice-posted", "enrollment.step-completed", "enrollment.step-completed"),
        *("enrollment.deadline-met", "enrollment.household-enrolled", "enrollment.deadline-started", "enrollment.deadline-started"),
        *("enrollment.deadline-met", "enrollment.measure-begun", "enrollment.measure-counted", "enrollment.measure-begun"),
        "enrollment.fact-recorded",
        *("enrollment.deadline-met", "enrollment.deadline-started"),
        *("enrollment.exit-proposed", "enrollment.deadline-started"),
        *("enrollment.deadline-met", "enrollment.deadline-dropped", "enrollment.household-exited"),
    ] == await system.history("enrollment", household)
    kinds = await system.see("SELECT kind, count(*) FROM notifications.outbox WHERE household = $1 GROUP BY kind", household)
    assert {
        "clue-raised": 1,
        "household-enrolled": 1,
        "measure-proposed": 2,
        "exit-proposed": 1,
        "household-exited": 1,
    } == {row[0]: row[1] for row in kinds}


async def test_a_repeated_message_has_one_effect_and_a_changed_one_is_refused(system: System) -> None:
    household, identifier = uuid4(), str(uuid4())
    await register(system, household, 2)
    names = {"specversion": "1.0", "id": identifier, "source": "/health", "time": "2021-01-05T04:00:00Z"}
    headers = [(f"ce_{name}", text.encode()) for name, text in names.items()]
    headers.append(("ce_type", b"suishi.fact.serious-illness-confirmed.v1"))
    body = f'{{"valid_on":"2021-01-05","household_id":"{household}","disease_code":"C50"}}'.encode()
    for value in (body, body, body.replace(b"C50", b"C61")):
        await system.say_raw("suishi.facts.health.v1", value, headers, household)
    refused = await system.wait_for("SELECT field, problem FROM enrollment.set_aside WHERE reason = 'message.conflict'")
    assert [("id", "was used before for a message with other data")] == [tuple(row) for row in refused]
    history = await system.history("enrollment", household)
    assert [
        "enrollment.household-registered",
        "enrollment.fact-recorded",
        "enrollment.clue-raised",
        *("enrollment.deadline-started", "enrollment.deadline-started"),
    ] == history


async def test_what_cannot_be_read_is_set_aside_and_everything_else_flows(system: System) -> None:
    household, topic = uuid4(), "suishi.facts.housing.v1"
    good = [("ce_specversion", b"1.0"), ("ce_id", b"1"), ("ce_source", b"/h"), ("ce_time", b"2021-01-05T04:00:00Z")]
    typed = [*good, ("ce_type", b"suishi.fact.house-graded.v1")]
    nothing: Any = None
    for value, headers in (
        (b"{", typed),
        (None, typed),
        (b"{}", [*typed, ("x", nothing)]),
        (b"{}", [*typed, ("x", b"\xff")]),
        (b"{}", [*good, ("ce_type", b"suishi.fact.house-graded.v9")]),
        (b'{"valid_on":"2021-01-05","grade":"\\u0000"}', typed),
        (b'"' + b"x" * 5_000_000 + b'"', typed),
        (b"{}", []),
    ):
        await system.say_raw(topic, value, headers, household)
    await register(system, household, 3)
    await system.wait_for("SELECT 1 FROM enrollment.households WHERE household = $1", household)
    await system.wait_for("SELECT 1 FROM enrollment.set_aside WHERE topic = $1 HAVING count(*) = 8", topic)
    rows = await system.see("SELECT reason, sealed FROM enrollment.set_aside WHERE topic = $1", topic)
    assert all(row["sealed"] for row in rows)
    assert {
        "json.broken", "data.invalid", "value.empty", "header.null", "header.not-utf8", "type.not-allowed", "text.nul",
        "value.too-large", "attribute.invalid",
    } >= {row["reason"] for row in rows}  # fmt: skip


async def test_no_identity_number_or_name_leaves_the_vault(system: System) -> None:
    """Nor a phone or any other word of a free text, on the whole way in and when messages are refused."""
    household = uuid4()
    await hospital(system, 4, 25_000)
    await register(system, household, 4)
    await pair(system, household)
    await enroll(system, household)
    await help_with_everything(system, household)
    broken = {"valid_on": "2021-01-05", "person": {"id_number": identity(4), "name": "欧阳·测试"}, "grade": "Z", "note": PHONE}
    await system.say("suishi.facts.housing.v1", "suishi.fact.house-graded.v1", broken)
    await system.say(COMMANDS, "suishi.enrollment.command.dismiss-clue.v1", {"reason": f"电话 {PHONE}"}, about=household, by="cadre")
    refused = "SELECT 1 FROM enrollment.events WHERE stream = $1 AND topic = 'enrollment.command-refused'"
    await system.wait_for(refused, household)
    kept = "SELECT 1 FROM enrollment.set_aside WHERE topic = $1 AND field LIKE '%grade' AND published"
    await system.wait_for(kept, "suishi.facts.housing.v1")
    await system.wait_for("SELECT 1 FROM assistance.measures WHERE household = $1 AND state = 'delivered'", household)

    places = await outside(system)
    secrets = [identity(4), "欧阳", PHONE, "住院花费大", "王五", "符合条件", "已落实"]
    spelled = {form for secret in secrets for form in (secret.encode(), json.dumps(secret)[1:-1].encode())}
    assert [] == [place for place, said in places.items() if any(form in said for form in spelled)]
    told = {place for place, said in places.items() if str(household).encode() in said}
    assert {"enrollment.stored_events", "suishi.enrollment.events.v1", "suishi.assistance.events.v1"} <= told  # it reads what is there
    called = {letter.called for letter in system.mailbox.read() if letter.household == str(household)}
    assert {("欧**", "历山居委会, 历山街道")} == called  # a masked name is in the letters, and nowhere else
    assert [] == [place for place, said in places.items() if "欧**".encode() in said]
    assert b"grade" in places["suishi.facts.housing.v1.dlq"]
    assert all(places[place] for place in ("enrollment.log", "metrics of enrollment"))


async def test_a_letter_is_acknowledged_by_the_button_behind_its_link_and_not_by_looking_at_it(system: System) -> None:
    household, sent = uuid4(), "SELECT notification FROM notifications.outbox WHERE household = $1 AND state = $2"
    await register(system, household, 77)
    await pair(system, household)
    await hospital(system, 77, 25_000)
    notification = (await system.wait_for(sent, household, "sent"))[0][0]
    link = Signature(system.extra["SUISHI_ACK_KEY"], system.extra["SUISHI_PUBLIC_URL"]).link(notification) or ""
    service = next(service for service in system.services if service.name == "notifications")
    async with httpx.AsyncClient(base_url=f"http://{service.address}") as browser:
        path = link.removeprefix(system.extra["SUISHI_PUBLIC_URL"])
        assert [(await browser.get(path)).status_code, (await browser.post(path[:-1])).status_code] == [200, 404]
        assert "notifications.notification-acknowledged" not in await system.history("notifications", notification)
        assert (await browser.post(path)).status_code == 200
    await system.wait_for(sent, household, "acknowledged")
