"""Reads the notifications part of a policy pack."""

from __future__ import annotations

import tomllib
from hashlib import sha256
from pathlib import Path

from services.notifications.domain import Policy


def load(name: str) -> Policy:
    """Raises pydantic's ValidationError for a value that does not fit."""
    content = (Path(__file__).parent / f"{name}.toml").read_bytes()
    return Policy.model_validate({**tomllib.loads(content.decode()), "digest": sha256(content).hexdigest()})
