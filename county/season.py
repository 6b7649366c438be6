"""Ninety illustrative days: what eleven departments report, day by day, as records ready to send."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Final
from uuid import uuid5

from county.chronicle import Chronicle, Moment, Report
from county.contents import previous_month
from county.disturbances import Delivery, conflicting, disturb, malformed, repeated
from county.everyday import REPORTED_BY, Everyday
from county.outgoing import NAMES, Outgoing, Told, fact, source_of
from county.planting import Planted, plant
from county.population import Population
from county.sheet import Sheet

EVENING: Final = 18 * 60
# What tells apart two facts of one type about the same person in a month, beside the day of a disaster.
APART: Final = ("kind", "benefit", "category", "disease_code", "school_year")
BY_THE_FIFTH: Final = frozenset({"medical-insurance", "health"})


@dataclass(frozen=True, slots=True)
class Day:
    """A local date and what arrives on it, in the order of sending."""

    date: date
    facts: list[Outgoing]


@dataclass(frozen=True)
class Season:
    """`planted` and `refused` are what the author had in mind; the oracle computes both anew."""

    days: list[Day]
    sheet: Sheet
    refused: int
    planted: Planted = field(repr=False)

    def first(self, days: int) -> list[Day]:
        """The season cut short."""
        return self.days[:days]


def season(people: Population, seed: int) -> Season:
    """The season of a seed; the same arguments give the same bytes."""
    random = Random(f"season/{seed}")  # noqa: S311 - a season that can be repeated, not a secret
    chronicle, amounts = Chronicle(random, people.figures.days), people.figures.disturbances
    planted = plant(chronicle, people)
    before = len(chronicle.reports)
    Everyday(chronicle, people, planted.everybody).tell(people.figures.everyday)
    everyday = slice(before, len(chronicle.reports))
    disturb(chronicle, everyday, amounts)
    refused = [*malformed(chronicle, everyday, amounts["malformed"]), *conflicting(chronicle, everyday, amounts["conflicting"])]
    facts = [Delivery(r.moment.played, r.moment.minute, chronicle.render(r)) for r in chronicle.reports]
    again = repeated(chronicle, amounts["repeated"])
    return Season(
        days=_by_day(people.figures.days, [*facts, *again, *refused, *_feeds(chronicle)]),
        sheet=_sheet(chronicle),
        refused=len(refused),
        planted=planted,
    )


def _sheet(chronicle: Chronicle) -> Sheet:
    findings = {household: tuple(sorted(found, key=lambda finding: finding.since)) for household, found in chronicle.findings.items()}
    behind = {(source_of(report.content.department), report.id): report.household.id for report in chronicle.reports}
    return Sheet(findings, behind)


def _by_day(days: Iterable[date], deliveries: Iterable[Delivery]) -> list[Day]:
    """In the order of the minute; where a repeat shares it, the first telling comes first."""
    sorted_days = [Day(day, []) for day in days]
    for delivery in sorted(deliveries, key=lambda one: one.minute):
        sorted_days[delivery.played].facts.append(delivery.record)
    return sorted_days


def _feeds(chronicle: Chronicle) -> list[Delivery]:
    """Every department says how many facts a month held, so that zero is told from silence: on its last day, or by the 5th of the next."""
    counts = _counts(chronicle.reports)
    departments = sorted({report.content.department for report in chronicle.reports})
    days = list(enumerate(chronicle.days))
    return [
        _feed(chronicle, department, number, period, counts)
        for department in departments
        for number, day in days
        if (period := _told_on(department, day)) is not None
    ]


def _counts(reports: list[Report]) -> Counter[tuple[str, str]]:
    """By department and month; a fact and its corrections are one, and what was withdrawn is none."""
    withdrawn = {report.content.data["id"] for report in reports if report.names == "nobody"}
    facts = {_fact(report) for report in reports if report.names != "nobody" and report.id not in withdrawn}
    return Counter((department, period) for department, period, *_ in facts)


def _fact(report: Report) -> tuple[str, str, *tuple[object, ...]]:
    """Department, month, and what a correction says it of as well."""
    content = report.content
    who = report.household.id if report.names == "household" else report.person.number
    day = report.valid_on if content.name == "disaster-affected" else None
    return content.department, _period(report), content.name, who, day, *(content.data.get(name) for name in APART)


def _told_on(department: str, day: date) -> str | None:
    """The month that a department reports on that day."""
    if department in BY_THE_FIFTH:
        return previous_month(day) if day.day == REPORTED_BY else None
    return f"{day:%Y-%m}" if (day + timedelta(days=1)).day == 1 else None


def _period(report: Report) -> str:
    """A fact belongs to the month that it names, else to the one from which it holds."""
    return str(report.content.data.get("period", "")) or f"{report.valid_on:%Y-%m}"


def _feed(chronicle: Chronicle, department: str, number: int, period: str, counts: Counter[tuple[str, str]]) -> Delivery:
    identity = str(uuid5(NAMES, f"feed/{department}/{period}"))
    told = Told(department, "feed-delivered", department, {"period": period, "count": counts[department, period], "full": False})
    return Delivery(number, EVENING, fact(identity, told, chronicle.instant(Moment(number, number, EVENING))))
