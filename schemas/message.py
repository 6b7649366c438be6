"""What every message has in common, and the field types that they share."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, ClassVar, Final

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

NO_NUL: Final = r"^[^\x00]*$"
VILLAGE: Final = r"^[0-9]{12}$"
AREA: Final = r"^([0-9]{6}|[0-9]{9}|[0-9]{12})$"
MONTH: Final = r"^(19|20|21)[0-9]{2}-(0[1-9]|1[0-2])$"
# A word without a digit, or a code of three at most.
RELATION: Final = r"^([^\x00-\x1f0-9０-９]*|[0-9]{1,3})$"
# Eleven digits together, of which a telephone, an account or an identity number has at least so many, and the first and last in groups.
OF_SOMEBODY: Final = r"[0-9]{11}|1[3-9][0-9]([ -]?[0-9]{4}){2}|[0-9]{6}([ -]?[0-9]){11}[0-9Xx]"
LARGEST: Final = 2**63 - 1
DAY_LENGTH: Final = 10
A_DAY: Final = 1
A_YEAR: Final = 366


class Value(BaseModel):
    """A part of a message: frozen; its errors never show the input, which may be personal."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True, defer_build=True)


class Message(Value):
    """Unknown fields are ignored, so that a newer sender does not stop an older reader.

    Where `HOUSEHOLD_IS_SUBJECT`, the data names no household: the CloudEvents subject does, as a UUID.
    Where `SENDER_IS_SOURCE`, the field `source` must be the sender's own: nobody takes back what another said.
    The days and months that it is `DATED` by begin at most `DAYS_AHEAD` after the local date of the message, where that is a number: nobody
    has died tomorrow week, and nobody knows a benefit of the next century.
    """

    TYPE: ClassVar[str]
    SENDER_IS_SOURCE: ClassVar[bool] = False
    DAYS_AHEAD: ClassVar[int | None] = None
    DATED: ClassVar[tuple[str, ...]] = ("valid_on",)
    HOUSEHOLD_IS_SUBJECT: ClassVar[bool] = False


def _written_day(given: object) -> object:
    # pydantic would also take seconds since 1970, as number or text, and instants at midnight
    if isinstance(given, date) or (isinstance(given, str) and len(given) == DAY_LENGTH and given[4] == "-"):
        return given
    kind = "day_form"
    raise PydanticCustomError(kind, "is not a date written as YYYY-MM-DD")


def _written_instant(given: object) -> object:
    if isinstance(given, date) or (isinstance(given, str) and len(given) > DAY_LENGTH and given[4] == "-"):
        return given
    kind = "instant_form"
    raise PydanticCustomError(kind, "is not an instant written as RFC 3339 says")


_of_somebody: Final = re.compile(OF_SOMEBODY.replace("[0-9]", r"\d"))  # of full width as well


def holds_number(text: str) -> bool:
    """Whether it holds what may be the identity number, the telephone or the account of somebody."""
    return _of_somebody.search(text) is not None


def _no_number(given: str) -> str:
    if holds_number(given):
        kind = "number_in_word"
        raise PydanticCustomError(kind, "holds a number that may be somebody's; write the word or code alone")
    return given


no_number = AfterValidator(_no_number)
personal = Field(repr=False, json_schema_extra={"personal": True})
"""Marks a field that identifies a person or holds free text about one: `Annotated[Text, personal]`."""

Text = Annotated[str, Field(min_length=1, max_length=200, pattern=NO_NUL)]
LongText = Annotated[str, Field(min_length=1, max_length=20_000, pattern=NO_NUL)]
# A word of a vocabulary or a code, of somebody else's list as well: not a free text, for it goes into events as it was said.
Word = Annotated[Text, no_number, Field(json_schema_extra={"not": {"pattern": OF_SOMEBODY}})]
PersonalText = Annotated[Text, personal]
PersonalLongText = Annotated[LongText, personal]
# What was committed must always be publishable: nothing of a stranger that a service repeats has an upper bound here.
Reference = Annotated[str, Field(pattern=NO_NUL)]
Flag = Annotated[bool, Field(strict=True)]
# Far inside 64 bits, so that sums of amounts stay inside too.
Fen = Annotated[int, Field(strict=True, ge=0, le=10**15)]
SignedFen = Annotated[int, Field(strict=True, ge=-(10**15), le=10**15)]
Count = Annotated[int, Field(strict=True, ge=0, le=10**9)]
Offset = Annotated[int, Field(strict=True, ge=0, le=LARGEST)]
Figure = Annotated[int, Field(strict=True, ge=-LARGEST, le=LARGEST)]
VillageCode = Annotated[str, Field(pattern=VILLAGE)]
AreaCode = Annotated[str, Field(pattern=AREA)]
Month = Annotated[str, Field(pattern=MONTH)]
Day = Annotated[date, Field(ge=date(1900, 1, 1), le=date(2199, 12, 31)), BeforeValidator(_written_day, json_schema_input_type=date)]
Instant = Annotated[AwareDatetime, BeforeValidator(_written_instant, json_schema_input_type=AwareDatetime)]
