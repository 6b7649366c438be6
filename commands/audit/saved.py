"""Answers about the past that are kept in a file with their question, and asked again from it."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Final, NamedTuple, TypeVar

import msgspec
import orjson
import typer
from rich.console import Console

from audit.question import Question
from commands.app import out, steps
from commands.audit.hints import Hint, document
from commands.new_file import write
from commands.options import file_option
from commands.showing import show
from local.language import say
from local.problem import Problem
from services.enrollment import packs
from services.policy_pack import WrongPack

Asked = TypeVar("Asked", bound=Question)
FORM: Final = orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE
Kept = Annotated[Path | None, file_option("--out", "把问题与答案存入文件", "keep question and answer in this file")]
Again = Annotated[
    Path | None,
    file_option(
        "--again", "重新回答此文件中的问题，并逐字节比对", "ask the question of this file again, and compare the answers byte for byte"
    ),
]


class Answer(NamedTuple):
    """What is `kept` of it, the `lines` for a person, and the `hints`, which are of today and so are not kept."""

    kept: Mapping[str, Any]
    lines: Iterable[str]
    hints: Sequence[Hint]


def asked_before(file: Path, kind: type[Asked], *options: object) -> Asked:
    """The question of a file, to which no other option is added, and by whose pack it can be answered; raises Problem."""
    if any(option not in {None, ""} for option in options):
        raise Problem(say("--again 的问题已在文件之中，请去掉其他选项。", "--again asks what the file says; leave the other options out."))
    try:
        answer = orjson.loads(file.read_bytes())
        asked = msgspec.convert(answer["asked"], kind)
    except OSError as error:
        raise Problem(say(f"无法读取 {file}：{error.strerror}。", f"cannot read {file}: {error.strerror}.")) from error
    except (ValueError, KeyError, TypeError) as error:
        raise Problem(say(f"{file} 不是以 --out 保存的答案。", f"{file} holds no answer that was kept with --out.")) from error
    if answer.get("kind") != kind.KIND:
        zh, en = f"{file} 是另一条命令保存的答案。", f"{file} was kept by another command: {answer.get('kind')}."
        raise Problem(say(zh, en))
    try:
        if asked.usual:
            packs.load(asked.usual)
    except WrongPack as wrong:
        zh, en = f"{file} 依据的政策包在此不可用：{wrong}", f"the policy pack by which {file} was answered cannot be used here: {wrong}"
        raise Problem(say(zh, en)) from wrong
    return asked


def tell(answer: Answer, keep: Path | None, again: Path | None, *, as_json: bool) -> None:
    """For a person or a machine, and into a file; with `again` only whether it is what that file holds: exit code 1 where it is not.

    Raises Problem.
    """
    kept = orjson.dumps(answer.kept, option=FORM)
    if keep is not None:
        write(keep, kept)
    if as_json:
        told = orjson.dumps({**answer.kept, "hints": document(answer.hints)}, option=FORM)
        out.print(told.decode(), end="", markup=False, highlight=False)
    else:
        show([*(answer.lines if again is None else ()), *(one.line for one in answer.hints)])
    if again is not None:
        _hold(again, kept, steps if as_json else out)


def _hold(file: Path, document: bytes, console: Console) -> None:
    """What `--json` wrote has hints as well; they are those of its day."""
    before = file.read_bytes()
    kept, now = orjson.loads(before), orjson.loads(document)
    if "hints" in kept:
        now["hints"] = kept["hints"]
    if orjson.dumps(now, option=FORM) == before:
        console.print(say(f"与 {file} 逐字节相同。", f"the same to the byte as in {file}."), markup=False, highlight=False)
        return
    names = _different(kept, now) or say("写法", "how it is written")
    console.print(say(f"与 {file} 不同：{names}。", f"not the same as in {file}: {names}."), markup=False, highlight=False)
    raise typer.Exit(1)


def _different(before: Mapping[str, Any], now: Mapping[str, Any]) -> str:
    return ", ".join(name for name in sorted({*before, *now}) if before.get(name) != now.get(name))
