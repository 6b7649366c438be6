"""The page for departments is true: what it tells them to run runs, and as nobody but the department."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from commands.up import login_of, show
from local.language import speak
from local.problem import Problem
from local.services import ROOT
from local.stack import Stack
from pipeline.kafka import Connection
from tests.commands.conftest import Suishi
from tests.journeys.system import System

PAGE = ROOT / "docs" / "how-to" / "send-facts.md"


async def test_the_program_on_the_page_sends_a_fact_with_the_login_that_up_shows(
    system: System, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (program,) = re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)
    (tmp_path / "send.py").write_text(program)
    speak("en")
    show(login_of("medical-insurance", system.stack))
    shown = dict(line.split(maxsplit=1) for line in capsys.readouterr().out.splitlines())
    command, secret = [sys.executable, tmp_path / "send.py", shown["servers"], shown["user"]], {"KAFKA_PASSWORD": shown["password"]}
    done = subprocess.run(command, env=os.environ | secret, capture_output=True, text=True, check=False, timeout=60)  # noqa: S603, ASYNC221 - the page's own text
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert await system.wait_for("SELECT 1 FROM enrollment.stored_events WHERE causation = '2021-01-000042'")


def test_every_line_on_the_page_is_as_right_as_the_page_says(suishi: Suishi, tmp_path: Path) -> None:
    lines = re.findall(r"```json\n(.*?)```", PAGE.read_text(), re.DOTALL)
    files = [tmp_path / name for name in ("first.jsonl", "wrong.jsonl", "household.jsonl", "delivered.jsonl")]
    for file, line in zip(files, lines, strict=True):
        file.write_text(line)
    assert [0, 1, 0, 0] == [suishi("validate", file).returncode for file in files]


@pytest.mark.parametrize("name", ["take-a-household-in", "set-the-line", "let-a-household-out"])
def test_every_line_on_the_pages_for_the_office_is_right(suishi: Suishi, tmp_path: Path, name: str) -> None:
    lines = re.findall(r"```json\n(.*?)```", (PAGE.parent / f"{name}.md").read_text(), re.DOTALL)
    (tmp_path / "all.jsonl").write_text("".join(lines))
    done = suishi("validate", tmp_path / "all.jsonl")
    assert (0, f"{len(''.join(lines).splitlines())} messages") == (done.returncode, done.stdout.partition(",")[0])


def test_a_kafka_that_is_not_ours_has_no_passwords_of_ours() -> None:
    speak("en")
    with pytest.raises(Problem, match="ask its administrator"):
        login_of("housing", Stack(Path(), Connection("kafka:9092"), "postgresql://db"))


def test_a_user_that_nobody_made_is_told_before_anything_starts(suishi: Suishi) -> None:
    done = suishi("up", "--login", "medical")
    assert (done.returncode, "there is no user medical; there are: " in done.stderr, "starting" in done.stderr) == (2, True, False)


def test_a_policy_pack_that_nobody_wrote_is_told_before_anything_starts(suishi: Suishi) -> None:
    for command in ("demo", "up"):
        done = suishi(command, SUISHI_PACK="nope")
        sentence = (
            "the policy pack of SUISHI_PACK cannot be used: there is no policy pack 'nope'; there are: example-national-2021, example-pilot"
        )
        assert (done.returncode, done.stderr) == (2, f"suishi: {sentence}\n")


def test_a_setting_with_which_no_service_starts_is_told_before_anything_starts(suishi: Suishi) -> None:
    said = {
        "zh": "suishi: 服务无法以此设置启动：SUISHI_CLOCK 应为 'system' 或 'external'；SUISHI_DIVISIONS 所指的文件不存在\n",
        "en": "suishi: the services cannot start with these settings: "
        "SUISHI_CLOCK must be 'system' or 'external'; SUISHI_DIVISIONS names no file\n",
    }
    for lang, sentence in said.items():
        done = suishi("up", "--lang", lang, SUISHI_CLOCK="extern", SUISHI_DIVISIONS="/nowhere.csv")
        assert (2, sentence) == (done.returncode, done.stderr)
