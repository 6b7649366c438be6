"""Who is to be told of an event, by the routes of the pack on the event's day."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from uuid import UUID

from pipeline.value import Value
from services.notifications.domain.commands import Notice, Target
from services.notifications.domain.policy import Addressee, Policy, Route


class Subject(Value, frozen=True):
    """What of an event decides who is told: its kind, what narrows it, its local day, a department and people that it names."""

    kind: str
    on: date
    of: str = ""
    department: str = ""
    people: tuple[UUID, ...] = ()


class Heard(Value, frozen=True):
    """Somebody with this role was told of an event at this level, or is waited for there; he may have `seen` it."""

    level: str
    role: str
    seen: bool = False


def route_of(subject: Subject, policy: Policy) -> Route | None:
    """The newest route in force; of two of one day the narrower."""
    in_force = [
        route
        for route in policy.routes
        if route.kind == subject.kind and route.valid_from <= subject.on and (not route.of or subject.of in route.of)
    ]
    return max(in_force, key=lambda route: (route.valid_from, bool(route.of)), default=None)


def targets_of(route: Route, subject: Subject) -> tuple[tuple[Target, ...], tuple[Target, ...]]:
    """Those of whom each names one person, and those that each are told to everybody of a role."""
    one = [target for addressee in route.to if not addressee.every for target in _targets(addressee, subject)]
    many = [target for addressee in route.to if addressee.every for target in _targets(addressee, subject)]
    return tuple(one), tuple(many)


def above(level: str, policy: Policy) -> Target | None:
    """Who hears of what nobody acknowledged at a level; None at the top."""
    addressee = next((addressee for below, addressee in policy.escalation.to.items() if below == level), None)
    return Target(role=addressee.role, level=addressee.level) if addressee is not None else None


def rungs(policy: Policy) -> tuple[tuple[str, Target], ...]:
    """Each level with everybody above it, the lowest first."""
    found: list[tuple[str, Target]] = []
    for level in policy.escalation.to:
        higher = above(level, policy)
        while higher is not None:
            found.append((level, higher))
            higher = above(higher.level, policy)
    return tuple(found)


def untold_above(level: str, heard: Collection[Heard], policy: Policy) -> Target | None:
    """Who hears next of what nobody acknowledged at a level: the first above it who was not told of the event already.

    None where there is nobody, and where somebody above has seen it, whoever told him: then it has arrived where it was to go.
    """
    higher = [target for below, target in rungs(policy) if below == level]
    if any(Heard(target.level, target.role, seen=True) in heard for target in higher):
        return None
    return next((target for target in higher if Heard(target.level, target.role) not in heard), None)


def told_by_post(policy: Policy) -> list[str]:
    """Kind and role of whoever is told as the one who has the post: all but caregivers, and the people whom an event names."""
    officers = {addressee.role for addressee in policy.escalation.to.values()}
    told = {(route.kind, role) for route in policy.routes for one in route.to for role in (one.role, one.instead, *officers)}
    return [f"{kind} {role}" for kind, role in sorted(told, key=str) if role not in {None, "caregiver", "care-group"}]


def successor(role: str, department: str, notice: Notice, policy: Policy) -> Target | None:
    """Who is told in place of somebody who had this role; None where no other one is: a caregiver was told as who he is.

    What all cadres are told of an area, all others were told. Whoever stood in for a cadre leaves it to the cadre, if there is one by now.
    """
    if role == "caregiver" or (role == "paired-cadre" and notice.household is None):
        return None
    told = [addressee for route in policy.routes if route.kind == notice.kind for addressee in route.to]
    if all(one.role != role for one in told) and any((one.instead, one.level) == (role, notice.level) for one in told):
        return Target(role="paired-cadre", level=notice.level, instead=role)
    instead = next((addressee.instead for addressee in told if addressee.role == role and addressee.instead), "")
    return Target(role=role, level=notice.level, department=department, instead=instead)


def _targets(addressee: Addressee, subject: Subject) -> Sequence[Target]:
    role, level = addressee.role, addressee.level
    match role:
        case "department-desk":
            departments = addressee.departments or ((subject.department,) if subject.department else ())
            return [Target(role=role, level=level, department=department) for department in departments]
        case "care-group":
            return [Target(role=role, level=level, person=person) for person in subject.people]
        case _:
            return [Target(role=role, level=level, instead=addressee.instead or "")]
