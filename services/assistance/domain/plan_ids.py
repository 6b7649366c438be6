"""The ids of plans and measures follow from what they are for: whoever reads the same messages finds the same ids."""

from __future__ import annotations

from uuid import UUID, uuid5


def plan_id(case: UUID, episode: int) -> UUID:
    return uuid5(case, f"plan {episode}")


def base_name(number: int) -> str:
    """Of the base items of a plan, from 1 on."""
    return "base" if number == 1 else f"base {number}"


def risk_name(risk: str, number: int) -> str:
    """Of the measures that a plan has for a risk, one after the other."""
    return risk if number == 1 else f"{risk} {number}"


def draft_name(source: str, message: str, number: int) -> str:
    """Of a measure that somebody drafted: two senders may use the same id for their messages."""
    return f"{source} {message}/{number}"


def measure_id(plan: UUID, name: str) -> UUID:
    return uuid5(plan, name)
