"""Identity numbers: the check digit and the date are checked, the place never is (GB 11643)."""

from __future__ import annotations

import re
from datetime import date
from typing import Final, Literal

from stdnum.cn.ric import calc_check_digit

IdType = Literal["resident", "disability_card", "birth_certificate", "passport"]
CARD: Final = re.compile(r"[1-7][1-4]([0-9A-Z]{2})?")


def check_identity(id_type: IdType, number: str) -> None:
    """Raises ValueError that says what is wrong, without the number."""
    if id_type == "resident":
        _check_resident(number)
    elif id_type == "disability_card":
        _check_resident(number[:18])
        if not CARD.fullmatch(number[18:]):
            message = "a disability card has 20 or 22 characters: the identity number, category 1-7, level 1-4"
            raise ValueError(message)


def _check_resident(number: str) -> None:
    if not re.fullmatch(r"\d{17}[\dX]", number):
        message = "an identity number has 18 characters, 17 digits and a check digit"
        raise ValueError(message)
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        message = "digits 7 to 14 of the identity number are no date"
        raise ValueError(message) from None
    if born.year < 1900 or calc_check_digit(number) != number[-1]:  # noqa: PLR2004 - nobody alive was born before
        message = "the check digit or the birth year of the identity number is wrong"
        raise ValueError(message)
