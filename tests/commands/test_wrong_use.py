"""Wrong use is answered in the user's language, with exit code 2."""

from pathlib import Path

import pytest

from tests.commands.conftest import Suishi

WRONG = {
    "dmeo": (
        "没有命令“dmeo”（是否应为 demo？）；./suishi --help 列出全部命令。",
        "No such command 'dmeo'. Did you mean 'demo'? ./suishi --help lists all commands.",
    ),
    "audit foo": (
        "没有命令“foo”；./suishi audit --help 列出全部命令。",
        "No such command 'foo'. ./suishi audit --help lists all commands.",
    ),
    "status --foo": ("没有选项“--foo”；加 --help 可列出全部选项。", "No such option: --foo; --help lists all options."),
    "audit verify --kye x": (
        "没有选项“--kye”（是否应为 --key？）；加 --help 可列出全部选项。",
        "No such option: --kye (Possible options: --key); --help lists all options.",
    ),
    "validate": ("缺少 'file'；加 --help 可查看用法。", "Missing argument 'file'; --help shows the use."),
    "demo --days 0": (
        "'--days' 的值无效：0 不在范围 1<=x<=90 之内。",
        "Invalid value for '--days': 0 is not in the range 1<=x<=90.",
    ),
    "audit register --on 2021-02-30": (
        "'--on' 的值无效：2021-02-30 不是日期；请写作 2021-01-20。",
        "Invalid value for '--on': 2021-02-30 is no date; write it as 2021-01-20.",
    ),
    "audit replay --to abc": (
        "'--to' 的值无效：'abc' 不是整数；加 --help 可查看用法。",
        "Invalid value for '--to': 'abc' is no whole number; --help shows the use.",
    ),
    "audit verify --key=": ("'--key' 的值无效：为空；请给出文件名。", "Invalid value for '--key': it is empty; name a file."),
    "audit what-if --line 5 --out=": ("'--out' 的值无效：为空；请给出文件名。", "Invalid value for '--out': it is empty; name a file."),
    "audit verify extra": ("多余的参数：extra；加 --help 可查看用法。", "Got unexpected extra argument(s) (extra); --help shows the use."),
    "audit prove --between 1": (
        "选项 --between 缺少值；加 --help 可查看用法。",
        "Option '--between' requires 2 arguments; --help shows the use.",
    ),
    "audit what-if --line 99999999999999999999": (
        "'--line' 的值无效：99999999999999999999 不在范围 0<=x<=1000000000 之内。",
        "Invalid value for '--line': 99999999999999999999 is not in the range 0<=x<=1000000000.",
    ),
}


@pytest.mark.parametrize("words", WRONG)
def test_wrong_use_is_told_in_either_language(words: str, suishi: Suishi) -> None:
    answers = [suishi(*words.split(), "--lang", language) for language in ("zh", "en")]
    assert [(2, f"suishi: {sentence}\n") for sentence in WRONG[words]] == [(one.returncode, one.stderr) for one in answers]


@pytest.mark.parametrize(
    ("group", "told"),
    [
        ([], "every promise checked."),
        (["audit"], "each reading is recorded."),
        (["vault"], "wants it kept."),
    ],
)
def test_a_list_of_commands_says_what_each_is_for_to_the_end(group: list[str], told: str, suishi: Suishi) -> None:
    listed = " ".join(suishi(*group, "--help", COLUMNS="80").stdout.partition("Commands:")[2].split())
    assert (True, False) == (told in listed, "... " in listed)


@pytest.mark.parametrize("command", ["diff", "what-if --line 1"])
def test_a_place_where_no_answer_can_be_kept_is_told_before_a_log_is_read(command: str, tmp_path: Path, suishi: Suishi) -> None:
    """Whoever asked for a log here would be told that it is away."""
    (tmp_path / "kept.json").touch()
    places = {
        tmp_path / "kept.json": f"{tmp_path}/kept.json is already there; name another file.",
        tmp_path / "none" / "kept.json": f"there is no folder {tmp_path}/none.",
    }
    days = ("--from", "2021-01-01", "--to", "2021-01-02", "--known", "2021-02-01")
    for file, problem in places.items():
        done = suishi("audit", *command.split(), *days, "--out", file, SUISHI_DATABASE="postgresql://sun@127.0.0.1:1/log")
        assert (2, f"suishi: {problem}\n") == (done.returncode, done.stderr)


def test_a_kept_question_whose_instant_has_no_offset_is_none(tmp_path: Path, suishi: Suishi) -> None:
    file = tmp_path / "kept.json"
    file.write_text('{"kind": "diff", "asked": {"known": "2021-02-01T00:00:00", "from": "2021-01-01", "to": "2021-01-02"}}')
    done = suishi("audit", "diff", "--again", file, SUISHI_DATABASE="postgresql://sun@127.0.0.1:1/log")
    assert (2, f"suishi: {file} holds no answer that was kept with --out.\n") == (done.returncode, done.stderr)


@pytest.mark.parametrize("option", ["--help", "-h"])
def test_the_help_of_the_tests_begins_with_what_is_ours(option: str, suishi: Suishi) -> None:
    done = suishi("test", option, "--lang", "zh")
    ours = "./suishi test [--long] [参数……]：运行全部测试，--long 把随机用例增至二十倍；给出路径则只运行该处。"
    assert (0, [ours, "以下是 pytest 的参数："]) == (done.returncode, done.stderr.splitlines()[:2])
    assert "usage: " in done.stdout
