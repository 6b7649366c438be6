"""`./suishi bench`: ours against the limit of the machine and the peers, in one run on the same facts."""

import json
import logging
from typing import Annotated, Any, NamedTuple

import typer
import uvloop
from rich.table import Table

from bench.comparison import FULL, QUICK, compare
from bench.growth import FULL as LARGE
from bench.growth import QUICK as SMALL
from commands import growth
from commands.app import app, out, steps
from local.language import say
from local.problem import Problem
from local.stack import named_by_environment, running

STAGES = {
    "facts": ("正在生成样本县的事实……", "making the sample county's facts ..."),
    "register": ("正在登记全部家庭，随后发布事实……", "registering every household, then publishing the facts ..."),
    "ours": ("本系统：纳入服务处理全部事实……", "ours: the enrollment service takes all facts ..."),
    "limit": ("极限：无规则的单循环……", "limit: one loop without rules ..."),
    "naive": ("朴素做法：逐条处理……", "naive peer: message by message ..."),
    "log": ("日志：批量追加与重放……", "the log: appending batches, reading back ..."),
    "latency": ("时延：逐条发送……", "latency: one message at a time ..."),
}


class Row(NamedTuple):
    """A line of the table: the document's part, its peer's name there, and the goals where there are any."""

    part: str
    label: tuple[str, str]
    peer: str
    of_limit: float | None = None
    of_peer: float | None = None


ROWS = (
    Row("pipeline", ("事实到事件", "facts to events"), "naive", 0.2, 20.0),
    Row("append_batch", ("按百条追加", "append by 100"), "library"),
    Row("replay", ("重放", "replay"), "library"),
)


@app.command(
    help=say(
        "同一次运行、同一批事实：本系统、机器极限与同类做法的速度之比。",
        "Ours against the limit and the peers, in one run on the same facts.",
    )
)
def bench(
    *,
    quick: Annotated[bool, typer.Option("--quick", help=say("只用四分之一的事实", "a quarter of the facts"))] = False,
    growing: Annotated[
        bool, typer.Option("--growth", help=say("登记户数与日志增长之后的速度", "the speed as the register and the log grow"))
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help=say("只输出一个 JSON", "one JSON document, nothing else"))] = False,
) -> None:
    if named_by_environment():
        zh = "测速会写入大量数据，只在自己启动的临时系统上运行；请取消 SUISHI_KAFKA 与 SUISHI_DATABASE。"
        en = "the bench writes much and runs on a throw-away system of its own only; unset SUISHI_KAFKA and SUISHI_DATABASE."
        raise Problem(say(zh, en))
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # what a young broker refuses is asked again
    steps.print(say("正在启动 PostgreSQL 与 Kafka……", "starting PostgreSQL and Kafka ..."), highlight=False)
    with running() as stack:
        if growing:
            document, show = growth.measured(stack, SMALL if quick else LARGE), growth.show
        else:
            document, show = uvloop.run(compare(stack, QUICK if quick else FULL, _tell)).document(), _show
    if as_json:
        out.print_json(json.dumps(document))
    else:
        show(document)


def _tell(stage: str) -> None:
    steps.print(say(*STAGES[stage]), highlight=False)


def _show(document: dict[str, Any]) -> None:
    table = Table(title=say("每秒条数与比值", "Rates per second, and their ratios"), show_edge=False)
    headings = [
        ("", ""), ("本系统", "ours"), ("同类", "peer"), ("极限", "limit"),
        ("本系统/极限", "ours/limit"), ("目标", "goal"), ("本系统/同类", "ours/peer"), ("目标", "goal"),
    ]  # fmt: skip
    for heading in headings:
        table.add_column(say(*heading), justify="right" if table.columns else "left")
    for row in ROWS:
        rates = document[row.part]
        rate, peer, limit = rates["ours"], rates[row.peer], rates["limit"]
        table.add_row(
            say(*row.label), f"{rate:,}", f"{peer:,}", f"{limit:,}",
            f"{rate / limit:.2f}", _goal(row.of_limit), f"{rate / peer:.1f}", _goal(row.of_peer),
        )  # fmt: skip
    out.print(table)
    for line in _lines(document):
        out.print(line, highlight=False)


def _goal(goal: float | None) -> str:
    return f"≥ {goal:g}" if goal is not None else ""


def _lines(document: dict[str, Any]) -> list[str]:
    trip, rates, goals = document["latency_ms"], document["pipeline"], ROWS[0]
    of_limit, of_peer = rates["ours"] / rates["limit"], rates["ours"] / rates["naive"]
    reached = of_limit >= (goals.of_limit or 0) and of_peer >= (goals.of_peer or 0)
    ours, bare = f"p50 {trip['p50']}, p99 {trip['p99']}", f"p50 {trip['bare_p50']}, p99 {trip['bare_p99']}"
    verdict = say("达到目标", "the goal is reached") if reached else say("未达到目标", "the goal is missed")
    return [
        say(
            f"事实到事件（毫秒）: {ours}；单纯经 Kafka 往返: {bare}", f"fact to event (ms): {ours}; a bare round trip through Kafka: {bare}"
        ),
        say(
            f"{verdict}：{document['facts']} 条事实，达极限的 {of_limit:.2f}，为朴素做法的 {of_peer:.1f} 倍。",
            f"{verdict}: {document['facts']} facts, {of_limit:.2f} of the limit, {of_peer:.1f} times the naive peer.",
        ),
    ]
