"""What a superuser changes is found and located: by the signed roots, and by the copies that are not in his database."""

from __future__ import annotations

from pathlib import Path

import pytest

from audit.evidence import Evidence
from audit.merkle import Tree
from audit.seal.leaf import COLUMNS, LEAF
from audit.seal.sealing import peaks_of
from audit.verify import Verdict, verify
from local.language import speak
from tests.audit.sealed import KEY, OTHER, ROW, Superuser, evidence, sealed, superuser

__all__ = ["evidence", "sealed", "superuser"]
ANOTHER = "the event is not the one that was sealed"
CUT_AT_21 = (
    "DELETE FROM enrollment.stored_events WHERE notification_id > 21; UPDATE enrollment.log_head SET position = 21;"
    "DELETE FROM audit.checkpoints WHERE size > 21"
)


@pytest.fixture(autouse=True)
def english() -> None:
    speak("en")


FLIPPED = {
    "uuid": "overlay({0}::text placing (CASE WHEN right({0}::text, 1) = '0' THEN '1' ELSE '0' END) from 36)::uuid",
    "bigint": "{0} # 1024",
    "integer": "{0} # 1",
    "date": "{0} + 1",
    "timestamp with time zone": "{0} + interval '1 microsecond'",
    "text": "{0} || 'x'",
    "bytea": "{0} || '\\x20'",
}


async def test_an_untouched_log_is_as_it_was_sealed(sealed: str, evidence: Evidence) -> None:
    verdict = await verify(sealed, "enrollment", evidence)
    assert Verdict(28, sealed=28) == verdict
    assert (4, ("topic",)) == (verdict.checkpoints, verdict.not_compared)


async def test_what_there_was_nothing_to_hold_against_is_named(sealed: str) -> None:
    assert ("signatures", "file", "topic") == (await verify(sealed, "enrollment")).not_compared


async def test_what_is_not_sealed_yet_is_no_harm(superuser: Superuser, evidence: Evidence, tmp_path: Path) -> None:
    await superuser.does("DELETE FROM audit.checkpoints WHERE size > 14")
    assert evidence.file
    earlier = tmp_path / "earlier"
    earlier.write_bytes(b"".join(evidence.file.read_bytes().splitlines(keepends=True)[:2]))
    assert Verdict(28, sealed=14) == await verify(superuser.dsn, "enrollment", Evidence(evidence.keys, earlier))


async def test_what_should_have_been_sealed_a_minute_ago_is_named(superuser: Superuser, evidence: Evidence) -> None:
    """Who stops the sealer, or takes its checkpoints away, could change what follows."""
    await superuser.does("UPDATE enrollment.stored_events SET recorded_at = recorded_at - interval '61 seconds'")
    await superuser.recomputes(KEY)
    await superuser.does("DELETE FROM audit.checkpoints WHERE size > 14")
    verdict = await verify(superuser.dsn, "enrollment", Evidence(evidence.keys))
    assert (14, 15, 14) == (verdict.positions, verdict.first_bad, verdict.sealed)
    assert str(verdict.problem).startswith("positions 15 to 28 are not sealed, since 20")
    assert str(verdict.problem).endswith(": the sealer stands still, or somebody took seals away")


async def test_a_log_whose_seals_are_all_gone_is_named(superuser: Superuser, evidence: Evidence) -> None:
    await superuser.does("DELETE FROM audit.checkpoints; UPDATE enrollment.stored_events SET recorded_at = recorded_at - interval '1 day'")
    assert 1 == (await verify(superuser.dsn, "enrollment", Evidence(evidence.keys))).first_bad


@pytest.mark.parametrize(
    "column", [name for name in COLUMNS if name not in {"notification_id", "originator_id", "originator_version", "event_id"}]
)
async def test_a_change_in_any_column_is_found_where_it_is(superuser: Superuser, evidence: Evidence, column: str) -> None:
    await superuser.does(
        f"UPDATE enrollment.stored_events SET {column} = {FLIPPED[COLUMNS[column]].format(column)} WHERE notification_id = 17"
    )
    assert Verdict(16, 17, ANOTHER, sealed=14) == await verify(superuser.dsn, "enrollment", evidence)


@pytest.mark.parametrize("column", ["originator_id", "originator_version", "event_id"])
async def test_a_change_of_an_events_place_is_found_where_it_is(superuser: Superuser, evidence: Evidence, column: str) -> None:
    await superuser.does(
        f"UPDATE enrollment.stored_events SET {column} = {FLIPPED[COLUMNS[column]].format(column)} WHERE notification_id = 17"
    )
    assert Verdict(16, 17, ANOTHER, sealed=14) == await verify(superuser.dsn, "enrollment", evidence)


@pytest.mark.parametrize("day", ["20000-01-01", "-infinity"])
async def test_a_date_that_no_calendar_of_ours_has_is_found_where_it_is(superuser: Superuser, evidence: Evidence, day: str) -> None:
    await superuser.does(f"UPDATE enrollment.stored_events SET valid_on = '{day}' WHERE notification_id = 17")
    assert Verdict(16, 17, ANOTHER, sealed=14) == await verify(superuser.dsn, "enrollment", evidence)


async def test_a_moved_position_is_found_where_it_was(superuser: Superuser, evidence: Evidence) -> None:
    await superuser.does("UPDATE enrollment.stored_events SET notification_id = 1041 WHERE notification_id = 17")
    assert Verdict(16, 17, "the event at this position is missing", sealed=14) == await verify(superuser.dsn, "enrollment", evidence)


async def test_a_removed_row_is_found(superuser: Superuser, evidence: Evidence) -> None:
    await superuser.does("DELETE FROM enrollment.stored_events WHERE notification_id = 17")
    assert Verdict(16, 17, "the event at this position is missing", sealed=14) == await verify(superuser.dsn, "enrollment", evidence)


async def test_a_removed_row_over_which_the_others_closed_up_is_found(superuser: Superuser, evidence: Evidence) -> None:
    await superuser.does(
        "DELETE FROM enrollment.stored_events WHERE notification_id = 17;"
        "UPDATE enrollment.stored_events SET notification_id = notification_id + 999 WHERE notification_id > 17;"
        "UPDATE enrollment.stored_events SET notification_id = notification_id - 1000 WHERE notification_id > 999;"
        "UPDATE enrollment.log_head SET position = 27"
    )
    assert Verdict(16, 17, ANOTHER, sealed=14) == await verify(superuser.dsn, "enrollment", evidence)


async def test_two_swapped_rows_are_found(superuser: Superuser, evidence: Evidence) -> None:
    await superuser.does(
        "UPDATE enrollment.stored_events SET notification_id = 100 WHERE notification_id = 15;"
        "UPDATE enrollment.stored_events SET notification_id = 15 WHERE notification_id = 16;"
        "UPDATE enrollment.stored_events SET notification_id = 16 WHERE notification_id = 100"
    )
    assert Verdict(14, 15, ANOTHER, sealed=14) == await verify(superuser.dsn, "enrollment", evidence)


async def test_an_inserted_row_is_found(superuser: Superuser, evidence: Evidence) -> None:
    columns = [name for name in COLUMNS if name not in {"notification_id", "originator_version"}]
    await superuser.does(
        "UPDATE enrollment.stored_events SET notification_id = notification_id + 1001 WHERE notification_id > 16;"
        "UPDATE enrollment.stored_events SET notification_id = notification_id - 1000 WHERE notification_id > 999;"
        f"INSERT INTO enrollment.stored_events (notification_id, originator_version, {', '.join(columns)})"
        f" SELECT 17, 99, {', '.join(columns)} FROM {ROW} = 16;"
        "UPDATE enrollment.log_head SET position = 29"
    )
    assert Verdict(16, 17, ANOTHER, sealed=14) == await verify(superuser.dsn, "enrollment", evidence)


async def test_a_cut_end_is_found_in_the_table(superuser: Superuser, evidence: Evidence) -> None:
    await superuser.does("DELETE FROM enrollment.stored_events WHERE notification_id > 25; UPDATE enrollment.log_head SET position = 25")
    assert Verdict(25, 26, "positions 26 to 28 were sealed and are missing at the end", sealed=21) == await verify(
        superuser.dsn, "enrollment", evidence
    )


async def test_an_end_that_was_cut_from_the_log_and_from_the_checkpoints_is_found_in_the_file(
    superuser: Superuser, evidence: Evidence
) -> None:
    await superuser.does(CUT_AT_21)
    problem = "the file of checkpoints holds a checkpoint of size 28, which the database has not"
    assert Verdict(21, 22, problem, sealed=21) == await verify(superuser.dsn, "enrollment", evidence)


async def test_removed_checkpoints_are_found(superuser: Superuser, evidence: Evidence) -> None:
    await superuser.does("DELETE FROM audit.checkpoints WHERE size = 14")
    problem = "a checkpoint between positions 8 and 21 was removed or replaced"
    assert Verdict(7, 8, problem, sealed=7) == await verify(superuser.dsn, "enrollment", evidence)


async def test_a_tree_recomputed_without_the_key_is_found(superuser: Superuser, evidence: Evidence) -> None:
    await superuser.does("UPDATE enrollment.stored_events SET actor = 'somebody else' WHERE notification_id = 17")
    await superuser.recomputes(None)
    assert Verdict(14, 15, "the signature of the checkpoint of size 21 is wrong", sealed=14) == await verify(
        superuser.dsn, "enrollment", evidence
    )


async def test_a_tree_recomputed_with_another_key_is_found(superuser: Superuser, evidence: Evidence) -> None:
    await superuser.does("UPDATE enrollment.stored_events SET actor = 'somebody else' WHERE notification_id = 17")
    await superuser.recomputes(OTHER)
    problem = "the checkpoint of size 7 is not signed with a key that is known here"
    assert Verdict(0, 1, problem) == await verify(superuser.dsn, "enrollment", evidence)


async def test_a_tree_recomputed_with_another_key_is_found_in_the_file_even_without_a_key(superuser: Superuser, evidence: Evidence) -> None:
    await superuser.does("UPDATE enrollment.stored_events SET actor = 'somebody else' WHERE notification_id = 17")
    await superuser.recomputes(OTHER)
    problem = "the file of checkpoints holds another checkpoint of size 21 than the database"
    assert Verdict(14, 15, problem, sealed=14) == await verify(superuser.dsn, "enrollment", Evidence(file=evidence.file))


async def test_an_old_checkpoint_replaced_by_another_signed_one_is_found(superuser: Superuser, evidence: Evidence) -> None:
    await superuser.does("UPDATE audit.checkpoints SET note = (SELECT note FROM seals WHERE size = 7) WHERE size = 14")
    problem = "the checkpoint of size 14 was replaced by another one"
    assert Verdict(7, 8, problem, sealed=7) == await verify(superuser.dsn, "enrollment", evidence)


async def test_a_changed_hash_beside_a_checkpoint_is_told_from_a_changed_event(superuser: Superuser, evidence: Evidence) -> None:
    await superuser.does("UPDATE audit.checkpoints SET leaves = set_byte(leaves, 70, get_byte(leaves, 70) # 1) WHERE size = 21")
    problem = "the log is as it was signed, but the hash kept of this event beside the checkpoint was changed"
    assert Verdict(16, 17, problem, sealed=14) == await verify(superuser.dsn, "enrollment", evidence)


async def test_an_event_changed_together_with_its_hash_is_found(superuser: Superuser, evidence: Evidence) -> None:
    await superuser.does("UPDATE enrollment.stored_events SET actor = 'somebody else' WHERE notification_id = 17")
    leaf = await superuser.connection.fetchval(f"SELECT {LEAF} FROM {ROW} = 17")
    row = await superuser.connection.fetchval("SELECT leaves FROM audit.checkpoints WHERE size = 21")
    leaves = [*peaks_of(row)[:2], leaf, *peaks_of(row)[3:]]
    await superuser.does(f"UPDATE audit.checkpoints SET leaves = '\\x{b''.join(leaves).hex()}' WHERE size = 21")
    problem = "positions 15 to 21 do not have the root that was signed"
    assert Verdict(14, 15, problem, sealed=14) == await verify(superuser.dsn, "enrollment", evidence)


async def test_changed_peaks_are_found(superuser: Superuser, evidence: Evidence) -> None:
    await superuser.does("UPDATE audit.checkpoints SET peaks = set_byte(peaks, 0, get_byte(peaks, 0) # 1) WHERE size = 14")
    problem = "the peaks kept beside the checkpoint of size 14 were changed"
    assert Verdict(13, 14, problem, sealed=7) == await verify(superuser.dsn, "enrollment", evidence)


@pytest.mark.parametrize("column", ["first", "leaves", "peaks", "note"])
async def test_a_checkpoint_that_lost_a_column_is_found_where_it_begins(superuser: Superuser, evidence: Evidence, column: str) -> None:
    await superuser.lifts_the_checks()
    await superuser.does(f"UPDATE audit.checkpoints SET {column} = NULL WHERE size = 14")
    problem = f"the checkpoint of size 14 has lost its {column}"
    assert Verdict(7, 8, problem, sealed=7) == await verify(superuser.dsn, "enrollment", evidence)


@pytest.mark.parametrize(
    ("leaves", "position"),
    [
        ("substr(leaves, 1, 64)", 17),  # the third hash of 15 to 21 and those behind it
        ("leaves || substr(leaves, 1, 32)", 21),
        ("leaves || '\\x00'", 21),
        ("''", 15),
    ],
)
async def test_hashes_that_were_cut_or_padded_are_found(superuser: Superuser, evidence: Evidence, leaves: str, position: int) -> None:
    await superuser.lifts_the_checks()
    await superuser.does(f"UPDATE audit.checkpoints SET leaves = {leaves} WHERE size = 21")
    problem = "the hashes kept beside the checkpoint of size 21 were cut or padded"
    assert Verdict(position - 1, position, problem, sealed=14) == await verify(superuser.dsn, "enrollment", evidence)


async def test_a_hash_that_was_cut_in_its_middle_is_found_where_it_is(superuser: Superuser, evidence: Evidence) -> None:
    await superuser.lifts_the_checks()
    await superuser.does("UPDATE audit.checkpoints SET leaves = substr(leaves, 1, 80) WHERE size = 21")
    assert 17 == (await verify(superuser.dsn, "enrollment", evidence)).first_bad


async def test_the_root_in_the_place_of_the_peaks_is_found(superuser: Superuser, evidence: Evidence) -> None:
    row = await superuser.connection.fetchrow("SELECT peaks, note FROM audit.checkpoints WHERE size = 14")
    assert row is not None
    root = Tree(14, peaks_of(row["peaks"])).root
    await superuser.does(f"UPDATE audit.checkpoints SET peaks = '\\x{root.hex()}' WHERE size = 14")
    problem = "the peaks kept beside the checkpoint of size 14 were changed"
    assert Verdict(13, 14, problem, sealed=7) == await verify(superuser.dsn, "enrollment", evidence)
