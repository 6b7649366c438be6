"""Answers about the past that are kept in a file with their question, and asked again from it."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any, Final, TypeVar

import msgspec
import orjson
import typer
from rich.console import Console

from audit.question import Question
from commands.app import out, steps
from commands.showing import show
from local.language import say
from local.problem import Problem

Asked = TypeVar("Asked", bound=Question)
FORM: Final = orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE
Kept = Annotated[
    Path | None, typer.Option("--out", metavar="FILE", help=say("把问题与答案存入文件", "keep question and answer in this file"))
]
Again = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help=say("重新回答此文件中的问题，并逐字节比对", "ask the question of this file again, and compare the answers byte for byte"),
    ),
]


def asked_before(file: Path, kind: type[Asked], *options: object) -> Asked:
    """The question of a file, to which no other option is added; raises Problem."""
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
    return asked


def tell(answer: Mapping[str, Any], lines: Iterable[str], keep: Path | None, again: Path | None, *, as_json: bool) -> None:
    """For a person or a machine, and into a file; with `again` only whether it is what that file holds: exit code 1 where it is not.

    Raises Problem.
    """
    document = orjson.dumps(answer, option=FORM)
    if keep is not None:
        _write(keep, document)
    if as_json:
        out.print(document.decode(), end="", markup=False, highlight=False)
    elif again is None:
        show(lines)
    if again is not None:
        _hold(again, document, steps if as_json else out)


def _hold(file: Path, document: bytes, console: Console) -> None:
    before = file.read_bytes()
    if document == before:
        console.print(say(f"与 {file} 逐字节相同。", f"the same to the byte as in {file}."), markup=False, highlight=False)
        return
    names = _different(orjson.loads(before), orjson.loads(document)) or say("写法", "how it is written")
    console.print(say(f"与 {file} 不同：{names}。", f"not the same as in {file}: {names}."), markup=False, highlight=False)
    raise typer.Exit(1)


def _write(file: Path, document: bytes) -> None:
    try:
        with file.open("xb") as kept:
            kept.write(document)
    except FileExistsError as error:
        raise Problem(say(f"{file} 已存在，请另取文件名。", f"{file} is already there; name another file.")) from error
    except OSError as error:
        raise Problem(say(f"无法写入 {file}：{error.strerror}。", f"cannot write {file}: {error.strerror}.")) from error


def _different(before: Mapping[str, Any], now: Mapping[str, Any]) -> str:
    return ", ".join(name for name in sorted({*before, *now}) if before.get(name) != now.get(name))
