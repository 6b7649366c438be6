"""What is promised of every service's rules, whatever is asked in whatever order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final
from uuid import UUID

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from pipeline.decider import Event
from pipeline.kernel import StreamEvent, StructMapper, register
from tests.specification import Specification

STREAM: Final = UUID(int=7)
# a busy machine is no reason to fail
law: Final = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


def repeating_adds_no_fact(story: Specification[Any, Any, Any], commands: Iterable[Any], refusals: tuple[type[Event], ...] = ()) -> None:
    for command in commands:
        story = story.when(command)
        again = story.when(command).happened
        assert all(isinstance(event, refusals) for event in again), f"{command!r} was not ignored"


def replay_ends_where_the_steps_ended(story: Specification[Any, Any, Any], commands: Iterable[Any], events: Sequence[type[Event]]) -> None:
    """Through the log: what is read back is folded, not what was decided."""
    decider, state = story.decider, story.state
    for command in commands:
        story = story.when(command)
        for event in story.happened:
            state = decider.evolve(state, event)
    stored = [*story.history, *story.happened]
    assert state == decider.fold(through_the_log(stored, events), decider.initial)


def through_the_log(events: Iterable[Event], known: Sequence[type[Event]]) -> list[Event]:
    register(known)
    mapper = StructMapper()
    rows = [mapper.to_stored_event(StreamEvent(STREAM, version, event)) for version, event in enumerate(events, 1)]
    return [mapper.to_domain_event(row).event for row in rows]


def any_event(known: Sequence[type[Event]]) -> st.SearchStrategy[Event]:
    """Each class equally often, filled with whatever its fields may hold."""
    return st.one_of([st.from_type(event) for event in known])
