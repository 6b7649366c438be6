"""`./suishi audit history`: what happened to a household or a person, told event by event."""

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Annotated, Final

import orjson
import typer

from audit.history import Step, history, told_by
from audit.wording import criteria, sentence
from commands.app import fail, out
from commands.audit.group import audit
from commands.audit.telling import called, deed, named, words
from commands.options import Json, to_uuid
from commands.reach import database, from_database
from local.language import say
from pipeline.envelope import COUNTY_TIME

# Steps that judge again what the visit found.
REPEATED: Final = frozenset({"authorisation", "comparison", "review", "notice", "township"})


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
        sources = told_by(steps)
        for step in steps:
            lines = _lines(step, places.get(step.causation, step.causation), kinds, sources)
            out.print(*lines, sep="\n", markup=False, highlight=False)
    if not steps:
        fail(say(f"日志中没有户或人员 {identity}。", f"the logs know no household or person {identity}."), 1)


def _place(step: Step) -> str:
    return f"{step.service} {step.position}"


def _lines(step: Step, cause: str, kinds: Mapping[str, str], sources: Mapping[str, int]) -> Iterator[str]:
    """What was recorded when, who did it on which day and where, what it followed from, and what the event says.

    `kinds` are those of the measures by id, `sources` the positions at which facts, requests and visits were told.
    """
    recorded = step.recorded_at.astimezone(COUNTY_TIME).strftime("%Y-%m-%d %H:%M:%S")
    reason = called(step.reason or kinds.get(step.state.get("measure", ""), ""), "risk" if step.reason == step.state.get("risk") else "")
    yield f"{recorded}  {_place(step):<19}  {named(step.topic)}{f': {reason}' if reason else ''}"
    yield deed(step, step.valid_on, cause)
    yield from words(step, step.reason)
    if step.reason not in REPEATED:
        yield from (f"    - {say(*one)}" for one in criteria(step.state, sources))
    if text := sentence(step.service, step.state):
        yield f"    {text}"
