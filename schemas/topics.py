"""Who may say what where: the topics, the message types each may carry, and who follows them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from inspect import getmembers, isclass
from types import MappingProxyType, ModuleType
from typing import Final

from schemas import assistance, audit, clock, enrollment, facts, notifications
from schemas.message import Message

CLOCK: Final = "suishi.clock.v1"
CHECKPOINTS: Final = "suishi.audit.checkpoints.v1"
SERVICES: Final = ("enrollment", "assistance", "notifications")
COMMANDS: Final[Mapping[str, str]] = {name: f"suishi.{name}.commands.v1" for name in SERVICES}
EVENTS: Final[Mapping[str, str]] = {name: f"suishi.{name}.events.v1" for name in SERVICES}
EVERY_DEPARTMENT: Final = (facts.FactWithdrawn, facts.ReferralAnswered, facts.FeedDelivered)
DEPARTMENTS: Final[Mapping[str, tuple[type[Message], ...]]] = {
    "medical-insurance": (facts.MedicalExpenseReported,),
    "health": (facts.SeriousIllnessConfirmed,),
    "education": (facts.SchoolFeeReported, facts.SchoolDropoutReported, facts.SchoolReturned),
    "disability": (facts.DisabilityCertified,),
    "housing": (facts.HouseGraded,),
    "water": (facts.WaterTested,),
    "emergency": (facts.DisasterAffected,),
    "human-resources": (facts.EmploymentChanged,),
    "civil-affairs": (
        facts.BenefitChanged,
        facts.PersonDied,
        facts.PersonBorn,
        facts.MarriageRegistered,
        facts.DivorceRegistered,
        facts.IncomeDeclared,
    ),
    "public-security": (
        facts.HouseholdMoved,
        facts.HouseholdSplit,
        facts.HouseholdMerged,
        facts.HeadChanged,
        facts.IdentityCorrected,
    ),
    "assets": (facts.AssetReported,),
}
FACTS: Final[Mapping[str, str]] = {department: f"suishi.facts.{department}.v1" for department in DEPARTMENTS}


def dlq(topic: str) -> str:
    """Where the refusals of a topic go."""
    return f"{topic}.dlq"


def _by_type(classes: Iterable[type[Message]]) -> Mapping[str, type[Message]]:
    return MappingProxyType({message.TYPE: message for message in classes})


def _messages(module: ModuleType, part: str) -> list[type[Message]]:
    defined = [member for _, member in getmembers(module, isclass) if issubclass(member, Message)]
    return [member for member in defined if f".{part}." in getattr(member, "TYPE", "") and member.__module__.startswith(module.__name__)]


_MODULES: Final = {"enrollment": enrollment, "assistance": assistance, "notifications": notifications}
ALLOWED: Final[Mapping[str, Mapping[str, type[Message]]]] = MappingProxyType(
    {
        **{FACTS[name]: _by_type((*own, *EVERY_DEPARTMENT)) for name, own in DEPARTMENTS.items()},
        **{COMMANDS[name]: _by_type(_messages(module, "command")) for name, module in _MODULES.items()},
        **{EVENTS[name]: _by_type(_messages(module, "event")) for name, module in _MODULES.items()},
        CLOCK: _by_type((clock.DayStarted,)),
        CHECKPOINTS: _by_type((audit.CheckpointSigned,)),
    }
)
# Those that some message with a field marked personal may come by.
PERSONAL: Final = frozenset({*FACTS.values(), *COMMANDS.values()})


def _whole(*topics: str) -> Mapping[str, Mapping[str, type[Message]]]:
    return {topic: ALLOWED[topic] for topic in topics}


# Of another service's events each service reads only those that can change something in it.
FOLLOWS: Final[Mapping[str, Mapping[str, Mapping[str, type[Message]]]]] = MappingProxyType(
    {
        "enrollment": {
            **_whole(*FACTS.values(), COMMANDS["enrollment"], CLOCK),
            EVENTS["assistance"]: _by_type((assistance.MeasureStarted, assistance.MeasureDelivered, assistance.VisitRecorded)),
        },
        "assistance": {
            **_whole(COMMANDS["assistance"], CLOCK),
            EVENTS["enrollment"]: _by_type(
                (
                    enrollment.HouseholdRegistered,
                    enrollment.HouseholdMoved,
                    enrollment.HouseholdEnded,
                    enrollment.MembersJoined,
                    enrollment.HouseholdEnrolled,
                    enrollment.RiskAdded,
                    enrollment.RiskResolved,
                    enrollment.HouseholdExited,
                    enrollment.CaseEnded,
                    enrollment.ReferralAnswered,
                    enrollment.MembersLeft,
                    enrollment.PersonsMerged,
                    enrollment.PersonsUnmerged,
                )
            ),
        },
        "notifications": {
            **_whole(COMMANDS["notifications"], CLOCK),
            EVENTS["enrollment"]: _by_type(
                (
                    enrollment.HouseholdRegistered,
                    enrollment.HouseholdMoved,
                    enrollment.HouseholdEnded,
                    enrollment.MembersJoined,
                    enrollment.ClueRaised,
                    enrollment.HouseholdEnrolled,
                    enrollment.ExitProposed,
                    enrollment.HouseholdExited,
                    enrollment.CaseEnded,
                    enrollment.CaseReopened,
                    enrollment.DeadlineBreached,
                    enrollment.DeadlineEscalated,
                    enrollment.EmergencyHelpStarted,
                    enrollment.LinePublished,
                )
            ),
            EVENTS["assistance"]: _by_type(
                (
                    assistance.CadreAnswers,
                    assistance.CadreMissing,
                    assistance.MeasureProposed,
                    assistance.MeasureEnded,
                    assistance.CareQuotaMissed,
                    assistance.CaregiverOverAge,
                    assistance.ReferralSent,
                    assistance.ReferralAnswered,
                    assistance.ReferralOverdue,
                )
            ),
        },
    }
)
SENDS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "enrollment": (EVENTS["enrollment"], CLOCK, COMMANDS["enrollment"]),
        "assistance": (EVENTS["assistance"],),
        "notifications": (EVENTS["notifications"], COMMANDS["notifications"]),
    }
)
PARTITIONS: Final[Mapping[str, int]] = MappingProxyType({topic: 1 if topic == CLOCK else 12 for topic in ALLOWED})


def partitions(service: str) -> list[tuple[str, int]]:
    """Every partition that a service reads."""
    return [(topic, number) for topic in FOLLOWS[service] for number in range(PARTITIONS[topic])]
