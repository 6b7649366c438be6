"""Where households are and who answers for them, as rows."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Final, assert_never
from uuid import UUID

from pipeline.projection import Statement
from services.assistance.domain.pairing import pairing_events as events

TABLES: Final = ("households", "places", "pairings", "answering", "left_cadres")
PLACED: Final = """
INSERT INTO households (household, village_code, category) SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[])
ON CONFLICT (household) DO UPDATE
SET village_code = excluded.village_code, category = excluded.category, missing_on = NULL, ended_on = NULL"""
PLACE: Final = """
INSERT INTO places (household, from_day, village_code, category) SELECT * FROM unnest($1::uuid[], $2::date[], $3::text[], $4::text[])
ON CONFLICT (household, from_day) DO UPDATE SET village_code = excluded.village_code, category = excluded.category"""
ENDED: Final = """
UPDATE households h SET ended_on = new.day, missing_on = NULL
FROM unnest($1::uuid[], $2::date[]) AS new (household, day) WHERE h.household = new.household"""
PAIRING: Final = """
INSERT INTO pairings (household, from_day, cadre, until) SELECT * FROM unnest($1::uuid[], $2::date[], $3::uuid[], $4::date[])
ON CONFLICT (household, from_day) DO UPDATE SET cadre = excluded.cadre, until = excluded.until"""
RELEASED: Final = """
UPDATE pairings p SET until = new.until
FROM unnest($1::uuid[], $2::date[], $3::date[]) AS new (household, from_day, until)
WHERE p.household = new.household AND p.from_day = new.from_day"""
LEFT: Final = "INSERT INTO left_cadres (cadre, on_day) SELECT * FROM unnest($1::uuid[], $2::date[])"
MISSING: Final = """
UPDATE households h SET missing_on = new.day
FROM unnest($1::uuid[], $2::date[]) AS new (household, day) WHERE h.household = new.household"""
ANSWERS: Final = """
INSERT INTO answering (household, cadre, since) SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::date[])
ON CONFLICT (household) DO UPDATE SET cadre = excluded.cadre, since = excluded.since"""
# Something changed: whether somebody answers now is looked at anew.
LOOKED_AT_ANEW: Final = "UPDATE households SET missing_on = NULL WHERE household = ANY($1::uuid[]) AND missing_on IS NOT NULL"


def statements(household: UUID, event: events.PairingEvent) -> Iterable[Statement]:
    match event:
        case events.HouseholdPlaced(village_code=village, category=category, on=day):
            yield PLACED, (household, village, category)
            yield PLACE, (household, day, village, category)
        case events.HouseholdEnded(on=day):
            yield ENDED, (household, day)
        case events.CadreAssigned(cadre=cadre, from_day=day, until=until):
            yield PAIRING, (household, day, cadre, until)
            yield LOOKED_AT_ANEW, (household,)
        case events.CadreReleased(from_day=from_day, on=on):
            yield RELEASED, (household, from_day, on - timedelta(days=1))
        case events.CadreLeft(cadre=cadre, on=day):
            yield LEFT, (cadre, day)
        case events.CadreMissing(on=day):
            yield MISSING, (household, day)
        case events.CadreAnswers(cadre=cadre, on=day):
            yield ANSWERS, (household, cadre, day)
            if cadre is not None:
                yield LOOKED_AT_ANEW, (household,)
        case _:
            assert_never(event)
