"""What follows from a command about care; refused is an event, nothing to do is `()`."""

from __future__ import annotations

from typing import assert_never
from uuid import UUID

from pipeline.decider import Events
from services.assistance.domain.care import merging
from services.assistance.domain.care.ages import over_age
from services.assistance.domain.care.care_commands import (
    AnyCareCommand,
    EndCare,
    FollowPerson,
    JudgeWeeks,
    OpenCareFile,
    RecordAbsence,
    RecordCareVisit,
    ResumeCare,
    SetCarePlan,
)
from services.assistance.domain.care.care_file import CareFile
from services.assistance.domain.care.filing import end, follow, open_file, resume
from services.assistance.domain.care.judging import judged_until
from services.assistance.domain.care.merge_commands import AnyPersonCommand, PersonCommand
from services.assistance.domain.care.planning import record_absence, set_plan
from services.assistance.domain.care.policy import Care
from services.assistance.domain.care.refusal import refused
from services.assistance.domain.care.visiting import record_visit


def decide(command: AnyCareCommand | AnyPersonCommand, care: CareFile | None, policy: Care, same_as: UUID | None) -> Events:
    """`same_as` is who the person was found to be: whatever is asked about him is asked in that one's name."""
    if same_as is not None and isinstance(command, OpenCareFile | SetCarePlan | RecordCareVisit | RecordAbsence | EndCare):
        return refused(command, care, "care.person-merged", same_as)
    match command:
        case OpenCareFile():
            return open_file(command, care, policy)
        case SetCarePlan():
            return set_plan(command, care, policy)
        case RecordCareVisit():
            return record_visit(command, care, policy)
        case RecordAbsence():
            return record_absence(command, care, policy)
        case EndCare():
            return end(command, care)
        case FollowPerson():
            return follow(command, care)
        case ResumeCare():
            return resume(command, care)
        case JudgeWeeks(on=today):
            return (*judged_until(today, care), *over_age(today, care)) if care is not None else ()
        case PersonCommand():
            return merging.decide(command, care, same_as)
        case _:
            assert_never(command)
