"""The pilot's pack with the shortest way in, a visit and the county's decision, so that a story about something else stays short."""

from dataclasses import replace
from typing import Final

from services.enrollment import packs
from services.enrollment.domain.pack.policy import Deadline, Policy
from services.enrollment.domain.pack.procedure import Procedure
from services.enrollment.domain.policies import Policies

_OURS: Final = {"source": "made for the tests", "verified": False}
WAY: Final = Procedure.model_validate(
    {
        "entry": [{"step": "verification"}, {"step": "county", "after": ["verification"]}],
        "exit": [{"step": "county"}],
        "four_eyes": [["verification", "county"], ["proposal", "county"], ["county", "appeal-decision"]],
        **_OURS,
    }
)
KINDS: Final = ("verify", "exit-decision")
FULL: Final[Policies] = packs.load_all("example-pilot")
_PILOT: Final = FULL.packs["example-pilot"]
_DEADLINES: Final = {kind: _PILOT.deadlines[kind] for kind in KINDS} | {
    "county-decision": Deadline.model_validate({"days": 15, "unit": "calendar-days", **_OURS})
}
PILOT: Final[Policy] = _PILOT.model_copy(update={"procedure": WAY, "deadlines": _DEADLINES})
POLICIES: Final = replace(FULL, packs={**FULL.packs, PILOT.name: PILOT})
