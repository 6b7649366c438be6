"""The rules of notifications, pure: recipients, the households they answer for, and a notification from intent to known outcome."""

from typing import Final

from pipeline.decider import Decider
from services.notifications.domain.commands import AnyCommand
from services.notifications.domain.policy import Policy
from services.notifications.domain.rules import decide
from services.notifications.domain.state import State, Unknown, evolve

DECIDER: Final[Decider[AnyCommand, State, Policy]] = Decider(decide, evolve, Unknown())
