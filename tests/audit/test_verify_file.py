"""What the file of checkpoints says that the database does not: an end that is missing, a signature that is wrong, a line of nobody's."""

from __future__ import annotations

import asyncio
from pathlib import Path

import orjson
import pytest

from audit.evidence import Evidence
from audit.seal.file import CheckpointFile
from audit.seal.note import Checkpoint, sign
from audit.seal.sealing import Keys, Signed
from audit.verify import Verdict, verify
from local.language import speak
from tests.audit.sealed import KEY, OTHER, Superuser, evidence, sealed, superuser
from tests.audit.test_verify import commanded
from tests.audit.test_verify_seals import CUT_AT_21

__all__ = ["evidence", "sealed", "superuser"]


@pytest.fixture(autouse=True)
def english() -> None:
    speak("en")


@pytest.mark.parametrize(
    ("kept", "expected"),
    [
        ([0, 2, 3], Verdict(7, 8, "the file of checkpoints lacks the checkpoint of size 14", sealed=7)),
        ([0, 1], Verdict(28, sealed=28)),
        ([0, 1, 1, 2, 3], Verdict(28, sealed=28)),
    ],
)
async def test_a_file_that_lacks_its_end_is_only_late(
    sealed: str, evidence: Evidence, tmp_path: Path, kept: list[int], expected: Verdict
) -> None:
    assert evidence.file
    lines, copy = evidence.file.read_bytes().splitlines(keepends=True), tmp_path / "copy"
    copy.write_bytes(b"".join(lines[number] for number in kept))
    assert expected == await verify(sealed, "enrollment", Evidence(evidence.keys, copy))


@pytest.mark.parametrize(("kept", "where"), [(0, 0), (2, 14)])
async def test_a_file_whose_end_is_missing_for_longer_is_not_compared_from_there(
    superuser: Superuser, evidence: Evidence, tmp_path: Path, kept: int, where: int
) -> None:
    """Whoever empties the file could cut the log at the same place."""
    copy = tmp_path / "copy"
    await superuser.does("UPDATE enrollment.stored_events SET recorded_at = recorded_at - interval '61 seconds'")
    await superuser.recomputes(KEY)
    rows = await superuser.connection.fetch("SELECT service, size, note FROM audit.checkpoints ORDER BY size")
    file = CheckpointFile(copy)
    file.open({}, Keys(KEY))
    file.append([Signed(*row) for row in rows[:kept]])
    verdict = await verify(superuser.dsn, "enrollment", Evidence(evidence.keys, copy))
    assert (Verdict(28, sealed=28), (f"file: up to {where}", "topic")) == (verdict, tuple(sorted(verdict.not_compared)))
    done = await asyncio.to_thread(commanded, superuser.dsn, "audit", "verify", "--key", str(evidence.keys[0]), "--file", str(copy))
    told = f"not compared: the Kafka topic, enrollment behind position {where}, where the file of checkpoints ends"
    assert (0, told) == (done.returncode, done.stdout.splitlines()[-1])


@pytest.mark.parametrize("cut", [True, False])
async def test_a_spoilt_signature_in_the_file_is_found(superuser: Superuser, evidence: Evidence, tmp_path: Path, *, cut: bool) -> None:
    """Whoever cuts the log could otherwise spoil what tells of its end."""
    if cut:
        await superuser.does(CUT_AT_21)
    assert evidence.file
    *lines, last = evidence.file.read_bytes().splitlines(keepends=True)
    copy, note = tmp_path / "copy", orjson.loads(last)["note"]
    spoilt = note[:-10] + ("A" if note[-10] != "A" else "B") + note[-9:]
    copy.write_bytes(b"".join([*lines, orjson.dumps({"service": "enrollment", "size": 28, "note": spoilt}), b"\n"]))
    problem = "the file of checkpoints holds a checkpoint of size 28 whose signature is wrong"
    assert Verdict(21, 22, problem, sealed=21) == await verify(superuser.dsn, "enrollment", Evidence(evidence.keys, copy))


async def test_a_line_of_somebody_else_in_the_file_is_found(sealed: str, evidence: Evidence, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    copy.write_text("not a line of ours\n")
    assert f"line 1 of {copy} is no checkpoint of ours" == (await verify(sealed, "enrollment", Evidence(evidence.keys, copy))).problem


async def test_what_nobody_known_signed_proves_nothing(sealed: str, evidence: Evidence, tmp_path: Path) -> None:
    forged = Signed("enrollment", 99, sign(Checkpoint("suishi/enrollment", 99, bytes(32)), OTHER))
    file = CheckpointFile(tmp_path / "copy")
    file.open({}, Keys(OTHER))
    file.append([forged])
    verdict = await verify(sealed, "enrollment", Evidence(evidence.keys, tmp_path / "copy"))
    assert (Verdict(28, sealed=28), True) == (verdict, "file: unknown keys" in verdict.not_compared)
