"""Who is whom: as enrollment merges and parts persons one message after the other, who has the file of whoever is kept; pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from uuid import UUID

from pipeline.envelope import Envelope
from schemas.enrollment import PersonsMerged, PersonsUnmerged


def ways(envelopes: Iterable[Envelope], known: Mapping[UUID, UUID]) -> Iterator[tuple[UUID, ...]]:
    """Of each message that merges or parts two: whoever is kept, and from there everybody in whose place he was found to be.

    `known` are the duplicates of which the read model knows; what the messages say counts for those behind them.
    """
    links = dict(known)
    for envelope in envelopes:
        match envelope.data:
            case PersonsMerged(keep_person_id=keep, duplicate_person_id=duplicate):
                links.pop(duplicate, None)
                yield _way(keep, duplicate, links)
                links[duplicate] = keep
            case PersonsUnmerged(keep_person_id=keep, duplicate_person_id=duplicate):
                yield _way(keep, duplicate, links)
                links.pop(duplicate, None)
            case _:
                yield ()


def _way(first: UUID, duplicate: UUID, links: Mapping[UUID, UUID]) -> tuple[UUID, ...]:
    """Messages about several persons may come in another order than they were sent: nobody is met twice."""
    way = [first]
    while (following := links.get(way[-1])) is not None and following not in {*way, duplicate}:
        way.append(following)
    return tuple(way)
