"""The rules of assistance, pure: a 1+N plan of one base item and a measure for each risk, from the proposal to the proof of delivery."""

from typing import Final

from pipeline.decider import Decider
from services.assistance.domain.commands import AnyCommand
from services.assistance.domain.policy import Policy
from services.assistance.domain.rules import decide
from services.assistance.domain.state import State, evolve

DECIDER: Final[Decider[AnyCommand, State, Policy]] = Decider(decide, evolve, State())
