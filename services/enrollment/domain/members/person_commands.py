"""Two entries for one person are joined, and parted where that was a mistake."""

from __future__ import annotations

from typing import Literal, TypeAlias
from uuid import UUID

from pipeline.value import Value
from services.enrollment.domain.asked import Command
from services.enrollment.domain.fact import Fact
from services.enrollment.domain.members.change import Due


class Merge(Value, frozen=True):
    """`duplicate` is `keep`, who stays in `home`: his household, or his own stream where nobody registered him.

    `left` is the household that the duplicate is in, or was in last; `fact` the correction that says so. A `refusal` is a reason code.
    """

    keep: UUID
    duplicate: UUID
    home: UUID
    left: UUID | None = None
    fact: UUID | None = None
    refusal: str | None = None


class Unmerge(Value, frozen=True):
    """`duplicate` is somebody else after all, and so are all `persons` that had been merged into him before.

    `back` is the household that he comes back to, or in which he was last; `waiting` are those of his facts that wait in `home`.
    """

    keep: UUID
    duplicate: UUID
    home: UUID
    persons: tuple[UUID, ...] = ()
    back: UUID | None = None
    fact: UUID | None = None
    waiting: tuple[Fact, ...] = ()
    refusal: str | None = None


class MergePersons(Command, frozen=True, kw_only=True):
    """One stream's `part`: the duplicate's own, the household that he leaves, the one that has him already. `handed` come from there.

    `pending` says that a clue, a case, an enrolment or an appeal was open in that household, `beyond_facts` that more than these facts
    spoke for it, `claimed` which risks somebody had named there, `due` until when they were to be visited and the county to decide.
    `source` is that of the message.
    """

    merge: Merge
    part: Literal["person", "left", "home"]
    source: str
    reason_sha256: str | None = None
    handed: tuple[Fact, ...] = ()
    pending: bool = False
    beyond_facts: bool = False
    claimed: tuple[str, ...] = ()
    due: tuple[Due, ...] = ()


class UnmergePersons(Command, frozen=True, kw_only=True):
    """One stream's `part`: where he was counted as another, his own stream, the household that he comes back to.

    `source` is that of the message.
    """

    unmerge: Unmerge
    part: Literal["home", "person", "back"]
    source: str
    reason_sha256: str | None = None
    handed: tuple[Fact, ...] = ()


AnyPersonCommand: TypeAlias = MergePersons | UnmergePersons
