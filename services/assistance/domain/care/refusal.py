"""A refusal is an event with a reason code; `limit` is the figure or day of the pack or the file that decided."""

from __future__ import annotations

from pipeline.decider import Events
from services.assistance.domain.care.care_commands import CareCommand
from services.assistance.domain.care.care_file import CareFile
from services.assistance.domain.events import CommandRefused


def refused(command: CareCommand, care: CareFile | None, reason_code: str, limit: object = None) -> Events:
    household = care.household if care is not None else command.household
    said = None if limit is None else str(limit)
    return (CommandRefused(command=command.id, reason_code=reason_code, household=household, person=command.person, limit=said),)
