"""What several commands take in the same words: `--json`, `--service`, and the id of something."""

from collections.abc import Sequence
from typing import Annotated
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


def to_uuid(text: str, chinese: str, english: str) -> UUID:
    """Of a thing that both languages name; raises a Problem when the text is no UUID."""
    try:
        return UUID(text)
    except ValueError as error:
        raise Problem(say(f"{text} 不是{chinese}（应为 UUID）。", f"{text} is no {english}, which is a UUID.")) from error
