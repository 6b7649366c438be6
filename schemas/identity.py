"""Who a message is about: the check digit and the date of a number are checked, the place never is (GB 11643)."""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache
from typing import Annotated, Final, Literal

from pydantic import Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError
from stdnum.cn.ric import calc_check_digit

from schemas.message import NO_NUL, Text, Value, personal

IdType = Literal["resident", "disability_card", "birth_certificate", "passport"]
RESIDENT: Final = re.compile(r"[0-9]{17}[0-9X]")
LIKE_RESIDENT: Final = re.compile(r"(?:19|20)[0-9]{2}[01][0-9][0-3][0-9]{4}[0-9Xx]")  # the end of one, quickly found
RESIDENT_INSIDE: Final = re.compile(r"(?=([0-9]{6}(?:19|20)[0-9]{2}[01][0-9][0-3][0-9]{4}[0-9Xx]))")  # they may overlap
CARD_END: Final = re.compile(r"[1-7][1-4](?:[0-9A-Z]{2})?")
RESIDENT_LENGTH: Final = 18
BIRTH_YEARS: Final = range(1900, 2100)


def holds_resident(text: str) -> bool:
    """Whether the text contains a valid identity number of a resident, by its date and its check digit."""
    return any(_is_resident(found.group(1).upper()) for found in RESIDENT_INSIDE.finditer(text))


def _is_resident(number: str) -> bool:
    return _is_birth_date(number[6:14]) and bool(calc_check_digit(number) == number[-1])


class Identified(Value):
    """Somebody by the kind and the number of a document."""

    id_type: IdType = "resident"
    id_number: Annotated[str, Field(min_length=1, max_length=40, pattern=NO_NUL), personal]

    @field_validator("id_number")
    @classmethod
    def _number_is_plausible(cls, number: str, info: ValidationInfo) -> str:
        kind = info.data.get("id_type")
        if kind == "resident":
            _check_resident(number)
        elif kind == "disability_card":
            _check_card(number)
        return number


class Person(Identified):
    """Somebody as the department knows him."""

    name: Annotated[Text | None, personal] = None


def _check_card(number: str) -> None:
    if not CARD_END.fullmatch(number, RESIDENT_LENGTH):
        kind = "card_form"
        raise PydanticCustomError(kind, "is not the number of a disability card")
    _check_resident(number[:RESIDENT_LENGTH])


def _check_resident(number: str) -> None:
    if not RESIDENT.fullmatch(number):
        kind = "identity_form"
        raise PydanticCustomError(kind, "is not an identity number of 18 characters")
    if not _is_birth_date(number[6:14]):
        kind = "identity_date"
        raise PydanticCustomError(kind, "has no plausible birth date in digits 7 to 14")
    if calc_check_digit(number) != number[-1]:
        kind = "identity_digit"
        raise PydanticCustomError(kind, "has a wrong check digit")


@lru_cache(40_000)  # a hundred years have fewer days
def _is_birth_date(digits: str) -> bool:
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:])).year in BIRTH_YEARS
    except ValueError:
        return False
