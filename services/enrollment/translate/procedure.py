"""The border of the procedure: its messages become commands, its stored events become messages; pure."""

from __future__ import annotations

from typing import Any, assert_never
from uuid import UUID

from schemas import enrollment as words
from schemas.message import Message
from services.enrollment.domain.case import procedure_commands as commands
from services.enrollment.domain.case import procedure_events as events
from services.enrollment.domain.case.procedure_commands import AnyProcedureCommand
from services.enrollment.translate.free_text import digest_of_text


def to_command(
    data: words.ProcedureCommand, asked: dict[str, Any], appealed: commands.Decision | None = None
) -> AnyProcedureCommand | None:
    """`appealed` is what an appeal is about, where that is a decision on the household."""
    said: dict[str, Any] = {**asked, "text_sha256": digest_of_text(data)}
    match data:
        case words.SignAuthorisation():
            return commands.SignAuthorisation(**said)
        case words.RecordComparison(outcome=outcome, return_to=step):
            return commands.RecordComparison(**said, outcome=outcome, return_to=step)
        case words.RecordReview(outcome=outcome, return_to=step, attendees=attendees, in_favour=in_favour, against=against):
            tally: dict[str, Any] = {"attendees": len(attendees), "in_favour": in_favour, "against": against}
            return commands.RecordReview(**said, outcome=outcome, return_to=step, **tally)
        case words.PostNotice():
            return commands.PostNotice(**said)
        case words.RaiseObjection():
            return commands.RaiseObjection(**said)
        case words.CloseNotice():
            return commands.CloseNotice(**said)
        case words.DecideAtTownship(outcome=outcome, return_to=step):
            return commands.DecideAtTownship(**said, outcome=outcome, return_to=step)
        case words.StartEmergencyHelp():
            return commands.StartEmergencyHelp(**said)
        case words.Withdraw():
            return commands.Withdraw(**said)
        case words.ProposeExit(method=method):
            return commands.ProposeExit(**said, method=method)
        case words.FileAppeal(decision_event_id=decision):
            return commands.FileAppeal(**said, decision=decision, against=appealed)
        case words.DecideAppeal(outcome=outcome):
            return commands.DecideAppeal(**said, outcome=outcome)
        case words.Void():
            return commands.Void(**said)
        case _:
            return None


def to_message(household: UUID, stored: events.AnyProcedureEvent) -> Message:
    same: dict[str, Any] = {"household_id": household}
    match stored:
        case events.CaseEnded(case=case, episode=episode, reason=reason):
            return words.CaseEnded(**same, case_id=case, episode=episode, reason=reason)
        case events.CaseReopened(case=case, episode=episode, undone=undone):
            return words.CaseReopened(**same, case_id=case, episode=episode, undone=undone)
        case events.NoticePosted(case=case, until=until):
            return words.NoticePosted(**same, case_id=case, until=until)
        case events.NoticeEnded(case=case):
            return words.NoticeEnded(**same, case_id=case)
        case events.ObjectionRaised(case=case):
            return words.ObjectionRaised(**same, case_id=case)
        case events.EmergencyHelpStarted(case=case):
            return words.EmergencyHelpStarted(**same, case_id=case)
        case events.AppealFiled(appeal=appeal, decision=decision):
            return words.AppealFiled(**same, appeal_id=appeal, decision_event_id=decision)
        case events.AppealDecided(appeal=appeal, outcome=outcome):
            return words.AppealDecided(**same, appeal_id=appeal, outcome=outcome)
        case _:
            assert_never(stored)
