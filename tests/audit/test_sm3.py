"""A county that has to seals its log by SM3: from the first checkpoint on, found and proved like any other."""

from __future__ import annotations

from pathlib import Path

import asyncpg
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from audit.evidence import Evidence
from audit.export.extract import Altered, extract
from audit.merkle import Tree
from audit.prove.checking import NotProved, check
from audit.prove.document import read, written
from audit.prove.making import prove_event
from audit.seal.hashes import leaves, sm3_leaf
from audit.seal.note import Checkpoint, opened, sign, unverified
from audit.seal.sealing import Keys, Refused, Sealing
from audit.sealer import since
from audit.verify import Verdict, verify
from local.language import speak
from tests.audit.conftest import Tamper
from tests.audit.sealed import KEY
from tests.audit.test_export import EVER


@pytest.fixture(autouse=True)
def english() -> None:
    speak("en")


@pytest.fixture
def evidence(tmp_path: Path) -> Evidence:
    (tmp_path / "public.pem").write_bytes(KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    return Evidence(keys=(tmp_path / "public.pem",))


async def sealed_by(log: str, leaf_hash: str, head: int) -> Checkpoint:
    """What is signed of the first events, by a sealer that was told to use this hash."""
    connection = await asyncpg.connect(log)
    await connection.execute("UPDATE enrollment.log_head SET position = $1", head)
    sealing = Sealing(connection, "enrollment", Keys(KEY), leaf_hash)
    await sealing.resume()
    nodes = [leaf for _, leaf in await leaves(connection, "enrollment", 1, head, "sm3")]
    sealing.promised([Checkpoint("suishi/enrollment", head, Tree().grown(nodes).root, "sm3")])
    signed = await sealing.step()
    await connection.execute("UPDATE enrollment.log_head SET position = 14")
    await connection.close()
    assert signed
    return opened(signed.note, [KEY.public_key()])


def test_a_leaf_is_sm3_of_a_zero_byte_and_the_row() -> None:
    """As OpenSSL says it of a zero byte and "abc"."""
    assert "a7fe0cdcc2194aa7a9c6bfad5637581bf051d935a10bb6a9ccabfce125c27d96" == sm3_leaf(b"abc").hex()


def test_the_hash_is_a_line_of_the_note_and_none_for_sha_256() -> None:
    usual, sm3 = Checkpoint("suishi/x", 3, bytes(32)), Checkpoint("suishi/x", 3, bytes(32), "sm3")
    assert f"{usual.text}leaves sm3\n" == sm3.text
    assert [usual, sm3] == [unverified(sign(one, KEY)) for one in (usual, sm3)]


async def test_what_the_first_checkpoint_says_holds_for_those_behind_it(log: str, evidence: Evidence) -> None:
    """Whatever a later sealer was told."""
    assert ["sm3", "sm3"] == [(await sealed_by(log, "sm3", 5)).leaves, (await sealed_by(log, "sha256", 14)).leaves]
    assert Verdict(14, sealed=14) == await verify(log, "enrollment", evidence)


async def test_a_changed_event_is_found_where_it_is(log: str, evidence: Evidence, tamper: Tamper) -> None:
    await sealed_by(log, "sm3", 14)
    await tamper("UPDATE enrollment.stored_events SET actor = 'somebody else' WHERE notification_id = 9")
    assert Verdict(8, 9, "the event is not the one that was sealed") == await verify(log, "enrollment", evidence)


async def test_an_event_is_proved_and_another_is_not(log: str) -> None:
    await sealed_by(log, "sm3", 14)
    connection = await asyncpg.connect(log)
    event = await connection.fetchval("SELECT event_id FROM enrollment.stored_events WHERE notification_id = 9")
    await connection.close()
    proof = written(await prove_event(log, event)).encode()
    assert ["sm3"] == [one.leaves for one in check(read(proof), [KEY.public_key()]).checkpoints]
    with pytest.raises(NotProved, match="the signature of the checkpoint of size 14 is wrong"):
        check(read(proof.replace(b"leaves sm3", b"leaves sha256")), [KEY.public_key()])


async def test_an_export_has_the_leaves_that_were_sealed_and_goes_on_by_the_same_hash(log: str) -> None:
    """Behind the last checkpoint, too: there is no other hash for them."""
    await sealed_by(log, "sm3", 5)
    connection = await asyncpg.connect(log)
    sealed = await connection.fetchval("SELECT leaves FROM audit.checkpoints")
    later = [leaf.hex() for _, leaf in await leaves(connection, "enrollment", 6, 9, "sm3")]
    await connection.close()
    async with extract(log, *EVER) as logs:
        assert [sealed[start : start + 32].hex() for start in range(0, 160, 32)] + later == [one["leaf"] async for one in logs.events()]


async def test_a_hash_that_this_release_does_not_know_is_said_so(log: str, evidence: Evidence) -> None:
    await sealed_by(log, "sm3", 14)
    connection = await asyncpg.connect(log)
    note = sign(Checkpoint("suishi/enrollment", 14, bytes(32), "md5"), KEY)
    await connection.execute("ALTER TABLE audit.checkpoints DISABLE TRIGGER append_only")
    await connection.execute("UPDATE audit.checkpoints SET note = $1", note)
    await connection.close()
    assert Verdict(0, 1, "the leaves are hashed by md5, which this release does not know") == await verify(log, "enrollment", evidence)
    async with extract(log, *EVER) as logs:
        with pytest.raises(Altered, match="position 1 of enrollment: the leaves are hashed by md5, which this release does not know"):
            await anext(logs.events())


async def test_what_was_sealed_by_it_is_given_out_like_any_other(log: str, tamper: Tamper) -> None:
    await sealed_by(log, "sm3", 14)
    connection = await asyncpg.connect(log)
    try:
        assert [14] == [signed.size for signed in await since(connection, "enrollment", 0)]
        note = r"replace(note, E'\n14\n', E'\n13\n')"
        await tamper(f"ALTER TABLE audit.checkpoints DISABLE TRIGGER USER; UPDATE audit.checkpoints SET note = {note}")
        with pytest.raises(Refused, match="its note says something else"):
            await since(connection, "enrollment", 0)
    finally:
        await connection.close()
