"""The border of care: messages about a person go to his care file, what the file says goes out with his household; pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, assert_never
from uuid import UUID

from pipeline.text_digest import text_digest
from schemas.assistance import care as words
from schemas.clock import DayStarted
from schemas.enrollment import MembersJoined, MembersLeft, PersonsMerged, PersonsUnmerged
from schemas.message import Message
from services.assistance.domain.care import care_commands as commands
from services.assistance.domain.care import care_events as events
from services.assistance.domain.care.care_commands import AnyCareCommand
from services.assistance.domain.care.care_file import care_stream
from services.assistance.domain.care.merge_commands import AnyPersonCommand, GiveFileBack, MergePerson, TakeFileOver, UnmergePerson
from services.assistance.domain.care.merge_events import CareFileGivenBack, CareFileTakenOver, MergeEvent, PersonMerged, PersonUnmerged
from services.assistance.identify.found import Found

# What is so, then what to do; `{limit}` is the figure or day that decided.
TEXTS: Final[Mapping[str, tuple[str, str]]] = {
    "care.no-file": (
        "此人没有管护档案。 The person has no care file.",
        "请先建立管护档案。 Open a care file first.",
    ),
    "care.category-unknown": (
        "政策包没有这个管护类别，现有：{limit}。 The policy pack has no such category; it has: {limit}.",
        "请选用其中一类，或在政策包中增加。 Choose one of them, or add it to the pack.",
    ),
    "care.ended": (
        "管护已于{limit}结束。 Care ended on {limit}.",
        "如仍需管护，请重新建立档案。 Where care goes on, open the file again.",
    ),
    "care.person-merged": (
        "此人与{limit}是同一人。 The person is the same one as {limit}.",
        "请以该人员编号重新上报。 Send it with that person's id.",
    ),
    "care.no-plan": (
        "此人没有管护方案。 The person has no care plan.",
        "请先制定管护方案。 Set a care plan first.",
    ),
    "care.plan-too-early": (
        "方案起始日过早，最早为{limit}。 The plan begins too early; {limit} is the first day.",
        "请改用该日或之后的日期。 Let it begin then or later.",
    ),
    "care.group-size": (
        "管护人员数量不符，应为{limit}人。 The number of caregivers is wrong; it is to be {limit}.",
        "请调整管护小组。 Name as many.",
    ),
    "care.age-limit": (
        "管护人员已达到{limit}周岁上限。 A caregiver has reached the limit of {limit} years.",
        "请换人。 Choose somebody younger.",
    ),
    "care.caregiver-unknown": (
        "方案中没有这名管护人员。 The plan has no such caregiver.",
        "请核对人员，或先更新方案。 Check who it is, or set the plan anew.",
    ),
    "care.replacement-in-group": (
        "替班人员已在管护小组中。 Who stands in is of the group already.",
        "请另选一人。 Choose somebody else.",
    ),
    "care.visit-in-future": (
        "走访日期晚于今天（{limit}）。 The day of the visit is later than today, {limit}.",
        "请更正日期后重报。 Correct the date and send it again.",
    ),
    "care.before-plan": (
        "走访日期早于方案开始日{limit}。 The day of the visit is before the plan began on {limit}.",
        "请更正日期；如方案开始更早，请先更新方案。 Correct the date, or let the plan begin earlier.",
    ),
    "care.visit-too-late": (
        "走访上报过晚，只接受{limit}及以后的走访。 The visit is told too late; visits from {limit} on are taken.",
        "该周不再更正，请向乡镇说明。 That week is corrected no more; explain it to the township.",
    ),
    "care.visit-id-used": (
        "较早的一次走访已用过这个编号。 A visit of long ago has this id.",
        "请使用新的走访编号。 Give it an id of its own.",
    ),
    "care.visit-differs": (
        "同一走访编号已有不同内容。 Another visit has this id.",
        "请使用新的走访编号。 Give it an id of its own.",
    ),
}


def to_commands(data: Message, found: Found, asked: dict[str, Any]) -> Sequence[tuple[UUID, AnyCareCommand | AnyPersonCommand]]:
    """`asked` are the fields of every command."""
    match data:
        case words.CareCommand(person=person):
            return [(care_stream(person), _command(data, {**asked, "person": person, "household": found.household}))]
        case PersonsMerged() | PersonsUnmerged():
            return _of_two(data, asked, found.way or (data.keep_person_id,))
        case MembersLeft(reason="duplicate"):
            return []  # what becomes of his file, persons-merged says
        case MembersLeft(household_id=left, person_ids=persons, on=on, reason=reason, to_household_id=to):
            about: dict[str, Any] = {**asked, "household": left, "left": on, "reason": reason, "to": to}
            return [(care_stream(person), commands.FollowPerson(**about, person=person)) for person in persons]
        case MembersJoined(household_id=joined, person_ids=persons, reason="withdrawn"):
            return [(care_stream(person), commands.ResumeCare(**asked, household=joined, person=person)) for person in persons]
        case DayStarted(date=begun):
            of_day: dict[str, Any] = {**asked, "on": begun}
            return [(stream, commands.JudgeWeeks(**of_day, person=who, household=home)) for stream, (who, home) in found.care.items()]
        case _:
            return []


def _of_two(data: PersonsMerged | PersonsUnmerged, asked: dict[str, Any], way: Sequence[UUID]) -> Sequence[tuple[UUID, AnyPersonCommand]]:
    """Whose file hands something on comes first; of those on the way whoever is kept in the place of all others has it."""
    keep, duplicate, household = data.keep_person_id, data.duplicate_person_id, data.household_id
    his: dict[str, Any] = {**asked, "person": duplicate}
    match data:
        case PersonsMerged():
            last = way[-1]
            take = TakeFileOver(**asked, person=last, household=household, origin=duplicate, via=tuple(way[:-1]))
            return [(care_stream(duplicate), MergePerson(**his, into=keep)), (care_stream(last), take)]
        case PersonsUnmerged():
            back = [(care_stream(one), GiveFileBack(**asked, person=one, to=duplicate)) for one in reversed(way)]
            return [*back, (care_stream(duplicate), UnmergePerson(**his, household=household, kept=keep))]


def _command(data: words.CareCommand, asked: dict[str, Any]) -> AnyCareCommand:
    match data:
        case words.OpenCareFile(category=category):
            return commands.OpenCareFile(**asked, category=category)
        case words.SetCarePlan():
            return _plan(data, asked)
        case words.RecordCareVisit(visit_id=visit, on=on, tasks=tasks, caregiver=caregiver):
            return commands.RecordCareVisit(**asked, visit=visit, visited=on, tasks=tasks, caregiver=caregiver)
        case words.RecordAbsence(caregiver=caregiver, from_day=first, to_day=last, replacement=instead):
            candidate = _candidate(instead) if instead is not None else None
            return commands.RecordAbsence(**asked, caregiver=caregiver, from_day=first, to_day=last, replacement=candidate)
        case words.EndCare(reason=reason):
            return commands.EndCare(**asked, reason_sha256=text_digest(reason))
        case _:
            message = f"no command of care: {data.TYPE}"
            raise TypeError(message)


def _plan(data: words.SetCarePlan, asked: dict[str, Any]) -> commands.SetCarePlan:
    return commands.SetCarePlan(
        **asked,
        care_dependency=data.care_dependency,
        caregivers=tuple(_candidate(one) for one in data.caregivers),
        tasks=tuple(events.Task(one.task, one.times) for one in data.quantified_tasks),
        flexible_needs=tuple(text_digest(need) for need in data.flexible_needs),
        from_day=data.from_day,
    )


def _candidate(one: words.Caregiver) -> commands.Candidate:
    return commands.Candidate(one.caregiver_id, one.birth, one.from_day)


def public(event: events.AnyCareEvent) -> words.CareEvent:
    same: dict[str, Any] = {"household_id": event.household, "person_id": event.person}
    match event:
        case events.CareFileSet(category=category, on=on):
            return words.CareFileSet(**same, category=category, on=on)
        case events.CarePlanSet():
            return _planned(event, same)
        case events.CaregiverAbsent():
            return _absent(event, same)
        case events.CareVisitRecorded(visit=visit, on=on, tasks=tasks, caregiver=caregiver):
            said: dict[str, Any] = {
                "visit_id": visit,
                "on": on,
                "tasks": tasks,
                "caregiver_id": caregiver,
                "outside_group": event.outside or None,
            }
            return words.CareVisitRecorded(**same, **_week(event), **said)
        case events.CareQuotaMet():
            return words.CareQuotaMet(**same, **_week(event))
        case events.CareQuotaMissed(group=group):
            return words.CareQuotaMissed(**same, **_week(event), group=group)
        case events.CareQuotaCorrected():
            return words.CareQuotaCorrected(**same, **_week(event))
        case events.CareEnded(on=on, reason=reason):
            return words.CareEnded(**same, on=on, reason=reason)
        case events.CaregiverOverAge(caregiver=caregiver, on=on, group=group):
            return words.CaregiverOverAge(**same, caregiver_id=caregiver, on=on, group=group)
        case events.CareResumed(category=category, on=on, uncounted_from=first, counts_from=counts_from):
            return words.CareResumed(**same, category=category, on=on, uncounted_from=first, counts_from=counts_from)
        case _:
            assert_never(event)


def of_merging(event: MergeEvent) -> words.CareFileSet | None:
    """That they are one person, enrollment says."""
    match event:
        case CareFileTakenOver(household=household, person=person, on=on, origin=origin, carried=carried):
            category = carried.category
            return words.CareFileSet(household_id=household, person_id=person, category=category, on=on, from_person_id=origin)
        case PersonMerged() | PersonUnmerged() | CareFileGivenBack():
            return None


def _planned(event: events.CarePlanSet, same: dict[str, Any]) -> words.CarePlanSet:
    return words.CarePlanSet(
        **same,
        care_dependency=event.care_dependency,
        from_day=event.from_day,
        counts_from=event.counts_from,
        required=event.required,
        caregivers=tuple(words.PlannedCaregiver(caregiver_id=one.id, from_day=one.from_day) for one in event.caregivers),
        quantified_tasks=tuple(words.PlannedTask(task=one.name, times=one.times) for one in event.tasks),
        ages_unknown=event.ages_unknown or None,
    )


def _absent(event: events.CaregiverAbsent, same: dict[str, Any]) -> words.CaregiverAbsent:
    return words.CaregiverAbsent(
        **same,
        caregiver_id=event.caregiver,
        from_day=event.from_day,
        to_day=event.to_day,
        covered=event.covered,
        replacement_id=event.replacement,
        age_unknown=event.age_unknown or None,
    )


def _week(event: events.CareWeekEvent) -> dict[str, Any]:
    return {
        "week": event.week,
        "done": event.done,
        "required": event.required,
        "tasks_done": event.tasks_done,
        "tasks_required": event.tasks_required,
    }
