"""The rules of assistance, pure: a 1+N plan of one base item and a measure for each risk, from the proposal to the proof of delivery."""

from collections.abc import Sequence
from typing import Final

from pipeline.decider import Decider, Event, Events
from services.assistance.domain import rules
from services.assistance.domain.care import merging
from services.assistance.domain.care.merge_commands import PersonCommand
from services.assistance.domain.commands import AnyCommand
from services.assistance.domain.policy import Policy
from services.assistance.domain.referrals.referring import with_referrals
from services.assistance.domain.state import State, evolve


def decide(command: AnyCommand, state: State, policy: Policy) -> Events:
    return with_referrals(rules.decide(command, state, policy), command, state, policy)


def hand_over(command: AnyCommand, events: Sequence[Event]) -> AnyCommand:
    """Only a care file goes from one stream to another in one message."""
    return merging.hand_over(command, events) if isinstance(command, PersonCommand) else command


DECIDER: Final[Decider[AnyCommand, State, Policy]] = Decider(decide, evolve, State())
