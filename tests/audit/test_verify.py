import pytest

from audit.verify import Verdict, verify
from local.language import speak
from tests.audit.conftest import Tamper


@pytest.fixture(autouse=True)
def english() -> None:
    speak("en")


async def test_an_untouched_log_is_whole(log: str) -> None:
    assert Verdict(14) == await verify(log, "enrollment")


async def test_an_empty_log_is_whole(log: str) -> None:
    assert Verdict(0) == await verify(log, "assistance")
    assert Verdict(0) == await verify(log, "notifications")


async def test_the_auditor_needs_no_more_than_his_own_role(log: str) -> None:
    assert Verdict(14) == await verify(f"{log}?role=suishi_auditor", "enrollment")


async def test_verifying_leaves_nothing_behind(log: str) -> None:
    await verify(log, "enrollment")
    assert Verdict(14) == await verify(log, "enrollment")


async def test_a_flipped_byte_is_found(log: str, tamper: Tamper) -> None:
    await tamper("UPDATE enrollment.stored_events SET state = set_byte(state, 0, get_byte(state, 0) # 1) WHERE notification_id = 5")
    verdict = await verify(log, "enrollment")
    assert (verdict.first_bad, verdict.problem) == (5, "the enrollment.deadline-started event cannot be read (DecodeError)")


async def test_a_changed_word_is_found_in_the_read_model(log: str, tamper: Tamper) -> None:
    await tamper(
        "UPDATE enrollment.stored_events"
        " SET state = convert_to(replace(convert_from(state, 'UTF8'), '370323001001', '370323001009'), 'UTF8') WHERE notification_id = 3"
    )
    problem = (await verify(log, "enrollment")).problem
    assert str(problem).startswith("enrollment.households has a row that is not as the log says: household = ")


async def test_an_event_that_can_be_read_but_not_published_is_found(log: str, tamper: Tamper) -> None:
    await tamper(
        "UPDATE enrollment.stored_events"
        " SET state = convert_to(replace(convert_from(state, 'UTF8'), '370323001001', '3703230010'), 'UTF8') WHERE notification_id = 3"
    )
    problem = "the enrollment.household-registered event cannot be published (ValidationError)"
    assert Verdict(0, 3, problem) == await verify(log, "enrollment")


async def test_a_removed_row_is_found(log: str, tamper: Tamper) -> None:
    await tamper("DELETE FROM enrollment.stored_events WHERE notification_id = 6")
    assert Verdict(0, 6, "the event at this position is missing") == await verify(log, "enrollment")


async def test_a_removed_end_is_found(log: str, tamper: Tamper) -> None:
    await tamper("DELETE FROM enrollment.stored_events WHERE notification_id > 12")
    assert Verdict(12, 13, "positions 13 to 14 are missing at the end") == await verify(log, "enrollment")


async def test_an_end_beyond_the_head_is_found(log: str, tamper: Tamper) -> None:
    await tamper("UPDATE enrollment.log_head SET position = 11")
    assert (await verify(log, "enrollment")).first_bad == 12


async def test_an_event_moved_to_another_stream_is_found(log: str, tamper: Tamper) -> None:
    await tamper("UPDATE enrollment.stored_events SET originator_id = gen_random_uuid() WHERE notification_id = 4")
    assert Verdict(0, 4, "the event id does not follow from its stream and version") == await verify(log, "enrollment")


async def test_an_unknown_topic_is_found(log: str, tamper: Tamper) -> None:
    await tamper("UPDATE enrollment.stored_events SET topic = 'enrollment.unheard-of' WHERE notification_id = 4")
    assert (await verify(log, "enrollment")).first_bad == 4


async def test_exchanged_positions_are_found_as_a_hole_in_their_stream(log: str, tamper: Tamper) -> None:
    await tamper(
        "UPDATE enrollment.stored_events SET notification_id = 100 WHERE notification_id = 5;"
        "UPDATE enrollment.stored_events SET notification_id = 5 WHERE notification_id = 7;"
        "UPDATE enrollment.stored_events SET notification_id = 7 WHERE notification_id = 100"
    )
    assert Verdict(14, 5, "the versions of its stream do not count 1, 2, 3 up to it") == await verify(log, "enrollment")


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("UPDATE enrollment.households SET episode = 7", "enrollment.households has a row that is not as the log says: household = "),
        (
            "UPDATE enrollment.facts SET waiting = '{}' WHERE waiting IS NOT NULL",
            "enrollment.facts has a row that is not as the log says: ",
        ),
        ("DELETE FROM enrollment.members", "enrollment.members lacks a row that the log asks for: person = "),
        (
            "INSERT INTO enrollment.deadlines VALUES ('00000000-0000-0000-0000-000000000000', 'verify', '2021-01-01', 'running')",
            "enrollment.deadlines has a row that the log does not know: stream = 00000000-0000-0000-0000-000000000000, kind = verify",
        ),
    ],
)
async def test_a_changed_read_model_is_found_with_its_table_and_key(log: str, tamper: Tamper, statement: str, found: str) -> None:
    await tamper(statement)
    verdict = await verify(log, "enrollment")
    assert (verdict.positions, verdict.first_bad, str(verdict.problem).startswith(found)) == (14, None, True)
