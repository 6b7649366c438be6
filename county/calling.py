"""How the season's letters call their households, held against the sample county's own people."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from county.letters import Letter
from county.population import Population


@dataclass(frozen=True)
class Calling:
    """`letters` about a household, how many of them are `named`, and how many say a name that is not that of a member, masked.

    `example` is how the first of them calls its household.
    """

    letters: int
    named: int
    wrong: int
    example: str


def calling(letters: Iterable[Letter], people: Population) -> Calling:
    about = [(letter, people.by_id.get(UUID(letter.household))) for letter in letters if letter.household is not None]
    named = [(letter.called[0], home) for letter, home in about if letter.called[0]]
    wrong = sum(home is not None and name not in {masked(one.name) for one in home.members} for name, home in named)
    spelled = sum(home is not None and any(one.name in letter.text for one in home.members) for letter, home in about)
    return Calling(len(about), len(named), wrong + spelled, next((_said(*letter.called) for letter, _ in about if letter.called[0]), ""))


def _said(name: str, place: str) -> str:
    return f"{name} ({place})"


def calling_checks(found: Calling) -> dict[str, bool]:
    return {"letters call every household by a masked name": found.named == found.letters and not found.wrong}


def masked(name: str) -> str:
    """No family name of the sample county has two characters; a name with a dot in it has none in front."""
    return name[0] + "**" if "·" in name else name[0] + "*" * (len(name) - 1)
