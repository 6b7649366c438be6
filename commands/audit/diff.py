"""`./suishi audit diff`: who entered and who left between two days, household by household with the reason."""

import asyncio
from collections.abc import Iterator
from datetime import datetime
from functools import partial
from typing import Annotated, Any

from msgspec import to_builtins

from audit.diff.compare import Turned
from audit.diff.report import Diff, diff
from audit.question import Question
from commands.audit.changes import by_town, line, towns, way
from commands.audit.group import audit
from commands.audit.hints import of_question
from commands.audit.moment import Known, day_option, from_log, in_order, said, to_instant
from commands.audit.saved import Again, Answer, Kept, asked_before, tell
from commands.audit.telling import called, named
from commands.new_file import check_free
from commands.options import Json
from commands.pack import judging_pack
from commands.progress import Bars
from commands.reach import database, from_database
from local.language import say
from local.problem import Problem


@audit.command(
    "diff",
    help=say("两日之间谁进、谁出，逐户列出原因。", "Who entered and who left between two days, household by household with the reason."),
)
def diff_of(  # noqa: PLR0913 - the options of the command
    *,
    first: Annotated[datetime | None, day_option("--from", "与这一日的情况相比", "what was so on this day")] = None,
    last: Annotated[datetime | None, day_option("--to", "这一日的情况", "against what was so on this day")] = None,
    known: Known = "",
    file: Kept = None,
    again: Again = None,
    as_json: Json = False,
) -> None:
    pack = judging_pack()
    check_free(file)
    if again is not None:
        asked = asked_before(again, Question, first, last, known, file)
    elif first is None or last is None:
        raise Problem(say("请给出 --from 与 --to。", "name two days with --from and --to."))
    else:
        days = in_order(first.date(), last.date())
        asked = Question(to_instant(known), *days, usual=pack)
    dsn = database()
    with from_database(dsn), from_log(), Bars() as bars:
        found = asyncio.run(diff(dsn, pack, asked, partial(bars.heard, "diff")))
        hints = of_question(dsn, asked)
    tell(Answer(_document(found), _table(found), hints), file, again, as_json=as_json)


def _document(found: Diff) -> dict[str, Any]:
    return {
        "kind": found.asked.KIND,
        "asked": to_builtins(found.asked),
        "packs": found.packs,
        "enrolled": found.enrolled,
        "towns": {town: dict(ways) for town, ways in sorted(by_town(found.differences).items())},
        "differences": [to_builtins(one) for one in found.differences],
    }


def _table(found: Diff) -> Iterator[str]:
    for one in found.differences:
        yield f"{one.household}  {one.village_code}  {way(one.way)}  {one.since}  {_event(one)}"
        yield from (f"    {line(changed)}" for changed in one.changed)
    yield from towns(found.differences)
    asked, (before, after) = found.asked, found.enrolled
    entered, left = len(found.of("entered")), len(found.of("left"))
    zh = f"按 {said(asked.known)} 所知（日志至第 {asked.position} 条），{asked.first} 在册 {before} 户，{asked.last} 在册 {after} 户："
    en = f"as known on {said(asked.known)} (the log up to {asked.position}), in on {asked.first}: {before}, on {asked.last}: {after}; "
    yield say(f"{zh}纳入 {entered}，退出 {left}。", f"{en}entered {entered}, left {left}.")


def _event(one: Turned) -> str:
    reason = f": {called(one.reason)}" if one.reason else ""
    return f"{named(one.topic)}{reason}  enrollment {one.position} {one.event_id}"
