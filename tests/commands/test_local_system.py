"""The lasting local system is thrown away only by somebody who said so, and no command claims what it did not do."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import typer

from commands import system
from commands.down import down
from commands.pack import judging_pack, usual_pack
from commands.reset import reset
from commands.restore import checkpoints
from commands.started_with import recall, remember
from commands.status import described, remarked, status
from commands.up import places
from local.language import speak
from local.passwords import passwords
from local.problem import Problem
from local.services import Report, Service
from local.stack import Stack
from pipeline.kafka import Connection
from services.notifications.deliver import REMEDY


@pytest.fixture
def local(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a local system that is nobody's but this test's."""
    speak("en")
    monkeypatch.setattr(system, "FOLDER", tmp_path)
    (tmp_path / "venv.lock").touch()
    return tmp_path


@pytest.fixture
def kept(local: Path) -> Path:
    (local / "kafka").mkdir()
    (local / "kafka" / "data").touch()
    return local


def test_without_a_terminal_nothing_is_deleted_unasked(kept: Path) -> None:
    with pytest.raises(Problem, match=f"delete all data and passwords under {kept}; .* add --yes"):
        reset(yes=False)
    assert (kept / "kafka" / "data").exists()


def test_whoever_says_yes_is_not_asked(kept: Path, capsys: pytest.CaptureFixture[str]) -> None:
    reset(yes=True)
    assert capsys.readouterr().out == "all gone.\n"
    assert {entry.name for entry in kept.iterdir()} == {"lock", "venv.lock"}


def test_with_nothing_there_reset_says_so(local: Path, capsys: pytest.CaptureFixture[str]) -> None:
    reset(yes=False)
    assert capsys.readouterr().out == "there is no local system to delete.\n"
    assert {entry.name for entry in local.iterdir()} == {"venv.lock"}


def test_a_system_is_started_again_as_it_was_started_first(local: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A county's days and packs would not be taken back."""
    monkeypatch.setenv("SUISHI_CLOCK", "external")
    monkeypatch.setenv("SUISHI_PACK", "example-national-2021")
    recall(local)
    remember(local)
    monkeypatch.delenv("SUISHI_CLOCK")
    monkeypatch.delenv("SUISHI_PACK")
    assert "example-national-2021" == usual_pack()
    recall(local)
    assert ("external", "example-national-2021") == (os.environ["SUISHI_CLOCK"], os.environ["SUISHI_PACK"])
    monkeypatch.setenv("SUISHI_CLOCK", "system")
    with pytest.raises(Problem, match="started with SUISHI_CLOCK=external, not system; set it so or unset it"):
        recall(local)


def test_the_pack_of_a_system_that_is_there_no_more_is_told_before_a_log_is_read(local: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUISHI_PACK", "of-our-own")
    remember(local)
    monkeypatch.delenv("SUISHI_PACK")
    with pytest.raises(Problem, match="there is no policy pack 'of-our-own'; there are: example-national-2021"):
        judging_pack()


def test_a_clock_is_not_chosen_afterwards(local: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    remember(local)
    monkeypatch.setenv("SUISHI_CLOCK", "external")
    with pytest.raises(Problem, match="started without SUISHI_CLOCK, not with external; unset SUISHI_CLOCK, or"):
        recall(local)


def test_servers_of_the_environment_are_nothing_to_remember(local: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUISHI_DATABASE", "postgresql://somewhere/county")
    monkeypatch.setenv("SUISHI_CLOCK", "external")
    remember(local)
    assert not list(local.glob("started*"))


def test_up_says_how_the_auditor_comes_to_the_log(local: Path) -> None:
    secrets = passwords(local)
    stack = Stack(local, Connection("127.0.0.1:9092"), "postgresql://suishi:owner@127.0.0.1:5432/suishi", secrets=secrets)
    dsn = f"postgresql://suishi_auditor:{secrets.of('suishi_auditor')}@127.0.0.1:5432/suishi"
    assert [dsn] == [value for name, value in places(stack, []) if name == "auditor"]


def test_the_file_of_checkpoints_is_named_where_there_is_one(local: Path) -> None:
    before = checkpoints()
    (local / "checkpoints.jsonl").touch()
    assert (None, str(local / "checkpoints.jsonl")) == (before, checkpoints())


@pytest.mark.usefixtures("local")
def test_with_nothing_running_down_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    down()
    assert capsys.readouterr().out == "nothing was running.\n"


@pytest.mark.usefixtures("local")
def test_who_sees_that_something_does_not_run_is_told_what_starts_it(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(typer.Exit):
        status()
    assert capsys.readouterr().out.splitlines()[-2:] == ["sealer         stopped", "start what does not run: ./suishi up"]


def test_who_sees_a_busy_service_is_told_to_wait_and_where_to_look(
    local: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        Service, "report", lambda service: Report("busy") if service.name == "enrollment" else Report("ready", ready=True, lag=0)
    )
    with pytest.raises(typer.Exit):
        status()
    shown = capsys.readouterr().out.splitlines()
    assert "enrollment     busy, no answer for now" in shown
    assert (
        shown[-2]
        == f"a busy service is at work and answers when it comes to it: wait; when it lasts for minutes, look at {local}/enrollment.log"
    )


def test_who_has_letters_waiting_for_a_channel_that_is_not_set_up_is_told_what_to_set() -> None:
    remark = {"code": "channel.not-configured", "channel": "wecom", "waiting": 3, "remedy": "set SUISHI_WECOM_CORP_ID"}
    assert remarked(remark) == (
        "channel wecom is not set up, 3 notifications wait for it; they leave when it is and notifications is started again:"
        " set SUISHI_WECOM_CORP_ID"
    )
    assert remarked({"code": "of.later", "remedy": "read on"}) == "of.later: read on"


def test_who_has_letters_waiting_for_a_mail_server_that_is_away_is_told_so() -> None:
    remark = {"code": "channel.away", "channel": "email", "problem": "SMTPConnectError", "remedy": "see that its server runs"}
    assert "channel email is away (SMTPConnectError), notifications wait for it and leave when it is back: see that its server runs" == (
        remarked(remark)
    )


def test_who_sees_that_the_sealer_refuses_is_told_which_log_why_and_what_to_read() -> None:
    page = "docs/how-to/prove-the-log.md#when-the-sealer-refuses"
    remark = {"code": "seal.refused", "log": "enrollment", "problem": "the log misses position 7", "remedy": page}
    told = [remarked(remark)]
    speak("zh")
    told.append(remarked(remark))
    speak("en")
    assert told == [
        f"the log of enrollment is sealed no further (the log misses position 7): {page}",
        f"enrollment 的日志不再封存（日志缺少第 7 条）：{page}",
    ]


def test_what_to_do_about_a_channel_is_told_in_the_language_of_the_user() -> None:
    remark = {"code": "channel.away", "channel": "email", "problem": "SMTPConnectError", "remedy": REMEDY}
    speak("zh")
    told = remarked(remark)
    speak("en")
    remedy = "请确认其服务器在运行并允许本系统登录：docs/how-to/reach-cadres.md"
    assert told == f"渠道 email 的服务器暂时连不上（SMTPConnectError），通知在排队，恢复后自动发出：{remedy}"


def test_a_state_is_told_in_the_language_of_the_user() -> None:
    speak("zh")
    told = [described(Report()), described(Report("ready", ready=True, lag=3))]
    speak("en")
    assert told == ["未运行", "就绪  未处理消息: 3"]
