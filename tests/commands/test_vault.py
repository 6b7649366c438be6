"""Two persons erase who somebody was, the log stays whole, and his number is that of somebody new."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import pytest

from local.passwords import passwords
from local.services import SEALER
from pipeline.postgres import connect
from services.enrollment.translate.custody import custody_stream
from services.enrollment.vault import Vault
from services.enrollment.vault_keys import Keys
from tests.commands.conftest import Suishi
from tests.journeys.system import System
from tests.journeys.test_in_and_out import COMMANDS, VILLAGE, identity
from tests.old_persons import as_recorded_on, in_order, know_since

PERSON = "SELECT person FROM enrollment.members WHERE household = $1"


@pytest.fixture(scope="module", autouse=True)
def _unsealed(system: System) -> None:
    """These tests age events in the log, to which a seal objects."""
    next(service for service in system.services if service.name == SEALER).stop()


async def gone(system: System, number: int, year: int) -> UUID:
    """Somebody who lived alone, and died on 5 January of a year; all of it was recorded on that day."""
    household, at = uuid4(), datetime(year, 1, 5, 4, tzinfo=UTC)
    await seen(system, number, at)
    member = {"id_number": identity(number), "name": "端木测试", "relation": "head"}
    data = {"household_id": str(household), "village_code": VILLAGE, "category": "never_registered", "members": [member]}
    await system.say(COMMANDS, "suishi.enrollment.command.register-household.v1", data, about=household, at=at)
    await system.wait_for("SELECT 1 FROM enrollment.households WHERE household = $1", household)
    died = {"valid_on": f"{year}-01-05", "person": {"id_number": identity(number)}}
    await system.say("suishi.facts.civil-affairs.v1", "suishi.fact.person-died.v1", died, at=at)
    await system.wait_for("SELECT 1 FROM enrollment.households WHERE household = $1 AND stage = 'ended'", household)
    await as_recorded_on(system.stack.database, household, at.date())
    await in_order(system.stack.database)
    return (await system.see(PERSON, household))[0][0]


async def seen(system: System, number: int, at: datetime) -> UUID:
    pool = await connect(system.stack.database, "vault", size=1)
    person = await know_since(Vault(pool, Keys.from_text(passwords(system.stack.folder).vault_key)), pool, identity(number), at)
    await pool.close()
    return person


def asks(on: Suishi, person: UUID, by: str, *how: str) -> dict[str, Any]:
    done = on("vault", "erase", person, "--by", by, *how, "--json")
    assert done.stdout, done.stderr
    return json.loads(done.stdout) | {"code": done.returncode}


async def test_two_persons_erase_who_somebody_was_and_the_log_stays_whole(system: System, on: Suishi) -> None:
    person = await gone(system, 61, 2011)
    requested = asks(on, person, "officer:zhou", "--reason", "端木的家人申请")
    assert ("requested", None, 0) == (requested["done"], requested["refused"], requested["code"])
    assert "requested" == asks(on, person, "officer:zhou", "--reason", "端木的家人申请")["done"]
    alone, done = asks(on, person, "officer:zhou", "--confirm"), asks(on, person, "officer:wu", "--confirm")
    assert (("erasure.same-person", 1), ("erased", 0)) == ((alone["refused"], alone["code"]), (done["done"], done["code"]))

    (row,) = await system.see("SELECT wrapped_key, sealed FROM vault.persons WHERE person = $1", person)
    assert (b"", b"") == tuple(row)
    told = ["enrollment.erasure-requested", "enrollment.command-refused", "enrollment.person-erased"]
    assert told == await system.history("enrollment", custody_stream(str(person)))
    assert told == [event["topic"] for event in json.loads(on("audit", "history", person, "--json").stdout)["events"]]
    household = on("audit", "history", await household_of(system, person)).stdout
    assert f"members head {person}" in household
    assert [1, 1] == [household.count(f"  {event}\n") for event in ("erasure-requested", "person-erased")]
    assert json.loads(on("audit", "verify", "--json").stdout)["ok"]
    assert [] == await system.see("SELECT 1 FROM enrollment.events WHERE state::text ~ '端木|370399' OR causation ~ '370399'")
    assert ["enrollment.household-registered"] == (await system.history("enrollment", await household_of(system, person)))[:1]

    again = {"valid_on": "2021-01-05", "person": {"id_number": identity(61)}}
    fact = await system.say(
        "suishi.facts.disability.v1", "suishi.fact.disability-certified.v1", {**again, "category": 3, "level": 2, "certificate_no": "x"}
    )
    unmatched = "SELECT state -> 'fact' ->> 'person' FROM enrollment.events WHERE causation = $1 AND topic = 'enrollment.fact-unmatched'"
    ((somebody_new,),) = await system.wait_for(unmatched, fact)
    assert str(person) != somebody_new


async def test_a_duplicate_that_was_merged_into_him_is_erased_with_him(system: System, on: Suishi) -> None:
    person, at = await gone(system, 64, 2012), datetime(2012, 1, 6, 4, tzinfo=UTC)
    duplicate, household = await seen(system, 65, at), await household_of(system, person)
    merge = {"keep": {"id_number": identity(64)}, "duplicate": {"id_number": identity(65)}, "reason": "同一人两条记录"}
    await system.say(COMMANDS, "suishi.enrollment.command.merge-persons.v1", merge, by="officer:zhou", at=at)
    await system.wait_for("SELECT 1 FROM enrollment.merged_persons WHERE duplicate = $1", duplicate)
    early = asks(on, person, "officer:zhou", "--reason", "端木的家人申请")
    assert "erasure.too-early" == early["refused"]
    for stream in (duplicate, household):
        await as_recorded_on(system.stack.database, stream, at.date())
    await in_order(system.stack.database)
    assert "requested" == asks(on, person, "officer:zhou", "--reason", "端木的家人申请")["done"]
    told = on("vault", "erase", person, "--by", "officer:wu", "--confirm").stdout
    assert f"erased: the key is destroyed. So are those of the entries that are one with him: {duplicate}. Older" in told
    keys = "SELECT wrapped_key, sealed FROM vault.persons WHERE person = ANY($1::uuid[])"
    assert [(b"", b""), (b"", b"")] == [tuple(row) for row in await system.see(keys, [person, duplicate])]
    assert json.loads(on("audit", "verify", "--json").stdout)["ok"]


async def household_of(system: System, person: UUID) -> UUID:
    return (await system.see("SELECT household FROM enrollment.members WHERE person = $1", person))[0][0]


async def test_what_the_law_wants_kept_is_refused_with_its_last_day(system: System, on: Suishi) -> None:
    person = await gone(system, 62, 2026)
    refused = asks(on, person, "officer:zhou", "--reason", "y")
    assert ("erasure.too-early", "2036-01-05", 1) == tuple(refused[name] for name in ("refused", "until", "code"))
    told = on("vault", "erase", person, "--by", "officer:zhou", "--reason", "z").stdout
    assert "is not over. (until 2036-01-05) " in told
    assert "erasure.unknown-person" == asks(on, uuid4(), "officer:zhou", "--reason", "y")["refused"]


async def test_every_reading_of_a_person_becomes_an_event_with_its_purpose(system: System, on: Suishi) -> None:
    person = await gone(system, 63, 2020)
    pool = await connect(system.stack.database, "vault", size=1)
    known = await Vault(pool, Keys.from_text(passwords(system.stack.folder).vault_key)).read(person, "auditor:sun", "a complaint")
    await pool.close()
    assert "端木测试" == known["name"]
    events = "SELECT actor, state FROM enrollment.events WHERE topic = 'enrollment.data-read'"
    ((actor, state),) = await system.wait_for(events)
    login = urlsplit(system.stack.database).username
    assert (f"auditor:sun@{login}", {"what": str(person), "purpose": "a complaint"}) == (actor, json.loads(state))
    for about in (person, await household_of(system, person)):
        assert "data-read: a complaint\n" in on("audit", "history", about).stdout
    assert json.loads(on("audit", "verify", "--json").stdout)["ok"]


async def test_an_export_in_plain_is_an_event_for_each_person(system: System, on: Suishi, tmp_path: Path) -> None:
    person = await gone(system, 64, 2020)
    ever = ("--from", "2020-01-01", "--to", "2099-12-31")
    assert "SHA-256 " in on("audit", "export", tmp_path / "masked.jsonl", *ever).stdout
    assert "端木测试" not in (tmp_path / "masked.jsonl").read_text()
    done = json.loads(on("audit", "export", tmp_path / "plain.jsonl", *ever, "--plain", "--purpose", "an inspection", "--json").stdout)
    assert "端木测试" in (tmp_path / "plain.jsonl").read_text()
    events = "SELECT state FROM enrollment.events WHERE topic = 'enrollment.data-read' AND state ->> 'purpose' = 'an inspection'"
    read = {json.loads(row[0])["what"] for row in await system.wait_for(f"{events} AND state ->> 'what' = $1", str(person))}
    assert {str(person)} == read
    assert done["persons"] > 0


def test_an_export_that_is_asked_for_wrongly_is_refused_before_anything_is_read(suishi: Suishi, tmp_path: Path) -> None:
    ever = ("--from", "2020-01-01", "--to", "2099-12-31")
    (tmp_path / "there.jsonl").touch()
    for arguments, said in (
        (("one.pdf",), "one.pdf should end in .xlsx or .jsonl."),
        (("one.jsonl", "--plain"), "--plain and --purpose go together."),
        (("one.jsonl", "--purpose", "x"), "--plain and --purpose go together."),
        (("one.jsonl", "--plain", "--purpose", "asked by 13800138000"), "without an identity number, telephone or account."),
        (("there.jsonl",), "there.jsonl is already there; name another file."),
    ):
        done = suishi("audit", "export", tmp_path / arguments[0], *ever, *arguments[1:])
        assert (2, True) == (done.returncode, done.stderr.endswith(f"{said}\n"))


def test_what_is_asked_wrongly_is_told_in_a_sentence(suishi: Suishi) -> None:
    done = suishi("vault", "erase", uuid4(), "--by", "officer:zhou")
    assert (2, "suishi: name one of --reason and --confirm.\n") == (done.returncode, done.stderr)
