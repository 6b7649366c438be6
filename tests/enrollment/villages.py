"""Three villages: one that is there, one that was merged into it, and one that nobody knows."""

from __future__ import annotations

from datetime import date, timedelta

from services.divisions import Divisions, Village
from services.enrollment.domain import events as did
from services.enrollment.domain.members.change_events import VillageUnknown
from tests.enrollment.zhang import HOUSEHOLD, REGISTERED, VILLAGE

OLD, NEW, NOWHERE = "370323001002", VILLAGE, "370323001999"
LAST_DAY = date(2021, 1, 31)
DIVISIONS = Divisions(
    {
        NEW: Village(NEW, "历山居委会", "历山街道"),
        OLD: Village(OLD, "胜利山居委会", "历山街道", LAST_DAY, NEW),
    }
)
FEBRUARY = LAST_DAY + timedelta(days=1)
LOST = VillageUnknown(village_code=NOWHERE, reason="unknown")
MERGED = VillageUnknown(village_code=OLD, reason="abolished", merged_into=NEW)


def registered(village: str) -> did.HouseholdRegistered:
    (event,) = REGISTERED
    return did.HouseholdRegistered(household=HOUSEHOLD, village_code=village, category="never_registered", members=event.members)
