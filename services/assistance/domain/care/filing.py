"""A care file is opened by category, follows its person from household to household, and ends."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from pipeline.decider import Events
from services.assistance.domain.care.care_commands import EndCare, FollowPerson, OpenCareFile, ResumeCare
from services.assistance.domain.care.care_events import CareEnded, CareFileSet, CareResumed
from services.assistance.domain.care.care_file import CareFile
from services.assistance.domain.care.evolution import evolve
from services.assistance.domain.care.judging import judged_until, missed_after_all, no_longer_required
from services.assistance.domain.care.policy import Care
from services.assistance.domain.care.refusal import refused
from services.assistance.domain.care.weeks import first_whole_week, week_of


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
    if care.ended is not None and care.ended_by == "decided":
        return ()
    on = command.on if care.ended is None else care.ended  # whoever is dead is dead: that he is not would reopen no file
    over = CareEnded(person=care.person, household=care.household, on=on, reason="decided", reason_sha256=command.reason_sha256)
    return (over,) if care.ended is not None else (*judged_until(on, care), *no_longer_required(on, care), over)


def follow(command: FollowPerson, care: CareFile | None) -> Events:
    """Whoever has a file and leaves his household takes it along; with the dead and those who moved out it ends."""
    if care is None or care.ended is not None:
        return ()
    if command.to is None:
        on = min(command.left, command.on)
        over = CareEnded(person=care.person, household=care.household, on=on, reason=command.reason)
        return (*judged_until(on, care), *no_longer_required(on, care), over)
    from_before = command.household != care.household and command.left < care.since
    if from_before or command.to == care.household:
        return ()
    on = max(command.left, care.since)  # told late, he left before anybody opened his file
    return (CareFileSet(person=care.person, household=command.to, category=care.category, on=on),)


def resume(command: ResumeCare, care: CareFile | None) -> Events:
    """Whoever did not die has the file that he had; what somebody decided since stands."""
    if care is None or care.ended is None or care.ended_by != "died":
        return ()
    event = resumed(command.on, care, command.household)
    return (event, *missed_after_all(evolve(care, event)))


def resumed(on: date, care: CareFile, household: UUID) -> CareResumed:
    """The weeks of the wrong end, of the day on which it was known, and all between are held against no quota."""
    ended = care.ended or on
    return CareResumed(
        person=care.person,
        household=household,
        category=care.category,
        on=on,
        uncounted_from=week_of(ended),
        counts_from=first_whole_week(max(on, ended)),
        planned=care.plans != (),
    )
