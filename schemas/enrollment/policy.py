"""What a decision rests on: the policy pack and the version of the standard line."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from schemas.message import Day, Fen, Text, Value

AREA_OR_ALL = r"^[0-9]{0,12}$"


class StandardLine(Value):
    """Per person and year, from its first day, in an area (a prefix of the village code); an empty one is every village."""

    area: Annotated[str, Field(pattern=AREA_OR_ALL)]
    valid_from: Day
    fen_per_person: Fen


class Basis(Value):
    """A pack by its name and the SHA-256 of its content, and the line that was applied."""

    pack: Text
    pack_sha256: Text
    line: StandardLine
