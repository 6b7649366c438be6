"""The Chinese words for the codes of the logs; what has none, as a county's own pack may name it, is told as it is; pure."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any, Final

SAID: Final[dict[str, Any]] = tomllib.loads((Path(__file__).parent / "chinese.toml").read_text(encoding="utf-8"))


def event(topic: str) -> str:
    """With its code, by which everything else names it."""
    service, _, name = topic.partition(".")
    return f"{SAID['events'].get(service, {}).get(name, '')} {name}".strip()


def word(code: str, field: str = "") -> str:
    """In some fields a code means something of its own; the parts of a series are told one by one."""
    own: dict[str, str] = SAID["words_of"].get(field, {})
    return ":".join(own.get(part) or SAID["words"].get(part, part) for part in code.split(":"))
