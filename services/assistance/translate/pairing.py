"""The border where households are placed and paired: what messages ask, what is said of it; pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, Final, TypeAlias, assert_never
from uuid import UUID

from schemas import assistance as words
from schemas import enrollment as heard
from schemas.clock import DayStarted
from schemas.message import Message
from services.assistance.domain.pairing import pairing_commands as commands
from services.assistance.domain.pairing import pairing_events as events
from services.assistance.domain.pairing.pairings import cadre_stream

Asks: TypeAlias = heard.HouseholdRegistered | heard.HouseholdMoved | heard.HouseholdEnded | heard.MembersJoined | words.AssignCadre
# Who merges into another household lives on there, and so does what he began.
FOR_GOOD: Final = frozenset({"died", "moved-out"})
TEXTS: Final = {
    "pairing.cadre-left": "该干部已于{limit}不再负责，此前的结对已记录并结束。"
    " The cadre left on {limit}: the pairing from before is known, and over.",
    "pairing.household-moved": "该户已于{limit}迁离原乡镇，此前的结对已记录并结束。"
    " The household left the town on {limit}: the pairing from before is known, and over.",
    "pairing.household-ended": "该户自{limit}起已无成员，此前的结对已记录并结束。"
    " Nobody is a member of the household since {limit}: the pairing from before is known, and over.",
}
AGAIN: Final = "如其仍负责该户，请从该日起重新结对。 If he answers for it again, pair him from that day on."
REMEDIES: Final = {
    "pairing.cadre-left": AGAIN,
    "pairing.household-moved": AGAIN,
    "pairing.household-ended": "请核对该户；有人恢复为成员后，再从恢复之日起结对。"
    " Check the household; pair him from the day on which somebody is a member again.",
}
OfMany: TypeAlias = DayStarted | words.ReleaseCadre


def to_many(data: OfMany, households: Iterable[UUID], asked: dict[str, Any]) -> list[tuple[UUID, commands.AnyPairingCommand]]:
    """A day and a cadre who leaves ask the same of many households; `asked` are the fields of every command."""
    match data:
        case DayStarted(date=begun):
            of_day: dict[str, Any] = {**asked, "on": begun}
            check = commands.CheckPairing(**of_day)
            return [(household, check) for household in households]
        case words.ReleaseCadre(cadre_id=cadre, on=day):
            release, left = (ask(**asked, cadre=cadre, day=day) for ask in (commands.ReleaseCadre, commands.RecordLeaving))
            return [*((household, release) for household in households), (cadre_stream(cadre), left)]
        case _:
            assert_never(data)


def to_command(data: Asks, left: tuple[date, ...], asked: dict[str, Any]) -> commands.AnyPairingCommand:
    """`left` are the days on which a cadre who is paired left before; `asked` are the fields of every command."""
    match data:
        case heard.HouseholdRegistered(village_code=village, category=category):
            return commands.PlaceHousehold(**asked, village_code=village, category=category)
        case heard.HouseholdMoved(village_code=village, on=day, category=category):
            return commands.MoveHousehold(**asked, village_code=village, day=day, category=category or "")
        case heard.HouseholdEnded(on=day, reason=reason):
            return commands.EndHousehold(**asked, day=day, for_good=reason in FOR_GOOD)
        case heard.MembersJoined(on=day, village_code=village, category=category):
            return commands.ReturnHousehold(**asked, day=day, village_code=village or "", category=category or "")
        case words.AssignCadre(cadre_id=cadre, from_day=day, until=until):
            return commands.AssignCadre(**asked, cadre=cadre, from_day=day, until=until, left=left)
        case _:
            assert_never(data)


def where_it_lives(data: heard.HouseholdEnrolled, asked: dict[str, Any]) -> commands.PlaceHousehold | None:
    """A household that was registered before assistance placed any is placed when it is enrolled."""
    if data.village_code is None or data.category is None:
        return None
    return commands.PlaceHousehold(**asked, village_code=data.village_code, category=data.category, if_unplaced=True)


def of_pairing(event: events.PairingEvent, same: dict[str, Any]) -> Message | None:
    """Where a household is, enrollment says."""
    match event:
        case events.CadreAssigned(cadre=cadre, from_day=day, until=until):
            return words.CadreAssigned(**same, cadre_id=cadre, from_day=day, until=until)
        case events.CadreReleased(cadre=cadre, on=on, reason=reason):
            return words.CadreReleased(**same, cadre_id=cadre, on=on, reason=reason)
        case events.CadreLeft(cadre=cadre, on=on):
            return words.CadreLeft(cadre_id=cadre, on=on)
        case events.CadreMissing(on=on, since=since):
            return words.CadreMissing(**same, on=on, since=since)
        case events.CadreAnswers(cadre=cadre, on=on):
            return words.CadreAnswers(**same, cadre_id=cadre, on=on)
        case events.HouseholdPlaced() | events.HouseholdEnded():
            return None
        case _:
            assert_never(event)
