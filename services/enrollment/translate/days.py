"""Where the days that were told are kept; pure."""

from __future__ import annotations

from typing import Final

from pipeline.uuid5 import uuid5
from services.enrollment.translate.facts import FACT_IDS

TOLD_DAYS: Final = uuid5(FACT_IDS, "told days")
"""The stream of the days."""
