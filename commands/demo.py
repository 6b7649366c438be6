"""`./suishi demo`: the sample county's season through the real services, and every promise about it checked."""

import asyncio
import contextlib
import os
from collections.abc import Coroutine, Generator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Annotated, Any

import psutil
import typer
from rich.table import Table

from audit.evidence import Evidence
from commands import demo_logs, demo_notifications, demo_visits
from commands.app import app, out, steps
from commands.interruption import interruption_told
from commands.options import Json
from commands.pack import check_pack
from commands.progress import Bars
from commands.showing import show_json
from commands.started_with import kept, remember
from commands.system import folder
from county.care_account import CareAccount
from county.divisions import TABLE, towns
from county.evening import SETTINGS, Post
from county.mailbox import Mailbox
from county.phones import Phones, ringing
from county.play import Performance, Script, play
from county.population import Population, population
from county.season import Season, season
from local.folder import only_one, throw_away_folder
from local.language import say
from local.problem import Problem
from local.process import Program
from local.seal import seal_of
from local.services import Service, serving
from local.stack import Stack, named_by_environment, running
from local.watch import watch

MEGABYTE = 1024 * 1024
FAREWELL_S = 5
COUNTY = {"SUISHI_CLOCK": "external", "SUISHI_DIVISIONS": str(TABLE)}
KEPT = (
    "样本县已保留，日期停在季末：./suishi up 启动，之后例如 ./suishi audit register；./suishi reset 删除。",
    "the county is kept, its days stand still: ./suishi up, then for instance ./suishi audit register; ./suishi reset deletes it.",
)
PART = (
    "样本县未演完，只留下一部分，不会接着演：./suishi up 可查看已有部分；./suishi reset 删除，之后可重新演示。",
    "the county is not whole: a part of it is kept, and nothing plays the rest. ./suishi up to look at it; ./suishi reset deletes it.",
)
STAGES = {
    "opening": ("登记与结对", "opening the register"),
    "days": ("逐日推进", "playing the days"),
    "verify": ("核验日志", "verifying the logs"),
}
CHINESE = {
    "enrolled at the end = planted": "季末在册 = 预先埋设",
    "ever enrolled = planted": "曾经纳入 = 预先埋设",
    "no false alarm enrolled": "误报无一纳入",
    "exits = planted": "退出 = 预先埋设",
    "re-entries = planted": "再纳入 = 预先埋设",
    "households with a missed deadline = planted": "逾期户 = 预先埋设",
    "every enrolled household has a measure": "在册户户户有措施",
    "households with a silent department = planted": "部门逾期未答复的户 = 预先埋设",
    "every late referral was answered": "逾期转介均已答复",
    "refused = planted malformed": "拒收 = 预先埋设的错误消息",
    "nothing is parked": "无消息被搁置",
    "every special person has a care file": "特殊人群人人有管护档案",
    "care weeks met = planted": "管护达标周 = 预先埋设",
    "care weeks missed and corrected = planted": "管护未达标与更正周 = 预先埋设",
    "every notification arrived once": "每条通知恰好送达一次",
    **demo_visits.CHINESE,
    **demo_notifications.CHINESE,
    **demo_logs.CHINESE,
}


@dataclass(frozen=True)
class Wanted:
    """What the user asked for."""

    households: int | None
    days: int
    seed: int


@app.command(
    help=say(
        "主任务：用真实的 Kafka 与 PostgreSQL 演示一个县的一季。",
        "The main job: a county's season through real Kafka and PostgreSQL, every promise checked.",
    )
)
def demo(
    *,
    households: Annotated[
        int | None, typer.Option(min=100, max=100_000, help=say("登记户数（默认全县）", "registered households (default: the county)"))
    ] = None,
    days: Annotated[int, typer.Option(min=1, max=90, help=say("天数", "days to play"))] = 90,
    seed: Annotated[int, typer.Option(help=say("随机种子", "seed"))] = 1,
    keep: Annotated[
        bool,
        typer.Option("--keep", help=say("保留样本县，此后可用 ./suishi up 查看", "keep the county, to be looked at after ./suishi up")),
    ] = False,
    as_json: Json = False,
) -> None:
    check_pack()
    wanted = Wanted(households, days, seed)
    steps.print(
        say("正在启动 PostgreSQL 与 Kafka，并生成样本县……", "starting PostgreSQL and Kafka, making the sample county ..."), highlight=False
    )
    with contextlib.ExitStack() as cleaning:
        with interruption_told():
            making = cleaning.enter_context(ThreadPoolExecutor(1)).submit(_county, wanted)
            stack = cleaning.enter_context(lasting() if keep else running())
            stack = cleaning.enter_context(with_a_folder(stack))
            county = making.result()
        performance, memory = asyncio.run(_perform(stack, *county))
    if as_json:
        show_json(_document(performance))
    else:
        _show(performance, memory)
    if keep:
        steps.print(say(*KEPT), highlight=False)
    if not all(performance.checks.values()):
        raise typer.Exit(1)


@contextlib.contextmanager
def lasting() -> Generator[Stack]:
    """The servers of the local system for the time of the block; raises Problem where there is one already.

    Its clock stands still from then on: each day from the county's season until now would be late for everybody.
    """
    if named_by_environment() is not None:
        zh = "--keep 只用于本机系统；请取消 SUISHI_KAFKA 与 SUISHI_DATABASE。"
        raise Problem(say(zh, "--keep is for the local system; unset SUISHI_KAFKA and SUISHI_DATABASE."))
    with only_one(folder()):
        if kept(folder()) is not None or (folder() / "postgres").exists():
            zh = f"{folder()} 中已有一个本地系统；请先执行 ./suishi reset，或不加 --keep。"
            raise Problem(say(zh, f"there is a local system in {folder()} already; ./suishi reset first, or leave out --keep."))
        os.environ.update(COUNTY)
        remember(folder())
        with running(folder(), keep=True) as stack, part_told():
            yield stack


@contextlib.contextmanager
def part_told() -> Generator[None]:
    """Whatever ends the season before its end, Ctrl-C or a failure, leaves what was played."""
    try:
        yield
    except BaseException:
        steps.print(say(*PART), highlight=False)
        raise


@contextlib.contextmanager
def with_a_folder(stack: Stack) -> Generator[Stack]:
    """Servers that the environment names have none, and where we stand is not ours to write into."""
    if stack.secrets is not None:
        yield stack
        return
    with throw_away_folder() as folder:
        yield replace(stack, folder=folder)


def _county(wanted: Wanted) -> tuple[Population, Season]:
    people = population(wanted.seed, wanted.households)
    whole = season(people, wanted.seed)
    return people, replace(whole, days=whole.first(wanted.days))


async def _perform(stack: Stack, people: Population, played: Season) -> tuple[Performance, dict[str, int]]:
    mailbox, phones = Mailbox(), Phones()
    server, seal = await mailbox.start(), seal_of(stack.folder)
    steps.print(say("正在启动三个服务与封存进程……", "starting the three services and the sealer ..."), highlight=False)
    extra = {"SUISHI_SMTP": mailbox.address, **COUNTY, **SETTINGS}
    try:
        with (
            interruption_told(),
            ringing(phones) as wecom,
            serving(stack, stack.folder, extra | wecom) as services,
            Bars(stay=True) as bars,
        ):
            post = Post(mailbox, phones, next(service.address for service in services if service.name == "notifications"))
            evidence = Evidence((seal.public,), seal.file, stack.kafka)
            script = Script(people, played, lambda stage, done, total: bars.heard(say(*STAGES[stage]), done, total))
            playing = play(stack.kafka, stack.database, script, post, evidence)
            return await _unless_something_ends(playing, stack, services), _memory(services)
    finally:
        server.close()


async def _unless_something_ends(playing: Coroutine[Any, Any, Performance], stack: Stack, services: list[Service]) -> Performance:
    servers = [Program(name, stack.folder) for name in ("postgres", "kafka") if stack.secrets]
    watching = asyncio.create_task(watch([*servers, *(service.program for service in services)], stack.folder))
    played = asyncio.create_task(playing)
    try:
        await asyncio.wait({watching, played}, return_when=asyncio.FIRST_COMPLETED)
        if not played.done():
            await watching
        return await played
    finally:
        watching.cancel()
        played.cancel()
        await asyncio.wait({watching, played}, timeout=FAREWELL_S)


def _memory(services: list[Service]) -> dict[str, int]:
    """Resident megabytes by service."""
    return {service.name: psutil.Process(service.program.pid).memory_info().rss // MEGABYTE for service in services if service.program.pid}


def _document(performance: Performance) -> dict[str, Any]:
    found = performance.accounts.register
    return {
        "facts": performance.facts,
        "refused": dict(found.refused),
        "clues": found.clues,
        "enrolled": {"households": len(found.enrolled), "persons": found.persons},
        "with_measure": len(found.helped & set(found.enrolled)),
        "exited": len(found.exited),
        "reentered": len(found.reentered),
        "deadlines": dict(found.deadlines),
        "visits": demo_visits.visit_document(performance.accounts.visits),
        "referrals": dict(performance.accounts.referrals.counts),
        "care": performance.accounts.care.document,
        "notifications": demo_notifications.notification_document(performance),
        "rate_per_s": round(performance.messages / performance.seconds),
        "latency_ms": {"p50": performance.latency_ms(0.5), "p99": performance.latency_ms(0.99)},
        "seconds": round(performance.seconds, 1),
        "sealed": {service: verdict.sealed for service, verdict in performance.verdicts.items()},
        "checks": dict(performance.checks),
    }


def _show(performance: Performance, memory: dict[str, int]) -> None:
    found, document = performance.accounts.register, _document(performance)
    table = Table(title=say("季末在册帮扶户", "Enrolled at the end of the season"), show_edge=False)
    for heading in (say("镇办", "town"), say("户", "households"), say("人", "persons")):
        table.add_column(heading, justify="left" if not table.columns else "right")
    names = towns()
    for town, households, persons in found.towns:
        table.add_row(names.get(town, town), str(households), str(persons))
    table.add_row(say("合计", "all"), str(len(found.enrolled)), str(found.persons), style="bold")
    out.print(table)
    for name, value in _lines(performance, document, memory):
        out.print(f"{name}: {value}", markup=False, highlight=False)
    for name, held in performance.checks.items():
        out.print(
            f"{'✓' if held else '✗'} {say(CHINESE[name], name)}", style="green" if held else "bold red", markup=False, highlight=False
        )
    for problem in demo_logs.problems(performance.verdicts, performance.replayed):
        out.print(problem, markup=False, highlight=False)


def _lines(performance: Performance, document: dict[str, Any], memory: dict[str, int]) -> list[tuple[str, str]]:
    found = performance.accounts.register
    refused = ", ".join(f"{reason} {count}" for reason, count in sorted(found.refused.items()))
    positions = ", ".join(f"{service} {verdict.positions}" for service, verdict in performance.verdicts.items())
    return [
        (say("部门事实", "facts in"), str(performance.facts)),
        (say("拒收", "refused"), f"{sum(found.refused.values())} ({refused})"),
        (say("预警线索", "clues"), str(found.clues)),
        (
            say("有措施 / 无措施", "with / without a measure"),
            f"{document['with_measure']} / {len(found.enrolled) - document['with_measure']}",
        ),
        (say("退出 / 再纳入", "exits / re-entries"), f"{len(found.exited)} / {len(found.reentered)}"),
        (say("转介 发出 / 答复 / 逾期", "referrals sent / answered / overdue"), _referrals(performance.accounts.referrals.counts)),
        (say("期限 按期 / 逾期 / 免办", "deadlines met / breached / dropped"), " / ".join(map(str, found.deadlines.values()))),
        *demo_visits.visit_lines(performance.accounts.visits),
        (say("管护周 达标 / 未达标 / 更正", "care weeks met / missed / corrected"), care_text(performance.accounts.care)),
        *demo_notifications.notification_lines(performance),
        (say("处理速度（条/秒）", "messages per second"), str(document["rate_per_s"])),
        (say("事实到通知（毫秒）", "fact to notification (ms)"), latency_text(document["latency_ms"])),
        (say("用时（秒）", "seconds played"), str(document["seconds"])),
        (say("日志位置", "log positions"), positions),
        (say("常驻内存（MB）", "resident memory (MB)"), ", ".join(f"{name} {size}" for name, size in memory.items())),
    ]


def _referrals(counts: Mapping[str, int]) -> str:
    return f"{counts['sent']} / {counts['answered']} / {counts['overdue']}"


def latency_text(measured: dict[str, float | None]) -> str:
    none = say("无一可测：没有由事实引起的通知", "none measured: no fact led to a notification")
    return none if measured["p50"] is None else f"p50 {measured['p50']}, p99 {measured['p99']}"


def care_text(found: CareAccount) -> str:
    """Weeks, and whose they are."""
    plans = found.plans or {}
    weeks = f"{len(found.met)} / {len(found.missed)} / {len(found.corrected)}"
    of = say(
        f"档案{len(found.files)}，N+1 {plans.get('partial', 0)}，1+1 {plans.get('full', 0)}",
        f"{len(found.files)} files, {plans.get('partial', 0)} plans N+1, {plans.get('full', 0)} plans 1+1",
    )
    return f"{weeks} ({of})"
