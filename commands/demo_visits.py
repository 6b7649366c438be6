"""What the demo tells of the month of home visits."""

from __future__ import annotations

from typing import Any, Final

from county.visit_account import GOAL, VisitAccount
from local.language import say

CHINESE: Final = {
    "households paired in the month = planted": "当月结对户 = 预先埋设",
    "households visited in the month = planted": "当月走访户 = 预先埋设",
    "every newly paired household is visited": "新结对户户户走访",
    "clues by home visits = planted": "走访发现的线索 = 预先埋设",
    "open findings = planted": "未整改问题 = 预先埋设",
    "households left without a cadre = planted, and paired again": "失去结对干部的户 = 预先埋设，且已重新结对",
}


def visit_document(visits: VisitAccount) -> dict[str, Any]:
    return {
        "month": f"{visits.month:%Y-%m}",
        "paired": len(visits.paired),
        "visited": len(visits.visited),
        "rate_percent": visits.rate,
        "findings": {"all": visits.findings, "open": len(visits.open_findings), "clues": len(visits.alarmed)},
    }


def visit_lines(visits: VisitAccount) -> list[tuple[str, str]]:
    """Name and value of each line."""
    findings = f"{visits.findings} / {len(visits.open_findings)} / {len(visits.alarmed)}"
    return [
        (say("走访率", "visit rate"), visit_text(visits)),
        (say("走访发现问题 全部 / 未整改 / 成为线索", "findings of visits / still open / become clues"), findings),
    ]


def visit_text(visits: VisitAccount) -> str:
    if visits.rate is None:
        return say("尚无走访", "nobody was visited")
    of = f"{visits.month:%Y-%m} {visits.rate} % ({len(visits.visited)} / {len(visits.paired)})"
    return say(f"{of}，目标 {GOAL} %", f"{of}, the goal is {GOAL} %")
