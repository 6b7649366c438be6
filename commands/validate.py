"""`./suishi validate`: what a service would refuse, known before anything is sent."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from commands.app import app, out
from commands.cloud_events import Checked, Finding, check_file
from commands.options import Json
from commands.progress import Bars
from commands.showing import show_json
from local.language import say

SHOWN = 10


@app.command(
    help=say(
        "检查文件中的消息（每行一个 CloudEvent），不发送；有问题时退出码为 1。",
        "Check the messages of a file and send nothing. One CloudEvent a line; the exit code is 1 when one is wrong.",
    )
)
def validate(
    file: Annotated[Path, typer.Argument(help=say("JSON 行文件", "a file of JSON lines"))],
    *,
    as_json: Json = False,
) -> None:
    checked = check_shown(file)
    found, hinted = findings(checked), hints(checked)
    valid = sum(message.record is not None for message in checked)
    if as_json:
        document = {"ok": not found, "messages": len(checked), "valid": valid, **told(found, hinted)}
        show_json(document)
    else:
        show([*found, *hinted])
        plural = "" if len(checked) == 1 else "s"
        summary = say(f"{len(checked)} 条消息，{valid} 条有效。", f"{len(checked)} message{plural}, {valid} valid.")
        out.print(summary, markup=False, highlight=False)
    if found:
        raise typer.Exit(1)


def check_shown(file: Path) -> list[Checked]:
    """As `check_file`, and shows how far it is."""
    with Bars() as bars:
        return check_file(file, partial(bars.heard, say("检查", "checking")))


def findings(checked: Sequence[Checked]) -> list[Finding]:
    return [finding for message in checked for finding in message.findings]


def hints(checked: Sequence[Checked]) -> list[Finding]:
    """What is taken as it is, and may be meant otherwise."""
    return [hint for message in checked for hint in message.hints]


def told(found: Sequence[Finding], hinted: Sequence[Finding]) -> dict[str, list[dict[str, Any]]]:
    """Both, for a machine."""
    return {"problems": [asdict(one) for one in found], "hints": [asdict(one) for one in hinted]}


def show(found: Sequence[Finding]) -> None:
    """A line for each: where, which field, what is wrong, how to mend it; of one kind the first ten, then how many more there are."""
    seen = Counter[tuple[str, str]]()
    for one in found:
        seen[kind := (one.field, one.remedy)] += 1
        if seen[kind] <= SHOWN:
            place = say(f"第 {one.line} 行", f"line {one.line}")
            _print(say(f"{place}  {one.field}：{one.problem}；{one.remedy}", f"{place}  {one.field}: {one.problem}; {one.remedy}"))
    for (field, remedy), count in seen.items():
        if (more := count - SHOWN) > 0:
            _print(say(f"另有 {more} 处  {field}：{remedy}", f"and {more} more  {field}: {remedy}"))


def _print(text: str) -> None:
    out.print(text, markup=False, highlight=False)
