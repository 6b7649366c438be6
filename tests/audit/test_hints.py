"""What figures do not say is said beside them: nothing was known yet, a day or an instant is still to come, the log is shorter."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import pytest
import typer

from commands.audit.diff import diff_of
from commands.audit.hints import of_moment
from commands.audit.household import household_on
from commands.audit.register import register_on
from commands.audit.replay import replay
from commands.audit.what_if import what_if
from local.language import speak
from schemas.clock import COUNTY_TIME

NOW: Final = datetime.now(UTC)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
TODAY: Final = NOW.astimezone(COUNTY_TIME).date()
NOTHING_YET: Final = "on 2021-06-30 23:59:59+08:00 nothing had been recorded."
TO_COME: Final = "2099-01-01 is still to come: what happens until then may change it."


def test_what_was_recorded_and_has_come_needs_no_hint() -> None:
    assert [] == list(of_moment(TODAY, NOW - HOUR, NOW - HOUR))


@pytest.mark.parametrize(
    ("on", "known", "began", "hints"),
    [
        (TODAY, NOW - DAY, NOW, [("日志始于", "the log begins on")]),
        (TODAY, NOW, None, [("日志中还没有事件。", "the log holds no event yet.")]),
        (TODAY, NOW + DAY, NOW - DAY, [("按此刻所知作答。", "this is what is known by now.")]),
        (TODAY + DAY, NOW, NOW - DAY, [("届时的情况可能不同。", "what happens until then may change it.")]),
        (TODAY + DAY, NOW + DAY, NOW - DAY, [("按此刻所知作答。", "known by now."), ("可能不同。", "may change it.")]),
    ],
)
def test_what_the_figures_do_not_say_is_a_hint_in_both_languages(on: Any, known: Any, began: Any, hints: list[tuple[str, str]]) -> None:  # noqa: ANN401 - as the table has them
    found = list(of_moment(on, known, began))
    assert len(hints) == len(found)
    assert all(zh in one.zh and en in one.en for (zh, en), one in zip(hints, found, strict=True))


@pytest.fixture
def asked(log: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands are called as functions here; they find the log by their environment."""
    monkeypatch.setenv("SUISHI_DATABASE", log)
    speak("en")


@pytest.mark.usefixtures("asked")
def test_a_register_before_the_first_event_says_that_nothing_was_known(capsys: pytest.CaptureFixture[str]) -> None:
    on = datetime(2099, 1, 1, tzinfo=UTC)
    register_on(on=on, known="2021-06-30")
    _, nothing, to_come = capsys.readouterr().out.splitlines()
    assert (True, TO_COME) == (nothing.endswith(NOTHING_YET), to_come)
    register_on(on=on, known="2021-06-30", as_json=True)
    said = json.loads(capsys.readouterr().out)
    assert (0, [nothing, TO_COME]) == (said["households"], [one["en"] for one in said["hints"]])
    assert "2099-01-01 尚未到来，届时的情况可能不同。" == said["hints"][1]["zh"]


@pytest.mark.usefixtures("asked")
def test_a_household_that_nobody_knew_yet_is_told_so_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="1"):
        household_on(str(uuid4()), known="2021-06-30", as_json=True)
    done = capsys.readouterr()
    assert (1, True) == (done.err.count("\n"), done.err.endswith(f"{NOTHING_YET}\n"))
    assert json.loads(done.out)["hints"][0]["en"].endswith(NOTHING_YET)


@pytest.mark.usefixtures("asked")
def test_a_position_beyond_the_head_is_said_of_the_logs_that_end_before_it(capsys: pytest.CaptureFixture[str]) -> None:
    hint = "the log ends at 0, there is no position 14."
    replay(to=14)
    assert 2 == capsys.readouterr().out.splitlines().count(f"    {hint}")
    replay(to=14, as_json=True)
    said = json.loads(capsys.readouterr().out)["services"]
    expected = {"enrollment": [], "assistance": [hint], "notifications": [hint]}
    assert expected == {name: [one["en"] for one in service["hints"]] for name, service in said.items()}


BEYOND: Final = "the log ends at 14, there is no position 15."
NOTHING_CAME_OF_IT: Final = {
    diff_of: ("in on 2021-01-01: 0, on 2099-01-01: 0; entered 0, left 0.", {}),
    what_if: ("of 0 households: entered 0, left 0, may stay 0, may not enter 0, other type 0, to verify 0.", {"line_yuan": 2_000}),
}


@pytest.mark.usefixtures("asked")
@pytest.mark.parametrize("command", NOTHING_CAME_OF_IT)
def test_what_was_asked_of_a_log_that_had_not_begun_says_so_and_keeps_none_of_it(
    command: Callable[..., None], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    figures, options = NOTHING_CAME_OF_IT[command]
    days = {"first": datetime(2021, 1, 1, tzinfo=UTC), "last": datetime(2099, 1, 1, tzinfo=UTC), "known": "2021-06-30"}
    command(**days, **options, file=tmp_path / "kept.json")
    said, nothing, to_come = capsys.readouterr().out.splitlines()
    assert (True, True, TO_COME) == (said.endswith(figures), nothing.endswith(NOTHING_YET), to_come)
    command(**days, **options, as_json=True)
    (tmp_path / "told.json").write_text(capsys.readouterr().out)
    kept, told = (json.loads((tmp_path / name).read_bytes()) for name in ("kept.json", "told.json"))
    assert [nothing, TO_COME] == [one["en"] for one in told.pop("hints")]
    assert told == kept
    for name in ("kept.json", "told.json"):
        command(again=tmp_path / name)
        assert f"the same to the byte as in {tmp_path / name}." == capsys.readouterr().out.splitlines()[-1]


@pytest.mark.usefixtures("asked")
@pytest.mark.parametrize("command", NOTHING_CAME_OF_IT)
def test_a_question_that_was_kept_of_a_longer_log_says_where_this_one_ends(
    command: Callable[..., None], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    day = datetime(2021, 1, 1, tzinfo=UTC)
    command(first=day, last=day, **NOTHING_CAME_OF_IT[command][1], file=tmp_path / "kept.json")
    kept = (tmp_path / "kept.json").read_text()
    (tmp_path / "longer.json").write_text(kept.replace('"position": 14', '"position": 15'))
    capsys.readouterr()
    with pytest.raises(typer.Exit):
        command(again=tmp_path / "longer.json")
    assert [BEYOND, f"not the same as in {tmp_path / 'longer.json'}: asked."] == capsys.readouterr().out.splitlines()
    with pytest.raises(typer.Exit):
        command(again=tmp_path / "longer.json", as_json=True)
    assert [BEYOND] == [one["en"] for one in json.loads(capsys.readouterr().out)["hints"]]
