"""What stands in a cell, as text, date or word; anything else is a fault that says what to write."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Final, NamedTuple

from commands.register_sheet.columns import NAME_OF, first_words

DAY: Final = re.compile(r"(\d{4})\s*(?:[-/.]|年)\s*(\d{1,2})\s*(?:[-/.]|月)\s*(\d{1,2})\s*日?")
SEPARATORS: Final = re.compile(r"[、，,；;/\s]+")
LONGEST_NUMBER: Final = 15


class Said(NamedTuple):
    """One sentence in both languages."""

    zh: str
    en: str


class Fault(NamedTuple):
    """What is wrong on a row of the sheet and what to do; no value of a cell is in it.

    It `holds_back` the household, or only says what is to be looked at.
    """

    row: int
    column: str
    problem: Said
    remedy: Said
    holds_back: bool = True

    @property
    def text(self) -> str:
        """As it stands in the sheet: Chinese first."""
        return f"{self.column}：{self.problem.zh}，{self.remedy.zh}。 {self.problem.en}; {self.remedy.en}."


class Row(NamedTuple):
    """A row of the sheet, its cells by the field of their column."""

    number: int
    cells: Mapping[str, object]

    def fault(self, field: str, problem: Said, remedy: Said) -> Fault:
        return Fault(self.number, NAME_OF[field], problem, remedy)

    def text(self, field: str) -> str:
        """Empty where nothing stands; a number without its decimal point."""
        value = self.cells.get(field)
        match value:
            case None:
                return ""
            case datetime():
                return value.date().isoformat()
            case float() if value.is_integer():
                return str(int(value))
            case _:
                return str(value).strip()


class Wrong(Exception):  # noqa: N818 - it says what is so
    """A cell cannot be taken."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        super().__init__(fault.text)


LOST_DIGITS: Final = Said("是数字格式，末几位已丢失", "is a number and lost its last digits")
NOT_A_DAY: Final = Said("不是有效日期", "is not a date")
NOT_A_WORD: Final = Said("不是规定的填法", "is none of the words that may stand here")
TWICE: Final = Said("重复", "has something twice")


def identity(row: Row) -> str:
    """The number of a document; Excel keeps fifteen digits of a number and makes zeros of the others."""
    value = row.cells.get("id_number")
    if isinstance(value, int | float) and abs(value) >= 10**LONGEST_NUMBER:
        raise Wrong(row.fault("id_number", LOST_DIGITS, Said("请把单元格设为文本后重新填写", "make the cell text and type it again")))
    return re.sub(r"\s", "", row.text("id_number")).upper()


def day(row: Row, field: str) -> date | None:
    value, written = row.cells.get(field), row.text(field)
    if isinstance(value, date):
        return value.date() if isinstance(value, datetime) else value
    found = DAY.fullmatch(written)
    try:
        return date(*map(int, found.groups())) if found else _digits(written)
    except ValueError:
        raise Wrong(row.fault(field, NOT_A_DAY, Said("请写作 2019-05-01", "write it as 2019-05-01"))) from None


def _digits(written: str) -> date | None:
    return date.fromisoformat(written) if written else None


def word(row: Row, field: str, words: Mapping[str, str]) -> str | None:
    """The code of what is written, None where nothing is."""
    written = row.text(field).replace("(", "（").replace(")", "）")
    if written and written not in words:
        raise Wrong(row.fault(field, NOT_A_WORD, _choose(words)))
    return words[written] if written else None


def several(row: Row, field: str, words: Mapping[str, str]) -> tuple[str, ...]:
    """The codes of all that is written, parted by commas, spaces or 、."""
    written = [one for one in SEPARATORS.split(row.text(field)) if one]
    if any(one not in words for one in written):
        raise Wrong(row.fault(field, NOT_A_WORD, _choose(words)))
    codes = tuple(words[one] for one in written)
    if len(set(codes)) < len(codes):
        raise Wrong(row.fault(field, TWICE, Said("请只写一次", "write each once")))
    return codes


def _choose(words: Mapping[str, str]) -> Said:
    offered = first_words(words)
    return Said(f"请填写：{'、'.join(offered)}", f"write one of: {', '.join(offered)}")
