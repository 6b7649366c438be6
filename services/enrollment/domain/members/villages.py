"""A household whose village nobody knows is registered all the same, and told until somebody puts it right."""

from __future__ import annotations

from functools import reduce
from typing import Final

from pipeline.decider import Events
from services.divisions import Divisions
from services.enrollment.domain.commands import ChangeHousehold, OfHousehold, RegisterHousehold, StartDay
from services.enrollment.domain.evolution import evolve
from services.enrollment.domain.household.state import Household, State
from services.enrollment.domain.members.change_events import VillageKnown, VillageUnknown

PLACING: Final = (RegisterHousehold, ChangeHousehold, StartDay)


def placed(command: OfHousehold, state: State, happened: Events, divisions: Divisions | None) -> Events:
    """Once for each code that the county's table does not have, or not any more; without a table nobody can say so."""
    if divisions is None or not isinstance(command, PLACING):
        return ()
    after = reduce(evolve, happened, state)
    if not isinstance(after, Household) or after.ended is not None:
        return ()
    code = after.village_code
    problem = divisions.problem(code, command.on)
    if problem is None:
        return (VillageKnown(village_code=code),) if after.unplaced else ()
    told = VillageUnknown(
        village_code=code, reason=problem, merged_into=divisions.villages[code].merged_into if problem == "abolished" else ""
    )
    return () if after.unplaced == code else (told,)
