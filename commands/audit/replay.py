"""`./suishi audit replay`: every read model built anew from the log and held against the live one, row by row and byte by byte."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Annotated, Any

import typer

from audit.built_anew import Cell, Difference
from audit.replay import Replayed, replay_all
from commands.audit.group import audit
from commands.audit.hints import document, of_position
from commands.options import Json, RebuiltServices, services_of
from commands.progress import Bars
from commands.reach import database, from_database
from commands.showing import show, show_json
from local.language import say
from schemas.topics import SERVICES


@audit.command(
    "replay",
    help=say("由日志重建全部读模型，与现用的逐字节比对。", "Rebuild every read model from the log and compare it byte for byte."),
)
def replay(
    *,
    to: Annotated[
        int | None, typer.Option(min=0, metavar="POSITION", help=say("只重建到日志的这一条", "only up to this position of the log"))
    ] = None,
    service: RebuiltServices = None,
    messages: Annotated[
        bool,
        typer.Option(
            "--messages", help=say("并检查每条事件能否重新发布到 Kafka", "and whether each event can be published to Kafka again")
        ),
    ] = False,
    as_json: Json = False,
) -> None:
    chosen = services_of(service or SERVICES)
    dsn = database()
    replayed: dict[str, Replayed] = {}
    with from_database(dsn), Bars() as bars:
        for name, one in replay_all(dsn, chosen, to, bars.heard, messages=messages):
            replayed[name] = one
            if not as_json:
                show(_lines(name, one))
                show(f"    {hint.line}" for hint in of_position(to, one.head))
    if as_json:
        show_json(_document(replayed, to))
    if not all(one.ok for one in replayed.values()):
        raise typer.Exit(1)


def _document(replayed: Mapping[str, Replayed], to: int | None) -> dict[str, Any]:
    services = {
        name: asdict(one)
        | {"ok": one.ok, "compared": one.compared, "per_second": one.per_second, "hints": document(of_position(to, one.head))}
        for name, one in replayed.items()
    }
    return {"ok": all(one.ok for one in replayed.values()), "services": services}


def _lines(service: str, one: Replayed) -> Iterable[str]:
    mark = "✓" if one.ok else "✗"
    if one.problem is not None:
        place = say(f"第 {one.first_bad} 条：", f"position {one.first_bad}: ")
        yield f"{mark} {service:<13}  {place}{one.problem}"
        return
    size = say(f"{one.positions} 条，每秒 {one.per_second} 条", f"{one.positions} positions, {one.per_second} a second")
    yield f"{mark} {service:<13}  {size}  {_verdict(one)}"
    if one.compared:
        yield from map(_line, one.differences)
    else:
        yield from (f"    {table:<18} {model.rows:>9}  {model.sha256}" for table, model in one.models.items())
    if more := one.different - len(one.differences):
        yield say(f"    另有 {more} 行不同", f"    {more} more rows differ")


def _verdict(one: Replayed) -> str:
    if not one.compared:
        zh = f"未比对：现用读模型在第 {one.head} 条；以下为行数与内容的 SHA-256"
        return say(zh, f"not compared, the live ones stand at {one.head}; rows and SHA-256 of each:")
    rows = sum(model.rows for model in one.models.values())
    if one.ok:
        said = say(f"{len(one.models)} 个读模型 {rows} 行逐字节相同", f"{len(one.models)} read models, {rows} rows, the same to the byte")
        return said + (say("，均可重新发布", ", every event can be published") if one.messages else "")
    return say(f"有 {one.different} 行不同", f"rows that differ: {one.different}")


def _line(one: Difference) -> str:
    match one.way:
        case "missing":
            said = say("缺少", "is missing")
        case "extra":
            said = say("日志中没有依据", "is not known to the log")
        case "changed":
            said = say("，", ", ").join(map(_cell, one.cells))
    return f"    {one.table}  {one.place}  {said}"


def _cell(cell: Cell) -> str:
    live, rebuilt = (say("空", "null") if value is None else value for value in (cell.live, cell.rebuilt))
    return say(f"{cell.column} 现为 {live}，按日志应为 {rebuilt}", f"{cell.column} is {live} and should be {rebuilt}")
