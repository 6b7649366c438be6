"""What is shown follows from the log: built anew from it, every read model is the same to the byte, or the row and column are named."""

from __future__ import annotations

from hashlib import sha256

import asyncpg
import pytest

from audit.built_anew import Cell, Difference, Model
from audit.by_service import Tell, each
from audit.replay import replay, replay_all
from local.language import speak
from services.enrollment.views import TABLES
from tests.audit.conftest import Tamper

OTHER = "00000000-0000-0000-0000-000000000000"
WORD = (
    "UPDATE enrollment.stored_events SET state = convert_to(replace(convert_from(state, 'UTF8'), '{}', '{}'), 'UTF8')"
    " WHERE notification_id = 3"
)


@pytest.fixture(autouse=True)
def english() -> None:
    speak("en")


async def test_what_is_built_anew_is_what_is_live(log: str) -> None:
    """As the auditor; the progress begins at nothing and ends at the head."""
    told: list[tuple[int, int]] = []
    done = await replay(f"{log}?role=suishi_auditor", "enrollment", tell=lambda done, total: told.append((done, total)))
    assert (14, 14, True, True) == (done.positions, done.head, done.compared, done.ok)
    assert [(0, 14), (14, 14)] == told
    assert list(TABLES) == list(done.models)
    assert [2, 2, 4, 2] == [done.models[table].rows for table in ("households", "members", "facts", "deadlines")]


async def test_what_is_rebuilt_is_known_by_its_content(log: str) -> None:
    """The same log to the same position gives the same bytes; nothing is held against what stands elsewhere."""
    first, again, later = [await replay(log, "enrollment", to) for to in (7, 7, 8)]
    assert (7, 14, False, True) == (first.positions, first.head, first.compared, first.ok)
    assert first.models == again.models
    assert first.models["households"] == later.models["households"]
    assert first.models["facts"] != later.models["facts"]
    assert Model(0, sha256(b"").hexdigest()) == first.models["cases"]


async def test_a_position_beyond_the_head_is_the_head(log: str) -> None:
    done = await replay(log, "enrollment", 99)
    assert (14, True) == (done.positions, done.compared)


async def test_a_changed_value_is_named_by_row_and_column(log: str, tamper: Tamper) -> None:
    await tamper(
        "UPDATE enrollment.households SET episode = 7 WHERE household = (SELECT min(household::text)::uuid FROM enrollment.households)"
    )
    done = await replay(log, "enrollment")
    (found,) = done.differences
    assert (1, "enrollment.households", "changed", [Cell("episode", "7", "0")]) == (done.different, found.table, found.way, found.cells)


async def test_missing_and_added_rows_are_named_by_their_key(log: str, tamper: Tamper) -> None:
    await tamper(f"DELETE FROM enrollment.members;INSERT INTO enrollment.deadlines VALUES ('{OTHER}', 'verify', '2021-01-01', 'running')")
    done = await replay(log, "enrollment")
    assert (3, ["missing", "missing", "extra"]) == (done.different, [one.way for one in done.differences])
    assert Difference("enrollment.deadlines", {"stream": OTHER, "kind": "verify"}, "extra", []) == done.differences[-1]


async def test_a_log_that_cannot_be_followed_is_named_by_its_position(log: str, tamper: Tamper) -> None:
    await tamper("UPDATE enrollment.stored_events SET state = set_byte(state, 0, get_byte(state, 0) # 1) WHERE notification_id = 5")
    done = await replay(log, "enrollment")
    assert (5, "the event at this position cannot be read", False) == (done.first_bad, done.problem, done.compared)
    await tamper("DELETE FROM enrollment.stored_events WHERE notification_id = 5")
    done = await replay(log, "enrollment")
    assert (5, "the event at this position is missing") == (done.first_bad, done.problem)


async def test_an_event_that_this_release_does_not_know_is_named_by_its_position(log: str, tamper: Tamper) -> None:
    await tamper("UPDATE enrollment.stored_events SET topic = 'enrollment.unheard-of' WHERE notification_id = 4")
    done = await replay(log, "enrollment")
    assert (4, "the event at this position cannot be read", False) == (done.first_bad, done.problem, done.compared)


async def test_a_changed_word_is_found_in_the_read_model(log: str, tamper: Tamper) -> None:
    await tamper(WORD.format("370323001001", "370323001009"))
    (found,) = (await replay(log, "enrollment")).differences
    assert ("enrollment.households", [Cell("village_code", "370323001001", "370323001009")]) == (found.table, found.cells)


async def test_an_event_that_can_be_read_but_not_published_is_named_by_its_position(log: str, tamper: Tamper) -> None:
    """The relay would end at it, after every start."""
    await tamper(WORD.format("370323001001", "3703230010"))
    assert (await replay(log, "enrollment")).problem is None
    done = await replay(log, "enrollment", messages=True)
    assert (3, "the event at this position cannot be published", False) == (done.first_bad, done.problem, done.compared)


def test_each_service_has_its_turn(prepared: str) -> None:
    assert [("assistance", 0, True), ("enrollment", 0, True)] == [
        (service, one.positions, one.ok) for service, one in replay_all(prepared, ("assistance", "enrollment"), None)
    ]


def doubled(service: str, tell: Tell) -> str:
    tell(1, 2)
    return service * 2


def refuses(service: str, _: object) -> str:
    raise LookupError(service)


def ends(_: str, __: object) -> str:
    raise SystemExit(3)


def test_processes_are_heard_side_by_side_and_told_in_order() -> None:
    heard: set[tuple[str, int, int]] = set()
    assert [("b", "bb"), ("a", "aa")] == list(each(doubled, ("b", "a"), lambda *said: heard.add(said), apart=True))
    assert {("a", 1, 2), ("b", 1, 2)} == heard


def test_what_goes_wrong_in_a_process_goes_wrong_here() -> None:
    with pytest.raises(LookupError, match="a"):
        list(each(refuses, ("a",), apart=True))
    with pytest.raises(ChildProcessError, match="the process that read the log of a ended with 3"):
        list(each(ends, ("a",), apart=True))


async def test_nothing_is_left_behind(log: str) -> None:
    await replay(log, "enrollment")
    connection = await asyncpg.connect(log)
    assert [] == await connection.fetch("SELECT oid FROM pg_class WHERE relpersistence = 't' AND relkind = 'r'")
    await connection.close()
