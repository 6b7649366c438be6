"""The Zhang household under the national pack: who does which step, and the case step by step; periods are literal."""

from __future__ import annotations

from datetime import date
from typing import Any, Final
from uuid import UUID

from services.enrollment import packs
from services.enrollment.domain import DECIDER
from services.enrollment.domain import events as did
from services.enrollment.domain.case import procedure_commands as ask
from services.enrollment.domain.commands import AnyCommand, DecideAtCounty, RecordVerification
from tests.enrollment import zhang
from tests.enrollment.zhang import ILL, REGISTERED, TODAY, asked, income, record
from tests.specification import Specification

POLICIES: Final = packs.load_all("example-national-2021")
DECISION = UUID(int=77)
DECIDED = ask.Decision(by="officer:zhou")
given: Final = Specification(DECIDER, POLICIES).given


def _say(by: str, on: date, name: str, **said: object) -> dict[str, Any]:
    return {**asked(by, on, name), "text_sha256": name, **said}


def authorise(on: date = TODAY, by: str = "clerk") -> ask.SignAuthorisation:
    return ask.SignAuthorisation(**_say(by, on, "authorisation"))


def visit(outcome: str = "approved", by: str = "visitor:li", on: date = TODAY, **found: object) -> RecordVerification:
    return zhang.visit(outcome, by, on, **found)


def compare(outcome: str = "approved", on: date = TODAY, by: str = "clerk", **other: object) -> ask.RecordComparison:
    return ask.RecordComparison(**_say(by, on, "comparison", outcome=outcome, **other))


def review(outcome: str = "approved", on: date = TODAY, name: str = "review", by: str = "village:wu", **other: object) -> ask.RecordReview:
    votes = {"in_favour": 1, "against": 11} if outcome == "rejected" else {"in_favour": 11, "against": 1}
    return ask.RecordReview(**_say(by, on, name, **{"outcome": outcome, "attendees": 12, **votes, **other}))


def post(on: date = TODAY, by: str = "village:wu") -> ask.PostNotice:
    return ask.PostNotice(**_say(by, on, "post"))


def take_down(on: date = TODAY, by: str = "village:wu") -> ask.CloseNotice:
    return ask.CloseNotice(**_say(by, on, "close"))


def disagree(on: date = TODAY, by: str = "villager:qian") -> ask.RaiseObjection:
    return ask.RaiseObjection(**_say(by, on, "objection"))


def township(outcome: str = "approved", on: date = TODAY, by: str = "town:sun", **other: object) -> ask.DecideAtTownship:
    return ask.DecideAtTownship(**_say(by, on, "township", outcome=outcome, **other))


def county(outcome: str = "approved", on: date = TODAY, by: str = "officer:zhou", **other: object) -> DecideAtCounty:
    said: dict[str, Any] = {"outcome": outcome, "type": None, "reason_sha256": "why", **other}
    return DecideAtCounty(**{**asked(by, on, "decision"), **said})


def rescue(on: date = TODAY, by: str = "clerk") -> ask.StartEmergencyHelp:
    return ask.StartEmergencyHelp(**_say(by, on, "emergency"))


def withdraw(on: date = TODAY, by: str = "clerk") -> ask.Withdraw:
    return ask.Withdraw(**_say(by, on, "withdrawal"))


def propose(on: date = TODAY, by: str = "town:sun", method: str = "help") -> ask.ProposeExit:
    return ask.ProposeExit(**_say(by, on, "proposal", method=method))


def appeal(on: date = TODAY, by: str = "clerk", against: ask.Decision | None = DECIDED) -> ask.FileAppeal:
    return ask.FileAppeal(**_say(by, on, "appeal", decision=DECISION, against=against))


def answer(outcome: str = "approved", on: date = TODAY, by: str = "officer:wang") -> ask.DecideAppeal:
    return ask.DecideAppeal(**_say(by, on, "answer", outcome=outcome))


def void(on: date = TODAY, by: str = "officer:zhou") -> ask.Void:
    return ask.Void(**_say(by, on, "voiding"))


def told(*commands: AnyCommand, after: tuple[Any, ...] = ()) -> tuple[Any, ...]:
    """Everything that happens when this is asked one after the other."""
    story = given(*after)
    for command in commands:
        story = story.when(command)
    return (*story.history, *story.happened)


JANUARY: Final = {number: date(2021, 1, number) for number in range(1, 32)}
WITH_CLUE: Final = told(record(ILL), after=REGISTERED)
AUTHORISED: Final = told(authorise(), after=WITH_CLUE)
VISITED: Final = told(visit(), after=AUTHORISED)
COMPARED: Final = told(compare(on=JANUARY[6]), after=VISITED)
REVIEWED: Final = told(review(on=JANUARY[7]), after=COMPARED)
POSTED: Final = told(post(on=JANUARY[7]), after=REVIEWED)
NOTICED: Final = told(take_down(on=JANUARY[13]), after=POSTED)
AT_COUNTY: Final = told(township(on=JANUARY[14]), after=NOTICED)
ENROLLED: Final = told(county(on=JANUARY[15], type="marginal"), after=AT_COUNTY)
HELPED: Final = told(zhang.delivered(), after=ENROLLED)
STAGES: Final = {
    "clue": WITH_CLUE,
    "authorised": AUTHORISED,
    "visited": VISITED,
    "compared": COMPARED,
    "reviewed": REVIEWED,
    "posted": POSTED,
    "noticed": NOTICED,
    "at the county": AT_COUNTY,
    "enrolled": HELPED,
}
RICH: Final = income(4_000_000)


def kinds(*events: object) -> list[str]:
    """The names of events, as the log has them."""
    return [event.TOPIC.removeprefix("enrollment.") for event in events if isinstance(event, did.Event)]
