"""A care file is opened by category, follows its person from household to household, and ends."""

from __future__ import annotations

from pipeline.decider import Events
from services.assistance.domain.care.care_commands import EndCare, FollowPerson, OpenCareFile
from services.assistance.domain.care.care_events import CareEnded, CareFileSet
from services.assistance.domain.care.care_file import CareFile
from services.assistance.domain.care.judging import judged_until, no_longer_required
from services.assistance.domain.care.policy import Care
from services.assistance.domain.care.refusal import refused


def open_file(command: OpenCareFile, care: CareFile | None, policy: Care) -> Events:
    """The list of categories is the pack's, and open."""
    if command.category not in policy.categories:
        return refused(command, care, "care.category-unknown", ", ".join(policy.categories))
    if care is not None and care.ended is None and (care.category, care.household) == (command.category, command.household):
        return ()
    if care is not None and care.ended is not None and command.on < care.ended:
        return refused(command, care, "care.ended", care.ended)
    return (CareFileSet(person=command.person, household=command.household, category=command.category, on=command.on),)


def end(command: EndCare, care: CareFile | None) -> Events:
    if care is None:
        return refused(command, care, "care.no-file")
    if care.ended is not None:
        return ()
    over = CareEnded(person=care.person, household=care.household, on=command.on, reason="decided", reason_sha256=command.reason_sha256)
    return (*judged_until(command.on, care), *no_longer_required(command.on, care), over)


def follow(command: FollowPerson, care: CareFile | None) -> Events:
    """Whoever has a file and leaves his household takes it along; with the dead and those who moved out it ends."""
    if care is None or care.ended is not None:
        return ()
    if command.to is None:
        on = min(command.left, command.on)
        over = CareEnded(person=care.person, household=care.household, on=on, reason=command.reason)
        return (*judged_until(on, care), *no_longer_required(on, care), over)
    if command.left < care.since or command.to == care.household:
        return ()
    return (CareFileSet(person=care.person, household=command.to, category=care.category, on=command.left),)
