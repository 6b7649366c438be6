"""What is made for every message: immutable, compared by what it says."""

from __future__ import annotations

from msgspec import Struct


class Value(Struct, frozen=True, gc=False):
    """A tree of values is never part of a cycle, so the collector need not follow it."""
