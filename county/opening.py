"""The messages that fill the register, the pairings and the address book before the season begins."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from county.households import Household
from county.officials import officials
from county.outgoing import Command, Origin, Outgoing, command
from county.people import Person
from county.population import Population, Recipient

OPENING: Final = Origin("/370323/register", "clerk:county", datetime(2020, 11, 30, tzinfo=UTC))


def opening(people: Population) -> list[Outgoing]:
    """Every household of the register, every helper who gets messages, every pairing."""
    helpers = (*people.cadres, *people.grid_workers, *people.first_secretaries, *officials())
    registrations = [registration(household, OPENING) for household in people.registered]
    pairings = [_pairing(household) for household in people.registered if household.cadre is not None]
    return [*registrations, *map(_recipient, helpers), *pairings]


def registration(household: Household, origin: Origin) -> Outgoing:
    """The command that brings a household into the register; the same message id whenever it is sent."""
    data = {
        "household_id": household.id,
        "village_code": household.village.code,
        "category": household.category,
        "members": [_member(person) for person in household.members],
    }
    asked = Command("enrollment", "register-household", household.id, data)
    return command(f"register-household/{household.id}", asked, origin)


def _member(person: Person) -> dict[str, object]:
    return {
        "id_type": "resident",
        "id_number": person.number,
        "name": person.name,
        "relation": person.relation,
        "birth": person.birth,
        "health": person.health,
        "labour_capacity": person.labour,
    }


def _recipient(helper: Recipient) -> Outgoing:
    channels = [helper.channel]
    data = {"recipient_id": helper.id, "role": helper.role, "area": helper.area, "channels": channels, "department": helper.department}
    return command(f"register-recipient/{helper.id}", Command("notifications", "register-recipient", helper.id, data), OPENING)


def _pairing(household: Household) -> Outgoing:
    data = {"cadre_id": household.cadre, "from_day": OPENING.time.date()}
    return command(f"assign-cadre/{household.id}", Command("assistance", "assign-cadre", household.id, data), OPENING)
