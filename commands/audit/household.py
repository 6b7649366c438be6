"""`./suishi audit household`: what was so of one household on a day, as it was known at an instant."""

import asyncio
from typing import Annotated, Final

import typer
from msgspec import to_builtins
from rich.cells import set_cell_size

from audit.as_of.household import Statement
from audit.as_of.reading import began, household
from commands.app import fail
from commands.audit.group import audit
from commands.audit.hints import document, of_moment
from commands.audit.moment import Known, On, from_log, said, to_day, to_instant
from commands.audit.telling import called
from commands.options import Json, to_uuid
from commands.reach import database, from_database
from commands.showing import show, show_json
from local.language import say

WORDS: Final = {
    "stage": ("状态", "stage"),
    "type": ("类型", "type"),
    "risk": ("风险", "risk"),
    "measure": ("措施", "measure"),
    "episode": ("第几次", "episode"),
    "pack": ("政策包", "pack"),
    "village": ("村", "village"),
    "category": ("类别", "category"),
    "member": ("成员", "member"),
    "fact": ("部门事实", "fact"),
    "income": ("收入", "income"),
    "unmet": ("未达标", "unmet"),
    "deadline": ("期限", "deadline"),
    "missed": ("逾期", "missed"),
    "escalated": ("提级", "escalated"),
    "conflict": ("待遇冲突", "conflict"),
}


@audit.command(
    "household",
    help=say("一户在某日的情况（按某时刻所知），逐条列出依据。", "A household on a day, as known at an instant, with the events behind."),
)
def household_on(
    identity: Annotated[str, typer.Argument(metavar="ID", help=say("户编号", "the id of a household"))],
    *,
    on: On = None,
    known: Known = "",
    as_json: Json = False,
) -> None:
    wanted, day, instant = to_uuid(identity, "户编号", "id of a household"), to_day(on), to_instant(known)
    dsn = database()
    with from_database(dsn), from_log():
        statements = asyncio.run(household(dsn, wanted, day, instant))
        hints = list(of_moment(day, instant, asyncio.run(began(dsn))))
    if as_json:
        told = {"household": wanted, "on": day, "known": instant, "hints": document(hints), "statements": to_builtins(statements)}
        show_json(told)
    elif statements:
        show([*map(line, statements), *(one.line for one in hints)])
    if not statements:
        zh = f"按 {said(instant)} 所知，{day} 登记册中没有户 {wanted}。"
        sentence = say(zh, f"as known on {said(instant)} there was no household {wanted} in the register on {day}.")
        fail(say("", " ").join([sentence, *(one.line for one in hints)]), 1)


def line(one: Statement) -> str:
    """Two of the screen: what was so, and since when by which event."""
    name = say(*WORDS[one.what])
    value = " ".join(called(part, one.what) for part in f"{one.subject} {one.value}".split())
    since = say(f"自 {one.since}", f"since {one.since}") if one.since else say("自期初登记之前", "since before the opening balance")
    return f"{set_cell_size(name, 9)} {value}\n          {since}  {say('依据', 'by')} enrollment {one.position} {one.event_id}"
