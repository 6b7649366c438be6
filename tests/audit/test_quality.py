"""The report on data quality over a real database, by a role that may only read."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import date
from typing import Final
from uuid import UUID

import pytest

from audit.quality.report import Report, UnreadableLog, report
from audit.services import AUDITED
from pipeline.postgres import Log, PostgresStore, connect
from pipeline.projection import projection
from pipeline.store import Commit, Metadata, NewEvent
from services.assistance import views as plan_views
from services.assistance.domain import events as plans
from services.enrollment.domain import events as did
from tests.audit.conftest import AT
from tests.commands.conftest import Suishi, run
from tests.enrollment.zhang import ENROLLED, HOUSEHOLD, TODAY, VILLAGE, fact
from tests.read_models import ReadModels, empty, read_models

NEIGHBOURS, PLAN, BASE, HEALTH = UUID(int=200), UUID(int=300), UUID(int=301), UUID(int=302)
WET: Final = fact("wet", person=None, series="water", signal="water", present=True)
PROPOSED: Final = {"plan": PLAN, "due": date(2021, 1, 15)}


@pytest.fixture
async def register(prepared: str) -> AsyncIterator[ReadModels]:
    """The Zhangs are enrolled with a plan that nobody began; the neighbours' water is unsafe, and nobody looks."""
    neighbours = did.HouseholdRegistered(household=NEIGHBOURS, village_code=VILLAGE, category="never_registered", members=())
    async with read_models(prepared, "enrollment") as models:
        await models.write(HOUSEHOLD, *ENROLLED)
        await models.write(NEIGHBOURS, neighbours, did.FactRecorded(fact=WET))
        await assist(prepared)
        yield models


async def assist(owner: str, *more: plans.AnyEvent) -> None:
    """The log of assistance, anew."""
    told = (
        plans.PlanOpened(plan=PLAN, episode=1, base=BASE, measures=(HEALTH,)),
        plans.MeasureProposed(**PROPOSED, measure=BASE, kind="subsistence_security", department="civil-affairs", answers=(), base=True),
        plans.MeasureProposed(**PROPOSED, measure=HEALTH, kind="health", department="medical-insurance", answers=("illness",), base=False),
        *more,
    )
    AUDITED["assistance"].register()
    await empty(owner, AUDITED["assistance"])
    pool = await connect(owner, "assistance", size=1)
    store = PostgresStore(pool, Log("assistance", projection(plan_views.statements)))
    await store.lead()
    why = Metadata("correlation", "cause", "clerk", "/test", TODAY, AT)
    await store.commit(Commit(events=[NewEvent(HOUSEHOLD, version, event, why) for version, event in enumerate(told, 1)]))
    await pool.close()


async def judged(register: ReadModels, on: date) -> Report:
    return await report(f"{register.owner}?role=suishi_auditor", on, "example-pilot")


def of(found: Report) -> dict[str, list[UUID]]:
    return {rule: list(households) for rule, households in found.found.items() if households}


async def test_the_auditor_sees_whom_each_rule_finds(register: ReadModels) -> None:
    found = await judged(register, date(2021, 2, 6))
    assert {"no-measure": [HOUSEHOLD], "water-not-watched": [NEIGHBOURS]} == of(found)
    assert (2, False) == (found.households, found.ok)


async def test_a_measure_that_was_started_is_one(register: ReadModels) -> None:
    await assist(register.owner, plans.MeasureAccepted(measure=BASE, on=TODAY))
    assert [HOUSEHOLD] == of(await judged(register, date(2021, 2, 6)))["no-measure"]
    await assist(register.owner, plans.MeasureAccepted(measure=BASE, on=TODAY), plans.MeasureStarted(measure=BASE, on=TODAY))
    assert {"water-not-watched": [NEIGHBOURS]} == of(await judged(register, date(2021, 2, 6)))


async def test_a_measure_that_was_delivered_and_ended_was_one(register: ReadModels) -> None:
    begun = (step(measure=HEALTH, on=TODAY) for step in (plans.MeasureAccepted, plans.MeasureStarted))
    over = (plans.MeasureDelivered(measure=HEALTH, on=TODAY, evidence_sha256=""), plans.MeasureEnded(measure=HEALTH, on=TODAY))
    await assist(register.owner, *begun, *over)
    assert {"water-not-watched": [NEIGHBOURS]} == of(await judged(register, date(2021, 2, 6)))


async def test_a_measure_that_ended_before_it_reached_the_household_answers_no_risk(register: ReadModels) -> None:
    begun = (step(measure=HEALTH, on=TODAY) for step in (plans.MeasureAccepted, plans.MeasureStarted))
    await assist(register.owner, *begun, plans.MeasureEnded(measure=HEALTH, on=TODAY))
    found = of(await judged(register, date(2021, 2, 6)))
    assert ("no-measure" in found, [HOUSEHOLD]) == (False, found["risk-unanswered"])


async def test_a_measure_that_ended_before_it_began_was_none(register: ReadModels) -> None:
    await assist(register.owner, plans.MeasureAccepted(measure=HEALTH, on=TODAY), plans.MeasureEnded(measure=HEALTH, on=TODAY))
    found = of(await judged(register, date(2021, 2, 6)))
    assert [[HOUSEHOLD], [HOUSEHOLD]] == [found["no-measure"], found["risk-unanswered"]]


async def test_a_plan_that_was_closed_answers_no_risk(register: ReadModels) -> None:
    await assist(register.owner, plans.PlanClosed(plan=PLAN, on=TODAY))
    assert [HOUSEHOLD] == of(await judged(register, TODAY))["risk-unanswered"]


async def test_where_nothing_is_wrong_all_rules_are_clean(register: ReadModels) -> None:
    safe = fact("dry", date(2021, 1, 6), person=None, series="water", signal="water")
    await register.write(NEIGHBOURS, did.FactRecorded(fact=safe))
    found = await judged(register, TODAY)
    assert (True, {}) == (found.ok, of(found))


async def test_a_log_that_cannot_be_read_is_no_clean_one(register: ReadModels) -> None:
    await register.pool.execute(
        "INSERT INTO stored_events SELECT originator_id, 99, topic, '{}', 99, gen_random_uuid(), correlation, causation, actor, source,"
        " schema_version, valid_on, occurred_at, recorded_at, pack_hash FROM stored_events WHERE notification_id = 1"
    )
    with pytest.raises(UnreadableLog, match=str(HOUSEHOLD)):
        await judged(register, TODAY)


@pytest.fixture
def suishi(prepared: str) -> Suishi:
    place = {"SUISHI_DATABASE": f"{prepared}?role=suishi_auditor", "SUISHI_KAFKA": "127.0.0.1:1"}
    return lambda *arguments, **other: run(*arguments, **{**place, **other})


@pytest.mark.usefixtures("register")
async def test_the_command_names_rule_household_and_what_to_do(suishi: Suishi) -> None:
    done = suishi("audit", "quality", "--on", "2021-02-06")
    assert (1, "") == (done.returncode, done.stderr)
    assert "✗ water-not-watched          1  its water is unsafe, and nobody watches the household\n" in done.stdout
    assert f"    → visit the household, or let the water department correct its fact\n    {NEIGHBOURS}  {VILLAGE}\n" in done.stdout
    assert "✓ too-many-risks             0  has more risks than the form holds\n" in done.stdout
    assert "? post-too-old               -  somebody is too old for the public-welfare post that he holds\n    not judged: " in done.stdout
    assert done.stdout.endswith("the register as it is now, months counted until 2021-02-06: households 2, findings 2.\n")
    assert (
        "✗ no-measure                 1  纳入已满规定期限，尚无帮扶措施\n"
        in suishi("audit", "quality", "--on", "2021-02-06", SUISHI_LANG="zh").stdout
    )


async def test_where_several_towns_have_something_to_do_each_is_told_how_much(register: ReadModels, suishi: Suishi) -> None:
    for number, village in ((203, "370323002001"), (204, VILLAGE)):
        household = UUID(int=number)
        registered = did.HouseholdRegistered(household=household, village_code=village, category="never_registered", members=())
        await register.write(household, registered, did.FactRecorded(fact=WET))
    done = suishi("audit", "quality", "--on", "2021-01-05")
    assert f"    {UUID(int=204)}  {VILLAGE}\n    by town: 370323001 2, 370323002 1\n" in done.stdout
    done = suishi("audit", "quality", "--on", "2021-01-05", "--lang", "zh")
    assert "    各镇：370323001 2 户、370323002 1 户\n" in done.stdout


@pytest.mark.usefixtures("register")
async def test_a_day_that_is_still_to_come_is_told_so(suishi: Suishi) -> None:
    done = suishi("audit", "quality", "--on", "2999-01-01")
    assert done.stdout.endswith(
        "2999-01-01: households 2, findings 2.\n2999-01-01 is still to come: what happens until then may change it.\n"
    )
    assert "2999-01-01 尚未到来" in json.loads(suishi("audit", "quality", "--on", "2999-01-01", "--json").stdout)["hints"][0]["zh"]


@pytest.mark.usefixtures("register")
async def test_the_document_holds_both_languages(suishi: Suishi) -> None:
    done = suishi("audit", "quality", "--on", "2021-01-05", "--json")
    said = json.loads(done.stdout)
    (found,) = said["findings"]
    assert ("water-not-watched", str(NEIGHBOURS), VILLAGE) == (found["rule"], found["household"], found["village_code"])
    assert {"zh": "饮水不安全，未纳入监测", "en": "its water is unsafe, and nobody watches the household"} == found["what"]
    assert {"zh", "en"} == found["to_do"].keys()
    assert (False, "2021-01-05", 2, 13) == (said["ok"], said["on"], said["households"], len(said["clean"]))
    assert ["identity-number", "exit-without-contact", "post-too-old"] == [one["rule"] for one in said["not_judged"]]


async def test_a_clean_register_ends_with_0(register: ReadModels, suishi: Suishi) -> None:
    await register.write(NEIGHBOURS, did.FactWithdrawn(fact=WET.id, source=WET.source, reference=WET.reference))
    done = suishi("audit", "quality", "--on", "2021-01-05", "--json")
    assert (0, True, []) == (done.returncode, json.loads(done.stdout)["ok"], json.loads(done.stdout)["findings"])


async def test_a_log_that_cannot_be_read_is_told_in_one_sentence(register: ReadModels, suishi: Suishi) -> None:
    await test_a_log_that_cannot_be_read_is_no_clean_one(register)
    done = suishi("audit", "quality")
    told = f"suishi: the log of household {HOUSEHOLD} cannot be read; run ./suishi audit replay.\n"
    assert (2, told) == (done.returncode, done.stderr)


def test_a_day_that_is_none_and_a_pack_that_is_none_are_refused(suishi: Suishi) -> None:
    assert 2 == suishi("audit", "quality", "--on", "yesterday").returncode
    done = suishi("audit", "quality", SUISHI_PACK="other")
    assert 2 == done.returncode
    assert "the policy pack of SUISHI_PACK cannot be used" in done.stderr
