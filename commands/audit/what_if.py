"""`./suishi audit what-if`: who would have entered and left by another line or another pack, on a past day or on any day of a period."""

import asyncio
from collections.abc import Iterator
from datetime import date, datetime
from functools import partial
from typing import Annotated, Any, Final, get_args

import typer
from msgspec import to_builtins

from audit.what_if.compare import Difference, Way, WhatIf
from audit.what_if.report import Comparison, NoSuchPack, report
from commands.app import fail
from commands.audit.changes import by_town, line, once_each, towns, way
from commands.audit.group import audit
from commands.audit.hints import of_question
from commands.audit.moment import TODAY, Known, On, day_option, from_log, in_order, said, to_day, to_instant
from commands.audit.saved import Again, Answer, Kept, asked_before, tell
from commands.audit.telling import called
from commands.new_file import check_free
from commands.options import Json
from commands.pack import judging_pack
from commands.progress import Bars
from commands.reach import database, from_database
from local.language import say
from local.problem import Problem

# Its fen, and what is reckoned from them, are counted by machines in 64 bits.
MOST_YUAN: Final = 1_000_000_000


@audit.command(
    "what-if",
    help=say(
        "换一条标准线或一个政策包，某日或某时段谁会进、谁会出；不改动任何数据。",
        "Another line or pack on a past day or in a period: who enters, who leaves.",
    ),
)
def what_if(  # noqa: PLR0913 - the options of the command
    *,
    line_yuan: Annotated[
        int | None,
        typer.Option(
            "--line", min=0, max=MOST_YUAN, metavar="YUAN", help=say("每人每年标准线（元）", "the line, yuan for a person and year")
        ),
    ] = None,
    pack: Annotated[str | None, typer.Option(help=say("改用的政策包", "the pack instead"))] = None,
    against: Annotated[
        str | None, typer.Option(help=say("与之比较的政策包（默认各户自己的）", "instead of which (each household's own)"))
    ] = None,
    on: On = None,
    first: Annotated[datetime | None, day_option("--from", "不问一日而问一个时段：首日", "of a period: its first day")] = None,
    last: Annotated[datetime | None, day_option("--to", f"时段的末日（默认{TODAY[0]}）", f"its last day ({TODAY[1]})")] = None,
    known: Known = "",
    file: Kept = None,
    again: Again = None,
    as_json: Json = False,
) -> None:
    usual = judging_pack()
    check_free(file)
    if again is not None:
        asked = asked_before(again, WhatIf, line_yuan, pack, against, on, first, last, known, file)
    elif line_yuan is None and pack is None:
        fail(say("请给出 --line 或 --pack。", "say what else: --line or --pack."))
    else:
        days = _days(on, first, last)
        asked = WhatIf(to_instant(known), *days, None, None if line_yuan is None else line_yuan * 100, pack, against, usual=usual)
    tell(_answer(asked, usual), file, again, as_json=as_json)


def _days(on: datetime | None, first: datetime | None, last: datetime | None) -> tuple[date, date]:
    if on is not None and (first is not None or last is not None):
        raise Problem(say("--on 与 --from、--to 请择一。", "name a day with --on, or a period with --from and --to."))
    if first is None and last is not None:
        raise Problem(say("时段缺少 --from。", "a period begins with --from."))
    days = (to_day(on), to_day(on)) if first is None else (first.date(), to_day(last))
    return in_order(*days)


def _answer(asked: WhatIf, usual: str) -> Answer:
    dsn = database()
    with from_database(dsn), from_log(), Bars() as bars:
        try:
            found = asyncio.run(report(dsn, usual, asked, partial(bars.heard, "what-if")))
        except NoSuchPack as unknown:
            known = ", ".join(unknown.known)
            raise Problem(
                say(f"没有政策包 {unknown.name}；可用：{known}。", f"there is no pack {unknown.name}; there are: {known}.")
            ) from unknown
        return Answer(_document(found), _table(found), of_question(dsn, asked))


def _document(found: Comparison) -> dict[str, Any]:
    counted = {town: dict(ways) for town, ways in sorted(by_town(once_each(found.differences)).items())}
    return {
        "kind": found.asked.KIND,
        "asked": to_builtins(found.asked),
        "packs": found.packs,
        "households": found.households,
        "towns": counted,
        "differences": [to_builtins(one) for one in found.differences],
    }


def _table(found: Comparison) -> Iterator[str]:
    asked = found.asked
    for one in found.differences:
        yield f"{one.household}  {one.village_code}  {way(one.way)}{_types(one)}{_spell(one, asked)}"
        yield from (f"    {line(changed)}" for changed in one.changed)
    yield from towns(once_each(found.differences))
    totals = say("，", ", ").join(f"{way(name)} {found.of(name)}" for name in get_args(Way))
    days = str(asked.first) if asked.first == asked.last else say(f"{asked.first} 至 {asked.last}", f"{asked.first} to {asked.last}")
    zh = f"按 {said(asked.known)} 所知（日志至第 {asked.position} 条），{days} 评定 {found.households} 户：{totals}。"
    en = f"on {days}, as known on {said(asked.known)} (the log up to {asked.position}), of {found.households} households: {totals}."
    yield say(zh, en)


def _types(one: Difference) -> str:
    return f": {called(one.type_before)} -> {called(one.type_after)}" if one.way == "other-type" else ""


def _spell(one: Difference, asked: WhatIf) -> str:
    """On which days of a period."""
    return "" if asked.first == asked.last else say(f"  {one.since} 至 {one.until}", f"  {one.since} to {one.until}")
