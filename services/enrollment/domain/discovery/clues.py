"""One open clue per household gathers its sources: facts that cross, applications, screenings; without a source it ends."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from uuid import uuid5

from msgspec.structs import replace

from pipeline.decider import Events
from services.enrollment.domain.case.procedure_commands import Withdraw
from services.enrollment.domain.clocks.deadline_events import DeadlineStarted
from services.enrollment.domain.clocks.deadlines import start
from services.enrollment.domain.commands import AnyCommand, Command, RecordVerification, StartDay, WithdrawFact
from services.enrollment.domain.discovery.comings import cause_of, change_to_look_at, joined_by
from services.enrollment.domain.discovery.discovery_events import ClueJoined, ClueSourceEnded
from services.enrollment.domain.events import ClueRaised
from services.enrollment.domain.fact import Fact, Series
from services.enrollment.domain.household.stages import CaseOpen, ClueOpen, Coming, Enrolled, Outside
from services.enrollment.domain.household.state import Household, State
from services.enrollment.domain.judging.evaluation import crossing, evaluate
from services.enrollment.domain.members.person_commands import MergePersons, UnmergePersons
from services.enrollment.domain.pack.lines import Line
from services.enrollment.domain.pack.policy import Policy


def new_clue(command: AnyCommand, state: State, after: Household, policy: Policy) -> Events:
    """One clue for all series that newly cross their threshold, or got much worse than when somebody last looked."""
    before, fresh = _old_and_new(state, after, policy)
    return _raised_by(command, fresh, policy, before)


def left_behind(command: AnyCommand, found: Events, policy: Policy) -> Events:
    """Those who left a household with a clue, a case or an enrolment are looked at, whatever is known of them now or later."""
    change = change_to_look_at(command, found)
    if change is None:
        return found
    raised = [event.clue for event in found if isinstance(event, ClueRaised)]
    return (*found, *(joined_by(change, clue) for clue in raised)) if raised else _raised_by_change(command, change, policy)


def came_back(command: AnyCommand, state: State, after: Household, policy: Policy) -> Events:
    """A clue, a case or an enrolment ended with the last member, who is back: he did not die, or is no duplicate; nobody is forgotten."""
    if not isinstance(command, WithdrawFact | UnmergePersons) or not isinstance(state, Household) or after.ended is not None:
        return ()
    if state.ended is None or not state.ended.pending or (cause := cause_of(command, state)) is None:
        return ()
    before, fresh = _old_and_new(state, after, policy)
    return _raised(_raised_by_change(command, Coming(cause, tuple(sorted(state.claimed))), policy, before), fresh, policy)


def never_looked_at(command: AnyCommand, state: State, after: Household, policy: Policy) -> Events:
    """What was told, or came in, since somebody looked has been seen by nobody when a clue, a case or an enrolment ends.

    Who ends a clue has looked until then. In a case where nobody went all that was told since it opened is new, unless the household
    itself wants to be left alone. Who lets a household out has looked at what it was proposed for.
    """
    if not isinstance(state, Household) or isinstance(state.stage, Outside):
        return ()
    stands = crossing(after, policy).values()
    fresh = [fact for fact in stands if _is_fresh(fact, command, state, state.stage)]
    seen = tuple(fact for fact in stands if fact not in fresh)
    unseen = _unseen(command, state, state.stage)
    if unseen is not None:
        return _raised(_raised_by_change(command, unseen, policy, seen), fresh, policy)
    return _raised_by(command, fresh, policy, seen)


def _is_fresh(fact: Fact, command: AnyCommand, state: Household, stage: ClueOpen | CaseOpen | Enrolled) -> bool:
    match stage:
        case ClueOpen():
            return fact.heard_at > command.at
        case CaseOpen(visited=visited, known=known):
            looked = [visited] if visited is not None else []
            looked += [command.at] if isinstance(command, RecordVerification) else []
            return fact.heard_at > max(looked) if looked else fact.id not in known and not isinstance(command, Withdraw)
        case Enrolled(known=known):
            return fact.id not in known and (state.visited is None or fact.heard_at > state.visited.at)


def _unseen(command: AnyCommand, state: Household, stage: ClueOpen | CaseOpen | Enrolled) -> Coming | None:
    """Who came in, or asked, after the look that ends the clue or the case."""
    match stage:
        case ClueOpen(kept=kept):
            asked = Coming(state.request, tuple(sorted(state.claimed))) if stage.asked and state.request is not None else None
            since = [one for one in (kept, asked) if one is not None and one.fact.heard_at > command.at]
            return since[0].after(since[-1]) if since else None
        case CaseOpen(unseen=unseen):
            was_there = isinstance(command, RecordVerification) and unseen is not None and command.at >= unseen.fact.heard_at
            return None if was_there else unseen
        case Enrolled(unseen=unseen):
            return unseen


def in_need_again(command: AnyCommand, state: State, after: Household, policy: Policy) -> Events:
    """What was looked at and led to nothing is looked at once more when a household qualifies that did not before.

    Also when nobody knows any more whether it does, since somebody is gone who may have earned what it was turned down for.
    """
    found = _looked_at_again(command, after, policy)
    if not found or not isinstance(state, Household) or _qualifies(state, command.on, policy):
        return ()
    return found if _qualifies(after, command.on, policy) or _may_have_lost_its_earner(command, state, after, policy) else ()


def _may_have_lost_its_earner(command: AnyCommand, state: Household, after: Household, policy: Policy) -> bool:
    """Somebody is gone, and with him what a criterion was false by."""
    if state.members <= after.members:
        return False
    before, now = evaluate(state, command.on, policy), evaluate(after, command.on, policy)
    changes = zip(before.criteria, now.criteria, strict=True)
    return now.outcome == "unknown" and any((was.result, is_now.result) == ("false", "unknown") for was, is_now in changes)


def found_by_pack(command: Command, state: Household, before: Policy, policy: Policy) -> Events:
    """Another pack is in force: what crosses by it and did not by the one `before`, or what was looked at and may qualify now."""
    if not isinstance(state.stage, Outside):
        return ()
    crossed, now = crossing(state, before), crossing(state, policy)
    if fresh := [fact for series, fact in now.items() if series not in crossed]:
        return _raised_by(command, fresh, policy, tuple(fact for series, fact in now.items() if series in crossed))
    found = _looked_at_again(command, state, policy)
    if not found:
        return ()
    was, judged = (evaluate(state, command.on, pack).outcome for pack in (before, policy))
    better = (was == "false" and judged == "unknown") or (was != "true" and judged == "true")
    return found if better else ()


def found_by_line(command: StartDay, line: Line, state: Household, policy: Policy) -> Events:
    """What was looked at and led to nothing is looked at once more when a line lets the household qualify that the one before did not."""
    found, before = _looked_at_again(command, state, policy), policy.without(line)
    if not found or before is None or not _qualifies(state, command.on, policy) or _qualifies(state, command.on, before):
        return ()
    return tuple(replace(event, line=line) if isinstance(event, ClueRaised) else event for event in found)


def _looked_at_again(command: Command, state: Household, policy: Policy) -> Events:
    """By all that crosses; where nothing does, by the application or the screening that named a risk last."""
    found = _raised_by(command, list(crossing(state, policy).values()), policy)
    if found or state.request is None or not state.claimed:
        return found
    return raise_clue(command, state.request, min(state.claimed), policy)


def _qualifies(state: Household, on: date, policy: Policy) -> bool:
    """Judged by the last income that was told, though others live together now: here it can only raise a clue."""
    return evaluate(replace(state, regrouped=date.min), on, policy).outcome == "true"


def _old_and_new(state: State, after: Household, policy: Policy) -> tuple[tuple[Fact, ...], list[Fact]]:
    """The facts that crossed already, and those that cross newly or got much worse."""
    before, now = _crossing(state, policy), crossing(after, policy)
    return tuple(before.values()), [now[series] for series in now if series not in before or _is_worse(now[series], after, policy)]


def _crossing(state: State, policy: Policy) -> Mapping[Series, Fact]:
    return crossing(state, policy) if isinstance(state, Household) else {}


def _is_worse(fact: Fact, home: Household, policy: Policy) -> bool:
    """Much worse than the one of its series that was looked at last; what is looked at again is that from then on."""
    looked_at, signal = _looked_at(fact.about, home), policy.signals.get(fact.signal or "")
    return looked_at is not None and signal is not None and signal.is_worse(fact, looked_at)


def _looked_at(series: Series, home: Household) -> Fact | None:
    return home.closed.looked_at.get(series) if home.closed is not None else None


def _raised_by(command: Command, facts: Sequence[Fact], policy: Policy, answered: tuple[Fact, ...] = ()) -> Events:
    """By the first of them, which the others join; nothing where there is none."""
    if not facts:
        return ()
    first, *others = facts
    return _raised(raise_clue(command, first, risk_of(first, policy), policy, answered), others, policy)


def _raised_by_change(
    command: Command, change: Coming, policy: Policy, answered: tuple[Fact, ...] = ()
) -> tuple[ClueRaised, DeadlineStarted]:
    clue, started = raise_clue(command, change.fact, change.risk, policy, answered)
    return replace(clue, claimed=change.claimed), started


def _raised(raised: tuple[ClueRaised, DeadlineStarted], others: Iterable[Fact], policy: Policy) -> Events:
    return (*raised, *(ClueJoined(clue=raised[0].clue, risk=risk_of(fact, policy), fact=fact) for fact in others))


def raise_clue(
    command: Command, fact: Fact, risk: str, policy: Policy, answered: tuple[Fact, ...] = ()
) -> tuple[ClueRaised, DeadlineStarted]:
    """`answered` are the facts that cross already and led to nothing."""
    due = policy.due("verify", command.came)
    # the same fact stands again when its correction is withdrawn, and must raise another clue
    clue = uuid5(fact.id, f"clue {command.id}")
    ids = tuple(sorted(other.id for other in answered))
    return ClueRaised(clue=clue, risk=risk, fact=fact, due=due, answered=ids), start("verify", command.came, policy)


def sources_changed(state: State, after: Household, stage: ClueOpen, policy: Policy) -> Events:
    """What joins and leaves the open clue by the changed facts."""
    before, now = _crossing(state, policy), crossing(after, policy)
    fresh = [s for s in now if s not in before or s not in stage.answered or _is_worse(now[s], after, policy)]
    come = [s for s in fresh if s not in stage.sources]
    gone = [s for s in before if s in stage.sources and not _speaks_still(s, now, stage, after, policy)]
    joined = tuple(ClueJoined(clue=stage.clue, risk=risk_of(now[series], policy), fact=now[series]) for series in come)
    left = tuple(ClueSourceEnded(clue=stage.clue, risk=risk_of(before[series], policy), fact=before[series]) for series in gone)
    return joined + left


def has_source(command: AnyCommand, state: State, after: Household, stage: ClueOpen, policy: Policy) -> bool:
    """Something keeps the clue open, beside what joins it now."""
    if stage.asked or stage.kept is not None or _stands_as_before(command, state, after, stage):
        return True
    now = crossing(after, policy)
    return any(_speaks_still(series, now, stage, after, policy) for series in stage.sources)


def _stands_as_before(command: AnyCommand, state: State, after: Household, stage: ClueOpen) -> bool:
    """A source that nothing was said of keeps its clue, though another pack may be in force by now, which it would not cross."""
    if not isinstance(state, Household) or isinstance(command, MergePersons | UnmergePersons):
        return False
    stood, stands = state.standing(), after.standing()
    return any(series in stands and stands[series] == stood.get(series) for series in stage.sources)


def _speaks_still(series: Series, now: Mapping[Series, Fact], stage: ClueOpen, after: Household, policy: Policy) -> bool:
    """It crosses; and what was looked at before the clue is still worse than it was then."""
    if series not in now:
        return False
    was_looked_at = series in stage.answered and _looked_at(series, after) is not None
    return not was_looked_at or _is_worse(now[series], after, policy)


def risk_of(fact: Fact, policy: Policy) -> str:
    return policy.signals[fact.signal].risk if fact.signal is not None else "other"
