"""The policy packs of this release as enrollment reads them: one file a pack."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import Final

from services import policy_pack
from services.enrollment import calendars
from services.enrollment.domain.pack.policy import Policy
from services.enrollment.domain.policies import Policies

HERE: Final = Path(__file__).parent


def load(name: str) -> Policy:
    """Counts working days by the calendar of the release; raises `WrongPack`."""
    return policy_pack.load(Policy, HERE, name).model_copy(update={"working_days": calendars.load()})


def load_all(default: str) -> Policies:
    """Every pack of the release, so that a case goes on under the one it was opened with; raises `WrongPack`."""
    packs = {name: load(name) for name in (default, *policy_pack.names(HERE))}
    digest = sha256("".join(sorted(pack.digest for pack in packs.values())).encode()).hexdigest()
    return Policies(packs, default, digest)
