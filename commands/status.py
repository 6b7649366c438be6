"""`./suishi status`: what runs and how far it is."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

import typer

from commands.app import app, out
from commands.in_chinese import in_chinese
from commands.options import Json
from commands.reach import answers, from_database, from_kafka
from commands.showing import show_json
from commands.system import folder, masked
from local.language import say
from local.services import Report, all_in
from local.stack import Servers, named_by_environment
from pipeline.kafka import cluster_of

ENGLISH = {"busy": "busy, no answer for now"}
CHINESE = {
    "stopped": "未运行",
    "starting": "启动中",
    "busy": "繁忙，暂未应答",
    "standby": "待命",
    "refuses": "拒绝封存",
    "ready": "就绪",
    "stopping": "正在停止",
}


@app.command(help=say("显示本地系统的状态；未全部就绪时退出码为 1。", "Show what runs; the exit code is 1 unless all is ready."))
def status(*, as_json: Json = False) -> None:
    kafka, database = _servers()
    reports = {service.name: service.report() for service in all_in(folder())}
    if as_json:
        services = {name: asdict(report) for name, report in reports.items()}
        show_json({"kafka": kafka, "database": database, "services": services})
    else:
        _show(kafka, database, reports)
    if not (kafka and database and all(report.ready for report in reports.values())):
        raise typer.Exit(1)


def _servers() -> tuple[str | None, str | None]:
    """Raises Problem where servers that the environment names do not answer."""
    if named := named_by_environment():
        with from_kafka(named.kafka):
            asyncio.run(cluster_of(named.kafka))
        with from_database(named.database):
            asyncio.run(answers(named.database))
        return str(named.kafka), masked(named.database)
    servers = Servers(folder())
    kafka = servers.kafka.bootstrap if servers.kafka.program.pid else None
    return kafka, masked(servers.postgres.owner) if servers.postgres.program.pid else None


def _show(kafka: str | None, database: str | None, reports: dict[str, Report]) -> None:
    stopped = say("未运行", "not running")
    rows = [("Kafka", kafka or stopped), ("PostgreSQL", database or stopped)]
    rows += [(name, described(report)) for name, report in reports.items()]
    for name, text in rows:
        out.print(f"{name:<13}  {text}", markup=False, highlight=False)
    for remark in (remark for report in reports.values() for remark in report.remarks):
        out.print(remarked(remark), markup=False, highlight=False)
    if busy := [service.program.log for service in all_in(folder()) if reports[service.name].state == "busy"]:
        out.print(patience(busy), markup=False, highlight=False)
    if not (kafka and database) or any(report == Report() for report in reports.values()):
        out.print(say("启动未运行的部分：./suishi up", "start what does not run: ./suishi up"), markup=False, highlight=False)


def patience(logs: Sequence[Path]) -> str:
    """What to do about a service that lives and does not answer."""
    named = " ".join(map(str, logs))
    zh = f"繁忙的服务正在处理消息，做完即应答，请稍候；若持续几分钟，请看日志：{named}"
    return say(zh, f"a busy service is at work and answers when it comes to it: wait; when it lasts for minutes, look at {named}")


def remarked(remark: Mapping[str, object]) -> str:
    """What the office is to know though all is ready, and what to do; a remark of a newer release by its code."""
    match remark:
        case {"code": "channel.not-configured", "channel": channel, "waiting": waiting, "remedy": str(remedy)}:
            return say(
                f"渠道 {channel} 未配置，{waiting} 条通知在排队，配置并重启通知服务后发出：{in_chinese(remedy)}",
                f"channel {channel} is not set up, {waiting} notifications wait for it;"
                f" they leave when it is and notifications is started again: {remedy}",
            )
        case {"code": "channel.away", "channel": channel, "problem": problem, "remedy": str(remedy)}:
            return say(
                f"渠道 {channel} 的服务器暂时连不上（{problem}），通知在排队，恢复后自动发出：{in_chinese(remedy)}",
                f"channel {channel} is away ({problem}), notifications wait for it and leave when it is back: {remedy}",
            )
        case {"code": "seal.refused", "log": log, "problem": str(problem), "remedy": remedy}:
            return say(
                f"{log} 的日志不再封存（{in_chinese(problem)}）：{remedy}",
                f"the log of {log} is sealed no further ({problem}): {remedy}",
            )
        case _:
            return f"{remark['code']}: {remark.get('remedy', '')}"


def described(report: Report) -> str:
    """The state in the user's language, and how far behind where that is known."""
    state = say(CHINESE.get(report.state, report.state), ENGLISH.get(report.state, report.state))
    return state if report.lag is None else f"{state}  {say('未处理消息', 'messages behind')}: {report.lag}"
