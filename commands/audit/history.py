"""`./suishi audit history`: what happened to a household or a person, told event by event."""

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Annotated, Any, Final

import typer

from audit.causes import Cause, tree
from audit.history import Step, history, told_by
from audit.wording import criteria, sentence
from commands.app import fail
from commands.audit.group import audit
from commands.audit.moment import said
from commands.audit.telling import deed, headline, words
from commands.options import Json, to_uuid
from commands.reach import database, from_database
from commands.showing import show, show_json, show_table
from local.language import say
from local.problem import Problem

# Steps that judge again what the visit found.
REPEATED: Final = frozenset({"authorisation", "comparison", "review", "notice", "township"})


@audit.command(
    "history",
    help=say("按先后列出一户或一人在三个服务中的全部事件。", "Every event of a household or a person, in order, across the services."),
)
def history_of(
    household: Annotated[str, typer.Argument(metavar="ID", help=say("户编号或人员编号", "the id of a household or a person"))],
    *,
    as_tree: Annotated[
        bool, typer.Option("--tree", help=say("按因果排成树，一行一个事件", "as a tree of what followed from what, a line for each event"))
    ] = False,
    as_table: Annotated[
        bool, typer.Option("--table", help=say("排成表，一行一个事件", "as a table, a line for each event with what caused it"))
    ] = False,
    as_json: Json = False,
) -> None:
    if as_tree and as_table:
        raise Problem(say("--tree 与 --table 请择一。", "choose --tree or --table."))
    identity = to_uuid(household, "户编号或人员编号", "id of a household or a person")
    dsn = database()
    with from_database(dsn):
        steps = asyncio.run(history(dsn, identity))
    if as_json:
        events = [{**asdict(step), "reason": step.reason} for step in steps]
        document = {"household": identity, "events": events, **({"tree": [_node(one) for one in tree(steps)]} if as_tree else {})}
        show_json(document)
    else:
        places = {str(step.event_id): _place(step) for step in steps}
        kinds = {step.state["measure"]: step.state["kind"] for step in steps if step.topic == "assistance.measure-proposed"}
        sources = told_by(steps)
        if as_tree:
            show(line for cause in tree(steps) for line in _branch(cause, kinds))
        elif as_table:
            show_table(_headings(), (_row(step, places.get(step.causation, step.causation), kinds) for step in steps))
        else:
            for step in steps:
                show(_lines(step, places.get(step.causation, step.causation), kinds, sources))
    if not steps:
        fail(say(f"日志中没有户或人员 {identity}。", f"the logs know no household or person {identity}."), 1)


def _headings() -> tuple[str, ...]:
    return tuple(map(say, ("记录于", "日期", "位置", "事件", "操作人", "起因"), ("recorded", "day", "place", "event", "by", "caused by")))


def _row(step: Step, cause: str, kinds: Mapping[str, str]) -> tuple[str, ...]:
    return (said(step.recorded_at), str(step.valid_on), _place(step), headline(step, kinds), step.actor or step.source, cause)


def _place(step: Step) -> str:
    return f"{step.service} {step.position}"


def _node(cause: Cause) -> dict[str, Any]:
    """Ids alone: what the events say stands beside the tree."""
    name = "message" if cause.step is None else "event_id"
    return {name: cause.message, "caused": [_node(one) for one in cause.effects]}


def _branch(cause: Cause, kinds: Mapping[str, str], before: str = "") -> Iterator[str]:
    """The message, and below it event by event what followed, of which one stands further in than its cause."""
    if cause.step is None:
        yield say(f"消息 {cause.message}", f"message {cause.message}")
    for number, effect in enumerate(cause.effects, 1):
        fork, gap = ("└─ ", "   ") if number == len(cause.effects) else ("├─ ", "│  ")
        if effect.step is not None:
            yield f"{before}{fork}{_leaf(effect.step, kinds)}"
        yield from _branch(effect, kinds, before + gap)


def _leaf(step: Step, kinds: Mapping[str, str]) -> str:
    by = f"  {step.actor or step.source}"
    return f"{step.valid_on}  {_place(step)}  {headline(step, kinds)}{by}"


def _lines(step: Step, cause: str, kinds: Mapping[str, str], sources: Mapping[str, int]) -> Iterator[str]:
    """What was recorded when, who did it on which day and where, what it followed from, and what the event says.

    `kinds` are those of the measures by id, `sources` the positions at which facts, requests and visits were told.
    """
    yield f"{said(step.recorded_at)}  {_place(step):<19}  {headline(step, kinds)}"
    yield deed(step, step.valid_on, cause)
    yield from words(step, step.reason)
    if step.reason not in REPEATED:
        yield from (f"    - {say(*one)}" for one in criteria(step.state, sources))
    if text := sentence(step.topic, step.state):
        yield f"    {text}"
