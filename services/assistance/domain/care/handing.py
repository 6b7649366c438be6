"""What of a care file goes along to another person, and what it is there; the files that it covers go with it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from functools import reduce
from itertools import chain
from uuid import UUID

from msgspec.structs import replace

from services.assistance.domain.care.ages import watched
from services.assistance.domain.care.care_events import Gap
from services.assistance.domain.care.care_file import CareFile, Taken, Visit, Week
from services.assistance.domain.care.merge_events import CareFileGivenBack, CareFileTakenOver, Carried, CarriedVisit, CarriedWeek
from services.assistance.domain.care.weeks import first_whole_week, week_of


def carried(care: CareFile) -> Carried:
    taken = care.taken
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
        weeks=tuple(_weeks(care)),
        forgotten=tuple(sorted(care.forgotten)),
        since=care.since,
        watched=watched(care),
        origins=care.origins,
        beneath=carried(taken.beneath) if taken is not None and taken.beneath is not None else None,
    )


def _visits(care: CareFile) -> Iterable[CarriedVisit]:
    for _, week in sorted(care.weeks.items()):
        for identity, made in week.visits.items():
            outside = made.caregiver is not None and care.is_outside(made.caregiver, made.on)
            yield CarriedVisit(identity, made.on, made.tasks, made.caregiver, outside)


def _weeks(care: CareFile) -> Iterable[CarriedWeek]:
    for week, known in sorted(care.weeks.items()):
        tally = care.tally(week, known.visits.values())
        yield CarriedWeek(week, tally.done, tally.required, tally.tasks_done, tally.tasks_required, known.told)


def layers(carried: Carried) -> Sequence[Carried]:
    """The file and those that it covers."""
    return [carried, *(layers(carried.beneath) if carried.beneath is not None else ())]


def handed(care: CareFile | None, event: CareFileTakenOver | CareFileGivenBack) -> CareFile | None:
    """What the person has after a file came from another one, or went back to him."""
    match event:
        case CareFileTakenOver():
            return _taken_over(care, event)
        case CareFileGivenBack(to=to) if care is not None:
            return _given_back(care, to)
        case CareFileGivenBack():
            return None


def _taken_over(care: CareFile | None, event: CareFileTakenOver) -> CareFile:
    came = layers(event.carried)
    if not event.back and not event.carried.origins:
        came = [replace(event.carried, origins=(event.origin,))]  # a log from before
    below = care
    if event.back:
        own = care.layers[-1] if care is not None else None
        below = _resumed(own, event.on) if own is not None and own.taken is None and came[-1].origins else None
    used = frozenset[UUID]() if care is None else care.forgotten.union(*(week.visits for week in care.weeks.values()))
    top = _stacked([_file(event, one) for one in came], below)
    kept = frozenset(chain.from_iterable(week.visits for week in top.weeks.values()))
    return replace(top, forgotten=top.forgotten | (used - kept))


def _resumed(own: CareFile, on: date) -> CareFile:
    """What was closed as a duplicate's is open again, beneath what comes."""
    if own.ended is None or own.ended_by != "duplicate":
        return own
    gap = Gap(week_of(own.ended), first_whole_week(max(on, own.ended)))
    return replace(own, gaps=(*own.gaps, gap), ended=None, ended_by="")


def _file(event: CareFileTakenOver, one: Carried) -> CareFile:
    return CareFile(
        event.person,
        event.household,
        one.category,
        one.since or event.on,
        plans=one.plans,
        absences=one.absences,
        weeks=_known(one),
        began=one.began,
        judged=one.judged,
        ended=one.ended,
        ended_by=one.ended_by,
        gaps=one.gaps,
        over_age=frozenset(one.over_age),
        forgotten=frozenset(one.forgotten),
        taken=Taken(one.origins, min((plan.counts_from for plan in one.plans), default=None)) if one.origins else None,
    )


def _known(one: Carried) -> dict[date, Week]:
    visits: dict[date, dict[UUID, Visit]] = {week: {} for week in one.missed}
    for made in one.visits:
        visits.setdefault(week_of(made.on), {})[made.visit] = Visit(made.on, made.tasks, made.caregiver)
    if one.weeks is None:
        return {week: Week(made, told="missed" if week in one.missed else None) for week, made in visits.items()}
    return {known.week: Week(visits.get(known.week, {}), told=known.told) for known in one.weeks}


def _given_back(care: CareFile, to: UUID) -> CareFile:
    """What else the person has; where that was covered it follows him, and is closed with what covered it."""
    others = [one for one in care.layers if to not in one.origins]
    if not others:
        return CareFile(care.person, care.household, care.category, care.since, ended=care.ended, ended_by="unmerged")
    shown = _stacked(others)
    if others[0] is care:
        return shown
    if shown.household != care.household:
        shown = replace(shown, household=care.household, since=care.since)
    return replace(shown, ended=care.ended, ended_by=care.ended_by) if shown.ended is None else shown


def _stacked(files: Sequence[CareFile], below: CareFile | None = None) -> CareFile:
    """The first one on top."""
    *covering, last = files
    return reduce(lambda under, file: _on(file, under), reversed(covering), _on(last, below))


def _on(file: CareFile, below: CareFile | None) -> CareFile:
    """The person's own covers nothing."""
    return replace(file, taken=replace(file.taken, beneath=below)) if file.taken is not None else file
