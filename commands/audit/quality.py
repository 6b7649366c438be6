"""`./suishi audit quality`: what a check of the register's data would object to."""

import asyncio
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Annotated, Any

import typer

from audit.as_of.reading import began
from audit.quality.catalogue import NOT_JUDGED, RULES, Text
from audit.quality.report import Report, report
from commands.audit.changes import TOWN_DIGITS
from commands.audit.group import audit
from commands.audit.hints import document, of_moment
from commands.audit.moment import TODAY, day_option, from_log, to_day
from commands.options import Json
from commands.pack import judging_pack
from commands.progress import Bars
from commands.reach import database, from_database
from commands.showing import show, show_json
from local.language import say


@audit.command(
    "quality",
    help=say("按数据质量规则检查全部户，列出问题与应做之事。", "Hold every household against the rules of data quality."),
)
def quality(
    *,
    on: Annotated[
        datetime | None, day_option("--on", f"“满一个月”算至哪一天（默认{TODAY[0]}）", f"until which day months are counted ({TODAY[1]})")
    ] = None,
    as_json: Json = False,
) -> None:
    pack = judging_pack()
    day = to_day(on)
    dsn = database()
    with from_database(dsn), from_log(), Bars() as bars:
        found = asyncio.run(report(dsn, day, pack, partial(bars.heard, "quality")))
        hints = list(of_moment(day, datetime.now(UTC), asyncio.run(began(dsn))))
    if as_json:
        show_json({**_document(found), "hints": document(hints)})
    else:
        show([*_table(found), *(one.line for one in hints)])
    if not found.ok:
        raise typer.Exit(1)


def _document(found: Report) -> dict[str, Any]:
    """Texts in both languages, whatever the command speaks."""
    return {
        "ok": found.ok,
        "on": found.on,
        "households": found.households,
        "findings": [
            {
                "rule": rule.id,
                "household": household,
                "village_code": found.villages[household],
                "what": rule.what._asdict(),
                "to_do": rule.to_do._asdict(),
            }
            for rule in RULES
            for household in found.found[rule.id]
        ],
        "clean": [rule.id for rule in RULES if not found.found[rule.id]],
        "not_judged": [{"rule": one.id, "what": one.what._asdict(), "why": one.why._asdict()} for one in NOT_JUDGED],
    }


def _table(found: Report) -> Iterable[str]:
    for rule in RULES:
        households = found.found[rule.id]
        yield f"{'✗' if households else '✓'} {rule.id:<22} {len(households):>5}  {_said(rule.what)}"
        if households:
            yield f"    → {_said(rule.to_do)}"
            yield from (f"    {household}  {found.villages[household]}" for household in households)
            yield from _towns([found.villages[household] for household in households])
    for one in NOT_JUDGED:
        yield f"? {one.id:<22}     -  {_said(one.what)}"
        yield say(f"    未判定：{one.why.zh}", f"    not judged: {one.why.en}")
    problems = sum(len(households) for households in found.found.values())
    yield say(
        f"现有 {found.households} 户，期限算至 {found.on}：{problems} 个问题。",
        f"the register as it is now, months counted until {found.on}: households {found.households}, findings {problems}.",
    )


def _towns(villages: Sequence[str]) -> Iterable[str]:
    """How many live in each town, where there are several of them."""
    counted = Counter(village[:TOWN_DIGITS] for village in villages)
    if len(counted) > 1:
        towns = say("、", ", ").join(say(f"{town} {number} 户", f"{town} {number}") for town, number in sorted(counted.items()))
        yield say(f"    各镇：{towns}", f"    by town: {towns}")


def _said(text: Text) -> str:
    return say(text.zh, text.en)
