"""A person has one care file: what of two goes on when they are one person, and who has which when they are two after all.

Whoever is kept keeps his own file, unless only the other one's has a plan. The file that is closed is the duplicate's, and comes back to
him. Weeks in which it was closed are held against no quota, as by any other error.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import reduce
from itertools import takewhile
from typing import Any, assert_never
from uuid import UUID

from msgspec.structs import replace

from pipeline.decider import Event, Events
from services.assistance.domain.care.care_events import CareEnded, Gap
from services.assistance.domain.care.care_file import CareFile
from services.assistance.domain.care.evolution import evolve
from services.assistance.domain.care.filing import resumed
from services.assistance.domain.care.handing import carried, handed, layers
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
    PersonMerged,
    PersonUnmerged,
)
from services.assistance.domain.care.weeks import first_whole_week, week_of


def hand_over(command: AnyPersonCommand, events: Sequence[Event]) -> AnyPersonCommand:
    """What the other person's stream gave away in the same message; of several, whoever had it last is asked first."""
    given = [event.carried for event in events if isinstance(event, PersonMerged | CareFileGivenBack)]
    return replace(command, carried=given[0]) if given else command


def decide(command: AnyPersonCommand, care: CareFile | None, same_as: UUID | None) -> Events:
    match command:
        case MergePerson(into=into):
            return () if same_as == into else _merge(command, care)
        case TakeFileOver(carried=carried):
            return _take_over(command, carried, care) if carried is not None else ()
        case GiveFileBack():
            return _give_back(command, care) if care is not None else ()
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
    return (*judged, over, replace(merged, carried=carried(reduce(evolve, judged, care))))


def _take_over(command: TakeFileOver, given: Carried, care: CareFile | None) -> Events:
    """Of what the file covers the person takes what he would have taken without it."""
    came = [replace(one, since=command.on, origins=(*one.origins, command.origin, *command.via)) for one in layers(given)]
    if care is not None and care.ended is None:
        if care.plans or not given.plans:
            return ()
        file = replace(came[0], category=care.category, household=care.household, beneath=None)
    else:
        is_open = takewhile(lambda one: one is came[0] or one.ended is None, came)
        file = _stacked(list(is_open))
    named = command.household
    if care is not None and (command.via or named is None):
        named = care.household
    return (_taken(command, command.origin, file, named or given.household),)


def _taken(command: AnyPersonCommand, origin: UUID, file: Carried, household: UUID) -> CareFileTakenOver:
    """In the name of the person who has it now."""
    his: dict[str, Any] = {"person": command.person, "household": household}

    def own(one: Carried) -> Carried:
        plans = tuple(replace(plan, **his) for plan in one.plans)
        absences = tuple(replace(absence, **his) for absence in one.absences)
        return replace(one, household=household, plans=plans, absences=absences)

    return CareFileTakenOver(**his, origin=origin, on=command.on, carried=_stacked([own(one) for one in layers(file)]))


def _stacked(files: Sequence[Carried]) -> Carried:
    *covering, last = files
    return reduce(lambda under, one: replace(one, beneath=under), reversed(covering), replace(last, beneath=None))


def _give_back(command: GiveFileBack, care: CareFile) -> Events:
    """With what the file came to cover at whoever it goes back to."""
    to = command.to
    if not any(to in one.origins for one in care.layers):
        return ()
    shows = to in care.origins
    judged = tuple(judged_until(command.on, care)) if shows else ()
    known = reduce(evolve, judged, care)
    mine = [one for one in layers(carried(known)) if to in one.origins]
    file = _stacked([replace(one, origins=one.origins[: one.origins.index(to)]) for one in mine])
    back = CareFileGivenBack(person=care.person, to=to, on=command.on, carried=file)
    if not shows or known.taken is None:
        return (back,)
    others = [one for one in known.layers if to not in one.origins]
    closes = known.ended is None and (not others or others[0].ended is not None)
    ended = (CareEnded(person=care.person, household=care.household, on=command.on, reason="unmerged"),) if closes else ()
    after = handed(reduce(evolve, ended, known), back)
    remains = carried(after) if after is not None else None
    return (*judged, *ended, replace(back, remains=remains, plans_from=known.taken.plans_from))


def _unmerge(command: UnmergePerson, care: CareFile | None) -> Events:
    apart, given = PersonUnmerged(person=command.person, kept=command.kept, on=command.on), command.carried
    if given is not None:
        return (apart, *_come_back(command, given, care))
    if care is None or care.ended_by != "duplicate":
        return (apart,)
    again = resumed(command.on, care, command.household or care.household)
    return (apart, again, *missed_after_all(evolve(care, again)))


def _come_back(command: UnmergePerson, given: Carried, care: CareFile | None) -> Events:
    """An end that somebody decided stands; one that came to the one who was kept did not come to the other."""
    decided = given.ended if given.ended_by == "decided" else None
    household = care.household if decided is not None and care is not None else command.household or given.household
    over = (CareEnded(person=command.person, household=household, on=decided, reason="decided"),) if decided is not None else ()
    if over and care is not None:
        return over
    known = [*care.layers] if care is not None and care.household == household else []
    since = {one.origins: one.since for one in known}
    file = _stacked([replace(one, since=since.get(one.origins, command.on)) for one in layers(_open(given, command.on))])
    return (replace(_taken(command, command.kept, file, household), back=True), *over)


def _open(given: Carried, on: date) -> Carried:
    """Weeks in which nobody was to be cared for are held against no quota."""
    if given.ended is None:
        return given
    gap = Gap(week_of(given.ended), first_whole_week(max(on, given.ended)))
    return replace(given, gaps=(*given.gaps, gap), ended=None, ended_by="")
