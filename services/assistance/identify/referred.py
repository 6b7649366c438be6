"""Of which household is a referral that a message of the same batch leads to? What is answered may be read before it is asked; pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from uuid import UUID

from msgspec import field

from pipeline.envelope import Envelope
from pipeline.value import Value
from schemas.assistance import DraftPlan
from schemas.enrollment import HouseholdEnrolled, RiskAdded
from services.assistance.domain.plan_ids import base_name, draft_name, measure_id, plan_id, risk_name
from services.assistance.domain.referrals.referral import referral_id


class OpenPlan(Value, frozen=True):
    """`measures` says how many there are of each risk."""

    id: UUID
    measures: Mapping[str, int] = field(default_factory=dict[str, int])


class Asking(Value, frozen=True):
    """The household, and the place in the batch of the message that leads to the referral."""

    household: UUID
    place: int


def asked_by(envelopes: Sequence[Envelope], known: Mapping[UUID, OpenPlan], bases: int) -> dict[UUID, Asking]:
    """By referral. `known` are the open plans of the read model by household, `bases` the number of base items of the pack."""
    plans, found = dict(known), dict[UUID, Asking]()
    for place, envelope in enumerate(envelopes):
        for household, measure in _measures(envelope, plans, bases):
            found.setdefault(referral_id(measure), Asking(household, place))
    return found


def asks(envelope: Envelope) -> bool:
    """It may lead to a referral."""
    return isinstance(envelope.data, HouseholdEnrolled | RiskAdded | DraftPlan)


def with_a_plan(envelopes: Sequence[Envelope]) -> set[UUID]:
    """The households in whose open plan something may be asked for."""
    named = {one.data.household_id for one in envelopes if isinstance(one.data, RiskAdded)}
    return named | {UUID(one.subject) for one in envelopes if isinstance(one.data, DraftPlan) and one.subject is not None}


def _measures(envelope: Envelope, plans: dict[UUID, OpenPlan], bases: int) -> Iterator[tuple[UUID, UUID]]:
    match envelope.data:
        case HouseholdEnrolled(household_id=household, case_id=case, episode=episode, risks=risks):
            plans[household] = OpenPlan(plan_id(case, episode), dict.fromkeys(risks, 1))
            names = [*(base_name(number) for number in range(1, bases + 1)), *risks]
            yield from ((household, measure_id(plans[household].id, name)) for name in names)
        case RiskAdded(household_id=household, risk=risk) if (plan := plans.get(household)) is not None:
            number = plan.measures.get(risk, 0) + 1
            plans[household] = OpenPlan(plan.id, {**plan.measures, risk: number})
            yield household, measure_id(plan.id, risk_name(risk, number))
        case DraftPlan(measures=measures) if envelope.subject is not None and (plan := plans.get(UUID(envelope.subject))) is not None:
            names = (draft_name(envelope.source, envelope.id, number) for number in range(len(measures)))
            yield from ((UUID(envelope.subject), measure_id(plan.id, name)) for name in names)
        case _:
            return
