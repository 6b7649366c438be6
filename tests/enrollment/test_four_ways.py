"""Every command four ways: it happens, it is refused, it is ignored when repeated, and it loses the race against another one.

"" stands for no answer at all: what a department, a measure or the clock says is no request, and is taken or passed over.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, Final, NamedTuple, get_args
from uuid import UUID

import pytest

from services.enrollment.domain import commands as ask
from services.enrollment.domain import events as did
from services.enrollment.domain.clocks.told_days import DayTold
from services.enrollment.domain.erasure.custody_commands import ConfirmErasure, RecordReading, RequestErasure
from services.enrollment.domain.members.change_events import FactDoubted
from services.enrollment.domain.members.person_commands import Merge, MergePersons, Unmerge, UnmergePersons
from tests.enrollment import national, test_feeds, test_publishing, test_referral_answers, zhang
from tests.enrollment.national import JANUARY, told
from tests.enrollment.test_leaving import LATER, LEAVING, POOR
from tests.enrollment.zhang import ENROLLED, FATHER, ILL, MOTHER, REGISTERED, WITH_CASE, WITH_CLUE, fact

History = tuple[did.Event, ...]
STRANGER: Final = UUID(int=3)
NO, EARLY, AGAIN = "state.does-not-fit", "step.too-early", "step.already-done"
BOTH_DIED: Final = tuple(
    zhang.record(fact(f"dies {person.int}", name="person-died", series="person-died", person=person)) for person in (FATHER, MOTHER)
)
MOVED: Final = told(zhang.move(), after=REGISTERED)
TAKEN_BACK: Final = told(national.withdraw(LATER), after=LEAVING)
GONE: Final = told(zhang.move("370304001001"), after=WITH_CLUE)
APPEALED: Final = told(national.appeal(on=JANUARY[16]), after=national.AT_COUNTY)


class Way(NamedTuple):
    """After `history` it does `happens`; `refused` gives another history, with the command where it is another one, and the code.

    `repeated` is the code when it comes again, `race` the command that was quicker, with what is left to say.
    """

    given: Callable[..., Any]
    history: History
    command: ask.AnyCommand
    happens: str
    refused: tuple[History, ask.AnyCommand | None, str]
    repeated: str
    race: tuple[ask.AnyCommand, str]


def tells(day: int) -> ask.TellDay:
    return ask.TellDay(**zhang.asked("clock", date(2021, 1, day)))


def withdrawal_of_move() -> ask.WithdrawFact:
    return zhang.withdraw(zhang.move().fact)


def by_nobody(command: Any) -> Any:  # noqa: ANN401 - any command
    return command.__class__(**{**{name: getattr(command, name) for name in command.__struct_fields__}, "by": ""})


def joins(by: str = "officer", **other: Any) -> MergePersons:  # noqa: ANN401 - a refusal
    return MergePersons(**zhang.asked(by), source="/county", merge=Merge(FATHER, STRANGER, zhang.HOUSEHOLD, **other), part="person")


def hands_on(by: str = "clerk") -> ask.HandOnFacts:
    return ask.HandOnFacts(**zhang.asked(by), persons=(FATHER, MOTHER), to=UUID(int=200))


def parts(by: str = "officer", **other: Any) -> UnmergePersons:  # noqa: ANN401
    return UnmergePersons(**zhang.asked(by), source="/county", unmerge=Unmerge(FATHER, STRANGER, zhang.HOUSEHOLD, **other), part="person")


def reads(by: str = "officer") -> RecordReading:
    """What was read was read: it is never refused, and written down every time."""
    return RecordReading(**zhang.asked(by), what="a person", purpose="notices print")


def forgets(by: str = "officer", *, in_register: bool = False) -> RequestErasure:
    return RequestErasure(**zhang.asked(by), person=STRANGER, in_register=in_register, last=date(1990, 1, 1), reason_sha256="why")


def confirms(by: str = "officer:li") -> ConfirmErasure:
    return ConfirmErasure(**zhang.asked(by), person=STRANGER, in_register=False, last=date(1990, 1, 1))


def of_pilot(*rest: Any) -> Way:  # noqa: ANN401 - the fields of a way
    return Way(zhang.given, *rest)


def of_national(*rest: Any) -> Way:  # noqa: ANN401
    return Way(national.given, *rest)


OTHERS: Final = zhang.register("lifted_receiving")
OTHER_LINE: Final = test_publishing.line(test_publishing.HIGHER.__class__("370323", test_publishing.MARCH, 650_000))
OTHER_PACK: Final = test_publishing.pack(test_publishing.NATIONAL.__class__("370323", test_publishing.MARCH, "example-pilot"))
LATER_REPORT: Final = (test_feeds.delivered(count=3, on=date(2021, 1, 5)),)
MORE: Final = test_feeds.report(count=3, on=date(2021, 1, 5))
EXIT_DAY: Final = date(2021, 1, 11)
TO_FORGET: Final = tuple(zhang.given().when(forgets()).happened)
JOINED: Final = tuple(zhang.given().when(joins()).happened)
WAYS: Final[list[Way]] = [
    of_pilot((), zhang.register(), "household-registered", (REGISTERED, OTHERS, "household.registered-differently"), "",
             (OTHERS, "household.registered-differently")),
    of_pilot(REGISTERED, zhang.record(ILL), "fact-recorded", (told(*BOTH_DIED, after=REGISTERED), zhang.record(ILL), "household.ended"), "",
             (zhang.withdraw(ILL), "")),
    of_pilot(REGISTERED, zhang.move(), "household-moved", ((), None, "household.unknown"), "", (withdrawal_of_move(), "")),
    of_pilot(GONE, hands_on(), "facts-handed-on", (WITH_CLUE, None, ""), "", (hands_on("another"), "")),
    of_pilot(WITH_CLUE, zhang.withdraw(ILL), "fact-withdrawn", (MOVED, withdrawal_of_move(), "change.not-reversible"), "",
             (zhang.withdraw(ILL), "")),
    of_pilot(REGISTERED, zhang.applies(), "application-received", (REGISTERED, zhang.applies(by=""), "application.unnamed"), "",
             (zhang.applies("sooner"), "clue-joined")),
    of_pilot(REGISTERED, zhang.screens(), "screening-reported", (WITH_CASE, None, "application.case-open"), "",
             (zhang.applies("sooner"), "clue-joined")),
    of_pilot(WITH_CLUE, zhang.visit(), "step-completed", (WITH_CLUE, zhang.visit(by=""), "visit.unnamed"), "", (zhang.dismiss(), NO)),
    of_pilot(WITH_CLUE, zhang.dismiss(), "clue-closed", (REGISTERED, None, NO), NO, (zhang.visit(), NO)),
    of_pilot(WITH_CASE, zhang.county(), "household-enrolled", (WITH_CASE, zhang.county(by="visitor"), "decision.same-person"), NO,
             (zhang.visit("rejected", by="another"), NO)),
    of_pilot(ENROLLED, zhang.delivered(), "measure-counted", (REGISTERED, None, ""), "", (zhang.delivered(8), "measure-begun")),
    of_pilot(ENROLLED, zhang.started(), "measure-begun", (REGISTERED, None, ""), "", (zhang.delivered(8), "measure-begun")),
    of_pilot(zhang.LEAVING, zhang.morning(EXIT_DAY), "deadline-breached", (REGISTERED, None, ""), "",
             (zhang.county(on=date(2021, 1, 10)), "")),
    of_national(WITH_CLUE, national.authorise(), "step-completed", (REGISTERED, None, NO), AGAIN, (national.withdraw(), NO)),
    of_national(national.AUTHORISED, national.compare(), "step-completed", (national.WITH_CLUE, None, EARLY), AGAIN,
                (national.visit("rejected"), NO)),
    of_national(national.COMPARED, national.review(), "step-completed", (national.AUTHORISED, None, EARLY), AGAIN,
                (national.withdraw(), NO)),
    of_national(national.REVIEWED, national.post(), "notice-posted", (national.COMPARED, None, EARLY), AGAIN,
                (national.review("returned", name="once more"), EARLY)),
    of_national(national.POSTED, national.disagree(), "objection-raised", (national.NOTICED, None, NO), NO,
                (national.take_down(JANUARY[13]), NO)),
    of_national(national.POSTED, national.take_down(JANUARY[13]), "step-completed",
                (national.POSTED, national.take_down(JANUARY[12]), "notice.too-early"), NO, (national.disagree(), NO)),
    of_national(national.NOTICED, national.township(), "step-completed", (national.POSTED, None, EARLY), AGAIN,
                (national.review("returned", name="once more"), EARLY)),
    of_national(national.WITH_CLUE, national.rescue(), "emergency-help-started", (REGISTERED, None, NO), "emergency.already-started",
                (national.withdraw(), NO)),
    of_national(national.WITH_CLUE, national.withdraw(), "clue-closed", (REGISTERED, None, NO), NO, (zhang.dismiss(by="visitor:li"), NO)),
    of_national(TAKEN_BACK, national.propose(LATER), "exit-proposed", (national.HELPED, None, "exit.facts-hold"), NO,
                (zhang.record(POOR, LATER), "exit.facts-hold")),
    of_national(national.AT_COUNTY, national.appeal(), "appeal-filed", (REGISTERED, None, "appeal.nothing-decided"), "appeal.already-open",
                (national.appeal(by="somebody else"), "appeal.already-open")),
    of_national(APPEALED, national.answer(), "appeal-decided", (national.AT_COUNTY, None, NO), NO,
                (national.answer("rejected", by="officer:li"), NO)),
    of_pilot(zhang.LEAVING, national.void(), "case-ended", (WITH_CASE, None, NO), NO, (zhang.county(), NO)),
    of_pilot((), joins(), "persons-merged", ((), joins(refusal="person.unknown"), "person.unknown"), "", (joins(by="officer:li"), "")),
    of_pilot(JOINED, parts(), "persons-unmerged", (JOINED, parts(refusal="person.not-merged"), "person.not-merged"), "",
             (parts(by="officer:li"), "")),
    of_pilot((), reads(), "data-read", ((), None, "data-read"), "data-read", (reads("another"), "data-read")),
    of_pilot((), forgets(), "erasure-requested", ((), forgets(in_register=True), "erasure.in-register"), "",
             (forgets("another"), "erasure-requested")),
    of_pilot(TO_FORGET, confirms(), "person-erased", ((), None, "erasure.not-requested"), "", (confirms("another"), "")),
    of_pilot((), test_feeds.report(), "feed-delivered", (LATER_REPORT, None, ""), "", (MORE, "")),
    of_pilot((test_feeds.FOLLOWED,), test_feeds.day(date(2021, 1, 6)), "source-overdue",
             ((test_feeds.FOLLOWED, test_feeds.LATE), None, ""), "", (test_feeds.report(), "")),
    of_pilot((), test_referral_answers.ANSWER, "referral-answered",
             ((test_referral_answers.told(test_referral_answers.LATER),), None, ""), "", (test_referral_answers.LATER, "")),
    of_pilot((), tells(5), "day-told", ((DayTold(day=date(2021, 1, 6)),), None, ""), "", (tells(6), "")),
    of_pilot((), test_publishing.line(), "line-published", ((), by_nobody(test_publishing.line()), "publication.unnamed"), "",
             (OTHER_LINE, "line-published")),
    of_pilot((), test_publishing.pack(), "pack-published", ((), by_nobody(test_publishing.pack()), "publication.unnamed"), "",
             (OTHER_PACK, "pack-published")),
]  # fmt: skip
TOLD: Final = [pytest.param(way, id=type(way.command).__name__) for way in WAYS]


def kinds(happened: History) -> list[str]:
    return [event.TOPIC.partition(".")[2] for event in happened]


def answered(happened: History) -> set[str]:
    """By which codes it was refused or doubted, else what happened; "" where nothing did."""
    codes = {event.reason_code for event in happened if isinstance(event, did.CommandRefused | FactDoubted)}
    return codes or set(kinds(happened)) or {""}


@pytest.mark.parametrize("way", TOLD)
def test_it_happens(way: Way) -> None:
    assert way.happens in kinds(way.given(*way.history).when(way.command).happened)


@pytest.mark.parametrize("way", TOLD)
def test_it_is_refused_where_it_does_not_fit(way: Way) -> None:
    history, other, code = way.refused
    happened = way.given(*history).when(other or way.command).happened
    assert code in answered(happened)


@pytest.mark.parametrize("way", TOLD)
def test_it_is_ignored_when_it_is_repeated(way: Way) -> None:
    assert {way.repeated} == answered(way.given(*way.history).when(way.command, way.command).happened)


@pytest.mark.parametrize("way", TOLD)
def test_it_loses_the_race(way: Way) -> None:
    quicker, left = way.race
    assert left in answered(way.given(*way.history).when(quicker, way.command).happened)


def test_no_command_is_forgotten() -> None:
    assert set(get_args(ask.AnyCommand)) == {type(way.command) for way in WAYS}
