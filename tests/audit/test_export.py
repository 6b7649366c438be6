"""A part of the logs in a file: by internal ids, with its own hash, and under the checkpoint that it belongs to."""

from __future__ import annotations

import asyncio
import stat
from collections.abc import Mapping
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import asyncpg
import orjson
import pytest
from openpyxl import load_workbook

from audit.by_service import unheard
from audit.export.extract import Altered, named
from audit.export.files import TooManyRows, writing
from audit.export.report import Exported, Reading, export
from audit.seal.leaf import LEAF
from audit.seal.note import opened
from commands.audit.export import export_days, told_lines
from local.language import speak
from local.problem import Problem
from pipeline.postgres import connect
from schemas.clock import COUNTY_TIME
from services.enrollment.vault import Identity, Vault
from services.enrollment.vault_keys import Keys, NoVaultKey
from tests.audit.sealed import KEY, ROW, Superuser, evidence, sealed, superuser
from tests.audit.test_verify import commanded

__all__ = ["evidence", "sealed", "superuser"]
TODAY: Final = datetime.now(UTC).astimezone(COUNTY_TIME).date()
EVER: Final = (date(2021, 1, 1), TODAY)
VAULT: Final = Keys(bytes(32))
LI: Final = Identity("resident", "370399199001010017", {"name": "李一"}, registered=True)


async def exported(dsn: str, target: Path, days: tuple[date, date] = EVER, reading: Reading | None = None) -> Exported:
    return await export(dsn, days, target, reading, unheard)


def files_of(folder: Path) -> list[Path]:
    return list(folder.iterdir())


def lines(file: Path) -> list[dict[str, Any]]:
    return [orjson.loads(line) for line in file.read_bytes().splitlines()]


async def test_every_event_of_the_days_is_a_line_with_the_leaf_that_was_sealed(sealed: str, tmp_path: Path) -> None:
    file = tmp_path / "export.jsonl"
    done = await exported(f"{sealed}?role=suishi_auditor", file)
    first, *events_and_persons, last = lines(file)
    events = [one for one in events_and_persons if one["kind"] == "event"]
    assert {"kind": "export", "from": "2021-01-01", "to": TODAY.isoformat(), "plain": False, "purpose": None} == first
    assert list(range(1, 29)) == [one["position"] for one in events]
    connection = await asyncpg.connect(sealed)
    leaves = b"".join([row[0] for row in await connection.fetch("SELECT leaves FROM audit.checkpoints ORDER BY size")])
    states = [orjson.loads(row[0]) for row in await connection.fetch(f"SELECT state FROM {ROW} > 0 ORDER BY notification_id")]
    await connection.close()
    assert [leaves[start : start + 32].hex() for start in range(0, len(leaves), 32)] == [one["leaf"] for one in events]
    assert states == [one["state"] for one in events]
    assert {""} == {one["pack_hash"] for one in events}  # the tests' log was written by no pack
    assert (28, 4, 28) == (done.events, done.persons, opened(last["enrollment_checkpoint"], [KEY.public_key()]).size)
    assert (0, 0, None) == (last["assistance_first"], last["assistance_last"], last["assistance_checkpoint"])


async def test_the_first_and_the_last_day_of_the_calendar_may_be_asked_for(sealed: str, tmp_path: Path) -> None:
    assert 28 == (await exported(sealed, tmp_path / "all.jsonl", (date.min, date.max))).events
    assert 0 == (await exported(sealed, tmp_path / "before.jsonl", (date.min, date.min))).events
    assert 0 == (await exported(sealed, tmp_path / "after.jsonl", (date.max, date.max))).events


async def test_the_file_has_its_hash_beside_it_and_its_lines_theirs_in_the_last(sealed: str, tmp_path: Path) -> None:
    file = tmp_path / "export.jsonl"
    done = await exported(sealed, file)
    *before, last = file.read_bytes().splitlines(keepends=True)
    assert sha256(b"".join(before)).hexdigest() == orjson.loads(last)["sha256"] == done.content
    assert f"{sha256(file.read_bytes()).hexdigest()}  export.jsonl\n" == (tmp_path / "export.jsonl.sha256").read_text()
    assert stat.S_IRUSR | stat.S_IWUSR == stat.S_IMODE(file.stat().st_mode)
    await exported(sealed, tmp_path / "again.jsonl")
    assert file.read_bytes() == (tmp_path / "again.jsonl").read_bytes()


async def test_a_workbook_says_the_same_with_the_same_hash(sealed: str, tmp_path: Path) -> None:
    text, book = await exported(sealed, tmp_path / "export.jsonl"), await exported(sealed, tmp_path / "export.xlsx")
    assert text.content == book.content
    sheets = load_workbook(tmp_path / "export.xlsx", read_only=True)
    cover = {str(row[0]): (*row, None)[1] for row in sheets["export"].iter_rows(values_only=True)}
    names, *events = sheets["events"].iter_rows(values_only=True)
    assert (book.content, "2021-01-01", False) == (cover["sha256"], cover["from"], cover["plain"])
    assert (28, 5) == (len(events), len(list(sheets["persons"].iter_rows(values_only=True))))
    one = dict(zip(names, events[2], strict=True))
    assert [("enrollment", 3, "enrollment.household-registered")] == [(one["service"], one["position"], one["topic"])]
    assert [told["state"] for told in lines(tmp_path / "export.jsonl") if told.get("position") == 3] == [orjson.loads(str(one["state"]))]
    sheets.close()


async def test_only_what_was_recorded_on_the_days_is_in(superuser: Superuser, tmp_path: Path) -> None:
    """A day is one of the county: from its midnight, which is four in the afternoon in Greenwich, to the next."""
    await superuser.does(
        "UPDATE enrollment.stored_events SET recorded_at = '2021-03-01T15:59:59Z' WHERE notification_id <= 3;"
        "UPDATE enrollment.stored_events SET recorded_at = '2021-03-01T16:00:00Z' WHERE notification_id BETWEEN 4 AND 5;"
        "UPDATE enrollment.stored_events SET recorded_at = '2021-03-02T16:00:00Z' WHERE notification_id > 5"
    )
    await superuser.recomputes(KEY)
    done = await exported(superuser.dsn, tmp_path / "export.jsonl", (date(2021, 3, 2), date(2021, 3, 2)))
    assert [4, 5] == [one["position"] for one in lines(tmp_path / "export.jsonl") if one["kind"] == "event"]
    assert ("enrollment", 4, 5) == (done.parts[0].service, done.parts[0].first, done.parts[0].last)
    assert done.parts[0].checkpoint is not None
    assert "suishi/enrollment\n7\n" == done.parts[0].checkpoint[: len("suishi/enrollment\n7\n")]


async def test_what_is_not_sealed_yet_belongs_to_no_checkpoint(superuser: Superuser, tmp_path: Path) -> None:
    await superuser.does("DELETE FROM audit.checkpoints WHERE size > 21")
    assert None is (await exported(superuser.dsn, tmp_path / "export.jsonl")).parts[0].checkpoint


A_DAY: Final = "UPDATE enrollment.stored_events SET recorded_at = '2021-03-02T04:00:00Z' WHERE notification_id BETWEEN 9 AND 19"


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ("UPDATE {row} = 17", "position 17 of enrollment: the event is not the one that was sealed"),
        ("UPDATE {row} = 20", "position 20 of enrollment: the event is not the one that was sealed"),  # under the same checkpoint
        ("UPDATE {row} = 8", "position 8 of enrollment: the event is not the one that was sealed"),
        ("DELETE FROM enrollment.stored_events WHERE notification_id = 17", "position 17 of enrollment: the event at this position"),
        ("DELETE FROM enrollment.stored_events WHERE notification_id > 19", "position 20 of enrollment: the event at this position"),
        ("UPDATE audit.checkpoints SET peaks = '' WHERE size = 7", "position 7 of enrollment: the peaks kept beside the checkpoint"),
        ("UPDATE audit.checkpoints SET note = 'x' WHERE size = 21", "position 15 of enrollment: this is not a signed checkpoint"),
        ("UPDATE audit.checkpoints SET note = 'x' WHERE size = 7", "position 1 of enrollment: this is not a signed checkpoint"),
        ("DELETE FROM audit.checkpoints WHERE size = 14", "position 8 of enrollment: a checkpoint between positions 8 and 21"),
    ],
)
async def test_what_is_not_as_it_was_sealed_is_not_given_out_under_a_checkpoint(
    superuser: Superuser, tmp_path: Path, change: str, problem: str
) -> None:
    """An export of positions 9 to 19 stands under the checkpoints of 14 and 21, which begin with 8."""
    speak("en")
    await superuser.does(A_DAY)
    await superuser.recomputes(KEY)
    march = (date(2021, 3, 2), date(2021, 3, 2))
    assert (9, 19) == ((whole := await exported(superuser.dsn, tmp_path / "whole.jsonl", march)).parts[0].first, whole.parts[0].last)
    await superuser.does(change.format(row="enrollment.stored_events SET actor = 'somebody else' WHERE notification_id"))
    with pytest.raises(Altered, match=problem):
        await exported(superuser.dsn, tmp_path / "altered.jsonl", march)
    assert ["whole.jsonl", "whole.jsonl.sha256"] == sorted(file.name for file in files_of(tmp_path))


async def test_what_is_altered_together_with_its_hash_is_not_given_out_either(superuser: Superuser, tmp_path: Path) -> None:
    speak("en")
    await superuser.does("UPDATE enrollment.stored_events SET actor = 'somebody else' WHERE notification_id = 17")
    leaf = await superuser.connection.fetchval(f"SELECT {LEAF} FROM {ROW} = 17")
    await superuser.does(f"UPDATE audit.checkpoints SET leaves = overlay(leaves PLACING '\\x{leaf.hex()}' FROM 65) WHERE size = 21")
    with pytest.raises(Altered, match="position 15 of enrollment: positions 15 to 21 do not have the root that was signed"):
        await exported(superuser.dsn, tmp_path / "export.jsonl")


async def test_the_command_names_the_altered_position_and_ends_with_1(superuser: Superuser, tmp_path: Path) -> None:
    await superuser.does("UPDATE enrollment.stored_events SET actor = 'somebody else' WHERE notification_id = 17")
    days = ("--from", "2021-01-01", "--to", TODAY.isoformat())
    done = await asyncio.to_thread(commanded, superuser.dsn, "audit", "export", str(tmp_path / "export.xlsx"), *days)
    problem = "position 17 of enrollment: the event is not the one that was sealed; nothing was written, run ./suishi audit verify."
    assert (1, "", f"suishi: {problem}\n") == (done.returncode, done.stdout, done.stderr)
    assert [] == files_of(tmp_path)


async def test_a_name_is_in_the_file_only_where_it_was_asked_for_and_each_reading_is_written_down(
    superuser: Superuser, tmp_path: Path
) -> None:
    """Of four members the vault knows one; whether it knows somebody is read as well."""
    connection = superuser.connection
    (person,) = await connection.fetchrow("SELECT person FROM enrollment.members ORDER BY household, person LIMIT 1") or ()
    await connection.execute(
        "INSERT INTO vault.persons (person, hash, wrapped_key, sealed, masked) VALUES ($1, $2, $3, $4, $5)", *await li(superuser, person)
    )
    await exported(superuser.dsn, tmp_path / "masked.jsonl")
    assert "李一" not in (tmp_path / "masked.jsonl").read_text()
    assert 0 == await connection.fetchval("SELECT count(*) FROM vault.reads")

    await exported(superuser.dsn, tmp_path / "plain.jsonl", reading=Reading("auditor:sun", "a complaint", superuser.dsn, bytes(32).hex()))
    told: dict[str, Mapping[str, Any]] = {one["person"]: one["known"] for one in lines(tmp_path / "plain.jsonl") if one["kind"] == "person"}
    assert {"id_type": "resident", "id_number": "370399199001010017", "name": "李一"} == told[str(person)]
    assert [{}, {}, {}] == [known for one, known in told.items() if one != str(person)]
    reads = await connection.fetch("SELECT what, by_whom, purpose FROM vault.reads")
    assert {(one, "auditor:sun", "a complaint") for one in told} == {tuple(row) for row in reads}
    assert len(told) == len(reads)

    with pytest.raises(NoVaultKey):
        await exported(
            superuser.dsn, tmp_path / "wrong.jsonl", reading=Reading("auditor:sun", "a complaint", superuser.dsn, bytes([1] * 32).hex())
        )
    left = sorted(file.name for file in files_of(tmp_path))
    assert ["masked.jsonl", "masked.jsonl.sha256", "plain.jsonl", "plain.jsonl.sha256"] == left
    assert len(told) == await connection.fetchval("SELECT count(*) FROM vault.reads")


async def li(superuser: Superuser, person: UUID) -> tuple[Any, ...]:
    pool = await connect(superuser.dsn, "vault", size=1)
    row = Vault(pool, VAULT).row(person, LI)
    await pool.close()
    return row


def test_what_looks_like_a_formula_stays_text_and_what_no_cell_holds_is_named_by_its_hash(tmp_path: Path) -> None:
    with writing(tmp_path / "one.xlsx") as out:
        out.add("event", {"actor": "=1+1", "source": "a\x01b", "state": {"long": "x" * 40_000}})
        out.end({"sha256": out.content})
    sheets = load_workbook(tmp_path / "one.xlsx", read_only=True)
    _, values = sheets["events"].iter_rows(values_only=True)
    long = orjson.dumps({"long": "x" * 40_000})
    assert ("=1+1", "a\\x01b", f"(longer than a cell; SHA-256 {sha256(long).hexdigest()})") == values
    sheets.close()


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        ("a\uffffb", "a\\xffffb"),
        ("\ufffe", "\\xfffe"),
        ("a\rb", "a\\x0db"),
        ("a\r\nb\tc", "a\\x0d\nb\tc"),
        ("𠮷·张 \x7f\ud7ff\ufffd", "𠮷·张 \x7f\ud7ff\ufffd"),
    ],
)
def test_what_a_workbook_cannot_hold_is_written_by_its_number(tmp_path: Path, told: str, shown: str) -> None:
    with writing(tmp_path / "one.xlsx") as out:
        out.add("event", {"actor": told})
        out.end({"sha256": out.content})
    sheets = load_workbook(tmp_path / "one.xlsx", read_only=True)
    assert [("actor",), (shown,)] == list(sheets["events"].iter_rows(values_only=True))
    sheets.close()


def test_a_sheet_that_is_full_is_said_so_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("audit.export.files.MOST_ROWS", 2)
    with pytest.raises(TooManyRows):
        two_events(tmp_path / "one.xlsx")
    assert [] == list(tmp_path.iterdir())


def two_events(target: Path) -> None:
    with writing(target) as out:
        for number in range(2):
            out.add("event", {"position": number})


def test_an_event_names_its_person_and_household_where_its_stream_is_named_after_neither() -> None:
    person, household = UUID(int=1), UUID(int=2)
    care = orjson.dumps({"person": person, "household": household, "on": "2021-01-05"})
    letter = orjson.dumps({"notice": {"household": household}, "recipient": person})
    assert [[person, household], [household]] == [list(named(UUID(int=3), state)) for state in (care, letter)]


def test_days_that_end_before_they_begin_are_refused(tmp_path: Path) -> None:
    speak("en")
    with pytest.raises(Problem, match="--from 2021-01-02 comes after --to 2021-01-01"):
        export_days(tmp_path / "export.jsonl", first=datetime(2021, 1, 2), last=datetime(2021, 1, 1))  # noqa: DTZ001 - as the option gives them


def test_whoever_exports_nothing_is_told_what_the_days_are() -> None:
    speak("en")
    told = list(told_lines(Path("days.jsonl"), Exported((), 0, 0, "content", "file")))
    assert "no event was recorded on these days; they are days of recording, not those for which something holds." == told[-1]
    assert 2 == len(list(told_lines(Path("days.jsonl"), Exported((), 1, 0, "content", "file"))))
