"""One household on two days: whether it was in, by which event that changed, and what its criteria came to on each; pure."""

from __future__ import annotations

from datetime import date
from typing import Final, Literal, NamedTuple, TypeAlias
from uuid import UUID

from msgspec import to_builtins

from audit.as_of.knowledge import Known
from audit.what_if.compare import Changed, InForce, changes
from audit.wording import reason
from pipeline.store import Recorded
from pipeline.value import Value
from services.enrollment.domain.household.stages import Enrolled
from services.enrollment.domain.household.state import Household, State, Unregistered
from services.enrollment.domain.judging.evaluation import evaluate
from services.enrollment.domain.pack.explanations import Evaluation

Way: TypeAlias = Literal["entered", "left"]
NOT_JUDGED: Final = Evaluation(outcome="unknown", line_fen=0, criteria=())


class Turned(Value, frozen=True):
    """A household that was in on one of the days only, since the event `event_id`, which counts from the local date `since`.

    `topic` and `reason` say what it was, `changed` which criteria of its own pack came to something else between the days; amounts in fen.
    """

    household: UUID
    village_code: str
    way: Way
    since: date
    topic: str
    reason: str
    event_id: UUID
    position: int
    changed: tuple[Changed, ...]


class Stand(NamedTuple):
    """A household on a day: its state, and the last event that took it in or out, None where none did."""

    state: State
    turn: Recorded | None

    @property
    def is_in(self) -> bool:
        return _is_in(self.state)


def stand(known: Known, on: date) -> Stand:
    """By what is known of its stream, on a local date."""
    state: State = Unregistered()
    turn: Recorded | None = None
    for one, after in known.steps(on):
        if _is_in(state) != _is_in(after):
            turn = one
        state = after
    return Stand(state, turn)


def turned(before: tuple[date, Stand], after: tuple[date, Stand], in_force: InForce) -> Turned | None:
    """From one day to the other; None where it was in on both, or on neither."""
    (_, was), (_, now) = before, after
    turn, inside = now.turn or was.turn, now.state if now.is_in else was.state
    if was.is_in == now.is_in or turn is None or not isinstance(inside, Household):
        return None
    return Turned(
        household=inside.id,
        village_code=inside.village_code,
        way="entered" if now.is_in else "left",
        since=turn.metadata.valid_on,
        topic=turn.event.TOPIC,
        reason=_reason(turn),
        event_id=turn.event_id,
        position=turn.position,
        changed=tuple(changes(_judged(*before, in_force), _judged(*after, in_force))),
    )


def _is_in(state: State) -> bool:
    return isinstance(state, Household) and state.ended is None and isinstance(state.stage, Enrolled)


def _reason(turn: Recorded) -> str:
    """As `./suishi audit history` says it."""
    return reason(to_builtins(turn.event))


def _judged(on: date, stood: Stand, in_force: InForce) -> Evaluation:
    """By its own pack and line of the day; who was not in the register, or no more, is not judged."""
    if not isinstance(stood.state, Household) or stood.state.ended is not None:
        return NOT_JUDGED
    return evaluate(stood.state, on, in_force.of(stood.state, on))
