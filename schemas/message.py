"""What every message has in common, and the field types that they share."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, ClassVar, Final

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

ISO_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}")


class Message(BaseModel):
    """Frozen; unknown fields are ignored, so that a newer sender does not stop an older reader."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    TYPE: ClassVar[str]


def no_nul(text: str) -> str:
    """PostgreSQL cannot hold U+0000 in a text."""
    if "\x00" in text:
        message = "contains the character U+0000"
        raise ValueError(message)
    return text


Text = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(no_nul)]
LongText = Annotated[str, Field(min_length=1, max_length=20_000), AfterValidator(no_nul)]
Fen = Annotated[int, Field(strict=True, ge=0, le=10**15, description="amount in fen")]
SignedFen = Annotated[int, Field(strict=True, ge=-(10**15), le=10**15, description="amount in fen, may be negative")]
Count = Annotated[int, Field(strict=True, ge=0, le=10**9)]
VillageCode = Annotated[str, Field(pattern=r"^\d{12}$", description="12 digits: province, city, county, town, village")]
AreaCode = Annotated[str, Field(pattern=r"^(\d{6}|\d{9}|\d{12})$", description="county, town or village code")]
Month = Annotated[str, Field(pattern=r"^\d{4}-(0[1-9]|1[0-2])$", description="YYYY-MM")]
Day = date
