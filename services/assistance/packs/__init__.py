"""What a policy pack says to assistance."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from services import policy_pack
from services.assistance.domain.policy import Policy

HERE: Final = Path(__file__).parent


def load(name: str) -> Policy:
    """Raises `WrongPack`."""
    return policy_pack.load(Policy, HERE, name)
