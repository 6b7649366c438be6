"""Several packs run side by side: which of them a household lives under."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import assert_never

from services.divisions import Divisions
from services.enrollment.domain.commands import AnyCommand, ChangeHousehold, Handed, PublishLine, RegisterHousehold
from services.enrollment.domain.household.stages import ClueOpen, Outside
from services.enrollment.domain.household.state import Household, State, Unregistered
from services.enrollment.domain.pack.lines import Assignment, Line, assigned
from services.enrollment.domain.pack.policy import Policy


@dataclass(frozen=True)
class Policies:
    """All packs of this release by name; `default` is the one of every area for which none was published.

    `digest` (SHA-256, hexadecimal) changes with any value of any pack; `divisions` are the villages, where the county gave a table.
    """

    packs: Mapping[str, Policy]
    default: str
    digest: str
    divisions: Divisions | None = None

    def of(self, command: AnyCommand, state: State) -> Policy:
        """The pack frozen in the open case or enrolment, else the one assigned to the village; with the lines published since."""
        match state:
            case Household(stage=Outside() | ClueOpen(), village_code=village):
                pack = self.assigned(village, command)
            case Household(pack=name):
                pack = self.packs[name]
            case Unregistered():
                pack = self.assigned(_village(command), command)
            case _:
                assert_never(state)
        return _with(pack, command)

    def assigned(self, area: str, command: AnyCommand) -> Policy:
        """The pack under which a case of an area opens on the day of the command."""
        found = assigned(command.published.assignments, area, command.on)
        return self.packs[self.default if found is None else found.pack]

    def before(self, home: Household, command: AnyCommand) -> tuple[Assignment, Policy] | None:
        """What assigned its pack to the village of a household, and the other pack that was in force there until then; None without."""
        now = assigned(command.published.assignments, home.village_code, command.on)
        if now is None:
            return None
        earlier = assigned(command.published.assignments, home.village_code, now.valid_from - timedelta(days=1))
        pack = self.packs[self.default if earlier is None else earlier.pack]
        return (now, _with(pack, command)) if pack.name != now.pack else None

    def areas_with_a_line_between(self, first: date, last: date) -> frozenset[str]:
        """The areas for which some pack has a line that begins on one of these local dates."""
        return frozenset(line.area for pack in self.packs.values() for line in pack.lines if first <= line.valid_from <= last)


def _with(pack: Policy, command: AnyCommand) -> Policy:
    """With the lines published since the release."""
    return _going_on(pack, command.published.lines) if command.published.lines else pack


@lru_cache(64)
def _going_on(pack: Policy, published: tuple[Line, ...]) -> Policy:
    """Lines are published a few times a year, and asked for by every message."""
    return pack.with_lines(published)


def _village(command: AnyCommand) -> str:
    """Where a household will live that is not in the register yet, or a line is to hold."""
    match command:
        case RegisterHousehold(village_code=village) | ChangeHousehold(handed=Handed(village_code=village)):
            return village
        case PublishLine(line=line):
            return line.area
        case _:
            return ""
