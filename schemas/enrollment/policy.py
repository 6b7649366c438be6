"""What a decision rests on, the policy pack and the standard line, and how both are published for an area."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from schemas.message import Day, Fen, Message, PersonalLongText, Text, Value, Word

# Province, city, county, town or village: a prefix of the village code.
Area = Annotated[str, Field(pattern=r"^([0-9]{2}|[0-9]{4}|[0-9]{6}|[0-9]{9}|[0-9]{12})$")]


class StandardLine(Value):
    """Per person and year, from its first day, in an area (a prefix of the village code); an empty one is every village."""

    area: Annotated[str, Field(pattern=r"^[0-9]{0,12}$")]
    valid_from: Day
    fen_per_person: Fen


class Basis(Value):
    """A pack by its name and the SHA-256 of its content, and the line that was applied."""

    pack: Text
    pack_sha256: Text
    line: StandardLine


class Dated(Message):
    area: Area
    valid_from: Day


class PublishLine(Dated):
    """The standard line of an area from a day to come; `document` is the text that sets it."""

    TYPE: ClassVar = "suishi.enrollment.command.publish-line.v1"
    fen_per_person_year: Fen
    document: PersonalLongText


class PublishPack(Dated):
    """Cases of an area open under this pack from a day to come; `document` is the text that says so."""

    TYPE: ClassVar = "suishi.enrollment.command.publish-pack.v1"
    pack: Word
    document: PersonalLongText


class LinePublished(Dated):
    """Another standard line; open cases and enrolled households of the area are judged anew when `takes_effect` begins."""

    TYPE: ClassVar = "suishi.enrollment.event.line-published.v1"
    fen_per_person_year: Fen
    takes_effect: Day
    document_sha256: Text


class PackPublished(Dated):
    """Another pack for the cases that open from that day on; open ones keep theirs."""

    TYPE: ClassVar = "suishi.enrollment.event.pack-published.v1"
    pack: Text
    pack_sha256: Text
    document_sha256: Text
