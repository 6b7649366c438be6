"""The person who is cared for, who looks after him, and what can be asked and told about it; 2021-01-04 is a Monday."""

from __future__ import annotations

from datetime import date
from typing import Any, Final, Literal
from uuid import UUID

from pipeline.decider import Event
from services.assistance.domain.care import care_commands as ask
from services.assistance.domain.care import care_events as did
from services.assistance.domain.events import CommandRefused
from tests.assistance.helped import HOUSEHOLD

PERSON, ELSEWHERE = UUID(int=600), UUID(int=101)
ANNA, BEN, CLARA, DORA, EMIL = (UUID(int=number) for number in range(610, 615))
MONDAY: Final = date(2021, 1, 4)
NEXT: Final = date(2021, 1, 11)
AFTER_NEXT: Final = date(2021, 1, 18)
# Who is born on 1980-05-01.
SEVENTY: Final = date(2050, 5, 1)
TASKS: Final = (did.Task("laundry", 2), did.Task("bathing", 1))
Dependency = Literal["partial", "full"]


def asked(on: date) -> dict[str, Any]:
    return {"id": "message", "on": on, "person": PERSON, "household": HOUSEHOLD}


def open_file(category: str = "severe_illness", on: date = MONDAY, household: UUID = HOUSEHOLD) -> ask.OpenCareFile:
    return ask.OpenCareFile(**{**asked(on), "household": household}, category=category)


def set_plan(*caregivers: UUID | ask.Candidate, dependency: Dependency = "partial", on: date = MONDAY, **more: Any) -> ask.SetCarePlan:  # noqa: ANN401
    group = tuple(one if isinstance(one, ask.Candidate) else ask.Candidate(one, date(1980, 5, 1)) for one in caregivers)
    return ask.SetCarePlan(**asked(on), care_dependency=dependency, caregivers=group, tasks=TASKS, **more)


def visit(number: int, visited: date, *tasks: str, on: date | None = None, caregiver: UUID | None = ANNA) -> ask.RecordCareVisit:
    return ask.RecordCareVisit(**asked(on or visited), visit=UUID(int=number), visited=visited, tasks=tasks, caregiver=caregiver)


def absence(first: date, last: date, replacement: ask.Candidate | None = None, caregiver: UUID = ANNA) -> ask.RecordAbsence:
    return ask.RecordAbsence(**asked(MONDAY), caregiver=caregiver, from_day=first, to_day=last, replacement=replacement)


def end(on: date) -> ask.EndCare:
    return ask.EndCare(**asked(on), reason_sha256="why")


def leave(left: date, reason: did.Ending = "died", to: UUID | None = None, on: date | None = None) -> ask.FollowPerson:
    return ask.FollowPerson(**asked(on or left), left=left, reason=reason, to=to)


def resume(on: date, household: UUID = HOUSEHOLD) -> ask.ResumeCare:
    return ask.ResumeCare(**{**asked(on), "household": household})


def resumed(on: date, uncounted_from: date, counts_from: date, household: UUID = HOUSEHOLD, *, planned: bool = True) -> did.CareResumed:
    weeks = {"uncounted_from": uncounted_from, "counts_from": counts_from}
    return did.CareResumed(**about(household), **weeks, category="severe_illness", on=on, planned=planned)


def day(today: date) -> ask.JudgeWeeks:
    return ask.JudgeWeeks(**asked(today))


def about(household: UUID = HOUSEHOLD) -> dict[str, Any]:
    return {"person": PERSON, "household": household}


def planned(
    *caregivers: UUID, dependency: Dependency = "partial", required: int = 3, from_day: date = MONDAY, counts_from: date = MONDAY
) -> did.CarePlanSet:
    group = tuple(did.Caregiver(one, from_day, SEVENTY) for one in caregivers)
    return did.CarePlanSet(
        **about(), care_dependency=dependency, from_day=from_day, counts_from=counts_from, required=required, kept_weeks=12,
        caregivers=group, tasks=TASKS, watched=(SEVENTY,),
    )  # fmt: skip


def week(monday: date, done: int, required: int = 3, tasks_done: int = 0, tasks_required: int = 3) -> dict[str, Any]:
    return {**about(), "week": monday, "done": done, "required": required, "tasks_done": tasks_done, "tasks_required": tasks_required}


def missed(monday: date, done: int, required: int = 3, group: tuple[UUID, ...] = (ANNA, BEN), tasks_done: int = 0) -> did.CareQuotaMissed:
    return did.CareQuotaMissed(**week(monday, done, required, tasks_done), group=group)


def met(monday: date, done: int, required: int = 3, tasks_done: int = 0) -> did.CareQuotaMet:
    return did.CareQuotaMet(**week(monday, done, required, tasks_done))


def corrected(monday: date, done: int, required: int = 3, tasks_done: int = 0, tasks_required: int = 3) -> did.CareQuotaCorrected:
    return did.CareQuotaCorrected(**week(monday, done, required, tasks_done, tasks_required))


def seen(number: int, on: date, figures: dict[str, Any], *tasks: str, caregiver: UUID | None = ANNA) -> did.CareVisitRecorded:
    return did.CareVisitRecorded(**figures, visit=UUID(int=number), on=on, tasks=tasks, caregiver=caregiver)


def refused(reason_code: str, limit: str | None = None) -> CommandRefused:
    return CommandRefused(command="message", reason_code=reason_code, household=HOUSEHOLD, person=PERSON, limit=limit)


FILE: Final = did.CareFileSet(**about(), category="severe_illness", on=MONDAY)
OPENED: Final[tuple[Event, ...]] = (FILE,)
PARTLY: Final[tuple[Event, ...]] = (FILE, planned(ANNA, BEN))
FULLY: Final[tuple[Event, ...]] = (FILE, planned(ANNA, dependency="full", required=7))
OVER: Final = did.CareEnded(**about(), on=date(2021, 1, 13), reason="decided", reason_sha256="why")
