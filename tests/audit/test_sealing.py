"""What is signed goes on from what was signed before, or nothing is signed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from audit.merkle import Tree
from audit.seal.file import BadLine, CheckpointFile, checkpoints
from audit.seal.leaf import LEAF
from audit.seal.note import Checkpoint, opened, sign
from audit.seal.sealing import Keys, Refused, Sealing, Signed
from audit.sealer import since
from tests.audit.conftest import Tamper

KEY, OTHER = Ed25519PrivateKey.from_private_bytes(bytes(32)), Ed25519PrivateKey.from_private_bytes(bytes([1] * 32))
KEYS = Keys(KEY)
RAISE_HEAD = "UPDATE enrollment.log_head SET position = {}"


@pytest.fixture
async def connection(log: str) -> AsyncIterator[asyncpg.Connection]:
    """As the sealer, on a log of 14 events."""
    connection = await asyncpg.connect(log, server_settings={"role": "suishi_sealer"})
    yield connection
    await connection.close()


async def resumed(connection: asyncpg.Connection, keys: Keys = KEYS) -> Sealing:
    sealing = Sealing(connection, "enrollment", keys)
    await sealing.resume()
    return sealing


async def leaves(connection: asyncpg.Connection) -> list[bytes]:
    return [row[0] for row in await connection.fetch(f"SELECT {LEAF} FROM enrollment.stored_events ORDER BY notification_id")]


async def sealed_to(connection: asyncpg.Connection, tamper: Tamper, *sizes: int) -> list[Signed]:
    """Step by step, by a head that is moved; afterwards it is where it was."""
    sealing, made = await resumed(connection), list[Signed]()
    for size in sizes:
        await tamper(RAISE_HEAD.format(size))
        promise = Checkpoint("suishi/enrollment", size, Tree().grown((await leaves(connection))[:size]).root)
        sealing.promised([promise])
        signed = await sealing.step()
        assert signed is not None
        made.append(signed)
    await tamper(RAISE_HEAD.format(14))
    return made


async def test_the_whole_log_is_sealed_in_one_step_and_then_nothing_is_left(connection: asyncpg.Connection) -> None:
    sealing = await resumed(connection)
    signed = await sealing.step()
    root = Tree().grown(await leaves(connection)).root
    assert signed is not None
    assert Checkpoint("suishi/enrollment", 14, root) == opened(signed.note, [KEY.public_key()])
    assert (await sealing.step(), sealing.size) == (None, 14)


async def test_an_empty_log_has_nothing_to_seal(connection: asyncpg.Connection) -> None:
    assert await Sealing(connection, "assistance", KEYS).step() is None


async def test_another_process_goes_on_where_the_first_ended(connection: asyncpg.Connection, tamper: Tamper) -> None:
    await sealed_to(connection, tamper, 3)
    signed = await (await resumed(connection)).step()
    assert signed is not None
    assert Tree().grown(await leaves(connection)).root == opened(signed.note, KEYS.known).root
    assert [(1, 3), (4, 14)] == [tuple(row) for row in await connection.fetch("SELECT first, size FROM audit.checkpoints ORDER BY size")]


async def test_after_a_rotation_the_new_key_goes_on_from_the_old_ones_checkpoint(connection: asyncpg.Connection, tamper: Tamper) -> None:
    await sealed_to(connection, tamper, 3)
    signed = await (await resumed(connection, Keys(OTHER, [KEY.public_key()]))).step()
    assert signed is not None
    assert 14 == opened(signed.note, [OTHER.public_key()]).size


async def test_a_checkpoint_of_an_unknown_key_is_not_gone_on_from(connection: asyncpg.Connection, tamper: Tamper) -> None:
    await sealed_to(connection, tamper, 3)
    with pytest.raises(Refused, match="the checkpoint of size 3 is not signed with a key that is known here"):
        await resumed(connection, Keys(OTHER))


async def test_peaks_that_were_not_signed_are_not_gone_on_from(connection: asyncpg.Connection, log: str, tamper: Tamper) -> None:
    await sealed_to(connection, tamper, 3)
    await without_guard(log, "UPDATE audit.checkpoints SET peaks = set_byte(peaks, 0, get_byte(peaks, 0) # 1)")
    with pytest.raises(Refused, match="the tree that is kept beside the checkpoint of size 3 is not the one that was signed"):
        await resumed(connection)


async def test_a_log_that_was_cut_is_not_sealed_on(connection: asyncpg.Connection, tamper: Tamper) -> None:
    await sealed_to(connection, tamper, 14)
    await tamper("DELETE FROM enrollment.stored_events WHERE notification_id > 12; " + RAISE_HEAD.format(12))
    with pytest.raises(Refused, match="14 events were sealed and the log ends at 12: it was cut, or restored from a backup"):
        await (await resumed(connection)).step()


async def test_a_log_whose_last_sealed_event_is_another_is_not_sealed_on(connection: asyncpg.Connection, tamper: Tamper) -> None:
    await sealed_to(connection, tamper, 9)
    await tamper("UPDATE enrollment.stored_events SET actor = 'somebody else' WHERE notification_id = 9")
    with pytest.raises(Refused, match="the event at position 9 is not the one that was sealed"):
        await (await resumed(connection)).step()


async def test_a_log_with_a_hole_is_not_sealed_on(connection: asyncpg.Connection, tamper: Tamper) -> None:
    await tamper("DELETE FROM enrollment.stored_events WHERE notification_id = 6")
    with pytest.raises(Refused, match="the log misses position 6"):
        await (await resumed(connection)).step()


async def test_no_second_history_is_signed_where_the_file_has_the_first(
    connection: asyncpg.Connection, tamper: Tamper, tmp_path: Path
) -> None:
    """The database was restored to a moment before, and other events came."""
    nodes = await leaves(connection)
    promise = Checkpoint("suishi/enrollment", 9, Tree().grown(nodes[:9]).root)
    file = CheckpointFile(tmp_path / "checkpoints")
    file.open({"enrollment": 0}, KEYS)
    file.append([Signed("enrollment", 9, sign(promise, KEY))])
    await tamper("UPDATE enrollment.stored_events SET actor = 'somebody else' WHERE notification_id = 7")
    sealing = await resumed(connection)
    sealing.promised(CheckpointFile(tmp_path / "checkpoints").open({"enrollment": 0}, KEYS)["enrollment"])
    with pytest.raises(Refused, match="a checkpoint of size 9 with another root was given out before"):
        await sealing.step()


async def test_two_sealers_never_go_on_from_the_same_checkpoint(connection: asyncpg.Connection) -> None:
    first, second = await resumed(connection), await resumed(connection)
    await first.step()
    with pytest.raises(asyncpg.UniqueViolationError):
        await second.step()


@pytest.mark.parametrize("change", ["UPDATE {} SET note = ''", "DELETE FROM {}", "TRUNCATE {}"])
async def test_a_checkpoint_is_not_taken_back(connection: asyncpg.Connection, log: str, change: str) -> None:
    await (await resumed(connection)).step()
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await connection.execute(change.format("audit.checkpoints"))
    owner = await asyncpg.connect(log)
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="checkpoints are append-only"):
        await owner.execute(change.format("audit.checkpoints"))
    await owner.close()


@pytest.mark.parametrize("table", ["enrollment.stored_events", "enrollment.log_head", "audit.checkpoints"])
async def test_the_auditor_reads_what_is_sealed_and_seals_nothing(log: str, table: str) -> None:
    auditor = await asyncpg.connect(log, server_settings={"role": "suishi_auditor"})
    await auditor.execute(f"TABLE {table}")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await auditor.execute("INSERT INTO audit.checkpoints VALUES ('enrollment', 1, 1, decode(repeat('00', 32), 'hex'), '', '')")
    await auditor.close()


async def test_the_sealer_changes_no_log_and_reads_no_person(connection: asyncpg.Connection) -> None:
    for statement in (
        "INSERT INTO enrollment.stored_events SELECT * FROM enrollment.stored_events",
        "TABLE vault.persons",
        "TABLE enrollment.inbox",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(statement)


async def test_a_file_goes_on_behind_half_a_line_that_a_kill_left(connection: asyncpg.Connection, tamper: Tamper, tmp_path: Path) -> None:
    path = tmp_path / "checkpoints"
    three, nine = await sealed_to(connection, tamper, 3, 9)
    file = CheckpointFile(path)
    file.open({"enrollment": 9}, KEYS)
    file.append([three])
    path.write_bytes(path.read_bytes() + b'{"service":"enrollment","si')
    again = CheckpointFile(path)
    assert {"enrollment": []} == again.open({"enrollment": 9}, KEYS)
    assert 3 == again.last("enrollment")
    again.append(await since(connection, "enrollment", again.last("enrollment")))
    assert [three, nine] == list(checkpoints(path))
    again.append([nine])
    assert [three, nine] == list(checkpoints(path))


@pytest.mark.parametrize(
    "line", ["not json", '{"service":"enrollment","size":3}', '{"service":"enrollment","size":3,"note":"no note"}', "[]"]
)
def test_a_file_with_a_line_of_somebody_else_is_not_gone_on_from(tmp_path: Path, line: str) -> None:
    path = tmp_path / "checkpoints"
    path.write_text(line + "\n")
    with pytest.raises(Refused, match=f"line 1 of {path} is no checkpoint of ours"):
        CheckpointFile(path).open({"enrollment": 0}, KEYS)
    with pytest.raises(BadLine):
        list(checkpoints(path))


def test_a_checkpoint_in_the_file_that_nobody_known_signed_is_no_promise(tmp_path: Path) -> None:
    path = tmp_path / "checkpoints"
    file = CheckpointFile(path)
    file.open({}, KEYS)
    file.append([Signed("enrollment", 3, sign(Checkpoint("suishi/enrollment", 3, bytes(32)), OTHER))])
    with pytest.raises(Refused, match="is not signed with a key that is known here"):
        CheckpointFile(path).open({"enrollment": 0}, KEYS)


async def without_guard(dsn: str, statement: str) -> None:
    connection = await asyncpg.connect(dsn)
    await connection.execute("ALTER TABLE audit.checkpoints DISABLE TRIGGER append_only")
    await connection.execute(statement)
    await connection.execute("ALTER TABLE audit.checkpoints ENABLE TRIGGER append_only")
    await connection.close()
