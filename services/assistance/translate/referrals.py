"""The border of referrals: what departments answer, what is said of it; pure."""

from __future__ import annotations

from typing import Any, Final, TypeAlias, assert_never

from pipeline.text_digest import text_digest
from schemas import assistance as words
from schemas import enrollment as heard
from schemas.message import Message
from services.assistance.domain.referrals import referral_events as events
from services.assistance.domain.referrals.referral_commands import AnswerReferral

Answer: TypeAlias = heard.ReferralAnswered | words.AnswerReferral
TEXTS: Final = {
    "referral.unknown": "没有这项转介；部门经本部门主题作出的答复，转介发出后即生效。"
    " There is no such referral; what a department answered on its own topic counts once it is sent.",
    "referral.another-department": "该转介是发给另一部门的。 The referral was sent to another department.",
}
REMEDIES: Final = {
    "referral.unknown": "请核对编号；以命令作出的答复不予保留，请在转介发出后再发。"
    " Check its id; a command is not kept: wait until the referral is there.",
}


def to_command(data: Answer, asked: dict[str, Any]) -> AnswerReferral:
    """`asked` are the fields of every command."""
    match data:
        case heard.ReferralAnswered(referral_id=referral, outcome=outcome, department=department):
            return AnswerReferral(**asked, referral=referral, outcome=outcome, department=department)
        case words.AnswerReferral(referral_id=referral, outcome=outcome, reason=reason):
            return AnswerReferral(**asked, referral=referral, outcome=outcome, reason_sha256=text_digest(reason))
        case _:
            assert_never(data)


def of_referrals(event: events.ReferralEvent, same: dict[str, Any]) -> Message:
    same = {**same, "referral_id": event.referral, "measure_id": event.measure, "department": event.department}
    match event:
        case events.ReferralSent(kind=kind, answers=answers, due=due):
            return words.ReferralSent(**same, kind=kind, answers=answers, due=due)
        case events.ReferralAnswered(outcome=outcome, on=on):
            return words.ReferralAnswered(**same, outcome=outcome, on=on)
        case events.ReferralOverdue(due=due, level=level):
            return words.ReferralOverdue(**same, due=due, level=level)
        case _:
            assert_never(event)
