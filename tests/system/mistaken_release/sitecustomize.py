"""A release with a mistake, for a process that finds this folder on its path: its rules cannot take one amount."""

from dataclasses import replace
from typing import Any, Final

from services.enrollment import domain
from services.enrollment.domain.commands import RecordFact

UNTAKEN_FEN: Final = 7_777_700
SOUND: Final = domain.DECIDER


def decide(command: Any, state: Any, policy: Any) -> Any:  # noqa: ANN401 - whatever the sound release takes and gives
    if isinstance(command, RecordFact) and command.fact.amount_fen == UNTAKEN_FEN:
        raise ZeroDivisionError
    return SOUND.decide(command, state, policy)


domain.DECIDER = replace(SOUND, decide=decide)
