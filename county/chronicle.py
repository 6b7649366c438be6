"""The book in which the season is written: what a department reports, when it says so, and when that arrives."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Final, Literal
from uuid import UUID

from county.contents import Content
from county.households import Household
from county.outgoing import Outgoing, Told, fact, source_of
from county.people import Person
from county.sheet import Finding
from schemas.clock import COUNTY_TIME

WORKDAY: Final = range(7 * 60, 18 * 60)
MORNING: Final = WORKDAY[:240]
AFTERNOON: Final = WORKDAY[300:]


Names = Literal["person", "household", "nobody"]


@dataclass(frozen=True, slots=True)
class Moment:
    """Day numbers count from the first day of the season; a fact `made` before the day it is `played` arrives late."""

    played: int
    made: int
    minute: int


@dataclass(frozen=True, slots=True)
class Report:
    """One message of a department; `names` is how it says whom it is about."""

    id: str
    household: Household
    person: Person
    content: Content
    valid_on: date
    moment: Moment
    names: Names = "person"


class Chronicle:
    """Collects reports and findings in the order in which they are told."""

    def __init__(self, random: Random, days: tuple[date, ...]) -> None:
        self.random, self.days = random, days
        self.reports: list[Report] = []
        self.findings: dict[UUID, list[Finding]] = {}
        self._midnight = datetime.combine(days[0], time(), COUNTY_TIME).astimezone(UTC)

    def at(self, played: int, made: int | None = None, minutes: range = WORKDAY) -> Moment:
        """A minute of a day, in county time; never after the season."""
        last = len(self.days) - 1
        return Moment(min(played, last), min(played if made is None else made, last), self.random.choice(minutes))

    def tell(self, household: Household, person: Person, content: Content, moment: Moment, *, names: Names = "person") -> Report:
        valid_on = content.valid_on or self.days[moment.made]
        report = Report(self._id(), household, person, content, valid_on, moment, names)
        self.reports.append(report)
        return report

    def tell_again(self, report: Report, moment: Moment, content: Content | None = None) -> Report:
        """The same fact under a new id, or its correction."""
        again = replace(report, id=self._id(), moment=moment, content=content or report.content)
        self.reports.append(again)
        return again

    def withdraw(self, report: Report, moment: Moment) -> None:
        department = report.content.department
        data = {"source": source_of(department), "id": report.id, "reason": "对象有误，予以撤回"}
        content = Content(department, "fact-withdrawn", data)
        self.reports.append(replace(report, id=self._id(), moment=moment, content=content, names="nobody"))

    def find(self, household: Household, finding: Finding) -> None:
        self.findings.setdefault(household.id, []).append(finding)

    def render(self, report: Report) -> Outgoing:
        """The Kafka record of a report."""
        content, household = report.content, report.household
        known = report.names == "household"
        told = Told(content.department, content.name, report.person.key, _data(report), household.id if known else None)
        return fact(report.id, told, self.instant(report.moment))

    def instant(self, moment: Moment) -> datetime:
        return self._midnight + timedelta(days=moment.made, minutes=moment.minute)

    def _id(self) -> str:
        return str(UUID(int=self.random.getrandbits(128), version=4))


def _data(report: Report) -> dict[str, object]:
    if report.names == "nobody":
        return dict(report.content.data)
    if report.names == "household":
        return {"valid_on": report.valid_on, "household_id": report.household.id, **report.content.data}
    person = {"id_type": "resident", "id_number": report.person.number, "name": report.person.name}
    return {"valid_on": report.valid_on, "person": person, **report.content.data}
