"""Whom the towns and the county put on their posts: an officer of each town, one of the county, and the desks of the departments."""

from __future__ import annotations

from uuid import uuid5

from county.divisions import COUNTY, towns
from county.outgoing import NAMES
from county.population import Recipient, Role
from schemas.topics import DEPARTMENTS


def officials() -> tuple[Recipient, ...]:
    """Always the same; nobody of them has a household of his own."""
    officers = [_official("town-officer", town) for town in towns()]
    desks = [_official("department-desk", COUNTY, department) for department in DEPARTMENTS]
    return (*officers, _official("county-officer", COUNTY), *desks)


def _official(role: Role, area: str, department: str | None = None) -> Recipient:
    name = f"{role}-{department or area}"
    return Recipient(uuid5(NAMES, name), role, area, f"{name}@example.invalid", department)
