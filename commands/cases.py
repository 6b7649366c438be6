"""`./suishi cases`: for which households something is to be done, and until when; the most urgent first."""

import asyncio
import re
from collections.abc import Iterator
from datetime import date
from typing import Annotated, Any, Final

import orjson
import typer

from audit.snapshot import snapshot
from commands.app import app, out
from commands.audit.telling import called
from commands.options import Json
from commands.reach import database, from_database
from commands.showing import show, show_json
from local.language import say
from local.problem import Problem
from schemas.message import AREA

# What was missed comes first, by the day that was missed. A deadline that stands still has no last day and comes after those that run, as
# does what has to last: nothing is due then.
ROWS: Final = """
SELECT household, village_code, stage, case_id, episode, pack, done, coalesce(deadlines, '[]') AS deadlines FROM (
    SELECT *, (
        SELECT min(coalesce(one ->> 'missed', one ->> 'due')) FROM jsonb_array_elements(deadlines) AS one WHERE one ->> 'state' <> 'minimum'
    ) AS first FROM enrollment.open_cases
) AS open WHERE starts_with(village_code, $1) AND ($2::date IS NULL OR first::date <= $2) ORDER BY first NULLS LAST, household"""


@app.command(
    help=say("列出待办的户：所处阶段、已完成步骤和各项期限，最急的在前。", "List the households for which something is to be done.")
)
def cases(
    *,
    area: Annotated[str, typer.Option("--area", metavar="CODE", help=say("只列该区划代码下的户", "only those of a village or town"))] = "",
    due: Annotated[str, typer.Option("--due", metavar="DATE", help=say("只列此日及以前到期的户", "only those due until that day"))] = "",
    as_json: Json = False,
) -> None:
    _check_area(area)
    until, dsn = _day(due), database()
    with from_database(dsn):
        found = asyncio.run(_rows(dsn, area, until))
    if as_json:
        show_json({"cases": found})
        return
    for one in found:
        show(_lines(one))
    out.print(say(f"共 {len(found)} 户。", f"{len(found)} in all."), highlight=False)


def _check_area(code: str) -> None:
    """Another one would find nobody, and an empty list looks like nothing to do."""
    if code and re.fullmatch(AREA, code) is None:
        zh = f"{code} 不是区划代码；请给出 6 位（县）、9 位（乡镇）或 12 位（村）数字。"
        raise Problem(say(zh, f"{code} is no code of an area; give the 6 digits of a county, 9 of a town, or 12 of a village."))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise Problem(say(f"{text} 不是日期；请写作 2021-01-20。", f"{text} is no date; write it as 2021-01-20.")) from error


async def _rows(dsn: str, area: str, until: date | None) -> list[dict[str, Any]]:
    async with snapshot(dsn) as connection:
        rows = [dict(row) for row in await connection.fetch(ROWS, area, until)]
        return [{**row, "deadlines": orjson.loads(row["deadlines"])} for row in rows]


def _lines(one: dict[str, Any]) -> Iterator[str]:
    done = say("、", ", ").join(called(step) for step in one["done"] or ())
    yield f"{one['household']}  {one['village_code']}  {called(one['stage'])}{say('，已完成：', ', done: ') if done else ''}{done}"
    yield from (f"    {_until(deadline)}  {called(deadline['kind'])}{_late(deadline)}" for deadline in one["deadlines"])


def _until(deadline: dict[str, Any]) -> str:
    if deadline["state"] == "paused":
        return say(f"暂停，余 {deadline['days_left']} 天", f"paused, {deadline['days_left']} days left")
    last: str = deadline["missed"] or deadline["due"]
    return last


def _late(deadline: dict[str, Any]) -> str:
    """Nobody is above the level to which it has gone up where that has no last day."""
    if deadline["state"] == "minimum":
        return say("，届满前不得办理", ", has to be over first")
    if not deadline["missed"]:
        return ""
    up = say(f"，已提级（{deadline['level']}）", f", gone up ({deadline['level']})") if deadline["level"] else ""
    again = say(f"，{deadline['due']}后再提级", f", again after {deadline['due']}") if deadline["due"] else ""
    return say("，已逾期", ", overdue") + up + again
