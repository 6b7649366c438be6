"""What the county publishes for an area crosses the border here, both ways; pure."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from pipeline.uuid5 import uuid5
from schemas import enrollment as words
from services.enrollment.domain import commands
from services.enrollment.domain.pack.lines import Assignment, Line
from services.enrollment.domain.publications.publication_events import LinePublished, PackPublished
from services.enrollment.translate.free_text import digest_of_text

AREAS: Final = UUID("b0c7d5c5-2f0e-5b43-9d0e-6d0b8f1a7c21")


def area_stream(area: str) -> UUID:
    """Where everything that is published for an area is kept."""
    return uuid5(AREAS, area)


def to_publication(data: words.PublishLine | words.PublishPack, asked: dict[str, Any]) -> commands.PublishLine | commands.PublishPack:
    digest = digest_of_text(data)
    match data:
        case words.PublishLine():
            return commands.PublishLine(**asked, line=Line(data.area, data.valid_from, data.fen_per_person_year), document_sha256=digest)
        case words.PublishPack():
            return commands.PublishPack(**asked, assignment=Assignment(data.area, data.valid_from, data.pack), document_sha256=digest)


def to_announcement(event: LinePublished | PackPublished) -> words.LinePublished | words.PackPublished:
    document = event.document_sha256
    match event:
        case LinePublished(line=line, takes_effect=day):
            said: dict[str, Any] = {"area": line.area, "valid_from": line.valid_from, "fen_per_person_year": line.fen_per_person}
            return words.LinePublished(**said, takes_effect=day, document_sha256=document)
        case PackPublished(assignment=one, pack_sha256=digest):
            return words.PackPublished(
                area=one.area, valid_from=one.valid_from, pack=one.pack, pack_sha256=digest, document_sha256=document
            )
