"""How long the county's people take over a case in the season; the pack's limits are theirs to keep or to miss."""

from __future__ import annotations

from datetime import timedelta
from typing import Final
from uuid import UUID

# A notice hangs five days besides its own, and comes down with the next.
NOTICE: Final = timedelta(days=6)
# Three days are allowed for a visit; who is late goes when he is told so.
TOLD_TO_BE_LATE: Final = timedelta(days=4)
# From the first signal until the county has decided, whoever visits.
LONGEST: Final = (NOTICE + TOLD_TO_BE_LATE).days
ONE_IN: Final = 20
# How long a department may take to answer when it is asked for help; housing looks at the house first.
ANSWER: Final = timedelta(days=5)
ANSWER_OF: Final = {"housing": timedelta(days=7)}
SILENT_ONE_IN: Final = 10


# Who looks at no letter until somebody asks.
LETTERS_LEFT_ONE_IN: Final = 2


def leaves_letters(recipient: UUID) -> bool:
    """What is urgent among them goes one level up."""
    return recipient.int % LETTERS_LEFT_ONE_IN == 0


def is_visited_late(household: UUID) -> bool:
    """Where the grid worker has too many houses."""
    return household.int % ONE_IN == 0


def is_answered_late(household: UUID) -> bool:
    """Where the departments answer only when they are told to be late; who answers for the base item never waits."""
    return household.int // ONE_IN % SILENT_ONE_IN == 0
