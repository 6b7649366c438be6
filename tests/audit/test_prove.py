"""A proof holds for who has the file and the public key, and for nobody once a character of it was changed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from audit.evidence import Evidence
from audit.prove.checking import NotProved, check
from audit.prove.document import NoProof, read, written
from audit.prove.making import Unprovable, prove_beginning, prove_event
from local.language import speak
from tests.audit.sealed import KEY, OTHER, Superuser, evidence, sealed, superuser
from tests.commands.conftest import Suishi, run, suishi

__all__ = ["evidence", "sealed", "suishi", "superuser"]
KEYS: list[Ed25519PublicKey] = [KEY.public_key()]
PAIRS = [(7, 7), (7, 14), (7, 28), (14, 21), (21, 28)]


@pytest.fixture(autouse=True)
def english() -> None:
    speak("en")


async def event_at(dsn: str, position: int) -> UUID:
    connection = await asyncpg.connect(dsn)
    found = await connection.fetchval("SELECT event_id FROM enrollment.stored_events WHERE notification_id = $1", position)
    await connection.close()
    return found


async def proof(dsn: str, position: int) -> bytes:
    return written(await prove_event(dsn, await event_at(dsn, position))).encode()


@pytest.mark.parametrize(("position", "size"), [(1, 7), (7, 7), (8, 14), (17, 21), (28, 28)])
async def test_every_event_is_proved_under_the_first_checkpoint_that_covers_it(sealed: str, position: int, size: int) -> None:
    proved = check(read(await proof(sealed, position)), KEYS)
    assert ([size], str(position)) == ([one.size for one in proved.checkpoints], proved.row["notification_id"])


@pytest.mark.parametrize(("first", "second"), PAIRS)
async def test_a_checkpoint_is_proved_to_go_on_from_an_earlier_one(sealed: str, first: int, second: int) -> None:
    document = await prove_beginning(sealed, "enrollment", first, second)
    assert [first, second] == [one.size for one in check(read(written(document).encode()), KEYS).checkpoints]


async def test_the_auditor_needs_no_more_than_his_own_role_to_make_a_proof(prepared: str, sealed: str) -> None:
    auditor = f"{prepared}?role=suishi_auditor"
    assert await proof(auditor, 17) == await proof(sealed, 17)


async def test_an_event_that_the_logs_do_not_know_has_no_proof(sealed: str) -> None:
    with pytest.raises(Unprovable, match="the three logs know no event 00000000-0000-0000-0000-000000000000"):
        await prove_event(sealed, UUID(int=0))


async def test_an_event_that_is_not_sealed_yet_has_no_proof(superuser: Superuser) -> None:
    await superuser.does("DELETE FROM audit.checkpoints WHERE size > 14")
    with pytest.raises(Unprovable, match="position 17 of enrollment is not sealed yet; try again in a moment"):
        await proof(superuser.dsn, 17)


async def test_an_event_that_was_changed_since_has_no_proof(superuser: Superuser) -> None:
    await superuser.does("UPDATE enrollment.stored_events SET actor = 'somebody else' WHERE notification_id = 17")
    with pytest.raises(Unprovable, match=r"position 17 of enrollment is not as it was sealed; run ./suishi audit verify"):
        await proof(superuser.dsn, 17)


@pytest.mark.parametrize(
    "change",
    [
        "leaves = '' WHERE size = 21",
        "leaves = NULL WHERE size = 21",
        "note = 'no note' WHERE size = 21",
        "peaks = substr(peaks, 1, 32) WHERE size = 14",
    ],
)
async def test_nothing_is_proved_by_a_checkpoint_that_was_changed(superuser: Superuser, change: str) -> None:
    await superuser.lifts_the_checks()
    await superuser.does(f"UPDATE audit.checkpoints SET {change}")
    for proving in (proof(superuser.dsn, 17), prove_beginning(superuser.dsn, "enrollment", 14, 21)):
        with pytest.raises(Unprovable, match=r"the checkpoint of size (14|21) of enrollment was altered; run ./suishi audit verify"):
            await proving


@pytest.mark.parametrize(
    ("first", "second", "problem"),
    [
        (8, 28, "enrollment has no checkpoint of size 8; the next one is of size 14"),
        (7, 99, "enrollment has no checkpoint of size 99"),
        (7, 1 << 63, "enrollment has no checkpoint of size 9223372036854775808"),
        (14, 7, "name the smaller checkpoint first"),
        (0, 7, "name the smaller checkpoint first"),
    ],
)
async def test_only_checkpoints_are_proved_to_go_on_from_one_another(sealed: str, first: int, second: int, problem: str) -> None:
    with pytest.raises(Unprovable, match=problem):
        await prove_beginning(sealed, "enrollment", first, second)


def changed(value: Any) -> Any:  # noqa: ANN401 - any value of a JSON document
    """Something else of the same kind."""
    if isinstance(value, int):
        return value + 1
    if isinstance(value, list):
        return value[:-1]
    if isinstance(value, dict):
        return {**value, "actor": "somebody else"}
    return value.replace("7", "8") if "7" in value else value + "0"


@pytest.mark.parametrize("field", ["event_id", "position", "row", "sealed", "path", "checkpoint", "service", "kind", "form"])
async def test_no_field_of_a_proof_can_be_changed(sealed: str, field: str) -> None:
    document = json.loads(await proof(sealed, 17))
    document[field] = changed(document[field])
    with pytest.raises((NoProof, NotProved), match=r"."):
        check(read(json.dumps(document).encode()), KEYS)


@pytest.mark.parametrize("field", ["first", "second", "path", "service"])
async def test_no_field_of_a_proof_of_a_beginning_can_be_changed(sealed: str, field: str) -> None:
    document = json.loads(written(await prove_beginning(sealed, "enrollment", 7, 28)))
    document[field] = changed(document[field])
    with pytest.raises((NoProof, NotProved), match=r"."):
        check(read(json.dumps(document).encode()), KEYS)


async def test_a_proof_under_a_key_that_one_does_not_know_is_none(sealed: str) -> None:
    with pytest.raises(NotProved, match="the checkpoint of size 21 is not signed with a key that is known here"):
        check(read(await proof(sealed, 17)), [OTHER.public_key()])


async def test_a_proof_is_checked_with_nothing_but_the_file_and_the_key(
    sealed: str, evidence: Evidence, tmp_path: Path, suishi: Suishi
) -> None:
    file = tmp_path / "proof.json"
    made = suishi("audit", "prove", await event_at(sealed, 17), "--out", file, SUISHI_DATABASE=sealed)
    assert (0, f"the proof is in {file}.\n") == (made.returncode, made.stdout)
    done = suishi("audit", "check-proof", file, "--key", evidence.keys[0], SUISHI_DATABASE="postgresql://nowhere.invalid/x")
    assert (0, "✓ position 17 of enrollment is under the signed checkpoint of size 21:") == (done.returncode, done.stdout.splitlines()[0])
    again = suishi("audit", "prove", await event_at(sealed, 18), "--out", file, SUISHI_DATABASE=sealed)
    assert (2, f"suishi: {file} is already there; name another file.\n") == (again.returncode, again.stderr)
    told = json.loads(suishi("audit", "check-proof", file, "--key", evidence.keys[0], "--json").stdout)
    assert (True, "enrollment", "17") == (told["ok"], told["service"], told["row"]["notification_id"])


async def test_a_proof_on_standard_output_is_what_was_recorded_to_the_letter(
    superuser: Superuser, evidence: Evidence, tmp_path: Path
) -> None:
    """Whatever looks like a picture's name in it."""
    await superuser.does("UPDATE enrollment.stored_events SET source = 'urn:hospital:y [red]' WHERE notification_id = 17")
    await superuser.recomputes(KEY)
    made = run("audit", "prove", await event_at(superuser.dsn, 17), SUISHI_DATABASE=superuser.dsn)
    assert "urn:hospital:y [red]" == json.loads(made.stdout)["row"]["source"]
    (tmp_path / "proof.json").write_text(made.stdout)
    assert 0 == run("audit", "check-proof", tmp_path / "proof.json", "--key", evidence.keys[0]).returncode


async def test_two_checkpoints_are_proved_and_checked_on_the_command_line(sealed: str, evidence: Evidence, tmp_path: Path) -> None:
    file = tmp_path / "proof.json"
    assert 0 == run("audit", "prove", "--between", 7, 28, "--out", file, SUISHI_DATABASE=sealed).returncode
    done = run("audit", "check-proof", file, "--key", evidence.keys[0])
    expected = "✓ enrollment: the checkpoint of size 28 goes on from the one of size 7; nothing before was changed.\n"
    assert (0, expected) == (done.returncode, done.stdout)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "is no proof that audit prove wrote (is not valid JSON)."),
        ("[]", "is no proof that audit prove wrote (is not valid)."),
        ('{"kind": "another"}', "is no proof that audit prove wrote (has a kind that is not allowed)."),
        ('{"kind": "suishi-inclusion-proof"}', "is no proof that audit prove wrote (suishi-inclusion-proof.service is missing)."),
    ],
)
def test_a_file_that_is_no_proof_is_told_in_one_sentence(evidence: Evidence, tmp_path: Path, text: str, problem: str) -> None:
    file = tmp_path / "proof.json"
    file.write_text(text)
    done = run("audit", "check-proof", file, "--key", evidence.keys[0])
    assert (2, 1) == (done.returncode, len(done.stderr.splitlines()))
    assert done.stderr.startswith(f"suishi: {file} {problem}")


def test_a_file_that_is_no_proof_is_told_in_chinese_as_well(evidence: Evidence, tmp_path: Path) -> None:
    (tmp_path / "proof.json").write_text("")
    done = run("audit", "check-proof", tmp_path / "proof.json", "--key", evidence.keys[0], "--lang", "zh")
    assert f"suishi: {tmp_path}/proof.json 不是 audit prove 写出的证明（不是有效的 JSON）。\n" == done.stderr


def test_a_key_file_that_is_none_is_told_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "key.pem").write_text("no key")
    done = run("audit", "check-proof", tmp_path / "proof.json", "--key", tmp_path / "key.pem")
    assert (2, f"suishi: {tmp_path}/key.pem holds no public key in PEM (BEGIN PUBLIC KEY).\n") == (done.returncode, done.stderr)
