"""Every command in every state, by the kinds of events that follow; the stories beside this file tell each in full."""

from __future__ import annotations

from datetime import date
from typing import Final, get_args
from uuid import UUID

import pytest

from services.enrollment.domain import commands as ask
from services.enrollment.domain import events as did
from services.enrollment.domain.commands import AnyCommand, CheckFeed, HandOnAnswer, ReportDelivery, TellDay
from services.enrollment.domain.erasure.custody_commands import AnyCustodyCommand
from services.enrollment.domain.members import person_commands as ask_of
from services.enrollment.domain.members.person_commands import Merge, Unmerge
from services.enrollment.domain.pack.lines import Assignment, Line
from services.enrollment.domain.reporting.feed_events import FeedFollowed
from tests.enrollment import national
from tests.enrollment.zhang import (
    ENOUGH,
    EXITED,
    FATHER,
    HELPED,
    HOUSEHOLD,
    ILL,
    LEAVING,
    REGISTERED,
    WITH_CASE,
    WITH_CLUE,
    applies,
    asked,
    county,
    delivered,
    dismiss,
    fact,
    given,
    morning,
    move,
    record,
    register,
    screens,
    visit,
    withdraw,
)

STATES: Final = {
    "unregistered": (),
    "outside": REGISTERED,
    "with a clue": WITH_CLUE,
    "with a case": WITH_CASE,
    "enrolled": HELPED,
    "about to leave": LEAVING,
    "gone": EXITED,
}
HOUSE = record(fact("house", signal="house", present=True))
RICH = visit(income=ENOUGH.income, by="inspector")
YEARS_LATER = morning(date(2023, 1, 1))
LATER = date(2021, 3, 1)
PUBLISHED = ask.PublishLine(**asked(), line=Line("370323", LATER, 640_000), document_sha256="text")
NAMED = ask.PublishPack(**asked(), assignment=Assignment("370323", LATER, "example-pilot"), document_sha256="text")
ONE, TWO = Merge(FATHER, UUID(int=9), HOUSEHOLD), Unmerge(FATHER, UUID(int=9), HOUSEHOLD, refusal="persons.not-merged")
NO = "command-refused"
CLUE = "clue-raised deadline-started"
HEARD, FOUND = "application-received", "screening-reported"
NEW = f"fact-recorded {CLUE}"
MORE = "fact-recorded risk-added"
GONE = "fact-withdrawn"
CLOSED = "deadline-met clue-closed"
DROPPED = "deadline-dropped clue-closed"
OPENED = f"{CLOSED} case-opened step-completed deadline-started"
LATE = "deadline-breached"
PAUSED = "appeal-filed deadline-paused"
AGAIN = "deadline-dropped step-returned deadline-started"
OUT = "risk-resolved exit-proposed deadline-started"
PAIRS: Final[list[tuple[str, AnyCommand, tuple[str, ...]]]] = [
    ("register", register(), ("household-registered", "", "", "", "", "", "")),
    ("register otherwise", register("lifted_receiving"), ("household-registered", NO, NO, NO, NO, NO, NO)),
    ("record a risk", HOUSE, ("fact-unmatched", NEW, "fact-recorded clue-joined", "fact-recorded", MORE, MORE, NEW)),
    ("record what is known", record(ILL), ("fact-unmatched", NEW, "", "", "", "", "")),
    ("change who belongs to it", move(), ("fact-unmatched command-refused", *6 * ("fact-recorded household-moved",))),
    ("hand on what is known", ask.HandOnFacts(**asked(), persons=(FATHER,), to=UUID(int=8)), ("", "", "", "", "", "", "")),
    ("withdraw", withdraw(ILL), (GONE, GONE, f"{GONE} {DROPPED}", GONE, f"{GONE} {OUT}", f"{GONE} risk-resolved", GONE)),
    (
        "apply",
        applies(),
        (NO, f"application-received {CLUE}", "application-received clue-joined", NO, NO, NO, f"application-received {CLUE}"),
    ),
    (
        "report a screening",
        screens(),
        (NO, f"screening-reported {CLUE}", "screening-reported clue-joined", NO, NO, NO, f"screening-reported {CLUE}"),
    ),
    ("confirm by a visit", RICH, (NO, NO, OPENED, "step-completed", "step-completed exit-proposed deadline-started", "step-completed", NO)),
    ("deny by a visit", visit("rejected"), (NO, NO, CLOSED, "deadline-met enrollment-rejected", NO, NO, NO)),
    ("return a visit", visit("returned"), (NO, NO, NO, AGAIN, NO, NO, NO)),
    ("dismiss", dismiss(), (NO, NO, DROPPED, NO, NO, NO, NO)),
    ("approve", county(), (NO, NO, NO, "deadline-met household-enrolled", NO, "deadline-met household-exited", NO)),
    ("reject", county("rejected"), (NO, NO, NO, "deadline-met enrollment-rejected", NO, "deadline-met step-returned", NO)),
    ("return", county("returned"), (NO, NO, NO, AGAIN, NO, NO, NO)),
    ("count a measure", delivered(), ("", "", "", "", "", "", "")),
    ("publish a line", PUBLISHED, ("line-published",) * 7),
    ("publish a pack", NAMED, ("pack-published",) * 7),
    ("start a day", YEARS_LATER, ("", "", LATE, LATE, "", LATE, "")),
    (
        "merge a person",
        ask_of.MergePersons(**asked(), source="/county", merge=ONE, part="person"),
        ("persons-merged", "", "", "", "", "", ""),
    ),
    (
        "take in what is known of a duplicate",
        ask_of.MergePersons(**asked(), source="/county", merge=ONE, part="home", handed=(HOUSE.fact,)),
        (
            "",
            f"persons-merged {NEW}",
            "persons-merged fact-recorded clue-joined",
            "persons-merged fact-recorded case-joined",
            "persons-merged fact-recorded case-joined risk-added",
            "persons-merged fact-recorded case-joined risk-added",
            f"persons-merged {NEW}",
        ),
    ),
    ("part a person", ask_of.UnmergePersons(**asked(), source="/county", unmerge=TWO, part="person"), (NO, "", "", "", "", "", "")),
    ("sign an authorisation", national.authorise(), (NO, NO, NO, NO, NO, NO, NO)),
    ("compare", national.compare(), (NO, NO, NO, NO, NO, NO, NO)),
    ("review", national.review(), (NO, NO, NO, NO, NO, NO, NO)),
    ("post a notice", national.post(), (NO, NO, NO, NO, NO, NO, NO)),
    ("object", national.disagree(), (NO, NO, NO, NO, NO, NO, NO)),
    ("close a notice", national.take_down(), (NO, NO, NO, NO, NO, NO, NO)),
    ("decide at the township", national.township(), (NO, NO, NO, NO, NO, NO, NO)),
    ("help first", national.rescue(), (NO, NO, "emergency-help-started", "emergency-help-started", NO, NO, NO)),
    ("withdraw a case", national.withdraw(), (NO, NO, DROPPED, "deadline-dropped case-ended", NO, "deadline-dropped step-returned", NO)),
    ("propose an exit", national.propose(), (NO, NO, NO, NO, NO, NO, NO)),
    ("appeal", national.appeal(), (NO, NO, NO, PAUSED, "appeal-filed", PAUSED, "appeal-filed")),
    ("answer an appeal", national.answer(), (NO, NO, NO, NO, NO, NO, NO)),
    ("void", national.void(), (NO, NO, NO, NO, "case-ended", "deadline-dropped case-ended", NO)),
]
TOLD = [
    pytest.param(history, command, expected, id=f"{name}: {state}")
    for name, command, row in PAIRS
    for (state, history), expected in zip(STATES.items(), row, strict=True)
]


@pytest.mark.parametrize(("history", "command", "expected"), TOLD)
def test_of_every_command_in_every_state_it_is_known_what_follows(
    history: tuple[did.AnyEvent, ...], command: AnyCommand, expected: str
) -> None:  # fmt: skip
    happened = given(*history).when(command).happened
    assert expected.split() == [event.TOPIC.removeprefix("enrollment.") for event in happened]


@pytest.mark.parametrize(
    ("command", "expected"), [(dismiss(), NO), (national.compare(), NO), (register(), NO), (HOUSE, ""), (delivered(), "")]
)
def test_what_is_asked_of_something_that_is_no_household_is_refused(command: AnyCommand, expected: str) -> None:
    """The id is that of a department's feed: what somebody asks is answered, what is told is none of it."""
    happened = given(FeedFollowed(department="health", since=LATER)).when(command).happened
    assert expected.split() == [event.TOPIC.removeprefix("enrollment.") for event in happened]


def test_no_command_is_forgotten() -> None:
    """Others have their own stories: `test_feeds`, `test_referral_answers`, `test_today`, and `test_custody` about what the vault holds."""
    elsewhere = {ReportDelivery, CheckFeed, HandOnAnswer, TellDay, *get_args(AnyCustodyCommand)}
    assert set(get_args(AnyCommand)) == {type(command) for _, command, _ in PAIRS} | elsewhere
