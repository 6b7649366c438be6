"""A decision names the pack under which it was taken, which is another thing than all packs that were in force."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Final
from uuid import UUID

import asyncpg
import pytest

from audit.explain import explain
from audit.history import history
from commands.audit.explain import explain_event
from local.language import speak
from pipeline.decider import Event
from pipeline.kernel import register
from pipeline.postgres import Log, PostgresStore, connect
from pipeline.projection import projection
from pipeline.store import Commit, Metadata, NewEvent
from services import prepare
from services.enrollment import views
from services.enrollment.domain.case.procedure_events import CaseEnded
from services.enrollment.domain.events import CaseOpened, HouseholdEnrolled, HouseholdRegistered, StepCompleted, StepReturned
from tests.audit.conftest import AT
from tests.enrollment import national
from tests.enrollment.zhang import BASIS, CASE, HOUSEHOLD, PILOT, TODAY, VILLAGE


async def written(dsn: str) -> list[UUID]:
    """A registration, and a case that is opened under a pack, by a service with that pack and others."""
    did = (
        HouseholdRegistered(household=HOUSEHOLD, village_code=VILLAGE, category="never_registered", members=()),
        CaseOpened(case=CASE, episode=1, pack="example-pilot", basis=BASIS),
    )
    return await recorded(dsn, did)


async def recorded(dsn: str, did: Sequence[Event]) -> list[UUID]:
    """Their ids."""
    register(type(event) for event in did)
    pool = await connect(dsn, "enrollment", size=1)
    store = PostgresStore(pool, Log("enrollment", projection(views.statements), bytes.fromhex("01ff")))
    await store.lead()
    why = Metadata("correlation", "cause", "clerk", "/test", TODAY, AT)
    written = await store.commit(Commit(events=[NewEvent(HOUSEHOLD, version, event, why) for version, event in enumerate(did, 1)]))
    await pool.close()
    return [one.event_id for one in written]


FORGED: Final = """
CREATE OR REPLACE VIEW enrollment.events AS
SELECT notification_id AS position, originator_id AS stream, originator_version AS version, topic, '{"pack": "forged"}'::jsonb AS state,
    event_id, correlation, causation, 'officer:somebody-else' AS actor, source, valid_on, occurred_at, recorded_at
FROM enrollment.stored_events"""


async def test_what_is_told_is_the_log_which_is_sealed_and_not_the_view_which_is_not(database: str) -> None:
    await prepare.database(database)
    _, opened = await written(database)
    connection = await asyncpg.connect(database)
    await connection.execute(FORGED)
    await connection.close()
    explained, told = await explain(database, opened), await history(database, HOUSEHOLD)
    assert explained
    assert ("example-pilot", "clerk") == (explained.state["pack"], explained.actor)
    assert ["clerk", "clerk"] == [step.actor for step in told]
    assert "example-pilot" == told[1].state["pack"]


async def test_a_pack_is_named_by_its_content_and_all_of_them_by_their_hash(
    prepared: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    registered, opened = await written(prepared)
    found = await explain(prepared, opened)
    assert found
    assert (PILOT.digest, "01ff") == (found.pack_sha256, found.pack_hash)
    monkeypatch.setenv("SUISHI_DATABASE", prepared)
    speak("en")
    await asyncio.to_thread(explain_event, str(opened))
    assert f"    content of the pack SHA-256 {PILOT.digest}" in capsys.readouterr().out.splitlines()
    await asyncio.to_thread(explain_event, str(registered))
    assert "    under no pack; the hash of those in force 01ff" in capsys.readouterr().out.splitlines()


async def test_it_says_why_as_the_history_does(database: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Of what judges nothing, that is all there is to know."""
    did = (
        HouseholdRegistered(household=HOUSEHOLD, village_code=VILLAGE, category="never_registered", members=()),
        StepReturned(case=CASE, step="review", reason_code="objection.raised", by="villager:qian"),
        CaseEnded(case=CASE, episode=1, reason="voided", by="officer:zhou"),
    )
    await prepare.database(database)
    _, returned, ended = await recorded(database, did)
    monkeypatch.setenv("SUISHI_DATABASE", database)
    first = list[str]()
    for language, event in (("en", returned), ("en", ended), ("zh", ended)):
        speak(language)
        await asyncio.to_thread(explain_event, str(event))
        first.append(capsys.readouterr().out.partition("  ")[0])
    assert ["step-returned: objection.raised", "case-ended: voided", "案卷终止 case-ended: 作废"] == first


async def test_what_is_so_because_nothing_was_found_rests_on_the_comparison(
    database: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """No department said anything of a benefit that would keep the household out."""
    await prepare.database(database)
    written = dict(zip(national.ENROLLED, await recorded(database, national.ENROLLED), strict=True))
    (compared,) = (event for event in written if isinstance(event, StepCompleted) and event.step == "comparison")
    (enrolled,) = (event for event in written if isinstance(event, HouseholdEnrolled))
    monkeypatch.setenv("SUISHI_DATABASE", database)
    speak("en")
    await asyncio.to_thread(explain_event, str(written[enrolled]))
    lines = capsys.readouterr().out.splitlines()
    behind = lines[next(number for number, line in enumerate(lines) if "layers.none-above" in line) + 1]
    assert f"step-completed: comparison {list(written).index(compared) + 1} {written[compared]}" in behind
