"""Membership as dated intervals: who belonged to a household on which day."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from functools import partial
from typing import Final
from uuid import UUID

from msgspec.structs import replace

from pipeline.value import Value
from services.enrollment.domain.commands import Labour, LabourCapacity, Member
from services.enrollment.domain.members.change import End

HEAD: Final = frozenset({"head", "户主"})


class Ended(Value, frozen=True):
    """From the local date `on` nobody is a member; `pending`: a clue, a case, an enrolment or an appeal was open until then."""

    reason: End
    on: date
    pending: bool = False


class Stay(Value, frozen=True):
    """A membership: from the day `since` (None: from the beginning) up to and without the day `until` (None: still).

    `began` and `over` are the facts that began and ended it, `left` is why it ended.
    """

    person: UUID
    relation: str
    labour_capacity: LabourCapacity | None = None
    since: date | None = None
    until: date | None = None
    began: UUID | None = None
    over: UUID | None = None
    left: str | None = None

    @property
    def lasts(self) -> bool:
        return self.until is None

    def includes(self, day: date) -> bool:
        return covers(self.since, self.until, day)


def covers(since: date | None, until: date | None, day: date) -> bool:
    """A local date lies in the interval from `since` (None: from the beginning) up to and without `until` (None: for good)."""
    return (since is None or since <= day) and (until is None or day < until)


def stays_of(members: Iterable[Member], since: date | None, began: UUID | None) -> tuple[Stay, ...]:
    return tuple(Stay(one.person, one.relation, one.labour_capacity, since, began=began) for one in members)


def end_stays(stays: Iterable[Stay], persons: frozenset[UUID], until: date, over: UUID, left: str) -> tuple[Stay, ...]:
    """The lasting stays of these persons end; nobody was a member before he came, so an earlier day leaves an empty interval."""
    return tuple(
        replace(stay, until=until, over=over, left=left) if stay.lasts and stay.person in persons else stay for stay in stays
    )  # fmt: skip


def resume_stays(stays: tuple[Stay, ...], members: Iterable[Member]) -> tuple[Stay, ...]:
    """Who did not die after all goes on as a member, as what he is to the head now."""
    for member in members:
        resumed = partial(replace, relation=member.relation, until=None, over=None, left=None)
        stays = _with_last(stays, lambda stay, person=member.person: stay.person == person, resumed)
    return stays


def born_on(stays: tuple[Stay, ...], person: UUID, before: date, on: date, fact: UUID) -> tuple[Stay, ...]:
    """His last stay that began on the day `before` began `on` another one."""
    return _with_last(stays, lambda stay: (stay.person, stay.since) == (person, before), partial(replace, since=on, began=fact))


def died_on(stays: tuple[Stay, ...], person: UUID, before: date, on: date, fact: UUID) -> tuple[Stay, ...]:
    """His last stay that was over by a death on the day `before` was so `on` another one."""
    died = (person, before, "died")
    return _with_last(stays, lambda stay: (stay.person, stay.until, stay.left) == died, partial(replace, until=on, over=fact))


def _with_last(stays: tuple[Stay, ...], is_it: Callable[[Stay], bool], change: Callable[[Stay], Stay]) -> tuple[Stay, ...]:
    last = max(number for number, stay in enumerate(stays) if is_it(stay))
    return (*stays[:last], change(stays[last]), *stays[last + 1 :])


def last_day(stays: Iterable[Stay]) -> date:
    """The local date from which nobody is a member, whoever was told to be gone last; `date.min` where nobody ever was one."""
    return max((stay.until for stay in stays if stay.until is not None and stay.left != "withdrawn"), default=date.min)


def headed_by(stays: Iterable[Stay], person: UUID) -> tuple[Stay, ...]:
    """What the others are to the new head is not told: the one before is a member."""
    return tuple(_headed(stay, person) for stay in stays)


def _headed(stay: Stay, person: UUID) -> Stay:
    if not stay.lasts or (stay.person != person and stay.relation not in HEAD):
        return stay
    return replace(stay, relation="head" if stay.person == person else "member")


def able_as_seen(stays: Iterable[Stay], labour: Iterable[Labour], *, anew: bool) -> tuple[Stay, ...]:
    """The members can do what a visit found, whatever was known before; of the others what was known stands.

    Unless it is `anew`, told after a later visit: then it says only what nobody knew.
    """
    seen = {one.person: one.capacity for one in labour}
    return tuple(
        replace(stay, labour_capacity=seen[stay.person])
        if stay.lasts and stay.person in seen and (anew or stay.labour_capacity is None)
        else stay
        for stay in stays
    )


def as_member(stay: Stay) -> Member:
    return Member(person=stay.person, relation=stay.relation, labour_capacity=stay.labour_capacity)
