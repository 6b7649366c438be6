"""`./suishi audit register`: who was in on a day, since when and why, as it was known at an instant."""

import asyncio
from collections.abc import Sequence
from datetime import date, datetime
from functools import partial

from audit.as_of.reading import Enrolled, began, register
from commands.audit.group import audit
from commands.audit.hints import document, of_moment
from commands.audit.moment import Known, On, from_log, said, to_day, to_instant
from commands.audit.telling import called
from commands.options import Json
from commands.progress import Bars
from commands.reach import database, from_database
from commands.showing import show, show_json, show_table
from local.language import say


@audit.command(
    "register",
    help=say("某日在册户（按某时刻所知）：何时、何类、依据何决定。", "Who was in on a day, as known at an instant: since when, and why."),
)
def register_on(*, on: On = None, known: Known = "", as_json: Json = False) -> None:
    day, instant = to_day(on), to_instant(known)
    dsn = database()
    with from_database(dsn), from_log(), Bars() as bars:
        found = asyncio.run(register(dsn, day, instant, partial(bars.heard, "register")))
        hints = list(of_moment(day, instant, asyncio.run(began(dsn))))
    if as_json:
        totals = {"households": len(found), "persons": sum(one.persons for one in found)}
        told = {"on": day, "known": instant, "hints": document(hints), **totals, "enrolled": found}
        show_json(told)
    else:
        show_table(_headings(), map(_row, found))
        show([_total(found, day, instant), *(one.line for one in hints)])


def _headings() -> tuple[str, ...]:
    zh = ("户", "村", "自", "人", "类型", "风险", "纳入决定的事件")
    return tuple(map(say, zh, ("household", "village", "since", "persons", "type", "risks", "event of the decision")))


def _row(one: Enrolled) -> tuple[str, ...]:
    risks = say("、", ", ").join(called(risk, "risk") for risk in one.risks)
    return (str(one.household), one.village_code, str(one.since), str(one.persons), called(one.type), risks, str(one.event_id))


def _total(found: Sequence[Enrolled], on: date, known: datetime) -> str:
    persons = sum(one.persons for one in found)
    zh = f"按 {said(known)} 所知，{on} 在册 {len(found)} 户 {persons} 人。"
    return say(zh, f"in on {on}, as known on {said(known)}: households {len(found)}, persons {persons}.")
