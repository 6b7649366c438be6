"""What goes wrong between a department and the county: lateness, repeats, corrections, withdrawals, conflicts, broken messages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from random import Random
from typing import Final, NamedTuple

import orjson

from county.chronicle import Chronicle, Moment, Report
from county.contents import Content
from county.outgoing import Outgoing
from county.people import chance

FARTHEST_DELAY: Final = 15


class Delivery(NamedTuple):
    """When a record is played, and in which order within the day."""

    played: int
    minute: int
    record: Outgoing


def disturb(chronicle: Chronicle, everyday: slice, amounts: Mapping[str, int]) -> None:
    """Adds late, reissued, corrected and withdrawn facts about people of whom no story is told."""
    random, reports = chronicle.random, chronicle.reports
    numbers = list(range(*everyday.indices(len(reports))))
    for number in random.sample(numbers, min(amounts["late"], len(numbers))):
        reports[number] = _late(random, reports[number], len(chronicle.days))
    ordinary = reports[everyday]
    for report in random.choices(ordinary, k=amounts["reissued"]):
        chronicle.tell_again(report, _later(chronicle, report))
    medical = [report for report in ordinary if report.content.name == "medical-expense-reported"]
    for report in random.choices(medical, k=amounts["corrected"]):
        chronicle.tell_again(report, _later(chronicle, report), _lower(random, report.content))
    for report in random.sample(ordinary, min(amounts["withdrawn"], len(ordinary))):
        around = random.randrange(-3, 8)
        chronicle.withdraw(report, chronicle.at(max(0, report.moment.played + around)))


def repeated(chronicle: Chronicle, count: int) -> list[Delivery]:
    """The same message once more, to the byte, on the same day or later."""
    chosen = chronicle.random.choices(chronicle.reports, k=count)
    return [_again(chronicle, report, chronicle.render(report)) for report in chosen]


def conflicting(chronicle: Chronicle, everyday: slice, count: int) -> list[Delivery]:
    """The same id again with an amount that would cross: must be refused."""
    last = len(chronicle.days) - 1
    medical = [r for r in chronicle.reports[everyday] if r.content.name == "medical-expense-reported" and r.moment.played < last]
    deliveries: list[Delivery] = []
    for report in chronicle.random.sample(medical, min(count, len(medical))):
        lie = replace(report.content, data={**report.content.data, "out_of_pocket_fen": 9_000_000})
        record = chronicle.render(replace(report, content=lie))
        deliveries.append(Delivery(min(last, report.moment.played + chronicle.random.randrange(1, 6)), report.moment.minute, record))
    return deliveries


def malformed(chronicle: Chronicle, everyday: slice, each: int) -> list[Delivery]:
    """Records that the door must refuse, `each` of every kind."""
    medical = [report for report in chronicle.reports[everyday] if report.content.name == "medical-expense-reported"]
    deliveries: list[Delivery] = []
    for spoil in SPOILED:
        for report in chronicle.random.choices(medical, k=each):
            fresh = chronicle.tell_again(report, report.moment)
            chronicle.reports.pop()
            deliveries.append(Delivery(report.moment.played, report.moment.minute, spoil(chronicle.render(fresh))))
    return deliveries


def _late(random: Random, report: Report, days: int) -> Report:
    played = min(days - 1, report.moment.played + random.randrange(1, FARTHEST_DELAY))
    return replace(report, moment=replace(report.moment, played=played))


def _later(chronicle: Chronicle, report: Report) -> Moment:
    return chronicle.at(report.moment.played + chronicle.random.randrange(1, FARTHEST_DELAY))


def _lower(random: Random, content: Content) -> Content:
    """Half of the amount; some rise again by a fen, which crosses nothing either."""
    fen = int(str(content.data["out_of_pocket_fen"]))
    return replace(content, data={**content.data, "out_of_pocket_fen": fen // 2 if chance(random, 0.7) else fen * 9 // 10})


def _again(chronicle: Chronicle, report: Report, record: Outgoing) -> Delivery:
    played = min(len(chronicle.days) - 1, report.moment.played + chronicle.random.choice((0, 0, 1, 2, 9)))
    return Delivery(played, report.moment.minute, record)


def _header(name: str, value: bytes | None) -> Callable[[Outgoing], Outgoing]:
    return lambda record: replace(record, headers=[(n, value if n == name else v) for n, v in record.headers])


def _without(name: str) -> Callable[[Outgoing], Outgoing]:
    return lambda record: replace(record, headers=[(n, v) for n, v in record.headers if n != name])


def _data(**changes: object) -> Callable[[Outgoing], Outgoing]:
    """Replaces fields of the data; None removes one."""

    def spoil(record: Outgoing) -> Outgoing:
        data = {name: value for name, value in {**orjson.loads(record.value), **changes}.items() if value is not None}
        return replace(record, value=orjson.dumps(data))

    return spoil


SPOILED: Final[tuple[Callable[[Outgoing], Outgoing], ...]] = (
    lambda record: replace(record, value=record.value[:-7]),
    lambda record: replace(record, value=b""),
    lambda record: replace(record, value=b"\xff\xfe" + record.value),
    lambda record: replace(record, topic="suishi.facts.water.v1"),
    _header("ce_correlationid", None),
    _header("ce_correlationid", b"\xff\xfe"),
    _header("ce_type", b"suishi.fact.rumour-heard.v1"),
    _header("ce_time", b"2999-01-01T00:00:00Z"),
    _without("ce_id"),
    _without("ce_time"),
    _data(out_of_pocket_fen=None),
    _data(out_of_pocket_fen="12000"),
    _data(person={"id_number": "370399198001010000", "name": "王伟"}),
    _data(person={"id_number": "37039919800101000", "name": "王伟"}),
    lambda record: replace(record, value=record.value.replace(b'"name":"', b'"name":"\\u0000')),
)
