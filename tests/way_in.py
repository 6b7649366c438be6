"""What is sent to take a household in by the whole procedure of the pilot's pack: command, actor, data, and how many days later."""

from __future__ import annotations

from typing import Any, Final

ALL_MET: Final = dict.fromkeys(["food", "clothing", "education", "medical", "housing", "water"], True)
NOTHING: Final = ("business_fen", "business_cost_fen", "property_fen", "transfer_fen", "payouts_fen", "within_policy_out_of_pocket_fen")


def income(wage_fen: int, until: str = "2020-12-31", since: str = "2020-01-01") -> dict[str, Any]:
    return {"window_from": since, "window_to": until, "wage_fen": wage_fen, **dict.fromkeys(NOTHING, 0)}


VISIT: Final = {"visitors": ["a", "b"], "findings": "住院花费大", "income": income(300_000), "guarantees": ALL_MET, "outcome": "approved"}
REVIEW: Final = {"attendees": ["王五", "赵六"], "for": 2, "against": 0, "minutes": "王五家确有困难", "outcome": "approved"}
APPROVED: Final = {"outcome": "approved", "reason": "符合条件"}
AFTER_THE_NOTICE: Final = 10
WAY_IN: Final[tuple[tuple[str, str, dict[str, Any], int], ...]] = (
    ("sign-authorisation", "clerk", {"document": "授权书"}, 0),
    ("record-verification", "visitor", VISIT, 0),
    ("record-comparison", "clerk", {"outcome": "approved", "items": ["无车辆"]}, 0),
    ("record-review", "village", REVIEW, 0),
    ("post-notice", "village", {}, 0),
    ("close-notice", "village", {}, AFTER_THE_NOTICE),
    ("decide-at-township", "town", APPROVED, AFTER_THE_NOTICE),
    ("decide-at-county", "officer", APPROVED, AFTER_THE_NOTICE),
)
