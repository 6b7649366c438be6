import json
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from commands import validate
from commands.cloud_events import Checked, Finding, check_file
from commands.publish import publish
from commands.unknown_fields import UnknownField, unknown_fields
from local.language import speak
from local.services import ROOT
from schemas.clock import COUNTY_TIME
from schemas.generate import TYPES
from schemas.problems import Lang
from tests.commands.conftest import Suishi

GOLDEN = sorted((ROOT / "tests" / "schemas" / "golden").glob("*.json"))
GRADED: dict[str, Any] = {
    "specversion": "1.0",
    "id": "1",
    "source": "/housing",
    "type": "suishi.fact.house-graded.v1",
    "time": "2021-01-05T04:00:00Z",
    "data": {"valid_on": "2021-01-05", "household_id": "0d9a2f6e-6c5b-5f0e-9a55-5f3e0f3c7c11", "grade": "C"},
}
WITHDRAWN = {**GRADED, "type": "suishi.fact.fact-withdrawn.v1", "data": {"source": "/housing", "id": "1", "reason": "another person"}}

DISMISSED: dict[str, Any] = {**GRADED, "type": "suishi.enrollment.command.dismiss-clue.v1", "data": {"reason": "a false alarm"}}


@pytest.fixture(autouse=True)
def english() -> None:
    speak("en")


def written(folder: Path, *lines: object) -> Path:
    file = folder / "messages.jsonl"
    file.write_text("".join((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in lines))
    return file


def checked_of(file: Path) -> list[Checked]:
    return check_file(file, lambda _done, _total: None)


def fields(file: Path) -> list[tuple[int, str]]:
    return [(finding.line, finding.field) for checked in checked_of(file) for finding in checked.findings]


def without(*names: str) -> dict[str, Any]:
    return {name: value for name, value in GRADED.items() if name not in names}


def test_a_good_message_goes_to_the_topic_of_its_type_under_the_key_of_its_household(tmp_path: Path) -> None:
    (checked,) = checked_of(written(tmp_path, GRADED))
    assert checked.record is not None
    assert (checked.record.topic, checked.record.key) == ("suishi.facts.housing.v1", b"0d9a2f6e-6c5b-5f0e-9a55-5f3e0f3c7c11")


@pytest.mark.parametrize(
    ("more", "key"), [({"subject": "h"}, b"h"), ({"partitionkey": "p"}, b"p"), ({"subject": "h", "partitionkey": "p"}, b"h")]
)
def test_subject_then_partitionkey_is_the_key(tmp_path: Path, more: dict[str, str], key: bytes) -> None:
    (checked,) = checked_of(written(tmp_path, {**GRADED, **more}))
    assert checked.record is not None
    assert checked.record.key == key


def test_every_problem_of_a_message_is_named_not_only_the_first(tmp_path: Path) -> None:
    bad = {**without("id", "time", "specversion"), "bad-name": 1, "data": {"valid_on": "5.1.2021", "grade": 3}}
    found = {field for _, field in fields(written(tmp_path, GRADED, "", bad))}
    assert found == {"id", "time", "specversion", "bad-name", "data.valid_on", "data.grade"}


def test_a_death_on_a_day_to_come_is_explained_in_chinese(tmp_path: Path) -> None:
    died = {**GRADED, "type": "suishi.fact.person-died.v1", "data": {**GRADED["data"], "valid_on": "2021-02-05"}}
    speak("zh")
    (checked,) = checked_of(written(tmp_path, died))
    assert [("data.valid_on", "晚于消息时间一天以上", "请更正日期，或在发生之后再报送")] == [
        (one.field, one.problem, one.remedy) for one in checked.findings
    ]


def test_what_is_wrong_with_the_data_of_a_command_is_named_beside_its_subject(tmp_path: Path) -> None:
    assert fields(written(tmp_path, {**DISMISSED, "subject": "Zhang", "data": {}})) == [(1, "subject"), (1, "data.reason")]


@pytest.mark.parametrize(
    ("line", "field"),
    [
        ("{", "line"),
        ("[1]", "line"),
        ("null", "line"),
        (without("type"), "type"),
        ({**GRADED, "type": ["x"]}, "type"),
        ({**GRADED, "type": "suishi.fact.house-graded.v9"}, "type"),
        ({**GRADED, "type": "suishi.enrollment.event.clue-raised.v1"}, "type"),
        ({**GRADED, "topic": "suishi.facts.water.v1"}, "type"),
        ({**GRADED, "topic": "unheard.of"}, "topic"),
        (WITHDRAWN, "topic"),
        (without("source"), "source"),
        (without("data"), "data"),
        ({**GRADED, "time": "2999-01-01T00:00:00Z"}, "time"),
        ({**GRADED, "subject": 7}, "subject"),
        (DISMISSED, "subject"),
        ({**DISMISSED, "subject": "Zhang"}, "subject"),
        ({**GRADED, "source": "a\0b"}, "data"),
        ({**GRADED, "data": {**GRADED["data"], "household_id": None}}, "data"),
    ],
)
def test_each_kind_of_mistake_is_found_at_its_line(tmp_path: Path, line: object, field: str) -> None:
    assert fields(written(tmp_path, GRADED, line)) == [(2, field)]


def test_a_type_that_many_topics_carry_is_taken_with_its_topic(tmp_path: Path) -> None:
    assert fields(written(tmp_path, {**WITHDRAWN, "topic": "suishi.facts.housing.v1"})) == []


def test_the_same_identity_with_other_data_is_found_and_a_repetition_is_fine(tmp_path: Path) -> None:
    other = {**GRADED, "data": {**GRADED["data"], "grade": "D"}}
    assert fields(written(tmp_path, GRADED, GRADED, other)) == [(3, "id")]


def test_a_byte_order_mark_is_no_mistake(tmp_path: Path) -> None:
    assert fields(written(tmp_path, "\ufeff" + json.dumps(GRADED))) == []


def test_the_command_prints_line_field_problem_and_remedy_and_fails(tmp_path: Path, suishi: Suishi) -> None:
    done = suishi("validate", written(tmp_path, GRADED, {**GRADED, "id": "2", "data": {**GRADED["data"], "grade": "X"}}))
    assert "line 2  data.grade: " in done.stdout
    assert "use one of the allowed values" in done.stdout
    assert (done.stdout.splitlines()[-1], done.stderr, done.returncode) == ("2 messages, 1 valid.", "", 1)


def test_of_one_kind_of_mistake_ten_are_shown_and_the_rest_is_counted(tmp_path: Path, suishi: Suishi) -> None:
    many = [{**GRADED, "id": str(number), "data": {**GRADED["data"], "grade": "X"}} for number in range(25)]
    file = written(tmp_path, *many, without("time"))
    done = suishi("validate", file)
    lines = done.stdout.splitlines()
    assert [sum(" data.grade: " in line for line in lines), sum(" time: " in line for line in lines)] == [11, 1]
    assert (lines[-2].startswith("and 15 more  data.grade: "), lines[-1], done.returncode) == (True, "26 messages, 0 valid.", 1)
    assert len(json.loads(suishi("validate", file, "--json").stdout)["problems"]) == 26


def test_an_object_over_several_lines_is_told_to_be_on_one(tmp_path: Path) -> None:
    (first, *_) = checked_of(written(tmp_path, json.dumps(GRADED, indent=2)))
    assert [(one.line, one.problem, one.remedy) for one in first.findings] == [
        (1, "is only the beginning of a JSON object", "one object per line (jq -c . FILE makes it so)")
    ]


def test_the_command_speaks_chinese_and_json(tmp_path: Path, suishi: Suishi) -> None:
    done = suishi("validate", written(tmp_path, without("time")), "--json", "--lang", "zh")
    problem = {"line": 1, "field": "time", "problem": "缺失", "remedy": "请填写事件发生的时刻（RFC 3339，带时区）"}
    assert json.loads(done.stdout) == {"ok": False, "messages": 1, "valid": 0, "problems": [problem], "hints": []}


def test_a_command_without_its_household_is_explained_in_chinese(tmp_path: Path, suishi: Suishi) -> None:
    done = suishi("validate", written(tmp_path, DISMISSED), "--json", "--lang", "zh")
    problem = {"line": 1, "field": "subject", "problem": "不是户编号", "remedy": "请填写该户的 UUID"}
    assert [problem] == json.loads(done.stdout)["problems"]


def test_a_right_file_passes(tmp_path: Path, suishi: Suishi) -> None:
    assert suishi("validate", written(tmp_path, GRADED)).returncode == 0


REGISTERED: dict[str, Any] = {
    **GRADED,
    "type": "suishi.enrollment.command.register-household.v1",
    "data": {
        "household_id": "0d9a2f6e-6c5b-5f0e-9a55-5f3e0f3c7c11",
        "village_code": "370323001001",
        "category": "never_registered",
        "members": [
            {"id_number": "37039919680412202X", "name": "王秀兰", "relation": "head", "helth": "慢性病"},
            {"id_number": "370399197109263036", "name": "李建国", "relation": "spouse", "labor_capacity": "full", "shoe_size": 42},
        ],
        "opning": None,
    },
}


def test_a_field_that_no_service_knows_is_hinted_at_with_the_name_most_like_it(tmp_path: Path, suishi: Suishi) -> None:
    done = suishi("validate", written(tmp_path, GRADED, REGISTERED))
    unknown = "unknown, ignored by the services"
    assert done.stdout.splitlines() == [
        f"line 2  data.members.0.helth: {unknown}; did you mean health?",
        f"line 2  data.members.1.labor_capacity: {unknown}; did you mean labour_capacity?",
        f"line 2  data.members.1.shoe_size: {unknown}; see schemas/json",
        f"line 2  data.opning: {unknown}; did you mean opening?",
        "2 messages, 2 valid.",
    ]
    assert 0 == done.returncode


def test_a_hint_is_told_in_chinese_and_to_a_machine_and_is_no_problem(tmp_path: Path, suishi: Suishi) -> None:
    file = written(tmp_path, {**GRADED, "data": {**GRADED["data"], "recieved_on": "2021-01-05", "gade": "C"}})
    done = suishi("validate", file, "--json", "--lang", "zh")
    hint = {"line": 1, "problem": "没有这个字段，服务将忽略"}
    assert json.loads(done.stdout) == {
        "ok": True,
        "messages": 1,
        "valid": 1,
        "problems": [],
        "hints": [
            {**hint, "field": "data.recieved_on", "remedy": "见 schemas/json"},
            # the name most like it is in the message already
            {**hint, "field": "data.gade", "remedy": "见 schemas/json"},
        ],
    }
    assert "第 1 行  data.gade：没有这个字段，服务将忽略；见 schemas/json" in suishi("validate", file, "--lang", "zh").stdout.splitlines()


def day_told(day: date) -> dict[str, Any]:
    return {**GRADED, "id": str(day), "type": "suishi.clock.day-started.v1", "data": {"date": str(day)}}


def test_a_day_that_is_more_than_a_month_ahead_is_hinted_at_and_taken(tmp_path: Path) -> None:
    today = datetime.now(COUNTY_TIME).date()
    near, far = checked_of(written(tmp_path, day_told(today + timedelta(days=30)), day_told(today + timedelta(days=33))))
    assert ((), True) == (near.hints, far.record is not None)
    assert [(2, "data.date", "check the year: a day that was told cannot be taken back")] == [
        (one.line, one.field, one.remedy) for one in far.hints
    ]


def test_a_day_of_a_mistyped_year_is_told_in_chinese(tmp_path: Path, suishi: Suishi) -> None:
    done = suishi("validate", written(tmp_path, day_told(date(2126, 1, 5))), "--lang", "zh")
    assert "data.date：比本机今天（" in done.stdout
    assert "晚 31 天以上；请核对年份，已发布的日期无法收回" in done.stdout
    assert 0 == done.returncode


@pytest.mark.parametrize("file", GOLDEN, ids=lambda file: file.stem)
def test_a_message_of_known_fields_alone_has_no_hint(file: Path) -> None:
    said = json.loads(file.read_bytes())
    read = TYPES[file.stem].model_validate_json(file.read_bytes())
    assert [] == list(unknown_fields(read, said, "data"))
    assert [UnknownField("data.added_later", "")] == list(unknown_fields(read, {**said, "added_later": []}, "data"))


@pytest.mark.parametrize(
    ("content", "sentence"),
    [(None, "cannot be read: No such file or directory"), (b"", "is empty"), (b"\n \n", "is empty"), (b"{}\n\xff\n", "line 2 of")],
)
def test_a_file_that_cannot_be_read_gets_one_plain_sentence(tmp_path: Path, suishi: Suishi, content: bytes | None, sentence: str) -> None:
    file = tmp_path / "file"
    if content is not None:
        file.write_bytes(content)
    done = suishi("validate", file)
    assert (done.stdout, done.returncode, done.stderr.count("\n")) == ("", 2, 1)
    assert sentence in done.stderr


def test_a_folder_gets_one_plain_sentence(tmp_path: Path, suishi: Suishi) -> None:
    done = suishi("validate", tmp_path)
    assert (done.returncode, done.stderr) == (2, f"suishi: the file {tmp_path} cannot be read: Is a directory\n")


def test_who_waits_for_a_long_file_hears_how_far_its_check_is(tmp_path: Path) -> None:
    heard: list[tuple[int, int]] = []
    file = written(tmp_path, *[{**GRADED, "id": str(number)} for number in range(450)])
    assert 450 == len(check_file(file, lambda done, total: heard.append((done, total))))
    assert heard == [(200, 450), (400, 450)]


@pytest.mark.parametrize(("lang", "told"), [("en", "nothing was sent.\n"), ("zh", "尚未发送任何消息。\n")])
def test_who_interrupts_the_check_of_a_publication_hears_that_nothing_was_sent(
    lang: Lang, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupt(*_: object) -> list[Checked]:
        raise KeyboardInterrupt

    speak(lang)
    monkeypatch.setattr(validate, "check_file", interrupt)
    with pytest.raises(KeyboardInterrupt):
        publish(written(tmp_path, GRADED))
    assert told == capsys.readouterr().err


def test_a_mistyped_type_is_told_the_name_most_like_it(tmp_path: Path) -> None:
    (checked,) = checked_of(written(tmp_path, {**GRADED, "type": "suishi.fact.house-grade.v1"}))
    assert [Finding(1, "type", "is no type of ours", "did you mean suishi.fact.house-graded.v1?")] == list(checked.findings)
    (checked,) = checked_of(written(tmp_path, {**GRADED, "type": "x"}))
    assert [Finding(1, "type", "is missing or no type of ours", "see schemas/json for all types")] == list(checked.findings)
