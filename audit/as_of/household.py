"""What was so of one household, each statement with the event that made it so: the fold of enrollment's own rules, watched; pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import TypeAlias
from uuid import UUID

from audit import chinese
from audit.as_of.knowledge import Known
from audit.fact_states import state_of
from audit.yuan import yuan
from pipeline.decider import Event
from pipeline.store import Recorded
from pipeline.value import Value
from services.enrollment.domain.clocks.running import Escalation
from services.enrollment.domain.events import HouseholdEnrolled
from services.enrollment.domain.fact import Fact, Income
from services.enrollment.domain.household.stages import CaseOpen, ClueOpen, Enrolled, Outside
from services.enrollment.domain.household.state import Household, State

Said: TypeAlias = tuple[str, str, str]


class Statement(Value, frozen=True, kw_only=True):
    """`what` ("stage", "member", "fact", ...) of `subject`, which is empty where there is one only, is `value`.

    `since` is the local date from which the event `event_id`, at this position of enrollment's log, made it so; None where it was so
    before the opening balance, which names no day for it.
    """

    what: str
    subject: str
    value: str
    since: date | None
    event_id: UUID
    position: int


def household_as_of(recorded: Iterable[Recorded], on: date, known: datetime) -> tuple[Statement, ...]:
    """From the events of its stream, in their order; nothing where it was not in the register on the local date `on`."""
    found: dict[Said, Statement] = {}
    for one, state in Known(recorded, known).steps(on):
        said = list(_statements(state, _type(one.event, found)))
        found = {key: found.get(key) or _statement(key, one) for key in said}
    return tuple(found.values())


def _statement(said: Said, one: Recorded) -> Statement:
    (what, subject, value), day = said, one.metadata.valid_on
    since = None if day == date.min else day
    return Statement(what=what, subject=subject, value=value, since=since, event_id=one.event_id, position=one.position)


def _type(event: Event, found: Iterable[Said]) -> str:
    """The rules forget the type after the decision."""
    if isinstance(event, HouseholdEnrolled):
        return event.type
    return next((value for what, _, value in found if what == "type"), "")


def _statements(state: State, kind: str) -> Iterator[Said]:
    if not isinstance(state, Household):
        return
    yield "stage", "", _stage(state)
    if isinstance(state.stage, Enrolled):
        yield "type", "", kind
        yield from (("risk", "", risk) for risk in sorted(state.stage.risks))
        yield from (("measure", "", how) for how, so in (("started", state.stage.begun), ("delivered", state.stage.helped)) if so)
    if state.episode:
        yield "episode", "", str(state.episode)
        yield "pack", "", state.pack
    yield "village", "", state.village_code
    yield "category", "", state.category
    yield from (("member", str(stay.person), chinese.relation(stay.relation)) for stay in state.stays)
    yield from (("fact", str(fact.id), _worded(fact)) for fact in sorted(state.standing().values(), key=_by_day))
    yield from _visited(state)
    yield from (("deadline", kind, due.isoformat()) for kind, due in sorted(state.deadlines.items()))
    yield from (("missed", kind, due.isoformat()) for kind, due in sorted(state.running.late.items()))
    yield from (("escalated", kind, _went_up(how)) for kind, how in sorted(state.running.escalated.items()))
    yield from (("conflict", str(one.person or ""), f"{one.higher} > {one.lower}") for one in sorted(state.conflicts, key=repr))


def _visited(state: Household) -> Iterator[Said]:
    """The income that was told last, by the visit that found it, and each guarantee that the last visit found unmet."""
    if state.earned is not None and state.earned.income is not None:
        yield "income", str(state.earned.id or ""), _earned(state.earned.income)
    if state.visited is not None:
        yield from (("unmet", "", guarantee) for guarantee in state.visited.unmet)


def _went_up(how: Escalation) -> str:
    return f"level {how.level}" if how.until is None else f"level {how.level} until {how.until}"


def _by_day(fact: Fact) -> tuple[date, str]:
    return fact.valid_on, fact.series


def _stage(state: Household) -> str:
    if state.ended is not None:
        return "ended"
    match state.stage:
        case Outside():
            return "outside"
        case ClueOpen():
            return "clue"
        case CaseOpen():
            return "case"
        case Enrolled(exit_proposed=proposed):
            return "exit-proposed" if proposed else "enrolled"


def _worded(fact: Fact) -> str:
    """By name, period, what it says and its amount in yuan; an income by its two sums and its months."""
    earned = "" if fact.income is None else _earned(fact.income)
    amount = "" if fact.amount_fen is None else f"{yuan(fact.amount_fen)} yuan"
    state = state_of(fact.signal, present=fact.present)
    return " ".join(part for part in (fact.name, fact.kind or fact.series, fact.period, state, amount, earned) if part)


def _earned(income: Income) -> str:
    return f"net {yuan(income.net_fen)} yuan reference {yuan(income.reference_fen)} yuan {income.window_from}/{income.window_to}"
