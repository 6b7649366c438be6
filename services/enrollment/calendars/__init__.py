"""The public holidays that working days are counted by; the same for every policy pack."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Final

from services.enrollment.domain.pack.working_days import WorkingDays

CHINA: Final = Path(__file__).parent / "china.toml"


def load(file: Path = CHINA) -> WorkingDays:
    """Raises `pydantic.ValidationError` for a year that says something else than holidays and days worked on."""
    return WorkingDays.model_validate({"years": tomllib.loads(file.read_text(encoding="utf-8"))})
