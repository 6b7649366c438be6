"""What assistance is asked about where a household is and who answers for it."""

from __future__ import annotations

from datetime import date
from typing import TypeAlias
from uuid import UUID

from services.assistance.domain.asked import Command


class PairingCommand(Command, frozen=True, kw_only=True):
    """Asks something about where a household is or who answers for it."""


class PlaceHousehold(PairingCommand, frozen=True, kw_only=True):
    """Enrollment registered it, or says once more where it lives: where `if_unplaced`, that matters only if nobody knows it yet."""

    village_code: str
    category: str
    if_unplaced: bool = False


class MoveHousehold(PairingCommand, frozen=True, kw_only=True):
    """It lives in another village from the local date `day` on."""

    village_code: str
    day: date
    category: str = ""


class EndHousehold(PairingCommand, frozen=True, kw_only=True):
    """Nobody is a member any more from `day` on; `for_good` where nobody lives on in another household of the county either."""

    day: date
    for_good: bool = False


class ReturnHousehold(PairingCommand, frozen=True, kw_only=True):
    """Somebody is a member from `day` on, perhaps of a household that had ended; it is placed where it never was."""

    day: date
    village_code: str = ""
    category: str = ""


class AssignCadre(PairingCommand, frozen=True, kw_only=True):
    """`until` is the last day, where it is known; `left` are the days on which the cadre left, of those that were told before."""

    cadre: UUID
    from_day: date
    until: date | None = None
    left: tuple[date, ...] = ()


class ReleaseCadre(PairingCommand, frozen=True, kw_only=True):
    """A cadre answers no more from `day` on."""

    cadre: UUID
    day: date


class RecordLeaving(PairingCommand, frozen=True, kw_only=True):
    """A cadre answers no more from `day` on: his own stream remembers it, for whatever is told later."""

    cadre: UUID
    day: date


class CheckPairing(PairingCommand, frozen=True, kw_only=True):
    """A local day began, and perhaps nobody answers."""


AnyPairingCommand: TypeAlias = (
    PlaceHousehold | MoveHousehold | EndHousehold | ReturnHousehold | AssignCadre | ReleaseCadre | RecordLeaving | CheckPairing
)
