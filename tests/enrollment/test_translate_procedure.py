"""The door in of the procedure: texts become digests, names become numbers."""

from __future__ import annotations

from hashlib import sha256
from typing import Any
from uuid import UUID

import pytest

from schemas import enrollment as say
from schemas.message import Message
from services.enrollment.domain.case import procedure_commands as ask
from services.enrollment.translate import Found, to_commands
from services.enrollment.translate.free_text import free_text
from tests.enrollment.zhang import HOUSEHOLD, asked
from tests.messages import envelope

WHY, DECISION = "情况属实", UUID(int=9)
REVIEW = say.RecordReview.model_validate({"outcome": "returned", "attendees": ["王五", "赵六"], "for": 1, "against": 2, "minutes": WHY})


def digest(text: str) -> dict[str, Any]:
    return {**asked(), "text_sha256": sha256(text.encode()).hexdigest()}


ASKED: list[tuple[Message, ask.AnyProcedureCommand]] = [
    (say.SignAuthorisation(document=WHY), ask.SignAuthorisation(**digest(WHY))),
    (
        say.RecordComparison(outcome="returned", return_to="authorisation", items=("一", "二")),
        ask.RecordComparison(**digest('["一","二"]'), outcome="returned", return_to="authorisation"),
    ),
    (
        REVIEW,
        ask.RecordReview(
            **digest('{"attendees":["王五","赵六"],"minutes":"情况属实"}'), outcome="returned", attendees=2, in_favour=1, against=2
        ),
    ),
    (say.PostNotice(), ask.PostNotice(**asked())),
    (say.CloseNotice(), ask.CloseNotice(**asked())),
    (say.RaiseObjection(grounds=WHY), ask.RaiseObjection(**digest(WHY))),
    (say.DecideAtTownship(outcome="approved", reason=WHY), ask.DecideAtTownship(**digest(WHY), outcome="approved")),
    (say.StartEmergencyHelp(reason=WHY), ask.StartEmergencyHelp(**digest(WHY))),
    (say.Withdraw(reason=WHY), ask.Withdraw(**digest(WHY))),
    (say.ProposeExit(method="natural", reason=WHY), ask.ProposeExit(**digest(WHY), method="natural")),
    (say.FileAppeal(decision_event_id=DECISION, grounds=WHY), ask.FileAppeal(**digest(WHY), decision=DECISION)),
    (say.DecideAppeal(outcome="rejected", reason=WHY), ask.DecideAppeal(**digest(WHY), outcome="rejected")),
    (say.Void(reason=WHY), ask.Void(**digest(WHY))),
]


@pytest.mark.parametrize(("message", "command"), ASKED, ids=lambda one: type(one).__name__)
def test_a_message_asks_its_command_of_the_household(message: Message, command: ask.AnyProcedureCommand) -> None:
    assert [(HOUSEHOLD, command)] == list(to_commands(envelope(message), Found((HOUSEHOLD,))))


def test_an_appeal_is_about_the_decision_that_was_found() -> None:
    zhou = ask.Decision(by="officer:zhou")
    asked_for = ask.FileAppeal(**digest(WHY), decision=DECISION, against=zhou)
    message = envelope(say.FileAppeal(decision_event_id=DECISION, grounds=WHY))
    assert [(HOUSEHOLD, asked_for)] == list(to_commands(message, Found((HOUSEHOLD,), against=zhou)))


def test_no_command_of_the_procedure_is_forgotten() -> None:
    assert set(ask.AnyProcedureCommand.__args__) == {type(command) for _, command in ASKED}
    said = {type_ for type_ in vars(say).values() if isinstance(type_, type) and issubclass(type_, say.ProcedureCommand)}
    assert {type_ for type_ in said if "TYPE" in vars(type_)} == {type(message) for message, _ in ASKED}


def test_what_goes_to_the_vault_is_what_the_digest_names() -> None:
    for message, command in ASKED:
        assert isinstance(message, say.ProcedureCommand)
        text = free_text(message)
        assert command.text_sha256 == (sha256(text.encode()).hexdigest() if text is not None else "")


def test_a_review_that_nobody_attended_is_no_review() -> None:
    with pytest.raises(ValueError, match="attendees"):
        say.RecordReview.model_validate({"outcome": "approved", "attendees": [], "for": 1, "against": 2, "minutes": WHY})
