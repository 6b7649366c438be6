"""What assistance is asked about referrals."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from services.assistance.domain.asked import Command


class AnswerReferral(Command, frozen=True, kw_only=True):
    """A department's answer; `department` is given where it came by the department's own topic.

    `reason_sha256` is None there as well: the department's words stay with enrollment.
    """

    referral: UUID
    outcome: Literal["accepted", "declined"]
    department: str | None = None
    reason_sha256: str | None = None
