"""The standard line: an effective-dated series for each area, which may change in the middle of a year."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from pipeline.value import Value


class Line(Value, frozen=True):
    """Fen per person and year, from its first local date, in an area: a prefix of the village code, "" for every village."""

    area: str
    valid_from: date
    fen_per_person: int


class Basis(Value, frozen=True):
    """What a decision rests on: a pack by its name and the SHA-256 of its content, and the version of the line."""

    pack: str
    pack_sha256: str
    line: Line


def in_force(lines: Iterable[Line], village_code: str, on: date) -> Line:
    """The line of the longest prefix that has begun; of one area the latest, of one day the last one told.

    Before any has begun it is the earliest; there must be one that covers the village.
    """
    here = [line for line in lines if village_code.startswith(line.area)]
    begun = [line for line in here if line.valid_from <= on] or [min(here, key=lambda line: line.valid_from)]
    return max(reversed(begun), key=lambda line: (len(line.area), line.valid_from))
