import json
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4, uuid5

import asyncpg
import pytest

from local.services import kafka_settings
from pipeline.envelope import Record
from pipeline.set_aside import PLACES, pack
from tests.commands.conftest import Suishi
from tests.journeys.system import NOON, System
from tests.journeys.test_in_and_out import enroll, hospital, register
from tests.way_in import AFTER_THE_NOTICE

HOUSING = "suishi.facts.housing.v1"
TYPED = [("ce_specversion", b"1.0"), ("ce_id", b"broken"), ("ce_source", b"/h"), ("ce_type", b"suishi.fact.house-graded.v1")]


def graded(household: UUID, identity: str, grade: str = "C") -> dict[str, Any]:
    return {
        "specversion": "1.0",
        "id": identity,
        "source": "/housing",
        "type": "suishi.fact.house-graded.v1",
        "time": "2021-01-05T04:00:00Z",
        "data": {"valid_on": "2021-01-05", "household_id": str(household), "grade": grade},
    }


async def park(system: System, household: UUID, message: dict[str, Any]) -> UUID:
    """A message that waits, as a failure inside a rule would have left it."""
    headers = (("content-type", b"application/cloudevents+json"),)
    record = Record(HOUSING, 0, 999, 0, str(household).encode(), json.dumps(message).encode(), headers)
    identity = uuid5(PLACES, f"{HOUSING}/0/999/{sha256(record.value or b'').hexdigest()}")
    connection = await asyncpg.connect(system.stack.database)
    await connection.execute(
        "INSERT INTO enrollment.set_aside (id, stream, topic, partition, record_offset, record_timestamp, record, sealed, reason, field,"
        " problem, remedy, published) VALUES ($1, $2, $3, 0, 999, 0, $4, false, 'household.parked', 'message', 'test', 'redrive', true)",
        identity,
        household,
        HOUSING,
        pack(record),
    )
    await connection.close()
    return identity


async def test_what_is_published_is_taken_and_what_is_wrong_is_named(system: System, on: Suishi, tmp_path: Path) -> None:
    household = uuid4()
    await register(system, household, 11)
    await system.wait_for("SELECT 1 FROM enrollment.households WHERE household = $1", household)
    file = tmp_path / "facts.jsonl"
    first, *others = [graded(household, f"publish-{grade}", grade) for grade in "BCX"]
    first["data"]["roof"] = "leaks"
    file.write_text("\n".join(map(json.dumps, [first, *others])))
    done = on("publish", file)
    assert "line 1  data.roof: unknown, ignored by the services; see schemas/json" in done.stdout.splitlines()
    summary = "2 published, 1 refused here. What a service refuses: audit refusals, deadletters list."
    assert (done.stdout.splitlines()[-1], done.returncode) == (summary, 1)
    await system.wait_for("SELECT 1 FROM enrollment.households WHERE household = $1 AND stage = 'clue'", household)
    assert [one for one in await system.history("enrollment", household) if one.endswith("recorded")] == ["enrollment.fact-recorded"] * 2


async def test_a_history_tells_what_happened_to_a_household_in_all_services(system: System, on: Suishi) -> None:
    household = uuid4()
    fact = await hospital(system, 12, 25_000)
    await system.wait_for("SELECT 1 FROM enrollment.stored_events WHERE causation = $1", fact)
    await register(system, household, 12)
    await system.wait_for("SELECT 1 FROM notifications.awaiting WHERE stream = $1", household)
    await system.wait_for("SELECT 1 FROM assistance.households WHERE household = $1", household)
    told = json.loads(on("audit", "history", household, "--json").stdout)["events"]
    assert [event["topic"] for event in told if event["service"] == "enrollment"] == [
        "enrollment.fact-unmatched",
        "enrollment.household-registered",
        "enrollment.fact-recorded",
        "enrollment.clue-raised",
        *("enrollment.deadline-started", "enrollment.deadline-started"),
    ]
    assert {event["service"] for event in told} == {"enrollment", "assistance", "notifications"}
    assert [event["recorded_at"] for event in told] == sorted(event["recorded_at"] for event in told)
    assert (told[0]["causation"], told[1]["actor"], told[3]["reason"]) == (fact, "clerk", "illness")
    assert "household-registered" in on("audit", "history", household).stdout
    grown = on("audit", "history", household, "--tree").stdout.splitlines()
    assert len(told) == sum("─ " in line for line in grown)
    table = on("audit", "history", household, "--table").stdout.splitlines()
    assert (len(told), ["recorded", "day", "place", "event", "by", "caused", "by"]) == (len(table) - 1, table[0].split())
    assert 2 == on("audit", "history", household, "--table", "--tree").returncode
    assert {"message", "caused"} == set(json.loads(on("audit", "history", household, "--tree", "--json").stdout)["tree"][0])


async def test_what_was_so_on_a_day_and_why_is_told_with_the_events_behind_it(system: System, on: Suishi) -> None:
    household = uuid4()
    await hospital(system, 16, 25_000)
    await register(system, household, 16)
    await enroll(system, household)
    day = ("--on", (NOON + timedelta(days=AFTER_THE_NOTICE)).date().isoformat())
    said = json.loads(on("audit", "household", household, *day, "--json").stdout)["statements"]
    stage, fact = (next(one for one in said if one["what"] == what) for what in ("stage", "fact"))
    assert ("enrolled", "medical-expense-reported inpatient:2021 2021-01 25,000.00 yuan") == (stage["value"], fact["value"])
    assert "no household" in on("audit", "household", household, "--on", "2021-01-03").stderr
    assert 1 == on("audit", "household", household, *day, "--known", "2021-01-31").returncode  # nothing was recorded in 2021

    enrolled = json.loads(on("audit", "register", *day, "--json").stdout)["enrolled"]
    decision = next(one["event_id"] for one in enrolled if one["household"] == str(household))
    assert stage["event_id"] == decision
    why = json.loads(on("audit", "explain", decision, "--json").stdout)
    (risk,) = [one for one in why["criteria"] if one["id"] == "risk.present"]
    assert ("true", [fact["event_id"]]) == (risk["result"], [why["sources"][one]["event_id"] for one in risk["facts"]])
    assert "risk.present true" in on("audit", "explain", decision).stdout

    poorer = json.loads(on("audit", "what-if", "--line", "1", *day, "--json").stdout)
    assert "left" == next(one["way"] for one in poorer["differences"] if one["household"] == str(household))
    assert f"{household}  370323001001  left" in on("audit", "what-if", "--line", "1", *day).stdout
    period = ("audit", "what-if", "--line", "1", "--from", "2021-01-04", "--to", day[1])
    spells = on(*period).stdout
    assert f"{household}  370323001001  may not enter  2021-01-05 to 2021-01-14" in spells
    assert f"{household}  370323001001  left  2021-01-15 to 2021-01-15" in spells

    since = ("audit", "diff", "--from", "2021-01-04", "--to", day[1], "--known", "2099-01-01")
    told = on(*since, "--json").stdout
    assert told == on(*since, "--json").stdout
    entered = next(one for one in json.loads(told)["differences"] if one["household"] == str(household))
    assert ("entered", decision) == (entered["way"], entered["event_id"])
    assert f"{household}  370323001001  entered" in on(*since).stdout


@pytest.mark.parametrize(
    "asked",
    [("what-if", "--line", "1", "--from", "2021-01-04", "--to", "2021-01-20"), ("diff", "--from", "2021-01-04", "--to", "2021-01-20")],
)
def test_an_answer_that_was_kept_is_the_same_again_or_says_what_is_not(on: Suishi, tmp_path: Path, asked: tuple[str, ...]) -> None:
    file = tmp_path / "answer.json"
    told = on("audit", *asked, "--out", file, "--json")
    answer = json.loads(told.stdout)
    assert (0, {**json.loads(file.read_bytes()), "hints": answer["hints"]}) == (told.returncode, answer)
    again = on("audit", asked[0], "--again", file)
    assert (0, f"the same to the byte as in {file}.") == (again.returncode, again.stdout.splitlines()[-1])
    assert (2, f"suishi: {file} is already there; name another file.\n") == (
        (said := on("audit", *asked, "--out", file)).returncode,
        said.stderr,
    )
    other = {"what-if": "diff", "diff": "what-if"}[asked[0]]
    assert 2 == on("audit", other, "--again", file).returncode
    file.write_text(json.dumps(json.loads(told.stdout) | {"packs": {}}))
    again = on("audit", asked[0], "--again", file)
    assert (1, f"not the same as in {file}: packs.") == (again.returncode, again.stdout.splitlines()[-1])
    file.write_text("{}")
    assert (2, f"suishi: {file} holds no answer that was kept with --out.\n") == (
        (said := on("audit", asked[0], "--again", file)).returncode,
        said.stderr,
    )
    assert 2 == on("audit", asked[0], "--again", file, "--known", "2021-01-04").returncode


def test_what_cannot_be_asked_of_the_past_is_said_in_one_sentence(on: Suishi) -> None:
    assert (2, 1) == ((said := on("audit", "register", "--known", "yesterday")).returncode, said.stderr.count("\n"))
    for instant in ("0001-01-01T00:00", "9999-12-31T23:59:59-12:00"):
        assert (2, 1) == ((said := on("audit", "register", "--known", instant)).returncode, said.stderr.count("\n"))
    assert (2, 1) == ((said := on("audit", "what-if")).returncode, said.stderr.count("\n"))
    nowhere = "suishi: there is no pack nowhere; there are: example-national-2021, example-pilot.\n"
    assert (2, nowhere) == ((said := on("audit", "what-if", "--pack", "nowhere")).returncode, said.stderr)
    assert (1, 1) == ((said := on("audit", "explain", uuid4())).returncode, said.stderr.count("\n"))


def test_a_history_of_nobody_and_of_nonsense_is_said_so(on: Suishi) -> None:
    nobody, nonsense = on("audit", "history", uuid4()), on("audit", "history", "x")
    assert (nobody.returncode, nobody.stderr.count("\n")) == (1, 1)
    assert (nonsense.returncode, nonsense.stderr) == (2, "suishi: x is no id of a household or a person, which is a UUID.\n")


async def test_the_logs_are_verified_and_what_is_shown_of_them_is_replayed(system: System, on: Suishi) -> None:
    await register(system, household := uuid4(), 13)
    await system.wait_for("SELECT 1 FROM enrollment.households WHERE household = $1", household)
    done = on("audit", "verify", "--json")
    document = json.loads(done.stdout)
    assert document["ok"], done.stdout
    assert (done.returncode, document["ok"], set(document["services"])) == (0, True, {"enrollment", "assistance", "notifications"})
    assert document["services"]["enrollment"]["positions"] > 0
    assert ", every event can be published" in on("audit", "replay", "--messages").stdout
    replayed = json.loads(on("audit", "replay", "--messages", "--json").stdout)
    assert (True, True) == (replayed["ok"], replayed["services"]["enrollment"]["compared"])
    await system.see("UPDATE enrollment.households SET member_count = 9 WHERE household = $1", household)
    again = on("audit", "replay", *("--service", "enrollment") * 2)
    await system.see("UPDATE enrollment.households SET member_count = 1 WHERE household = $1", household)
    assert (1, f"    enrollment.households  household = {household}  member_count is 9 and should be 1") == (
        again.returncode, *again.stdout.splitlines()[1:],
    )  # fmt: skip


async def test_a_read_model_is_put_right_while_the_services_run(system: System, on: Suishi) -> None:
    await register(system, household := uuid4(), 18)
    await system.wait_for("SELECT 1 FROM enrollment.households WHERE household = $1", household)
    await system.see("UPDATE enrollment.households SET member_count = 9 WHERE household = $1", household)
    assert "    households: 1 rows removed, 1 written" in on("rebuild", "--service", "enrollment").stdout.splitlines()
    assert 0 == on("audit", "replay").returncode
    done = json.loads(on("rebuild", "--json").stdout)["services"]
    assert {0} == {rows for one in done.values() for rows in (*one["removed"].values(), *one["written"].values())}
    assert (2, 1) == ((said := on("rebuild", "--service", "nobody")).returncode, said.stderr.count("\n"))


async def test_a_dead_letter_is_listed_shown_and_sent_again(system: System, on: Suishi) -> None:
    household = uuid4()
    await system.say_raw(HOUSING, b'{"grade":"C"', [*TYPED, ("ce_time", b"2021-01-05T04:00:00Z")], household)
    rows = await system.wait_for("SELECT id FROM enrollment.set_aside WHERE topic = $1 AND redriven_at IS NULL", HOUSING)
    listed = json.loads(on("deadletters", "list", "--json").stdout)["deadletters"]
    assert [(one["service"], one["state"], one["reason"], one["sealed"]) for one in listed if one["id"] == str(rows[0][0])] == [
        ("enrollment", "refused", "data.invalid", True)
    ]
    chinese = [line.strip() for line in on("deadletters", "list", "--lang", "zh").stdout.splitlines()]
    assert "data.invalid  message：不是有效的 JSON；请发送有效的 UTF-8 JSON" in chinese
    assert any(line.endswith("；消息已加密，用 deadletters show 查看（会留下记录）") for line in chinese)
    shown = json.loads(on("deadletters", "show", rows[0][0], "--json").stdout)
    assert "broken" == shown["message_id"]
    assert (shown["value"], shown["key"], ["ce_id", "broken"] in shown["headers"]) == ('{"grade":"C"', str(household), True)
    read = await system.see("SELECT purpose FROM vault.reads WHERE what = $1", f"set-aside {rows[0][0]}")
    assert [row[0] for row in read] == ["deadletters show"]
    assert "已加密│是" in "".join(on("deadletters", "show", rows[0][0], "--lang", "zh").stdout.split())
    done = on("deadletters", "redrive", rows[0][0])
    new = await system.see("SELECT id FROM enrollment.set_aside WHERE topic = $1 AND redriven_at IS NULL", HOUSING)
    assert (done.returncode, done.stdout.splitlines()) == (
        1,
        ["0 sent again and taken.", f"{rows[0][0]} was refused anew, now as {new[0][0]}."],
    )
    assert on("deadletters", "redrive", rows[0][0]).returncode == 2


async def test_a_sealed_dead_letter_needs_its_key(system: System, suishi: Suishi) -> None:
    await system.say_raw(HOUSING, b"{", [*TYPED, ("ce_time", b"2021-01-05T04:00:00Z")])
    rows = await system.wait_for("SELECT id FROM enrollment.set_aside WHERE sealed")
    place = {**kafka_settings(system.stack.kafka), "SUISHI_DATABASE": system.stack.database}
    for key, said in (("", "this message is sealed"), ("ab" * 32, "SUISHI_VAULT_KEY does not open this message.")):
        done = suishi("deadletters", "show", rows[0][0], **place, SUISHI_VAULT_KEY=key)
        assert (done.returncode, said in done.stderr, done.stderr.count("\n")) == (2, True, 1)


async def test_parked_messages_of_a_household_are_sent_again_in_their_order(system: System, on: Suishi) -> None:
    household = uuid4()
    await register(system, household, 14)
    await system.wait_for("SELECT 1 FROM enrollment.households WHERE household = $1", household)
    first = await park(system, household, graded(household, "parked-1"))
    second = await park(system, household, graded(household, "parked-2", "D"))
    early = on("deadletters", "redrive", second)
    assert (early.returncode, early.stderr) == (2, f"suishi: an earlier message of this household goes first: {first}\n")
    on("deadletters", "redrive", "--all")
    told = await system.see(
        "SELECT state FROM enrollment.events WHERE stream = $1 AND topic = 'enrollment.fact-recorded' ORDER BY 1", household
    )
    assert len(told) == 2
    left = await system.see("SELECT 1 FROM enrollment.set_aside WHERE stream = $1 AND redriven_at IS NULL", household)
    assert left == []


@pytest.mark.parametrize("command", [("audit", "verify"), ("deadletters", "list"), ("audit", "history", str(uuid4()))])
def test_an_unreachable_database_gets_one_plain_sentence(suishi: Suishi, command: tuple[str, ...]) -> None:
    done = suishi(*command, SUISHI_KAFKA="127.0.0.1:1", SUISHI_DATABASE="postgresql://somebody:secret@127.0.0.1:1/suishi")
    assert (done.returncode, done.stdout, done.stderr.count("\n"), "secret" in done.stderr) == (2, "", 1, False)


def test_an_unreachable_kafka_gets_one_plain_sentence(suishi: Suishi, tmp_path: Path) -> None:
    file = tmp_path / "facts.jsonl"
    file.write_text(json.dumps(graded(uuid4(), "1")))
    done = suishi("publish", file, SUISHI_KAFKA="127.0.0.1:1", SUISHI_DATABASE="postgresql://somebody@127.0.0.1:1/suishi")
    assert (done.returncode, done.stdout, "Kafka at 127.0.0.1:1 cannot be used" in done.stderr) == (2, "", True)
