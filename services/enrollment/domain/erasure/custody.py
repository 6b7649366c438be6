"""What the vault holds of a person: who read it, and its erasure by two persons after the time of the law; a stream of its own."""

from __future__ import annotations

from datetime import date
from typing import Final, assert_never

from msgspec.structs import replace

from pipeline.decider import Event
from pipeline.value import Value
from services.enrollment.domain.actors import is_one_of
from services.enrollment.domain.erasure.custody_commands import AnyCustodyCommand, ConfirmErasure, RecordReading, RequestErasure
from services.enrollment.domain.erasure.custody_events import AnyCustodyEvent, DataRead, ErasureRequested, PersonErased
from services.enrollment.domain.events import CommandRefused
from services.enrollment.domain.pack.policy import Policy

# --- State ---


class Custody(Value, frozen=True):
    """`requested_by` is "" until somebody asked for the erasure."""

    requested_by: str = ""
    erased: bool = False


def evolve(state: Custody, event: AnyCustodyEvent) -> Custody:
    match event:
        case ErasureRequested(by=by):
            return replace(state, requested_by=by)
        case PersonErased():
            return replace(state, erased=True)
        case DataRead():
            return state
        case _:
            assert_never(event)


# --- Rules ---

NO_EVENTS: Final[tuple[Event, ...]] = ()


def decide(command: AnyCustodyCommand, state: Custody, policy: Policy) -> tuple[Event, ...]:
    match command:
        case RecordReading(what=what, purpose=purpose):
            return (DataRead(what=what, purpose=purpose),)
        case RequestErasure(person=person, by=by, reason_sha256=reason):
            if state.erased or is_one_of(by, (state.requested_by,)):
                return NO_EVENTS
            return _forbidden(command, policy) or (ErasureRequested(person=person, by=by, reason_sha256=reason),)
        case ConfirmErasure(person=person, by=by, also=also):
            if state.erased:
                return NO_EVENTS
            if not state.requested_by:
                return _refused(command, "erasure.not-requested")
            if is_one_of(by, (state.requested_by,)):
                return _refused(command, "erasure.same-person")
            return _forbidden(command, policy) or (PersonErased(person=person, by=by, requested_by=state.requested_by, also=also),)
        case _:
            assert_never(command)


def _forbidden(command: RequestErasure | ConfirmErasure, policy: Policy) -> tuple[CommandRefused, ...]:
    """Asked twice: between the request and its confirmation he may have come back."""
    if not command.is_named:
        return _refused(command, "erasure.unnamed")
    if command.last is None:
        return _refused(command, "erasure.unknown-person")
    if command.in_register:
        return _refused(command, "erasure.in-register")
    first = kept_until(command.last, policy)
    return _refused(command, "erasure.too-early", first) if command.on <= first else ()


def kept_until(last: date, policy: Policy) -> date:
    """The last local date on which the law wants it kept."""
    return policy.period(last, 12 * policy.retention.years, "months")


def _refused(command: RequestErasure | ConfirmErasure, code: str, until: date | None = None) -> tuple[CommandRefused, ...]:
    return (CommandRefused(command=command.id, reason_code=code, until=until, person=command.person),)
