"""`./suishi audit what-if`: who would have entered and left on a past day by another line or another pack."""

import asyncio
import os
from collections.abc import Iterator
from dataclasses import asdict
from typing import Annotated

import orjson
import typer
from msgspec import to_builtins

from audit.what_if.compare import WhatIf
from audit.what_if.report import Comparison, report
from commands.app import fail, out
from commands.audit.changes import line, towns, way
from commands.audit.group import audit
from commands.audit.moment import Known, On, from_log, said, to_day, to_instant
from commands.options import Json
from commands.pack import USUAL, check_pack
from commands.reach import database, from_database
from local.language import say
from local.problem import Problem

TOWN_DIGITS = 9


@audit.command(
    "what-if",
    help=say(
        "换一条标准线或一个政策包，某日谁会进、谁会出；不改动任何数据。", "Another line or pack on a past day: who enters, who leaves."
    ),
)
def what_if(  # noqa: PLR0913 - the options of the command
    *,
    line_yuan: Annotated[
        int | None, typer.Option("--line", min=0, metavar="YUAN", help=say("每人每年标准线（元）", "the line, yuan for a person and year"))
    ] = None,
    pack: Annotated[str | None, typer.Option(help=say("改用的政策包", "the pack instead"))] = None,
    against: Annotated[
        str | None, typer.Option(help=say("与之比较的政策包（默认各户自己的）", "instead of which (each household's own)"))
    ] = None,
    on: On = None,
    known: Known = "",
    as_json: Json = False,
) -> None:
    check_pack()
    if line_yuan is None and pack is None:
        fail(say("请给出 --line 或 --pack。", "say what else: --line or --pack."))
    moment, instead = (to_day(on), to_instant(known)), WhatIf(None if line_yuan is None else line_yuan * 100, pack)
    dsn = database()
    with from_database(dsn), from_log():
        try:
            found = asyncio.run(report(dsn, os.environ.get("SUISHI_PACK", USUAL), moment, against, instead))
        except KeyError as unknown:
            name = unknown.args[0]
            raise Problem(say(f"没有政策包 {name}。", f"there is no pack {name}.")) from unknown
    if as_json:
        differences = [to_builtins(one) for one in found.differences]
        out.print_json(orjson.dumps({**asdict(found), "differences": differences}, default=str).decode())
    else:
        out.print(*_table(found), sep="\n", markup=False, highlight=False)


def _table(found: Comparison) -> Iterator[str]:
    for one in found.differences:
        yield f"{one.household}  {one.village_code}  {way(one.way)}"
        yield from (f"    {line(changed)}" for changed in one.changed)
    yield from towns(found.differences)
    totals = ", ".join(f"{way(name)} {len(found.of(name))}" for name in ("entered", "left", "to-verify"))
    zh = f"按 {said(found.known)} 所知（日志至第 {found.position} 条），{found.on} 评定 {found.households} 户：{totals}。"
    en = f"on {found.on}, as known on {said(found.known)} (the log up to {found.position}), of {found.households} households: {totals}."
    yield say(zh, en)
