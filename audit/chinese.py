"""The Chinese words for the codes of the logs; what has none, as a county's own pack may name it, is told as it is; pure."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any, Final

SAID: Final[dict[str, Any]] = tomllib.loads((Path(__file__).parent / "chinese.toml").read_text(encoding="utf-8"))
RELATIONS: Final = ("head", "spouse", "child", "son", "daughter", "father", "mother", "member")
CODES: Final[dict[str, str]] = {SAID["words"][code]: code for code in RELATIONS}


def event(topic: str) -> str:
    """With its code, by which everything else names it."""
    service, _, name = topic.partition(".")
    return f"{SAID['events'].get(service, {}).get(name, '')} {name}".strip()


def word(code: str, field: str = "") -> str:
    """In some fields a code means something of its own; the parts of a series are told one by one."""
    own: dict[str, str] = SAID["words_of"].get(field, {})
    return ":".join(own.get(part) or SAID["words"].get(part, part) for part in code.split(":"))


def relation(said: str) -> str:
    """The code of who somebody is to the head, where a sheet of the register gave it in Chinese; else as it was said."""
    return CODES.get(said, said)
