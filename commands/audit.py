"""`./suishi audit`: whether the logs are whole, and what happened to a household."""

import asyncio
from collections.abc import Iterator
from dataclasses import asdict
from typing import Annotated

import orjson
import typer

from audit.history import Step, history
from audit.verify import Verdict, verify_all
from audit.wording import sentence, told
from commands.app import app, fail, out
from commands.options import Json, to_uuid
from commands.reach import database, from_database
from local.language import say
from pipeline.envelope import COUNTY_TIME

audit = typer.Typer(no_args_is_help=True, help=say("核验日志，查询户的来龙去脉。", "Verify the logs; follow one household."))
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
    "history", help=say("按先后列出一户在三个服务中的全部事件。", "Every event of one household, in order, across the services.")
)
def history_of(
    household: Annotated[str, typer.Argument(metavar="ID", help=say("户编号", "the household's id"))], *, as_json: Json = False
) -> None:
    identity = to_uuid(household, "户编号", "household id")
    dsn = database()
    with from_database(dsn):
        steps = asyncio.run(history(dsn, identity))
    if as_json:
        document = {"household": identity, "events": [{**asdict(step), "reason": step.reason} for step in steps]}
        out.print_json(orjson.dumps(document, default=str).decode())
    else:
        places = {str(step.event_id): _place(step) for step in steps}
        for step in steps:
            out.print(*_lines(step, places.get(step.causation, step.causation)), sep="\n", markup=False, highlight=False)
    if not steps:
        fail(say(f"日志中没有户 {identity}。", f"the logs know no household {identity}."), 1)


def _place(step: Step) -> str:
    return f"{step.service} {step.position}"


def _lines(step: Step, cause: str) -> Iterator[str]:
    """What was recorded when, who did it on which day and what it followed from, and what the event says; each fits a narrow terminal."""
    recorded = step.recorded_at.astimezone(COUNTY_TIME).strftime("%Y-%m-%d %H:%M:%S")
    event = step.topic.partition(".")[2]
    yield f"{recorded}  {_place(step):<19}  {event}{f': {step.reason}' if step.reason else ''}"
    by = step.actor or step.source
    yield say(f"    {step.valid_on} 操作人 {by}，起因 {cause}", f"    {step.valid_on} by {by}, caused by {cause}")
    if more := [say(*words) for words in told(step.state, step.reason)]:
        yield f"    {say('，', ', ').join(more)}"
    if text := sentence(step.service, step.state):
        yield f"    {text}"
