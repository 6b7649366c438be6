"""`./suishi bench`: ours against the limit of the machine and the peers, in one run on the same facts."""

from typing import Annotated, Any

import typer
import uvloop

from bench.comparison import FULL, QUICK, compare
from bench.growth import FULL as LARGE
from bench.growth import QUICK as SMALL
from commands import bench_tables, growth
from commands.app import app, out, steps
from commands.options import Json
from commands.showing import show_json
from local.language import say
from local.problem import Problem
from local.stack import named_by_environment, running

STAGES = {
    "facts": ("正在生成样本县的事实……", "making the sample county's facts ..."),
    "register": ("正在登记全部家庭……", "registering every household ..."),
    "ours": ("本系统：纳入服务处理全部事实……", "ours: the enrollment service takes all facts ..."),
    "limit": ("极限：无规则的单循环……", "limit: one loop without rules ..."),
    "naive": ("朴素做法：逐条处理……", "naive peer: message by message ..."),
    "log": ("日志：批量追加与重放……", "the log: appending batches, reading back ..."),
    "latency": ("时延：逐条发送，随后持续负载……", "latency: one message at a time, then steady loads ..."),
    "letters": ("通知：三个服务一起运行，从事实到信件……", "letters: all services at work, from a fact to the letter about it ..."),
    "filling": ("正在填充数据库……", "filling a database ..."),
    "season": ("正在发布一季的事实……", "publishing a season of facts ..."),
    "growth": ("纳入服务处理这一季的全部事实……", "the enrollment service takes all facts of the season ..."),
    "counties": ("一个县与两个县并行……", "one county, and two beside one another ..."),
}


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
    as_json: Json = False,
) -> None:
    if named_by_environment():
        zh = "测速会写入大量数据，只在自己启动的临时系统上运行；请取消 SUISHI_KAFKA 与 SUISHI_DATABASE。"
        en = "the bench writes much and runs on a throw-away system of its own only; unset SUISHI_KAFKA and SUISHI_DATABASE."
        raise Problem(say(zh, en))
    steps.print(say("正在启动 PostgreSQL 与 Kafka……", "starting PostgreSQL and Kafka ..."), highlight=False)
    with running() as stack:
        if growing:
            document, show = growth.measured(stack, SMALL if quick else LARGE, _tell), growth.show
        else:
            document, show = uvloop.run(compare(stack, QUICK if quick else FULL, _tell)).document(), _show
    if as_json:
        show_json(document)
    else:
        show(document)


def _tell(stage: str) -> None:
    steps.print(say(*STAGES[stage]), highlight=False)


def _show(document: dict[str, Any]) -> None:
    out.print(bench_tables.rates(document))
    out.print(bench_tables.hops(document))
    for line in bench_tables.lines(document):
        out.print(line, highlight=False)
