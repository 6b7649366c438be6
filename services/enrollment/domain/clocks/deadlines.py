"""Legal deadlines: a deadline runs as long as what starts it is so and what ends it is not, and every change of that is an event.

What starts and ends each kind is here, how long it is and in which days comes from the policy pack; a kind that the pack leaves out
never runs. A day is told by `StartDay` alone, so that a replay gives the same deadlines.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from functools import reduce
from typing import Final, NamedTuple

from msgspec.structs import replace

from pipeline.decider import Event, Events
from services.enrollment.domain.case.procedure_events import CaseReopened, NoticeEnded
from services.enrollment.domain.clocks.deadline_events import (
    DeadlineBreached,
    DeadlineDropped,
    DeadlineEscalated,
    DeadlineMet,
    DeadlinePaused,
    DeadlineResumed,
    DeadlineStarted,
    EscalationEnded,
    MinimumReached,
)
from services.enrollment.domain.clocks.endings import why_dropped
from services.enrollment.domain.events import (
    CaseOpened,
    ClueRaised,
    CommandRefused,
    FactRecorded,
    FactUnmatched,
    FactWithdrawn,
    RiskAdded,
    RiskResolved,
)
from services.enrollment.domain.evolution import evolve
from services.enrollment.domain.household.stages import CaseOpen, ClueOpen, Enrolled, Outside
from services.enrollment.domain.household.state import Household, State
from services.enrollment.domain.members.change import Due
from services.enrollment.domain.pack.policy import Policy


class Span(NamedTuple):
    """All of `since` have happened and none of `until`."""

    since: frozenset[str]
    until: frozenset[str] = frozenset()


# A deadline runs in any of its spans.
SPANS: Final[Mapping[str, tuple[Span, ...]]] = {
    "accept": (Span(frozenset({"application"})),),
    "verify": (Span(frozenset({"clue"}), frozenset({"verification"})),),
    "compare": (Span(frozenset({"authorisation"}), frozenset({"comparison"})),),
    "review": (Span(frozenset({"verification", "comparison"}), frozenset({"review"})), Span(frozenset({"objection"}))),
    "county-decision": (Span(frozenset({"verification"})),),
    "whole-entry": (Span(frozenset({"clue"})),),
    "income-staleness": (Span(frozenset({"enrolled"})),),
    "first-measure": (Span(frozenset({"enrolled"}), frozenset({"measure"})),),
    "exit-decision": (Span(frozenset({"proposal"})),),
    "appeal-decision": (Span(frozenset({"appeal"})),),
}
# Most of what happens; it starts and ends nothing.
UNTIMED: Final = (FactRecorded, FactUnmatched, FactWithdrawn, RiskAdded, RiskResolved, CommandRefused)


def wanted(state: Household, policy: Policy) -> frozenset[str]:
    """The deadlines that concern a household now, whether they run, are paused or were breached."""
    now = _marks(state)
    return frozenset(kind for kind in policy.deadlines if any(span.since <= now and not span.until & now for span in SPANS[kind]))


def _stopped(state: Household, kinds: frozenset[str]) -> frozenset[str]:
    """Of the `kinds` that are wanted: all but its own until an appeal is decided, all but the review's until an objection is answered.

    Where the pack gives the review that answers it no time, an objection stops nothing: a clock that nothing starts again is lost.
    """
    if state.appeal is not None:
        return kinds - {"appeal-decision"}
    objected = isinstance(state.stage, CaseOpen | Enrolled) and state.stage.progress.objected
    return kinds - {"review"} if objected and "review" in kinds else frozenset()


def _marks(state: Household) -> frozenset[str]:
    """What has happened in the present case."""
    appeal = frozenset({"appeal"} if state.appeal is not None else ())
    match state.stage:
        case Outside():
            return appeal
        case ClueOpen(asked=asked):
            return appeal | {"clue"} | ({"application"} if asked else frozenset[str]())
        case CaseOpen(progress=progress):
            return appeal | {"clue", *progress.done} | ({"objection"} if progress.objected else frozenset[str]())
        case Enrolled(begun=begun, helped=helped, exit_proposed=proposed, progress=progress):
            told = {"enrolled": True, "measure": begun or helped, "proposal": proposed, "objection": progress.objected}
            return appeal.union(mark for mark, so in told.items() if so)


def timed(state: State, happened: Events, on: date, policy: Policy) -> Events:
    """What happened, between the deadlines that it ended and those that it started and did not tell itself."""
    if all(isinstance(event, UNTIMED) for event in happened):
        return happened
    after = reduce(evolve, happened, state)
    if not isinstance(state, Household) or not isinstance(after, Household) or _same(state, after):
        return _held(happened, after, on, policy)
    was, now = wanted(state, policy), wanted(after, policy)
    stood, stands = _stopped(state, was), _stopped(after, now)
    started = (now - was) | _never_started(state, happened, now)
    started -= {event.kind for event in happened if isinstance(event, DeadlineStarted)}
    over = {kind: why_dropped(kind, happened, policy) for kind in state.running.kinds - now}
    clock = (*_stops(state, stands - stood, on, policy), *_goes_on(state, now - stands, on, policy))
    told = (*_ended(state, over, on), *happened, *clock, *(start(kind, on, policy) for kind in sorted(started)))
    return _held(told, after, on, policy)


def _never_started(state: Household, happened: Events, now: frozenset[str]) -> frozenset[str]:
    """A clue that was raised under another pack did not start what the pack of its case wants of it, or of the one that goes on by it."""
    opened = any(isinstance(event, CaseOpened | CaseReopened) for event in happened)
    return now - state.running.kinds if opened else frozenset()


def _held(happened: Events, after: State, on: date, policy: Policy) -> Events:
    """What starts while the clock stands still stands still at once, and has all its days when the clock goes on."""
    begun = [event for event in happened if isinstance(event, DeadlineStarted)]
    if not begun or not isinstance(after, Household):
        return happened
    still = _stopped(after, wanted(after, policy))
    return (*happened, *(_pause(event.kind, event.due, on, policy) for event in begun if event.kind in still))


def _same(state: Household, after: Household) -> bool:
    return state.stage is after.stage and state.appeal is after.appeal


def _ended(state: Household, kinds: Mapping[str, str | None], on: date) -> Events:
    """Each kind with why it was dropped, None where it was done.

    What ends after its last day is a breach, done or not, whether or not the day that breached it was told before.
    """
    ended: list[Event] = []
    for last, kind in sorted((state.running.due.get(kind, date.max), kind) for kind in kinds):
        if on > last:
            ended += (DeadlineBreached(kind=kind, due=last), EscalationEnded(kind=kind))
        elif kind in state.running.due or kind in state.running.paused:
            ended.append(_done_or_dropped(kind, kinds[kind], state, on))
        elif kind in state.running.late:
            ended.append(EscalationEnded(kind=kind))
    return tuple(ended)


def _done_or_dropped(kind: str, reason: str | None, state: Household, on: date) -> Event:
    if reason is None:
        return DeadlineMet(kind=kind)
    return DeadlineDropped(kind=kind, due=state.running.due.get(kind), on=on, reason=reason)


def renewed(kind: str, state: Household, on: date, policy: Policy) -> Events:
    """What has to come again and again came, and is due again."""
    return (*_ended(state, {kind: None}, on), start(kind, on, policy)) if kind in wanted(state, policy) else ()


def start(kind: str, on: date, policy: Policy) -> DeadlineStarted:
    due = policy.due(kind, on)
    return DeadlineStarted(kind=kind, due=due, unknown_years=policy.working_days.unknown(on, due, policy.deadlines[kind].unit))


def no_later(events: Events, on: date, due: tuple[Due, ...]) -> Events:
    """What starts on a local date, and ran already where somebody came from, ends on the day on which it would have ended there."""
    last = {one.kind: one.last for one in due if one.last >= on}
    return tuple(_no_later(event, last) for event in events) if last else events


def _no_later(event: Event, due: Mapping[str, date]) -> Event:
    match event:
        case DeadlineStarted(kind=kind, due=last):
            return replace(event, due=min(last, due.get(kind, last)))
        case ClueRaised(due=last):
            return replace(event, due=min(last, due.get("verify", last)))
        case _:
            return event


def _stops(state: Household, kinds: frozenset[str], on: date, policy: Policy) -> Events:
    """What is late already does not: its breach is told when a day starts."""
    running = sorted((due, kind) for kind, due in state.running.due.items() if kind in kinds and on <= due)
    return tuple(_pause(kind, due, on, policy) for due, kind in running)


def _pause(kind: str, due: date, on: date, policy: Policy) -> DeadlinePaused:
    return DeadlinePaused(kind=kind, left=policy.working_days.left(on, due, policy.deadlines[kind].unit))


def _goes_on(state: Household, kinds: frozenset[str], on: date, policy: Policy) -> Events:
    """What stood still has the days left that it had."""
    return tuple(_resumed(kind, left, on, policy) for kind, left in sorted(state.running.paused.items()) if kind in kinds)


def _resumed(kind: str, left: int, on: date, policy: Policy) -> DeadlineResumed:
    due = policy.period(on, left, policy.deadlines[kind].unit)
    return DeadlineResumed(kind=kind, due=due, unknown_years=policy.working_days.unknown(on, due, policy.deadlines[kind].unit))


def day(state: Household, on: date, policy: Policy) -> Events:
    """All that came due until the morning of a day, once and in order of the dates, however many days were skipped."""
    told: list[tuple[date, str, int, Event]] = []
    for kind, due in state.running.due.items():
        if on > due:
            told.append((due, kind, 0, DeadlineBreached(kind=kind, due=due)))
            told += _escalated(kind, 0, due, on, policy)
    for kind, at in state.running.escalated.items():
        if at.until is not None:
            told += _escalated(kind, at.level, at.until, on, policy)
    told += [(until, kind, 0, MinimumReached(kind=kind)) for kind, until in state.running.minima.items() if on > until]
    told += _notice(state, on)
    return tuple(event for _, _, _, event in sorted(told, key=lambda one: one[:3]))


def _notice(state: Household, on: date) -> Iterable[tuple[date, str, int, Event]]:
    """A public notice comes down the day after its last."""
    match state.stage:
        case CaseOpen(case=case, progress=progress) | Enrolled(case=case, progress=progress):
            until = progress.posted_until
            if until is not None and on > until and not progress.taken_down:
                yield until, "notice", 0, NoticeEnded(case=case)
        case Outside() | ClueOpen():
            return


def _escalated(kind: str, level: int, until: date, on: date, policy: Policy) -> list[tuple[date, str, int, Event]]:
    """One level up for each period that is over, the first at once with the breach."""
    rule = policy.deadlines.get(kind)
    if rule is None:
        return []
    levels = rule.escalates_to
    told: list[tuple[date, str, int, Event]] = []
    while level < len(levels) and on > until:
        nothing_above = level + 1 == len(levels)
        over, until = until, until + timedelta(days=rule.escalates_every_days)
        event = DeadlineEscalated(kind=kind, level=level + 1, to=levels[level], until=None if nothing_above else until)
        told.append((over, kind, level + 1, event))
        level += 1
    return told
