"""What followed from what: the events of a history as a tree, each under the event or the message that caused it; pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from audit.history import Step
from services.notifications.domain.events import NotificationQueued


@dataclass(frozen=True)
class Cause:
    """A message from outside or from another household, by its id, or an event, with all that it caused here."""

    message: str
    step: Step | None = None
    effects: list[Cause] = field(default_factory=list["Cause"])


def tree(steps: Sequence[Step]) -> list[Cause]:
    """In the order of the history, each event once; nothing is caused by what came after it.

    What a message tells of a letter, that it was sent or read, stands under the letter.
    """
    roots: dict[str, Cause] = {}
    events: dict[str, Cause] = {}
    letters: dict[UUID, Cause] = {}
    for step in steps:
        above = events.get(step.causation) or letters.get(step.stream) or roots.setdefault(step.causation, Cause(step.causation))
        below = Cause(str(step.event_id), step)
        above.effects.append(below)
        events[below.message] = below
        if step.topic == NotificationQueued.TOPIC:
            letters[step.stream] = below
    return list(roots.values())
