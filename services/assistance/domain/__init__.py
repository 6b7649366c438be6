"""The rules of assistance, pure: a 1+N plan of one base item and a measure for each risk, from the proposal to the proof of delivery."""

from typing import Final

from pipeline.decider import Decider, Events
from services.assistance.domain import rules
from services.assistance.domain.commands import AnyCommand
from services.assistance.domain.policy import Policy
from services.assistance.domain.referrals.referring import with_referrals
from services.assistance.domain.state import State, evolve


def decide(command: AnyCommand, state: State, policy: Policy) -> Events:
    return with_referrals(rules.decide(command, state, policy), command, state, policy)


DECIDER: Final[Decider[AnyCommand, State, Policy]] = Decider(decide, evolve, State())
