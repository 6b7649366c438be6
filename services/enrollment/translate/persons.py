"""The border of merged persons: what is asked of each stream concerned, and what the others are told; pure."""

from __future__ import annotations

from typing import Any, assert_never
from uuid import UUID

from schemas import enrollment as words
from schemas.message import Message
from services.enrollment.domain.members.person_commands import Merge, MergePersons, Unmerge, UnmergePersons
from services.enrollment.domain.members.person_events import AnyPersonEvent, PersonsMerged, PersonsUnmerged


def merging(merge: Merge, source: str, asked: dict[str, Any], reason_sha256: str | None = None) -> list[tuple[UUID, MergePersons]]:
    """The duplicate's own stream says it, his household gives away what is known of him, the other one's takes it."""
    said: dict[str, Any] = {**asked, "merge": merge, "source": source, "reason_sha256": reason_sha256}
    own = (merge.duplicate, MergePersons(**said, part="person"))
    if merge.refusal is not None:
        return [own]
    left = [(merge.left, MergePersons(**said, part="left"))] if merge.left is not None and merge.left != merge.home else []
    return [own, *left, (merge.home, MergePersons(**said, part="home"))]


def parting(unmerge: Unmerge, source: str, asked: dict[str, Any], reason_sha256: str) -> list[tuple[UUID, UnmergePersons]]:
    """The household where he was counted as another comes first: it gives away what is known of him."""
    said: dict[str, Any] = {**asked, "unmerge": unmerge, "source": source, "reason_sha256": reason_sha256}
    own = (unmerge.duplicate, UnmergePersons(**said, part="person"))
    if unmerge.refusal is not None:
        return [own]
    back = [(unmerge.back, UnmergePersons(**said, part="back"))] if unmerge.back is not None and unmerge.back != unmerge.home else []
    return [(unmerge.home, UnmergePersons(**said, part="home")), own, *back]


def to_public(stream: UUID, event: AnyPersonEvent) -> Message | None:
    """Told once, by the duplicate's own stream; the households say who left and who came."""
    if stream != event.duplicate:
        return None
    same: dict[str, Any] = {"keep_person_id": event.keep, "duplicate_person_id": event.duplicate, "on": event.on}
    match event:
        case PersonsMerged(fact=fact, home=home):
            return words.PersonsMerged(**same, reason="decided" if fact is None else "number-corrected", household_id=home)
        case PersonsUnmerged(back=back):
            return words.PersonsUnmerged(**same, household_id=back)
        case _:
            assert_never(event)
