"""Who may read a log may be shown another one, and who may not change it may be let: the auditor is told before he believes it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import asyncpg
import pytest

from audit.verify import Verdict, verify
from local.language import speak
from tests.audit.test_verify import commanded

HIDDEN = """
ALTER TABLE enrollment.stored_events ENABLE ROW LEVEL SECURITY;
CREATE POLICY hidden ON enrollment.stored_events FOR SELECT USING (notification_id NOT BETWEEN 8 AND 14);
UPDATE enrollment.log_head SET position = 7"""
SHOWN_BY_A_VIEW = """
ALTER TABLE enrollment.stored_events RENAME TO all_of_them;
CREATE VIEW enrollment.stored_events AS SELECT * FROM enrollment.all_of_them WHERE notification_id NOT BETWEEN 8 AND 14;
GRANT SELECT ON enrollment.stored_events TO suishi_auditor"""
HOUSEHOLD = "00000000-0000-0000-0000-000000000064"
SHOWING = (
    "register --on 2021-01-06",
    f"household {HOUSEHOLD} --on 2021-01-06",
    f"history {HOUSEHOLD}",
    f"explain {HOUSEHOLD}",
    "what-if --line 8100 --on 2021-01-06",
    "diff --from 2021-01-05 --to 2021-01-06",
    "quality",
    "refusals",
    "export {folder}/events.jsonl --from 2021-01-05 --to 2021-01-06",
)
SHOWN_OTHERWISE = "enrollment.stored_events has row security, rules or child tables, or is a view: what is read of it may not be all"
OPEN = "the trigger that keeps enrollment.stored_events from being changed was taken off or switched off"
ALLOWED = "was given the right to change enrollment.stored_events"
SECOND_HEAD = """
ALTER TABLE enrollment.log_head DROP CONSTRAINT log_head_pkey;
INSERT INTO enrollment.log_head SELECT * FROM enrollment.log_head"""
DOUBLED = "a unique key of enrollment.stored_events was taken away: a position may hold several events"


@pytest.fixture(autouse=True)
def english() -> None:
    speak("en")


async def done_by_the_superuser(log: str, statements: str) -> None:
    connection = await asyncpg.connect(log)
    try:
        await connection.execute(statements)
    finally:
        await connection.close()


async def test_events_that_a_policy_hides_from_the_auditor_are_not_passed_over(log: str) -> None:
    await done_by_the_superuser(log, HIDDEN)
    verdict = await verify(f"{log}?role=suishi_auditor", "enrollment")
    assert (None, SHOWN_OTHERWISE) == (verdict.first_bad, verdict.problem)


@pytest.mark.parametrize("hidden", [HIDDEN, SHOWN_BY_A_VIEW], ids=["policy", "view"])
@pytest.mark.parametrize("command", SHOWING)
async def test_no_other_command_of_the_auditor_shows_less_than_there_is(log: str, hidden: str, command: str, tmp_path: Path) -> None:
    await done_by_the_superuser(log, hidden)
    done = await asyncio.to_thread(commanded, f"{log}?role=suishi_auditor", "audit", *command.format(folder=tmp_path).split())
    assert (2, "") == (done.returncode, done.stdout)
    assert SHOWN_OTHERWISE in done.stderr
    assert [] == await asyncio.to_thread(lambda: list(tmp_path.iterdir()))


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("ALTER TABLE enrollment.stored_events DISABLE TRIGGER ALL", OPEN),
        ("ALTER TABLE enrollment.stored_events ENABLE REPLICA TRIGGER append_only", OPEN),
        ("DROP TRIGGER append_only ON enrollment.stored_events", OPEN),
        ("DROP TRIGGER append_only ON audit.checkpoints", OPEN.replace("enrollment.stored_events", "checkpoints")),
        (
            "GRANT UPDATE ON enrollment.stored_events TO suishi_auditor",
            "suishi_auditor was given the right to change enrollment.stored_events",
        ),
        ("GRANT TRUNCATE ON enrollment.stored_events TO PUBLIC", f"PUBLIC {ALLOWED}"),
        (
            "GRANT UPDATE (actor) ON enrollment.stored_events TO suishi_enrollment",
            "suishi_enrollment was given the right to change enrollment.stored_events",
        ),
        ("ALTER TABLE enrollment.stored_events DROP CONSTRAINT stored_events_pkey", DOUBLED),
        ("CREATE TABLE more () INHERITS (enrollment.stored_events)", SHOWN_OTHERWISE),
        (SECOND_HEAD, "enrollment.log_head has 2 rows and not one"),
    ],
)
async def test_a_log_that_is_no_longer_kept_as_it_was_made_is_named(log: str, statement: str, told: str) -> None:
    """Nothing of it was changed yet."""
    await done_by_the_superuser(log, statement)
    assert Verdict(14, None, told) == await verify(log, "enrollment")


async def test_what_was_changed_is_named_before_that_it_could_be(log: str) -> None:
    await done_by_the_superuser(
        log, "DROP TRIGGER append_only ON enrollment.stored_events; DELETE FROM enrollment.stored_events WHERE notification_id = 6"
    )
    assert Verdict(5, 6, "the event at this position is missing") == await verify(log, "enrollment")


async def test_a_position_that_is_there_twice_is_found_where_no_key_forbids_it(log: str) -> None:
    await done_by_the_superuser(
        log,
        "ALTER TABLE enrollment.stored_events DROP CONSTRAINT stored_events_pkey, DROP CONSTRAINT stored_events_notification_id_key;"
        "INSERT INTO enrollment.stored_events SELECT * FROM enrollment.stored_events WHERE notification_id = 6",
    )
    assert Verdict(5, 6, "the versions of its stream do not count 1, 2, 3 up to it") == await asyncio.wait_for(
        verify(log, "enrollment"), 60
    )
