"""Who an actor's name stands for: `officer:zhou` and `town:zhou` are one person in two roles."""

from __future__ import annotations

from collections.abc import Iterable


def role_of(actor: str) -> str:
    """What stands before the colon, the whole name where there is none."""
    return actor.partition(":")[0]


def person_behind(actor: str) -> str:
    """What stands behind the colon, the whole name where there is none, without case and space around it; "" is nobody in particular."""
    role, colon, name = actor.partition(":")
    return (name if colon else role).strip().casefold()


def is_one_of(actor: str, others: Iterable[str]) -> bool:
    """Whether it is one person with any of the others, in whatever roles; nobody in particular, and the machine, is none of them."""
    person = person_behind(actor)
    return bool(person) and person in {person_behind(other) for other in others}
