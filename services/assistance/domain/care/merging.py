"""A person has one care file: what of two goes on when they are one person, and who has which when they are two after all.

Whoever is kept keeps his own file, unless only the other one's has a plan. The file that is closed is the duplicate's, and comes back to
him. Weeks in which it was closed are held against no quota, as by any other error.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from functools import reduce
from typing import Any, assert_never
from uuid import UUID

from msgspec.structs import replace

from pipeline.decider import Event, Events
from services.assistance.domain.care.care_events import CareEnded, Gap
from services.assistance.domain.care.care_file import CareFile
from services.assistance.domain.care.evolution import evolve
from services.assistance.domain.care.filing import resumed
from services.assistance.domain.care.judging import judged_until, missed_after_all
from services.assistance.domain.care.merge_commands import (
    AnyPersonCommand,
    GiveFileBack,
    MergePerson,
    TakeFileOver,
    UnmergePerson,
)
from services.assistance.domain.care.merge_events import (
    CareFileGivenBack,
    CareFileTakenOver,
    Carried,
    CarriedVisit,
    PersonMerged,
    PersonUnmerged,
)
from services.assistance.domain.care.weeks import first_whole_week, week_of


def hand_over(command: AnyPersonCommand, events: Sequence[Event]) -> AnyPersonCommand:
    """What the other person's stream gave away in the same message."""
    given = [event.carried for event in events if isinstance(event, PersonMerged | CareFileGivenBack)]
    return replace(command, carried=given[-1]) if given else command


def decide(command: AnyPersonCommand, care: CareFile | None, same_as: UUID | None) -> Events:
    match command:
        case MergePerson(into=into):
            return () if same_as == into else _merge(command, care)
        case TakeFileOver(carried=carried):
            return _take_over(command, carried, care) if carried is not None else ()
        case GiveFileBack(to=to):
            return _give_back(command, care) if care is not None and care.origin == to else ()
        case UnmergePerson(kept=kept):
            return _unmerge(command, care) if same_as == kept else ()
        case _:
            assert_never(command)


def _merge(command: MergePerson, care: CareFile | None) -> Events:
    merged = PersonMerged(person=command.person, into=command.into, on=command.on)
    if care is None or care.ended is not None:
        return (merged,)
    judged = tuple(judged_until(command.on, care))
    over = CareEnded(person=care.person, household=care.household, on=command.on, reason="duplicate")
    return (*judged, over, replace(merged, carried=_carried(reduce(evolve, judged, care))))


def _take_over(command: TakeFileOver, carried: Carried, care: CareFile | None) -> Events:
    is_open = care is not None and care.ended is None
    if care is not None and is_open:
        if care.plans or not carried.plans:
            return ()
        carried = replace(carried, category=care.category, household=care.household)
    return (_taken(command, command.origin, carried),)


def _taken(command: AnyPersonCommand, origin: UUID, carried: Carried) -> CareFileTakenOver:
    """In the name of the person who has it now."""
    his: dict[str, Any] = {"person": command.person, "household": command.household or carried.household}
    plans = tuple(replace(plan, **his) for plan in carried.plans)
    absences = tuple(replace(absence, **his) for absence in carried.absences)
    carried = replace(carried, household=his["household"], plans=plans, absences=absences)
    return CareFileTakenOver(**his, origin=origin, on=command.on, carried=carried)


def _give_back(command: GiveFileBack, care: CareFile) -> Events:
    judged = tuple(judged_until(command.on, care))
    back = CareFileGivenBack(person=care.person, to=command.to, on=command.on, carried=_carried(reduce(evolve, judged, care)))
    over = CareEnded(person=care.person, household=care.household, on=command.on, reason="unmerged")
    return (*judged, back, *((over,) if care.ended is None and not care.own else ()))


def _unmerge(command: UnmergePerson, care: CareFile | None) -> Events:
    apart, given = PersonUnmerged(person=command.person, kept=command.kept, on=command.on), command.carried
    if care is None:
        return (apart,)
    if given is not None and given.ended_by == "decided":
        over = CareEnded(person=care.person, household=care.household, on=given.ended or command.on, reason="decided")
        return (apart, over)
    if given is not None:
        return (apart, replace(_taken(command, command.kept, _open(given, command.on)), back=True))
    if care.ended_by != "duplicate":
        return (apart,)
    again = resumed(command.on, care, command.household or care.household)
    return (apart, again, *missed_after_all(evolve(care, again)))


def _open(given: Carried, on: date) -> Carried:
    """What ended for the one who was kept did not end for the other."""
    if given.ended is None:
        return given
    gap = Gap(week_of(given.ended), first_whole_week(max(on, given.ended)))
    return replace(given, gaps=(*given.gaps, gap), ended=None, ended_by="")


def _carried(care: CareFile) -> Carried:
    return Carried(
        household=care.household,
        category=care.category,
        plans=care.plans,
        absences=care.absences,
        visits=tuple(_visits(care)),
        missed=tuple(sorted(week for week, known in care.weeks.items() if known.missed)),
        gaps=care.gaps,
        began=care.began,
        judged=care.judged,
        ended=care.ended,
        ended_by=care.ended_by,
        over_age=tuple(sorted(care.over_age)),
    )


def _visits(care: CareFile) -> Iterable[CarriedVisit]:
    for _, week in sorted(care.weeks.items()):
        for identity, made in week.visits.items():
            outside = made.caregiver is not None and care.is_outside(made.caregiver, made.on)
            yield CarriedVisit(identity, made.on, made.tasks, made.caregiver, outside)
