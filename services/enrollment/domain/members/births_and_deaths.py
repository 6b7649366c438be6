"""One birth and one death of a person, however many messages tell it: the one told last says the day, and each is taken back by itself.

The latest `time` stands whatever the order of arrival, as for every fact that is corrected.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Final
from uuid import UUID

from pipeline.decider import Events
from services.enrollment.domain.fact import Fact
from services.enrollment.domain.household.state import Household
from services.enrollment.domain.household.stays import Stay
from services.enrollment.domain.members.change_events import MembershipRedated, Vital
from services.enrollment.domain.members.one_person import known

REASONS: Final[dict[str, Vital]] = {"person-born": "born", "person-died": "died"}


def told_again(fact: Fact, home: Household) -> Events:
    """Somebody who was born or died by another fact already: he is no second time, but maybe on another day."""
    return _redated(fact, home, [*_reports(fact, home), fact])


def other_reports(fact: Fact, home: Household) -> list[Fact]:
    """Those that say the same birth or death, and still do when this one is taken back."""
    return [other for other in _reports(fact, home) if other.id != fact.id]


def taken_back(fact: Fact, home: Household) -> Events:
    """Others still say it: the last of those is right about the day."""
    return _redated(fact, home, other_reports(fact, home))


def _reports(fact: Fact, home: Household) -> list[Fact]:
    return [other for other in known(home) if (other.name, other.person) == (fact.name, fact.person)]


def _redated(fact: Fact, home: Household, standing: Iterable[Fact]) -> Events:
    reason = REASONS[fact.name]
    said = {other.id: other for other in standing}
    stay = _stay(reason, home, {fact.id, *said})
    if stay is None or not said:
        return ()
    last = max(said.values(), key=lambda other: other.told)
    cause, day = _cause(reason, stay)
    if cause in said and day == last.valid_on:
        return ()
    return (MembershipRedated(person=stay.person, reason=reason, on=last.valid_on, instead_of=day, fact=last.id),)


def _stay(reason: Vital, home: Household, reports: set[UUID]) -> Stay | None:
    """The last membership that one of these facts began or ended."""
    return next((stay for stay in reversed(home.stays) if _cause(reason, stay)[0] in reports), None)


def _cause(reason: Vital, stay: Stay) -> tuple[UUID | None, date]:
    """The fact, and the day that it gave."""
    if reason == "born":
        return (stay.began, stay.since or date.min)
    return (stay.over if stay.left == "died" else None, stay.until or date.max)
