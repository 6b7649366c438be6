"""Reads the division table of a county; whatever is wrong is named by file, line and column before anybody is placed by it."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, Field, ValidationError

from schemas.message import VillageCode
from services.divisions import Divisions, Village

Named = Annotated[str, Field(min_length=1)]


class WrongDivisions(Exception):  # noqa: N818 - it says what is so
    """A division table cannot be used; the text names the file, and each line with its problem."""


class _Row(BaseModel, frozen=True):
    """Of a village that is no more, `valid_until` is its last day and `merged_into` the one that took it in; both may be missing."""

    town: Named
    village_code: VillageCode
    village: Named
    valid_until: Annotated[date | None, BeforeValidator(lambda text: text or None)] = None
    merged_into: Annotated[VillageCode | None, BeforeValidator(lambda text: text or None)] = None


def read(file: Path) -> Divisions:
    """A CSV file in UTF-8 with the columns of a row by name, others are passed over; raises `WrongDivisions`."""
    try:
        with file.open(encoding="utf-8-sig", newline="") as table:
            lines = list(enumerate(csv.DictReader(table), 2))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        message = f"{file.name}: cannot be read as CSV in UTF-8: {error}"
        raise WrongDivisions(message) from error
    rows, problems = _rows(lines)
    villages = {
        row.village_code: Village(row.village_code, row.village, row.town, row.valid_until, row.merged_into or "") for _, row in rows
    }
    problems += _contradictions(rows, villages)
    if not lines:
        problems = ["has no villages"]
    if problems:
        message = f"{file.name}: {'; '.join(problems)}"
        raise WrongDivisions(message)
    return Divisions(villages)


def _rows(lines: Iterable[tuple[int, dict[str, Any]]]) -> tuple[list[tuple[int, _Row]], list[str]]:
    rows, problems = list[tuple[int, _Row]](), list[str]()
    for number, cells in lines:
        try:
            rows.append((number, _Row.model_validate(cells)))
        except ValidationError as error:
            problems += (f"line {number}: {one['loc'][0]}: {one['msg']}" for one in error.errors(include_input=False))
    return rows, problems


def _contradictions(rows: Iterable[tuple[int, _Row]], villages: dict[str, Village]) -> Iterator[str]:
    seen = set[str]()
    for number, row in rows:
        if row.village_code in seen:
            yield f"line {number}: village_code: {row.village_code} is there twice"
        if row.merged_into is not None and row.merged_into not in villages:
            yield f"line {number}: merged_into: {row.merged_into} is not in the table"
        seen.add(row.village_code)
