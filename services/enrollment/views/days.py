"""The read model of the days that were told: the last one is today for the rules."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from pipeline.projection import Statement
from services.enrollment.domain.clocks.told_days import DayTold

TOLD: Final = "INSERT INTO told_days (day) SELECT * FROM unnest($1::date[]) ON CONFLICT DO NOTHING"


def day_told(event: DayTold) -> Iterable[Statement]:
    yield TOLD, (event.day,)
