"""The rules of enrollment, pure: commands, events, state, policy, policies, evaluation, consequences, rules."""

from typing import Final

from pipeline.decider import Decider
from services.enrollment.domain.commands import AnyCommand
from services.enrollment.domain.policies import Policies
from services.enrollment.domain.rules import decide
from services.enrollment.domain.state import State, Unregistered, evolve

DECIDER: Final[Decider[AnyCommand, State, Policies]] = Decider(decide, evolve, Unregistered())
