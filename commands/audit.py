"""`./suishi audit`: whether the logs are whole, what happened to a household, and what a check of the register would object to."""

import asyncio
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any, Final

import orjson
import typer

from audit.history import Step, history
from audit.quality.catalogue import NOT_JUDGED, RULES, Text
from audit.quality.report import Report, UnreadableLog, report
from audit.verify import Verdict, verify_all
from audit.wording import criteria, sentence, told
from commands.app import app, fail, out
from commands.options import Json, to_uuid
from commands.pack import USUAL, check_pack
from commands.reach import database, from_database
from local.language import say
from local.problem import Problem
from pipeline.envelope import COUNTY_TIME

# Steps that judge again what the visit found.
REPEATED: Final = frozenset({"authorisation", "comparison", "review", "notice", "township"})
audit = typer.Typer(
    no_args_is_help=True,
    help=say("核验日志，查询户的来龙去脉，检查数据质量。", "Verify the logs; follow a household; check the data."),
)
app.add_typer(audit, name="audit")


@audit.command(
    "verify",
    help=say("从头到尾核验三个服务的日志与读模型。", "Verify the three logs from first to last, and every read model."),
)
def verify_logs(*, as_json: Json = False) -> None:
    dsn = database()
    verdicts: dict[str, Verdict] = {}
    with from_database(dsn):
        for service, verdict in verify_all(dsn):
            verdicts[service] = verdict
            if not as_json:
                out.print(_line(service, verdict), markup=False, highlight=False)
    ok = all(verdict.ok for verdict in verdicts.values())
    if as_json:
        services = {name: asdict(verdict) for name, verdict in verdicts.items()}
        out.print_json(orjson.dumps({"ok": ok, "services": services}).decode())
    if not ok:
        raise typer.Exit(1)


def _line(service: str, verdict: Verdict) -> str:
    size = say(f"{verdict.positions} 条", f"{verdict.positions} positions")
    if verdict.ok:
        return f"✓ {service:<13}  {size}"
    place = "" if verdict.first_bad is None else say(f"第 {verdict.first_bad} 条：", f"position {verdict.first_bad}: ")
    return f"✗ {service:<13}  {place}{verdict.problem}"


@audit.command(
    "history",
    help=say("按先后列出一户或一人在三个服务中的全部事件。", "Every event of a household or a person, in order, across the services."),
)
def history_of(
    household: Annotated[str, typer.Argument(metavar="ID", help=say("户编号或人员编号", "the id of a household or a person"))],
    *,
    as_json: Json = False,
) -> None:
    identity = to_uuid(household, "户编号或人员编号", "id of a household or a person")
    dsn = database()
    with from_database(dsn):
        steps = asyncio.run(history(dsn, identity))
    if as_json:
        document = {"household": identity, "events": [{**asdict(step), "reason": step.reason} for step in steps]}
        out.print_json(orjson.dumps(document, default=str).decode())
    else:
        places = {str(step.event_id): _place(step) for step in steps}
        kinds = {step.state["measure"]: step.state["kind"] for step in steps if step.topic == "assistance.measure-proposed"}
        for step in steps:
            lines = _lines(step, places.get(step.causation, step.causation), kinds)
            out.print(*lines, sep="\n", markup=False, highlight=False)
    if not steps:
        fail(say(f"日志中没有户或人员 {identity}。", f"the logs know no household or person {identity}."), 1)


def _place(step: Step) -> str:
    return f"{step.service} {step.position}"


def _lines(step: Step, cause: str, kinds: Mapping[str, str]) -> Iterator[str]:
    """What was recorded when, who did it on which day and where, what it followed from, and what the event says.

    `kinds` are those of the measures by id.
    """
    recorded = step.recorded_at.astimezone(COUNTY_TIME).strftime("%Y-%m-%d %H:%M:%S")
    event = step.topic.partition(".")[2]
    reason = step.reason or kinds.get(step.state.get("measure", ""), "")
    yield f"{recorded}  {_place(step):<19}  {event}{f': {reason}' if reason else ''}"
    by = say(f"{step.actor}（{step.source}）", f"{step.actor} ({step.source})") if step.actor else step.source
    yield say(f"    {step.valid_on} 操作人 {by}，起因 {cause}", f"    {step.valid_on} by {by}, caused by {cause}")
    if more := [say(*words) for words in told(step.state, step.reason)]:
        yield f"    {say('，', ', ').join(more)}"
    if step.reason not in REPEATED:
        yield from (f"    - {say(*words)}" for words in criteria(step.state))
    if text := sentence(step.service, step.state):
        yield f"    {text}"


@audit.command(
    "quality",
    help=say("按数据质量规则检查全部户，列出问题与应做之事。", "Hold every household against the rules of data quality."),
)
def quality(
    *,
    on: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], metavar="DAY", help=say("以哪一天为准（默认今天）", "as of which day (today)"))
    ] = None,
    as_json: Json = False,
) -> None:
    check_pack()
    day = (on or datetime.now(COUNTY_TIME)).date()
    dsn = database()
    with from_database(dsn):
        try:
            found = asyncio.run(report(dsn, day, os.environ.get("SUISHI_PACK", USUAL)))
        except UnreadableLog as unread:
            zh = f"户 {unread} 的日志无法解读；请执行 ./suishi audit verify。"
            raise Problem(say(zh, f"the log of household {unread} cannot be read; run ./suishi audit verify.")) from unread
    if as_json:
        out.print_json(orjson.dumps(_document(found), default=str).decode())
    else:
        out.print(*_table(found), sep="\n", markup=False, highlight=False)
    if not found.ok:
        raise typer.Exit(1)


def _document(found: Report) -> dict[str, Any]:
    """Texts in both languages, whatever the command speaks."""
    return {
        "ok": found.ok,
        "on": found.on,
        "households": found.households,
        "findings": [
            {"rule": rule.id, "household": household, "what": rule.what._asdict(), "to_do": rule.to_do._asdict()}
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
            yield from (f"    {household}" for household in households)
    for one in NOT_JUDGED:
        yield f"? {one.id:<22}     -  {_said(one.what)}"
        yield say(f"    未判定：{one.why.zh}", f"    not judged: {one.why.en}")
    problems = sum(len(households) for households in found.found.values())
    yield say(
        f"截至 {found.on}，{found.households} 户，{problems} 个问题。", f"{found.households} households on {found.on}, {problems} findings."
    )


def _said(text: Text) -> str:
    return say(text.zh, text.en)
