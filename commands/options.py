"""What several commands take in the same words: `--json`, `--service`, a file, and the id of something."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import typer

from local.language import say
from local.problem import Problem
from schemas.topics import SERVICES

Json = Annotated[bool, typer.Option("--json", help=say("只输出一个 JSON", "one JSON document, nothing else"))]

RebuiltServices = Annotated[
    list[str] | None, typer.Option("--service", help=say("只重建这个服务（可多次给出）", "only this service; may be repeated"))
]


def services_of(named: Sequence[str]) -> Sequence[str]:
    """Each once, as they were named; raises a Problem for a name that is none."""
    for name in named:
        if name not in SERVICES:
            there = ", ".join(SERVICES)
            raise Problem(say(f"没有服务 {name}；可用：{there}", f"there is no service {name}; there are: {there}"))
    return tuple(dict.fromkeys(named))


def file_option(name: str, chinese: str, english: str, metavar: str = "FILE") -> Any:  # noqa: ANN401 - as typer has it
    """An option that names a file, and is told to do so where its value is empty."""
    return typer.Option(name, parser=_named, metavar=metavar, help=say(chinese, english))


def _named(text: str) -> Path:
    """An unset variable of a shell would else become the folder we stand in."""
    if not text:
        raise typer.BadParameter(say("为空；请给出文件名。", "it is empty; name a file."))
    return Path(text)


def to_uuid(text: str, chinese: str, english: str) -> UUID:
    """Of a thing that both languages name; raises a Problem when the text is no UUID."""
    try:
        return UUID(text)
    except ValueError as error:
        raise Problem(say(f"{text} 不是{chinese}（应为 UUID）。", f"{text} is no {english}, which is a UUID.")) from error
