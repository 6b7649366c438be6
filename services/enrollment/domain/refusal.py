"""A command that does not fit is answered by an event that says why, and what would fit instead."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final

from services.enrollment.domain.asked import Command
from services.enrollment.domain.events import CommandRefused
from services.enrollment.domain.household.progress import Progress
from services.enrollment.domain.household.stages import CaseOpen, ClueOpen, Enrolled, Outside
from services.enrollment.domain.household.state import Household
from services.enrollment.domain.pack.explanations import Evaluation
from services.enrollment.domain.pack.policy import Policy
from services.enrollment.domain.pack.procedure import StepRule, missing, ready

# The commands that do each step; a notice is posted first and closed later.
COMMANDS: Final[Mapping[str, str]] = {
    "authorisation": "sign-authorisation",
    "verification": "record-verification",
    "comparison": "record-comparison",
    "review": "record-review",
    "notice": "post-notice",
    "township": "decide-at-township",
    "county": "decide-at-county",
}


def refused(command: Command, reason_code: str, fits: Iterable[str] = (), supported: Iterable[str] = ()) -> tuple[CommandRefused]:
    return (CommandRefused(command=command.id, reason_code=reason_code, fits=tuple(fits), supported=tuple(supported)),)


def too_early(command: Command, reason_code: str, until: date | None, fits: Iterable[str] = ()) -> tuple[CommandRefused]:
    """`until` is the last local date on which it is so."""
    return (CommandRefused(command=command.id, reason_code=reason_code, fits=tuple(fits), until=until),)


def undecided(command: Command, evaluation: Evaluation, fits: Iterable[str]) -> tuple[CommandRefused]:
    """False says so; unknown says what is missing and who can supply it."""
    asks = evaluation.asks if evaluation.outcome == "unknown" else ()
    return (CommandRefused(command=command.id, reason_code=f"evaluation.{evaluation.outcome}", fits=tuple(fits), asks=asks),)


def does_not_fit(command: Command, state: Household, policy: Policy, reason_code: str = "state.does-not-fit") -> tuple[CommandRefused]:
    return refused(command, reason_code, fitting(state, policy))


def fitting(state: Household, policy: Policy) -> tuple[str, ...]:
    """The commands that the procedure waits for."""
    appeal = ("decide-appeal",) if state.appeal is not None else ()
    match state.stage:
        case Outside():
            return appeal
        case ClueOpen():
            return (*_next(policy.procedure.entry, Progress()), "dismiss-clue", *appeal)
        case CaseOpen(progress=progress):
            return (*_next(policy.procedure.entry, progress), *appeal)
        case Enrolled(exit_proposed=True, progress=progress):
            return (*_next(policy.procedure.exit, progress), *appeal)
        case Enrolled():
            return ("propose-exit", *appeal)


def _next(steps: tuple[StepRule, ...], progress: Progress) -> tuple[str, ...]:
    may = [step for step in ready(steps, progress.done) if step != "county" or not missing(steps, progress.done)]
    named = tuple(COMMANDS[step] for step in may)
    return tuple("close-notice" if one == "post-notice" and progress.posted_until is not None else one for one in named)
