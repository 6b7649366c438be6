"""A paired cadre visits, what he finds becomes a clue, and when he leaves somebody else is looked for."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

from tests.journeys.system import NOON, System
from tests.journeys.test_in_and_out import COMMANDS, identity

VILLAGE = "370323001001"
ASSISTANCE = "suishi.assistance.commands.v1"


async def test_what_a_paired_cadre_finds_becomes_a_clue_and_his_leaving_is_told(system: System) -> None:
    household, cadre, finding = uuid4(), str(uuid4()), str(uuid4())
    member = {"id_number": identity(70), "name": "欧阳·测试", "relation": "head", "labour_capacity": "full"}
    register = {"household_id": str(household), "village_code": VILLAGE, "category": "lifted_receiving", "members": [member]}
    await system.say(COMMANDS, "suishi.enrollment.command.register-household.v1", register, about=household)
    await system.wait_for("SELECT 1 FROM assistance.households WHERE household = $1", household)
    pairing = {"cadre_id": cadre, "from_day": "2021-01-01"}
    await system.say(ASSISTANCE, "suishi.assistance.command.assign-cadre.v1", pairing, about=household)
    seen = {"kind": "guarantee", "risk": "housing", "text": "屋顶漏雨", "finding_id": finding}
    visit = {"visit_id": str(uuid4()), "cadre": cadre, "on": "2021-01-04", "checklist": {"housing": False}, "findings": [seen]}
    for _ in range(2):
        await system.say(ASSISTANCE, "suishi.assistance.command.record-visit.v1", visit, about=household, by="cadre:zhou")
    await system.wait_for("SELECT 1 FROM enrollment.households WHERE household = $1 AND stage = 'clue'", household)
    clue = "SELECT state -> 'fact' ->> 'reference' FROM enrollment.events WHERE stream = $1 AND topic = 'enrollment.clue-raised'"
    assert [(finding,)] == [tuple(row) for row in await system.wait_for(clue, household)]
    done = {"finding_id": finding, "evidence": "已修缮"}
    await system.say(ASSISTANCE, "suishi.assistance.command.resolve-finding.v1", done, about=household)
    await system.wait_for("SELECT 1 FROM assistance.findings WHERE household = $1 AND resolved_on IS NOT NULL", household)
    leaves = {"cadre_id": cadre, "on": "2021-01-05"}
    await system.say(ASSISTANCE, "suishi.assistance.command.release-cadre.v1", leaves, at=NOON + timedelta(hours=1))
    await system.wait_for("SELECT 1 FROM assistance.unpaired WHERE household = $1", household)
    rate = "SELECT paired, visited FROM assistance.visit_rates WHERE level = 'cadre' AND name = $1"
    assert [(1, 1)] == [tuple(row) for row in await system.wait_for(rate, cadre)]
