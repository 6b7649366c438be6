"""`./suishi rebuild`: read models made anew from the log and put in the place of the live ones, while the services run."""

import asyncio
from collections.abc import Sequence
from dataclasses import asdict
from functools import partial
from typing import Annotated

import typer

from audit.rebuild import Rebuilt, rebuild
from audit.rights import may_rebuild
from audit.verdict import Bad
from audit.verify import Verdict, verify
from commands.app import app
from commands.audit.witness import evidence_of, from_keys
from commands.options import Json, RebuiltServices, services_of
from commands.progress import Bars
from commands.reach import database, from_database
from commands.showing import show, show_json
from local.language import say
from local.problem import Problem
from schemas.topics import SERVICES


@app.command(
    "rebuild",
    help=say(
        "由日志重建读模型，并在服务运行中换下现用的。", "Make read models anew from the log, and swap them in while the services run."
    ),
)
def rebuild_all(
    *,
    service: RebuiltServices = None,
    unverified: Annotated[bool, typer.Option("--unverified", help=say("不先核验日志", "without verifying the log before"))] = False,
    as_json: Json = False,
) -> None:
    chosen = services_of(service or SERVICES)
    dsn, evidence = database(), evidence_of([], None)
    done: dict[str, Rebuilt] = {}
    with from_keys(), from_database(dsn), Bars() as bars:
        _refuse_reader(dsn, chosen)
        for name in chosen:
            if not unverified:
                _refuse_bad(name, asyncio.run(verify(dsn, name, evidence)))
            try:
                done[name] = asyncio.run(rebuild(dsn, name, partial(bars.heard, name)))
            except Bad as bad:
                zh = f"{name} 的日志第 {bad.position} 条：{bad.problem}；未作改动，请执行 ./suishi audit verify 与 replay。"
                en = f"{name}, position {bad.position}: {bad.problem}; nothing was changed, run ./suishi audit verify and replay."
                raise Problem(say(zh, en)) from bad
            if not as_json:
                show(_lines(name, done[name]))
    if as_json:
        show_json({"services": {name: asdict(one) for name, one in done.items()}})


def _refuse_reader(dsn: str, services: Sequence[str]) -> None:
    """Raises Problem."""
    if not all(asyncio.run(may_rebuild(dsn, name)) for name in services):
        zh = "该数据库登录只能读取：rebuild 改写读模型，须用库主的 DSN（SUISHI_DATABASE）；只作比对请执行 ./suishi audit replay。"
        en = "this login may only read: rebuild changes read models and takes the owner's DSN (SUISHI_DATABASE);"
        raise Problem(say(zh, f"{en} ./suishi audit replay compares them and changes nothing."))


def _refuse_bad(service: str, verdict: Verdict) -> None:
    """Read models of a log that was changed would hide by what it was changed; raises Problem."""
    if not verdict.ok:
        zh = f"{service} 的日志未通过核验（{verdict.problem}），未作改动；请先查明，或加 --unverified。"
        en = f"the log of {service} is not verified ({verdict.problem}), nothing was changed; find out why, or add --unverified."
        raise Problem(say(zh, en))


def _lines(service: str, one: Rebuilt) -> list[str]:
    changed = [(table, one.removed[table], one.written[table]) for table in one.removed if one.removed[table] or one.written[table]]
    same = "" if changed else say("，与日志相符，无一改动", ", all as the log says")
    return [
        say(f"✓ {service:<13}  {one.positions} 条{same}", f"✓ {service:<13}  {one.positions} positions{same}"),
        *(
            say(f"    {table}：去除 {removed} 行，写入 {written} 行", f"    {table}: {removed} rows removed, {written} written")
            for table, removed, written in changed
        ),
    ]
