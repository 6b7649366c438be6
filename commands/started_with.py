"""What a local system was first started with, so that it is started so again: its clock, its pack and its division table."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from local.language import say
from local.problem import Problem
from local.stack import named_secret

FILE: Final = "started-with.json"
# Days that were told, and households that were judged, cannot be taken back; a table of divisions may grow.
FOR_GOOD: Final = ("SUISHI_CLOCK", "SUISHI_PACK")
PLACES: Final = ("SUISHI_DIVISIONS",)


def recall(folder: Path) -> None:
    """Takes into the environment what it does not say itself; raises Problem where it says something else than before."""
    if named_secret("SUISHI_DATABASE") or (before := kept(folder)) is None:
        return
    for name in FOR_GOOD:
        said, was = os.environ.get(name), before.get(name)
        if said and said != was:
            raise Problem(say(*_differs(name, said, was)))
    os.environ.update({name: value for name, value in before.items() if not os.environ.get(name)})


def _differs(name: str, said: str, was: str | None) -> tuple[str, str]:
    if was:
        zh = f"本系统启动时的 {name} 为 {was}，现为 {said}；请设 {name}={was} 或取消设置，要改用 {said} 须先执行 ./suishi reset。"
        return zh, f"this system was started with {name}={was}, not {said}; set it so or unset it, or ./suishi reset first."
    zh = f"本系统启动时未设 {name}，现为 {said}；请取消设置（unset {name}），要改用 {said} 须先执行 ./suishi reset。"
    return zh, f"this system was started without {name}, not with {said}; unset {name}, or ./suishi reset first."


def remember(folder: Path) -> None:
    """After the start."""
    if named_secret("SUISHI_DATABASE"):
        return
    chosen = {name: value for name in FOR_GOOD if (value := os.environ.get(name))}
    chosen |= {name: str(Path(value).absolute()) for name in PLACES if (value := os.environ.get(name))}
    (folder / FILE).write_text(json.dumps(chosen, indent=2) + "\n", encoding="utf-8")


def usual(folder: Path, name: str) -> str | None:
    """What the environment says, else what the local system was started with.

    That of servers that `SUISHI_DATABASE` names is not asked for: whoever calls has to name the one that enrollment has.
    """
    local = None if named_secret("SUISHI_DATABASE") else kept(folder)
    return os.environ.get(name) or (local or {}).get(name)


def kept(folder: Path) -> Mapping[str, str] | None:
    """None where nothing was started yet, or by a release that did not remember it."""
    file = folder / FILE
    return json.loads(file.read_text(encoding="utf-8")) if file.is_file() else None
