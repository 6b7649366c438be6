"""What is in force where and when: the standard line and the pack of an area, both effective-dated.

An area is a prefix of the village code, "" every village.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from pipeline.value import Value


class Line(Value, frozen=True):
    """The standard line of an area: fen per person and year, from its first local date."""

    area: str
    valid_from: date
    fen_per_person: int


class Assignment(Value, frozen=True):
    """From a local date on, cases of an area open under a pack."""

    area: str
    valid_from: date
    pack: str


class Published(Value, frozen=True):
    """What was published beside the packs of the release, in the order of the log."""

    lines: tuple[Line, ...] = ()
    assignments: tuple[Assignment, ...] = ()


def told_last(published: tuple[Line | Assignment, ...], told: Line | Assignment) -> tuple[Line | Assignment, ...]:
    """Of what one area was told for one day, the last."""
    return (*(one for one in published if (type(one), one.valid_from) != (type(told), told.valid_from)), told)


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


def assigned(assignments: Iterable[Assignment], village_code: str, on: date) -> Assignment | None:
    """The same order; None where none has begun."""
    begun = [one for one in assignments if one.valid_from <= on and village_code.startswith(one.area)]
    return max(reversed(begun), key=lambda one: (len(one.area), one.valid_from), default=None)
