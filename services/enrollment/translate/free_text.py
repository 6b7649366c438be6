"""What a message says in words: it goes to the vault, and its digest into the log; pure."""

from __future__ import annotations

import orjson

from pipeline.text_digest import text_digest
from schemas import enrollment as words
from schemas.facts import FactWithdrawn, ReferralAnswered
from schemas.message import Message


def free_text(data: Message) -> str | None:
    """As the vault keeps it: several texts of one message are one JSON document. None where it says nothing in words."""
    match data:
        case words.SignAuthorisation(document=text) | words.PublishLine(document=text) | words.PublishPack(document=text):
            return text
        case words.RaiseObjection(grounds=text) | words.FileAppeal(grounds=text):
            return text
        case words.ReportScreening(findings=text) | words.Apply(difficulty=text):
            return text
        case words.RecordVerification(visitors=visitors, findings=findings):
            return orjson.dumps({"visitors": visitors, "findings": findings}).decode()
        case words.RecordComparison(items=items):
            return orjson.dumps(items).decode()
        case words.RecordReview(attendees=attendees, minutes=minutes):
            return orjson.dumps({"attendees": attendees, "minutes": minutes}).decode()
        case (
            words.DismissClue(reason=text)
            | words.StartEmergencyHelp(reason=text)
            | words.DecideAtTownship(reason=text)
            | words.DecideAtCounty(reason=text)
            | words.Withdraw(reason=text)
            | words.ProposeExit(reason=text)
            | words.DecideAppeal(reason=text)
            | words.Void(reason=text)
        ):
            return text
        case words.MergePersons(reason=text) | words.UnmergePersons(reason=text) | words.RequestErasure(reason=text):
            return text
        case FactWithdrawn(reason=text) | ReferralAnswered(reason=text):
            return text
        case _:
            return None


def digest_of_text(data: Message) -> str:
    """SHA-256, hexadecimal, of what it says in words; "" where it says nothing."""
    text = free_text(data)
    return text_digest(text) if text is not None else ""
