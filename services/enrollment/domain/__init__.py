"""The rules of enrollment, pure: commands, events, state, policy, policies, evaluation, consequences, rules; feeds have their own."""

from typing import Final, cast

from pipeline.decider import Decider, Event
from services.enrollment.domain import evolution, rules
from services.enrollment.domain.commands import AnyCommand, CheckFeed, OfHousehold, PublishLine, PublishPack, ReportDelivery
from services.enrollment.domain.erasure import custody
from services.enrollment.domain.erasure.custody import Custody
from services.enrollment.domain.erasure.custody_commands import CustodyCommand
from services.enrollment.domain.erasure.custody_events import AnyCustodyEvent, CustodyEvent
from services.enrollment.domain.household.state import State, Unregistered
from services.enrollment.domain.members.villages import placed
from services.enrollment.domain.policies import Policies
from services.enrollment.domain.publications.publishing import publish
from services.enrollment.domain.reporting import feeds
from services.enrollment.domain.reporting.feed_events import FeedCompared, FeedDelivered, FeedFollowed, SourceOverdue
from services.enrollment.domain.reporting.feeds import Feed


def decide(command: AnyCommand, state: State | Feed | Custody, policies: Policies) -> tuple[Event, ...]:
    """A stream is a household's, or that of somebody not yet registered; from its first event on it may be a feed's, or of the vault."""
    match command:
        case CustodyCommand():
            return custody.decide(command, state if isinstance(state, Custody) else Custody(), policies.packs[policies.default])
        case ReportDelivery() | CheckFeed():
            return feeds.decide(command, state if isinstance(state, Feed) else Feed(), policies.packs[policies.default])
        case PublishLine() | PublishPack():
            return () if isinstance(state, Feed | Custody) else publish(command, state, policies)
        case _:
            return () if isinstance(state, Feed | Custody) else _decide(command, state, policies)


def _decide(command: OfHousehold, state: State, policies: Policies) -> tuple[Event, ...]:
    happened = rules.decide(command, state, policies)
    return happened + placed(command, state, happened, policies.divisions)


def evolve(before: State | Feed | Custody, event: Event) -> State | Feed | Custody:
    match event:
        case CustodyEvent():
            return custody.evolve(before if isinstance(before, Custody) else Custody(), cast("AnyCustodyEvent", event))
        case FeedFollowed() | FeedDelivered() | FeedCompared() | SourceOverdue():
            return feeds.evolve(before if isinstance(before, Feed) else Feed(), event)
        case _:
            return before if isinstance(before, Feed | Custody) else evolution.evolve(before, event)


DECIDER: Final[Decider[AnyCommand, State | Feed | Custody, Policies]] = Decider(decide, evolve, Unregistered())
