"""The rules of enrollment, pure: those of a household; those of feeds, answers, custody, told days and publications beside them."""

from typing import Final, TypeAlias, cast

from pipeline.decider import Decider, Event
from services.enrollment.domain import evolution, rules
from services.enrollment.domain.clocks import told_days
from services.enrollment.domain.clocks.told_days import DayTold, ToldDays
from services.enrollment.domain.commands import (
    AnyCommand,
    ChangeHousehold,
    CheckFeed,
    CountMeasure,
    OfHousehold,
    PublishLine,
    PublishPack,
    RecordFact,
    ReportDelivery,
    StartDay,
    TellDay,
    WithdrawFact,
)
from services.enrollment.domain.erasure import custody
from services.enrollment.domain.erasure.custody import Custody
from services.enrollment.domain.erasure.custody_commands import CustodyCommand
from services.enrollment.domain.erasure.custody_events import AnyCustodyEvent, CustodyEvent
from services.enrollment.domain.household.state import State, Unregistered
from services.enrollment.domain.members.villages import placed
from services.enrollment.domain.policies import Policies
from services.enrollment.domain.publications.publishing import publish
from services.enrollment.domain.refusal import refused
from services.enrollment.domain.reporting import feeds, referral_answers
from services.enrollment.domain.reporting.feed_events import FeedCompared, FeedDelivered, FeedFollowed, SourceOverdue
from services.enrollment.domain.reporting.feeds import Feed
from services.enrollment.domain.reporting.referral_answers import Answers, HandOnAnswer, ReferralAnswered

AnyState: TypeAlias = State | Feed | Custody | Answers | ToldDays
# What is no household and has rules of its own.
OTHERS: Final = (Feed, Custody, Answers, ToldDays)


def decide(command: AnyCommand, state: AnyState, policies: Policies) -> tuple[Event, ...]:
    """A stream is a household's, or that of somebody not yet registered; from its first event on it may be another subject's."""
    match command:
        case CustodyCommand():
            return custody.decide(command, state if isinstance(state, Custody) else Custody(), policies.packs[policies.default])
        case ReportDelivery() | CheckFeed():
            return feeds.decide(command, state if isinstance(state, Feed) else Feed(), policies.packs[policies.default])
        case TellDay():
            return told_days.decide(command, state if isinstance(state, ToldDays) else ToldDays())
        case HandOnAnswer():
            return referral_answers.decide(command, state if isinstance(state, Answers) else Answers())
        case PublishLine() | PublishPack():
            return () if isinstance(state, OTHERS) else publish(command, state, policies)
        case RecordFact() | WithdrawFact() | ChangeHousehold() | CountMeasure() | StartDay() if isinstance(state, OTHERS):
            return ()
        case _:
            return refused(command, "household.unknown") if isinstance(state, OTHERS) else _decide(command, state, policies)


def _decide(command: OfHousehold, state: State, policies: Policies) -> tuple[Event, ...]:
    happened = rules.decide(command, state, policies)
    return happened + placed(command, state, happened, policies.divisions)


def evolve(before: AnyState, event: Event) -> AnyState:
    match event:
        case CustodyEvent():
            return custody.evolve(before if isinstance(before, Custody) else Custody(), cast("AnyCustodyEvent", event))
        case FeedFollowed() | FeedDelivered() | FeedCompared() | SourceOverdue():
            return feeds.evolve(before if isinstance(before, Feed) else Feed(), event)
        case DayTold():
            return told_days.evolve(event)
        case ReferralAnswered():
            return referral_answers.evolve(before if isinstance(before, Answers) else Answers(), event)
        case _:
            return before if isinstance(before, OTHERS) else evolution.evolve(before, event)


DECIDER: Final[Decider[AnyCommand, AnyState, Policies]] = Decider(decide, evolve, Unregistered())
