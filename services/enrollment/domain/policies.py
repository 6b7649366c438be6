"""Several packs run side by side: which of them a household lives under."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import assert_never

from pipeline.value import Value
from services.enrollment.domain.commands import AnyCommand, RegisterHousehold
from services.enrollment.domain.policy import Policy
from services.enrollment.domain.state import ClueOpen, Household, Outside, State, Unregistered


class Assignment(Value, frozen=True):
    """From a local date on, cases of an area (a prefix of the village code) open under a pack."""

    area: str
    valid_from: date
    pack: str


@dataclass(frozen=True)
class Policies:
    """All packs of this release by name; `default` is the one of every area that no assignment names.

    `digest` (SHA-256, hexadecimal) changes with any value of any pack and with any assignment.
    """

    packs: Mapping[str, Policy]
    default: str
    digest: str
    assignments: tuple[Assignment, ...] = ()

    def of(self, command: AnyCommand, state: State) -> Policy:
        """The pack frozen in the open case or enrolment, else the one assigned to the village on the day of the command."""
        match state:
            case Household(stage=Outside() | ClueOpen(), village_code=village):
                return self.assigned(village, command)
            case Household(pack=pack):
                return self.packs[pack]
            case Unregistered():
                return self.assigned(command.village_code if isinstance(command, RegisterHousehold) else "", command)
            case _:
                assert_never(state)

    def assigned(self, village_code: str, command: AnyCommand) -> Policy:
        """The longest prefix wins, then the latest day that has begun."""
        begun = [one for one in self.assignments if one.valid_from <= command.on and village_code.startswith(one.area)]
        chosen = max(begun, key=lambda one: (len(one.area), one.valid_from), default=None)
        return self.packs[self.default if chosen is None else chosen.pack]
