"""`./suishi audit diff`: who entered and who left between two days, household by household with the reason."""

import asyncio
import os
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from typing import Annotated

import orjson
import typer
from msgspec import to_builtins

from audit.diff.compare import Turned
from audit.diff.report import Diff, diff
from commands.app import out
from commands.audit.changes import by_town, line, towns, way
from commands.audit.group import audit
from commands.audit.moment import Known, from_log, said, to_instant
from commands.audit.progress import Bars
from commands.audit.telling import called, named
from commands.options import Json
from commands.pack import USUAL, check_pack
from commands.reach import database, from_database
from local.language import say
from local.problem import Problem


@audit.command(
    "diff",
    help=say("两日之间谁进、谁出，逐户列出原因。", "Who entered and who left between two days, household by household with the reason."),
)
def diff_of(
    *,
    first: Annotated[
        datetime, typer.Option("--from", formats=["%Y-%m-%d"], metavar="DAY", help=say("与这一日的情况相比", "what was so on this day"))
    ],
    last: Annotated[
        datetime, typer.Option("--to", formats=["%Y-%m-%d"], metavar="DAY", help=say("这一日的情况", "against what was so on this day"))
    ],
    known: Known = "",
    as_json: Json = False,
) -> None:
    check_pack()
    days, instant = (first.date(), last.date()), to_instant(known)
    if days[0] > days[1]:
        raise Problem(say("--from 应不晚于 --to。", "--from is the earlier day, --to the later one."))
    dsn = database()
    with from_database(dsn), from_log(), Bars() as bars:
        found = asyncio.run(diff(dsn, os.environ.get("SUISHI_PACK", USUAL), days, instant, lambda done, of: bars.heard("diff", done, of)))
    if as_json:
        differences = [to_builtins(one) for one in found.differences]
        counted = {town: dict(ways) for town, ways in sorted(by_town(found.differences).items())}
        document = {**asdict(found), "from": found.first, "to": found.last, "towns": counted, "differences": differences}
        out.print_json(orjson.dumps({key: value for key, value in document.items() if key not in {"first", "last"}}, default=str).decode())
    else:
        out.print(*_table(found), sep="\n", markup=False, highlight=False)


def _table(found: Diff) -> Iterator[str]:
    for one in found.differences:
        yield f"{one.household}  {one.village_code}  {way(one.way)}  {one.since}  {_event(one)}"
        yield from (f"    {line(changed)}" for changed in one.changed)
    yield from towns(found.differences)
    entered, left, (before, after) = len(found.of("entered")), len(found.of("left")), found.enrolled
    zh = f"按 {said(found.known)} 所知（日志至第 {found.position} 条），{found.first} 在册 {before} 户，{found.last} 在册 {after} 户："
    en = f"as known on {said(found.known)} (the log up to {found.position}), in on {found.first}: {before}, on {found.last}: {after}; "
    yield say(f"{zh}进 {entered}，出 {left}。", f"{en}entered {entered}, left {left}.")


def _event(one: Turned) -> str:
    reason = f": {called(one.reason)}" if one.reason else ""
    return f"{named(one.topic)}{reason}  enrollment {one.position} {one.event_id}"
