"""What the next decision about a household needs to know."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import TypeAlias
from uuid import UUID

from msgspec import field
from msgspec.structs import replace

from pipeline.value import Value
from schemas.clock import COUNTY_TIME
from services.enrollment.domain.case.opening import Opening
from services.enrollment.domain.clocks.running import Running
from services.enrollment.domain.commands import Category
from services.enrollment.domain.discovery.discovery_events import ScreeningReported
from services.enrollment.domain.fact import Fact, Income, Series, Settled, ToldAt, without_old_test
from services.enrollment.domain.household.progress import Appeal, Closed
from services.enrollment.domain.household.stages import Outside, Stage
from services.enrollment.domain.household.stays import Ended, Stay
from services.enrollment.domain.pack.lines import Assignment, Line


class Unregistered(Value, frozen=True):
    """No household yet: the facts with these ids wait, and what visitors `reported`.

    In the stream of an area: what was last published, and for which day.

    In the stream of a duplicate: whom he is the `same_as`, and from whom he was `parted` again.
    """

    facts: frozenset[UUID] = frozenset()
    withdrawn: frozenset[UUID] = frozenset()
    reported: tuple[ScreeningReported, ...] = ()
    published: tuple[Line | Assignment, ...] = ()
    same_as: UUID | None = None
    parted: frozenset[UUID] = frozenset()


class Visit(Value, frozen=True):
    """What somebody found and reported: he may not decide on it. `id` names it as a source; the log of older releases has none."""

    by: str
    at: datetime
    income: Income | None
    unmet: tuple[str, ...]
    findings_sha256: str
    id: UUID | None = None

    @property
    def on(self) -> date:
        """The local date on which it was held."""
        return self.at.astimezone(COUNTY_TIME).date()

    @property
    def sources(self) -> tuple[UUID, ...]:
        """What a criterion that rests on it names."""
        return (self.id,) if self.id is not None else ()


class Conflict(Value, frozen=True):
    """`person`, or the whole household, has two benefits of which the `lower` should end."""

    person: UUID | None
    higher: str
    lower: str


class Household(Value, frozen=True):
    """`visited` is the last visit, `earned` the last one that told an income, `visits` are all in the order in which they were told.

    `pack` is the name of the policy pack that the last case was opened under, `line` what it was judged by; `assignment` the pack by
    which, when it took effect, the household was found outside.
    `requests` are the applications and screenings, `request` the last that a clue named, or the change with which one came along,
    `claimed` the risks that those of the last clue and case name.
    `emergency` is the case for which help was started first, `closed` the last one that the county ended, `appeal` the open one.
    `conflicts` are the benefits that somebody may not have together, as far as it was told; `compared` are the members for whom the
    present case was compared with the books of the departments.
    `latest` is the local date of its latest step, or from which it was taken over.
    `unplaced` is the code of its village as long as nobody knows that village.
    `counted` are the measures that began or arrived, with the episode that they are of.
    `settled` is when the fact was told that says where it lives, and the one that says who heads it.
    `regrouped` is the local date since which others live together than before, by a marriage, a split or a merge: what was said of their
    income until then is that of others.
    `taken_over` is the opening balance by which it was enrolled: whoever says it again changes nothing.
    `former` are facts that do not count: of those who left, of a village left behind, and what was doubted.
    """

    id: UUID
    village_code: str
    category: Category
    stays: tuple[Stay, ...]
    stage: Stage = Outside()
    episode: int = 0
    facts: Mapping[UUID, Fact] = field(default_factory=dict[UUID, Fact])
    withdrawn: frozenset[UUID] = frozenset()
    visited: Visit | None = None
    earned: Visit | None = None
    visits: tuple[Visit, ...] = ()
    running: Running = Running()
    pack: str = ""
    requests: frozenset[UUID] = frozenset()
    request: Fact | None = None
    claimed: frozenset[str] = frozenset()
    line: Line | None = None
    assignment: Assignment | None = None
    emergency: UUID | None = None
    closed: Closed | None = None
    appeal: Appeal | None = None
    former: Mapping[UUID, Fact] = field(default_factory=dict[UUID, Fact])
    gone: frozenset[UUID] = frozenset()
    ended: Ended | None = None
    conflicts: frozenset[Conflict] = frozenset()
    compared: frozenset[UUID] = frozenset()
    unplaced: str = ""
    latest: date = date.min
    counted: Mapping[UUID, int] = field(default_factory=dict[UUID, int])
    settled: Mapping[Settled, ToldAt] = field(default_factory=dict[Settled, ToldAt])
    taken_over: Opening | None = None
    regrouped: date = date.min

    @property
    def deadlines(self) -> Mapping[str, date]:
        """The last day in time of each deadline that runs, by kind."""
        return self.running.due

    @property
    def members(self) -> frozenset[UUID]:
        """Those who stay, as far as is known."""
        return frozenset(stay.person for stay in self.stays if stay.lasts)

    @property
    def bereaved(self) -> date:
        """The local date since which the last one who died is a member no more."""
        return max((stay.until for stay in self.stays if stay.left == "died" and stay.until is not None), default=date.min)

    @property
    def is_pending(self) -> bool:
        """A clue, a case or an enrolment is open here, or an appeal that may lead to a case."""
        return self.appeal is not None or not isinstance(self.stage, Outside)

    @property
    def without_labour(self) -> bool:
        return all(stay.labour_capacity == "none" for stay in self.stays if stay.lasts)

    @property
    def perhaps_without_labour(self) -> bool:
        """Nobody is known to work, and of somebody it is known that he cannot."""
        known = {stay.labour_capacity for stay in self.stays if stay.lasts}
        return known <= {"none", None} and "none" in known

    def standing(self) -> dict[Series, Fact]:
        """The fact that stands in each (person, series)."""
        latest: dict[Series, Fact] = {}
        for fact in self.facts.values():
            before = latest.get(fact.about)
            if before is None or fact.order > before.order:
                latest[fact.about] = fact
        return without_old_test(latest)

    def after(self, visit: Visit) -> Household:
        """What the later of two found stands, whichever is told first; one that asked for no income leaves what another found of it."""
        asked = visit.income is not None and (self.earned is None or visit.at >= self.earned.at)
        return replace(self, visited=self.last_visit(visit), earned=visit if asked else self.earned, visits=(*self.visits, visit))

    def last_visit(self, visit: Visit) -> Visit:
        """The later one of the last visit and this."""
        return visit if self.visited is None or visit.at >= self.visited.at else self.visited

    def size_on(self, day: date) -> int:
        """How many are members on a local date."""
        return sum(stay.includes(day) for stay in self.stays)


State: TypeAlias = Unregistered | Household
