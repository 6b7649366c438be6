"""What the commands that tell events say alike of each."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final, Protocol

from audit import chinese
from audit.wording import told
from local.language import say

NONE: Final[Mapping[str, str]] = MappingProxyType({})


class Told(Protocol):
    """An event by who did it, where and why, and in which words the log keeps it."""

    @property
    def topic(self) -> str: ...

    @property
    def reason(self) -> str: ...

    @property
    def actor(self) -> str: ...

    @property
    def source(self) -> str: ...

    @property
    def state(self) -> Mapping[str, Any]: ...


def named(topic: str) -> str:
    """What happened, by the name of the event."""
    return say(chinese.event(topic), topic.partition(".")[2])


def called(code: str, field: str = "") -> str:
    """What a code of the log is called."""
    return say(chinese.word(code, field), code)


def headline(event: Told, kinds: Mapping[str, str] = NONE) -> str:
    """What happened and why; `kinds` are those of the measures by id."""
    why = event.reason or kinds.get(event.state.get("measure", ""), "")
    reason = called(why, "risk" if why == event.state.get("risk") else "")
    return f"{named(event.topic)}{f': {reason}' if reason else ''}"


def deed(event: Told, on: object, cause: str) -> str:
    """Who did it on which local date and where, and what it followed from."""
    by = say(f"{event.actor}（{event.source}）", f"{event.actor} ({event.source})") if event.actor else event.source
    return say(f"    {on} 操作人 {by}，起因 {cause}", f"    {on} by {by}, caused by {cause}")


def words(event: Told, but: str = "") -> Iterator[str]:
    """A line of what it says beside its name, if it says anything."""
    if more := [say(*one) for one in told(event.state, but)]:
        yield f"    {say('，', ', ').join(more)}"
