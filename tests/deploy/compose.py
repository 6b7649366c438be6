"""Reads the YAML that docker-compose.yml keeps to: mappings, lists of scalars, anchors, merges; numbers stay text, all else raises."""

import json
import re
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
VARIABLE = re.compile(r"\$\{(\w+):([-?])([^}]*)\}")


def compose() -> dict[str, Any]:
    """The services of the compose file, by name."""
    return _Reader((ROOT / "docker-compose.yml").read_text(encoding="utf-8")).mapping(0)["services"]


def filled(text: str, values: dict[str, str]) -> str:
    """Variables replaced as Docker does; raises KeyError for one that must be given and is not."""
    return VARIABLE.sub(lambda found: values.get(found[1], found[3]) if found[2] == "-" else values[found[1]], text)


class _Reader:
    def __init__(self, text: str) -> None:
        kept = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
        self._lines = [(len(line) - len(line.lstrip()), line.strip()) for line in kept]
        self._anchors: dict[str, Any] = {}

    def mapping(self, indent: int) -> dict[str, Any]:
        own: dict[str, Any] = {}
        merged: dict[str, Any] = {}
        while self._lines and self._lines[0][0] == indent:
            name, colon, rest = self._lines.pop(0)[1].partition(":")
            assert colon, f"neither a key nor a value: {name}"
            anchor, value = re.fullmatch(r"(?:&(\w+))?(.*)", rest.strip()).groups()  # type: ignore[union-attr]
            if name == "<<":
                merged |= self._anchors[value.removeprefix("*")]
                continue
            own[name] = self._value(value.strip(), indent)
            if anchor:
                self._anchors[anchor] = own[name]
        return merged | own

    def _value(self, text: str, indent: int) -> Any:  # noqa: ANN401
        if text and not text.startswith("#"):
            return _scalar(text)
        deeper = self._lines[0][0] if self._lines else 0
        if deeper <= indent:
            return None
        return self._list(deeper) if self._lines[0][1].startswith("- ") else self.mapping(deeper)

    def _list(self, indent: int) -> list[Any]:
        items: list[Any] = []
        while self._lines and self._lines[0][0] == indent:
            dash, item = self._lines.pop(0)[1].split(maxsplit=1)
            assert dash == "-", f"no entry of a list: {dash} {item}"
            items.append(_scalar(item))
        return items


def _scalar(text: str) -> Any:  # noqa: ANN401
    if text[0] not in '"[':
        return text.split(" #", maxsplit=1)[0].rstrip()
    value, end = json.JSONDecoder().raw_decode(text)
    assert not text[end:].split("#", maxsplit=1)[0].strip(), f"more than one value: {text}"
    return value
