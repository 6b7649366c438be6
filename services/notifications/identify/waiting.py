"""What waits for somebody who can be told: with its household, or for a post."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from msgspec.structs import replace

from pipeline.value import Value
from services.notifications.domain.commands import Notice, Target
from services.notifications.names import waiting_id

PAIRED: Final = "paired-cadre"
# What a log from before there were routes meant by a notice that waits.
AS_BEFORE: Final = Target(role=PAIRED, level="village", instead="grid-worker")


class Waiting(Value, frozen=True):
    """What waits in `stream` for `target`: with its household, or in a stream of its own for whoever takes `post`."""

    stream: UUID
    post: str
    notice: Notice
    target: Target


def personal(recipient: UUID) -> str:
    """The post that is one person's own: what waits for him and for nobody else."""
    return f"person/{recipient}"


def at_level(notice: Notice, target: Target) -> Notice:
    return notice if notice.level == target.level else replace(notice, level=target.level)


def wait_at(post: str, notice: Notice, target: Target) -> Waiting:
    """Until somebody takes the post."""
    return Waiting(waiting_id(notice.event, post), post, notice, target)


def wait_with(household: UUID, notice: Notice, target: Target) -> Waiting:
    """Until the household is paired or located, or somebody who can answer for it is registered."""
    return Waiting(household, "" if target == AS_BEFORE else f"{target.role}/{target.level}/{target.department}", notice, target)
