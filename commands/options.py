"""What several commands take in the same words: `--json`, and the id of something."""

from typing import Annotated
from uuid import UUID

import typer

from local.language import say
from local.problem import Problem

Json = Annotated[bool, typer.Option("--json", help=say("只输出一个 JSON", "one JSON document, nothing else"))]


def to_uuid(text: str, chinese: str, english: str) -> UUID:
    """Of a thing that both languages name; raises a Problem when the text is no UUID."""
    try:
        return UUID(text)
    except ValueError as error:
        raise Problem(say(f"{text} 不是{chinese}（应为 UUID）。", f"{text} is no {english}, which is a UUID.")) from error
