"""`./suishi audit refusals`: what the services refused to whoever asked, and what may be sent instead."""

import asyncio
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any, Final

import typer

from audit.history import Step
from audit.refusals import refusals
from audit.wording import sentence
from commands.audit.group import audit
from commands.audit.moment import day_option, said
from commands.audit.telling import called, deed, words
from commands.options import Json
from commands.reach import database, from_database
from commands.showing import show, show_json
from local.language import say

USUAL: Final = 20


@audit.command(
    "refusals",
    help=say(
        "列出各服务拒绝的命令：何时、何户、何人、何故，以及可改发什么；最新的在最后。",
        "The commands that the services refused: when, of which household, to whom, why, and what fits instead; the newest last.",
    ),
)
def refused(
    *,
    on: Annotated[datetime | None, day_option("--on", "只列这一天记录的", "only what was recorded on this day")] = None,
    most: Annotated[int, typer.Option("--most", min=1, help=say("最多列出多少条", "how many at most"))] = USUAL,
    as_json: Json = False,
) -> None:
    dsn = database()
    with from_database(dsn):
        found, there = asyncio.run(refusals(dsn, on.date() if on else None, most))
    if as_json:
        show_json({"of": there, "refusals": [_document(one) for one in found]})
    else:
        for one in found:
            show(_lines(one))
        shown, en = len(found), f"{len(found)} of {there} shown, --most shows earlier ones."
        more = say(f"共 {there} 条，列出最新 {shown} 条，更早的用 --most 查看。", en)
        show([more if shown < there else say(f"共 {there} 条。", f"{there} in all.")])


def _about(one: Step) -> str:
    """The household or person where the event names it beside its stream."""
    return str(one.state.get("household") or one.state.get("person") or one.stream)


def _document(one: Step) -> dict[str, Any]:
    return {**asdict(one), "about": _about(one), "reason_code": one.reason, "text": sentence(one.topic, one.state)}


def _lines(one: Step) -> Iterator[str]:
    yield f"{said(one.recorded_at)}  {one.service} {one.position}  {called(one.reason)}  {_about(one)}"
    yield deed(one, one.valid_on, one.causation)
    yield from words(one, one.reason)
    if text := sentence(one.topic, one.state):
        yield f"    {text}"
