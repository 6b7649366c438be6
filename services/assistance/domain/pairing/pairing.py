"""What follows for a pairing; where the pack wants a cadre and nobody answers, that is told once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from functools import reduce
from typing import Final, Literal, assert_never

from pipeline.decider import Events
from services.assistance.domain.pairing.pairing_commands import (
    AnyPairingCommand,
    AssignCadre,
    CheckPairing,
    EndHousehold,
    MoveHousehold,
    PlaceHousehold,
    RecordLeaving,
    ReleaseCadre,
    ReturnHousehold,
)
from services.assistance.domain.pairing.pairing_events import (
    CadreAnswers,
    CadreAssigned,
    CadreLeft,
    CadreMissing,
    CadreReleased,
    HouseholdEnded,
    HouseholdPlaced,
)
from services.assistance.domain.pairing.pairings import Pairing, answers_on, assigned, intervals, over_since
from services.assistance.domain.pairing.stays import Left, Stays, departures, same_town, spans
from services.assistance.domain.policy import Policy
from services.assistance.domain.refusal import refused
from services.assistance.domain.state import Place, State, evolve

# Why nobody answers in a pairing, as a reason code.
OVER: Final = {"left": "pairing.cadre-left", "moved": "pairing.household-moved", "ended": "pairing.household-ended"}


def pair(command: AnyPairingCommand, state: State, policy: Policy) -> Events:
    """What is so from today on is told beside it.

    Of a log from before that told of pairings only, it is told on the next day that begins, also that nobody answers.
    """
    events = _paired(command, state, policy)
    today = _today(command, state)
    told = state.answering.cadre if state.answering is not None else None
    answers = answers_on(reduce(evolve, events, state).pairings, today)
    never_told = isinstance(command, CheckPairing) and state.answering is None and state.pairings != ()
    return (*events, CadreAnswers(cadre=answers, on=today)) if never_told or answers != told else events


def _paired(command: AnyPairingCommand, state: State, policy: Policy) -> Events:
    match command:
        case PlaceHousehold(if_unplaced=True) if state.place is not None and state.place.category:
            return ()
        case PlaceHousehold(village_code=village, category=category, on=on):
            return _placed(state, village, category, on)
        case MoveHousehold(village_code=village, day=day):
            return _move(village, day, command, state, policy)
        case EndHousehold(day=day):
            over = _released(intervals(state.pairings), day, "ended")
            return over if state.place is None or state.place.ended else (*over, HouseholdEnded(on=day))
        case ReturnHousehold(day=day, village_code=village, category=category):
            place = state.place
            if village and (place is None or not place.category):
                return _placed(state, village, category, day)
            return _placed(state, place.village_code, place.category, day) if place is not None and place.ended else ()
        case AssignCadre():
            return _assigned(command, state)
        case ReleaseCadre(cadre=cadre, day=day):
            over = _released((one for one in intervals(state.pairings) if one.cadre == cadre), day, "left")
            return (*over, *_missing(reduce(evolve, over, state), command, policy)) if over else ()
        case RecordLeaving(cadre=cadre, day=day):
            return () if day in state.leavings else (CadreLeft(cadre=cadre, on=day),)
        case CheckPairing():
            return _missing(state, command, policy)
        case _:
            assert_never(command)


def must_be_paired(state: State, policy: Policy) -> bool:
    """The categories are those of the register, and `enrolled`."""
    if state.place is not None and state.place.ended:
        return False
    return (state.place is not None and state.place.category in policy.paired) or (state.plan is not None and "enrolled" in policy.paired)


def _placed(state: State, village: str, category: str, on: date) -> Events:
    return () if state.place == Place(village, category) else (HouseholdPlaced(village_code=village, category=category, on=on),)


def _assigned(command: AssignCadre, state: State) -> Events:
    """However late his pairing is told, nobody answers who has left since, or for a household that left his town or is no more.

    One that stands as it is told says nothing new; one that was over before is refused, with the day on which it was.
    """
    event = CadreAssigned(cadre=command.cadre, from_day=command.from_day, until=command.until)
    left = [one for one in (*departures(state.stays), *(Left(day, "left") for day in command.left)) if one.on > event.from_day]
    if state.place is not None and state.place.ended is not None:
        left.append(Left(state.place.ended, "ended"))
    told = (one for one in intervals(assigned(state.pairings, event)) if one.from_day == event.from_day)
    first = min(left, default=None)
    events = (event, *_released(told, first.on, first.reason)) if first is not None else (event,)
    if reduce(evolve, events, state).pairings != state.pairings:
        return events
    if first is None or Pairing(event.from_day, event.cadre, event.until) in state.pairings:
        return ()
    return refused(command, OVER[first.reason], first.on.isoformat())


def _move(village: str, day: date, command: MoveHousehold, state: State, policy: Policy) -> Events:
    """Into another town: whoever answered until then does so no more; whom the new town named already stays."""
    before = state.place
    moved = _placed(state, village, before.category if before is not None and before.category else command.category, day)
    if before is None or same_town(before.village_code, village):
        return moved
    over = _released(_left_behind(state, reduce(evolve, moved, state).stays, day), day, "moved")
    events = (*moved, *over)
    return (*events, *_missing(reduce(evolve, events, state), command, policy)) if over else events


def _left_behind(before: State, stays: Stays, day: date) -> Iterator[Pairing]:
    """Those from before the day on which it left their town, and those of a time at which, it turns out, it lived elsewhere."""
    leaves, town = Left(day, "moved") in departures(stays), stays[-1].town
    wrong = [(stay.on, after) for stay, after in spans(before.stays) if stay.on >= day and stay.town != town]
    return (
        one
        for one in intervals(before.pairings)
        if any(since <= one.from_day < until for since, until in wrong) or (leaves and one.from_day < day)
    )


def _released(pairings: Iterable[Pairing], day: date, reason: Literal["left", "moved", "ended"]) -> tuple[CadreReleased, ...]:
    """Of those that hold on `day` or later; one that would begin later never does."""
    return tuple(
        CadreReleased(cadre=one.cadre, from_day=one.from_day, on=max(day, one.from_day), reason=reason)
        for one in pairings
        if one.until is None or one.until >= day
    )


def _today(command: AnyPairingCommand, state: State) -> date:
    """What is told late does not go back behind the last day that began, nor behind the one that was told last."""
    told = state.answering.on if state.answering is not None else None
    return command.came if told is None else max(command.came, told)


def _missing(state: State, command: AnyPairingCommand, policy: Policy) -> Events:
    on = _today(command, state)
    if state.unpaired or not must_be_paired(state, policy) or answers_on(state.pairings, on) is not None:
        return ()
    return (CadreMissing(on=on, since=over_since(state.pairings, on)),)
