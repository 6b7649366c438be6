"""What `./suishi bench --growth` measures and how it is shown."""

import os
from typing import Any, Final

import uvloop

from bench.comparison import Tell
from bench.counties import Seat, another, side_by_side
from bench.growth import Growth, compared, grow, messages, name_of
from bench.province import Measured, province
from commands import bench_tables
from commands.app import out
from local.language import say
from local.stack import Stack, running

SIZES: Final = (
    ("家庭", "households"), ("已存事件", "events"), ("事实/秒", "facts/s"), ("比值", "ratio"),
    ("服务\nµs/条", "service\nµs"), ("数据库\nµs/条", "database\nµs"), ("内存\nMB", "peak\nMB"), ("启动\n秒", "start\ns"),
)  # fmt: skip
GOALS = {"ratio": 0.8, "ready_s": 5.0, "peak_ratio": 1.2}


def measured(stack: Stack, plan: Growth, tell: Tell) -> dict[str, Any]:
    """One JSON document: the sizes, two counties beside one another, and what both mean for a province."""
    county, grown = uvloop.run(grow(stack, plan, tell))
    sizes, first, said = compared(grown), grown[0].size, messages(county, grown)
    with running() as beside:
        seats = [Seat(county, county.ground.dsn(name_of(first))), uvloop.run(another(beside, plan.households, first))]
        both = uvloop.run(side_by_side(seats, plan.rounds, tell)).document()
    inputs = Measured(
        alone=both["one"],
        together=both["two"],
        cores=os.cpu_count() or 1,
        events=said["events_per_fact"],
        database=sizes[0]["bytes_per_event"],
        fact=said["bytes_of_a_fact"],
        event=said["bytes_of_an_event"],
    )
    return {"growth": sizes, "counties": both, "messages": said, "province": province(inputs)}


def show(document: dict[str, Any]) -> None:
    table = bench_tables.table(("数据增长之后", "As the data grow"), SIZES)
    for size in document["growth"]:
        table.add_row(
            f"{size['households']:,}", f"{size['events']:,}", f"{size['facts_per_second']:,}", f"{size['ratio']:.2f}",
            str(size["service_us"]), str(size["postgres_us"]), str(size["peak_mb"]), f"{size['ready_s']:.1f}",
        )  # fmt: skip
    out.print(table)
    for line in _lines(document):
        out.print(line, highlight=False)


def _lines(document: dict[str, Any]) -> list[str]:
    both, sizes = document["counties"], document["growth"]
    peak = max(size["peak_mb"] for size in sizes) / sizes[0]["peak_mb"]
    slowest, latest = min(size["ratio"] for size in sizes), max(size["ready_s"] for size in sizes)
    reached = slowest >= GOALS["ratio"] and peak <= GOALS["peak_ratio"] and latest <= GOALS["ready_s"]
    verdict = say("达到目标", "the goals are reached") if reached else say("未达到目标", "a goal is missed")
    return [
        say(
            f"每秒事实：一个县 {both['one']:,}，两个县并行共 {both['two']:,}（{both['ratio']:.2f} 倍）",
            f"facts per second: one county {both['one']:,}, two beside one another together {both['two']:,} ({both['ratio']:.2f} times)",
        ),
        say(
            f"{verdict}：速度不低于首行的 {GOALS['ratio']:g}（{slowest:.2f}），内存不超过 {GOALS['peak_ratio']:g} 倍（{peak:.2f}），"
            f"启动不超过 {GOALS['ready_s']:g} 秒（{latest:.1f}）。",
            f"{verdict}: rate at least {GOALS['ratio']:g} of the first line ({slowest:.2f}), memory at most {GOALS['peak_ratio']:g} times "
            f"({peak:.2f}), start within {GOALS['ready_s']:g} s ({latest:.1f}).",
        ),
    ]
