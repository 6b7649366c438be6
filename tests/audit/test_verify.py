import asyncio
import os
import subprocess
import sys

import pytest

from audit.verify import Verdict, verify
from local.language import speak
from local.services import ROOT
from pipeline.postgres import Log, PostgresStore, connect
from pipeline.projection import projection
from pipeline.store import Commit
from services.enrollment import views
from tests.audit.conftest import Tamper

EXCHANGED = (
    "UPDATE enrollment.stored_events SET notification_id = 100 WHERE notification_id = 5;"
    "UPDATE enrollment.stored_events SET notification_id = 5 WHERE notification_id = 7;"
    "UPDATE enrollment.stored_events SET notification_id = 7 WHERE notification_id = 100;"
)


def commanded(database: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "SUISHI_LANG": "en", "SUISHI_DATABASE": database, "SUISHI_KAFKA": "127.0.0.1:1"}
    command = [sys.executable, "-P", "-m", "commands", *arguments]
    return subprocess.run(command, env=environment, cwd=ROOT, text=True, capture_output=True, check=False)  # noqa: S603 - our own


@pytest.fixture(autouse=True)
def english() -> None:
    speak("en")


async def test_an_untouched_log_is_whole(log: str) -> None:
    assert Verdict(14) == await verify(log, "enrollment")


async def test_an_empty_log_is_whole(log: str) -> None:
    assert Verdict(0) == await verify(log, "assistance")
    assert Verdict(0) == await verify(log, "notifications")


async def test_the_auditor_needs_no_more_than_his_own_role(log: str) -> None:
    assert Verdict(14) == await verify(f"{log}?role=suishi_auditor", "enrollment")


async def test_verifying_leaves_nothing_behind(log: str) -> None:
    await verify(log, "enrollment")
    assert Verdict(14) == await verify(log, "enrollment")


async def test_what_an_event_means_is_not_asked(log: str, tamper: Tamper) -> None:
    """Whether it can be read, and what is shown of it, is what `replay` finds out; what was sealed of it, the seals."""
    await tamper("UPDATE enrollment.stored_events SET topic = 'enrollment.unheard-of', state = '' WHERE notification_id = 4")
    await tamper("UPDATE enrollment.households SET episode = 7")
    assert Verdict(14) == await verify(log, "enrollment")


async def test_a_removed_row_is_found(log: str, tamper: Tamper) -> None:
    await tamper("DELETE FROM enrollment.stored_events WHERE notification_id = 6")
    assert Verdict(5, 6, "the event at this position is missing") == await verify(log, "enrollment")


async def test_a_removed_end_is_found(log: str, tamper: Tamper) -> None:
    await tamper("DELETE FROM enrollment.stored_events WHERE notification_id > 12")
    assert Verdict(12, 13, "positions 13 to 14 are missing at the end") == await verify(log, "enrollment")


async def test_an_end_beyond_the_head_is_found(log: str, tamper: Tamper) -> None:
    await tamper("UPDATE enrollment.log_head SET position = 11")
    assert (await verify(log, "enrollment")).first_bad == 12


async def test_the_command_names_the_log_and_the_position_and_ends_with_1(log: str, tamper: Tamper) -> None:
    await tamper("UPDATE enrollment.log_head SET position = 15")
    done = await asyncio.to_thread(commanded, log, "audit", "verify")
    assert 1 == done.returncode
    told = "position 15: positions 15 to 15 are missing at the end (14 before it are in their places, 0 sealed)"
    assert f"✗ enrollment     {told}" in done.stdout.splitlines()
    assert "✓ assistance     0 positions  0 sealed" in done.stdout.splitlines()


async def test_an_event_moved_to_another_stream_is_found(log: str, tamper: Tamper) -> None:
    await tamper("UPDATE enrollment.stored_events SET originator_id = gen_random_uuid() WHERE notification_id = 4")
    assert Verdict(3, 4, "the event id does not follow from its stream and version") == await verify(log, "enrollment")


async def test_an_event_that_claims_to_have_been_recorded_before_the_one_before_it_is_found(log: str, tamper: Tamper) -> None:
    """Whoever may append could otherwise change afterwards what was known at an instant."""
    await tamper("UPDATE enrollment.stored_events SET recorded_at = recorded_at - interval '1 hour' WHERE notification_id >= 13")
    assert Verdict(12, 13, "was recorded earlier than the event before it") == await verify(log, "enrollment")


async def test_a_head_that_lies_before_the_last_event_is_found(log: str, tamper: Tamper) -> None:
    await tamper("UPDATE enrollment.log_head SET recorded_at = recorded_at - interval '1 microsecond'")
    assert Verdict(13, 14, "was recorded later than the head of the log says") == await verify(log, "enrollment")


@pytest.mark.parametrize("instant", ["now() + interval '1 hour'", "'infinity'"])
async def test_a_head_in_the_future_is_found(log: str, tamper: Tamper, instant: str) -> None:
    """Nobody who asks what is known today would see what is recorded behind it."""
    await tamper(f"UPDATE enrollment.log_head SET recorded_at = {instant}")
    problem = "would be recorded in the future: the head of the log is ahead of the database's clock"
    assert Verdict(14, 15, problem) == await verify(log, "enrollment")


async def test_a_head_that_moved_on_with_what_was_read_is_no_harm(log: str) -> None:
    pool = await connect(log, "enrollment", size=1)
    store = PostgresStore(pool, Log("enrollment", projection(views.statements)))
    await store.lead()
    await store.commit(Commit(offsets={("suishi.clock.v1", 0): 7}))
    await pool.close()
    assert Verdict(14) == await verify(log, "enrollment")


async def test_an_empty_column_is_found(log: str, tamper: Tamper) -> None:
    await tamper("ALTER TABLE enrollment.stored_events ALTER actor DROP NOT NULL")
    await tamper("UPDATE enrollment.stored_events SET actor = NULL WHERE notification_id = 4")
    assert Verdict(3, 4, "a column of the event is empty or not of its type") == await verify(log, "enrollment")


async def test_exchanged_positions_are_found_as_a_hole_in_their_stream(log: str, tamper: Tamper) -> None:
    await tamper(EXCHANGED)
    assert Verdict(4, 5, "the versions of its stream do not count 1, 2, 3 up to it") == await verify(log, "enrollment")


async def test_the_first_of_several_findings_is_named_wherever_it_is_found(log: str, tamper: Tamper) -> None:
    """A hole that comes before a row that is gone, and an event of another stream before it in the same page."""
    await tamper(f"{EXCHANGED}DELETE FROM enrollment.stored_events WHERE notification_id = 9")
    assert Verdict(4, 5, "the versions of its stream do not count 1, 2, 3 up to it") == await verify(log, "enrollment")
    await tamper("UPDATE enrollment.stored_events SET originator_id = gen_random_uuid() WHERE notification_id = 4")
    assert Verdict(3, 4, "the event id does not follow from its stream and version") == await verify(log, "enrollment")
