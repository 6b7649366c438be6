"""The Zhang household of two, what can be said about it, and its history step by step; amounts in fen."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final
from uuid import UUID, uuid5

from msgspec import convert

from services.enrollment.domain import DECIDER
from services.enrollment.domain import commands as ask
from services.enrollment.domain import events as did
from services.enrollment.domain.clocks.deadline_events import DeadlineDropped, DeadlineMet, DeadlineStarted
from services.enrollment.domain.commands import Member
from services.enrollment.domain.discovery.discovery_events import ClueJoined, ClueSourceEnded
from services.enrollment.domain.fact import Fact, Income
from services.enrollment.domain.members.change import Move
from services.enrollment.domain.pack.explanations import Ask, Criterion, Evaluation, Truth
from services.enrollment.domain.pack.lines import Basis, Line
from services.enrollment.translate.facts import fact_id
from tests.enrollment.short import PILOT, POLICIES
from tests.messages import TOPIC
from tests.specification import Specification

HOUSEHOLD, FATHER, MOTHER = UUID(int=100), UUID(int=1), UUID(int=2)
MEMBERS = (Member(person=FATHER, relation="head", labour_capacity="full"), Member(person=MOTHER, relation="wife", labour_capacity="none"))
VILLAGE: Final = "370323001001"
TODAY: Final = date(2021, 1, 5)
LINE_2020, LINE_2021 = 500_000, 600_000
BASIS: Final = Basis("example-pilot", PILOT.digest, Line("", date(2021, 1, 1), LINE_2021))
BASIS_2020: Final = Basis("example-pilot", PILOT.digest, Line("", date(2020, 1, 1), LINE_2020))
given: Final = Specification(DECIDER, POLICIES).given

# --- What is said ---


def asked(by: str = "clerk", on: date = TODAY, identity: str = "message") -> dict[str, Any]:
    return {"id": identity, "by": by, "on": on, "at": noon(on)}


def noon(day: date) -> datetime:
    """Noon in Shandong."""
    return datetime.combine(day, time(4), UTC)


def fact(reference: str, told: date = TODAY, **said: object) -> Fact:
    name = said.get("signal", "income-declared")
    same = {"id": fact_id(TOPIC, "/department", reference), "source": "/department", "reference": reference, "name": name, "person": FATHER}
    return convert({**same, "department": "health", "series": name, "time": noon(told), "valid_on": told, **said}, Fact)


def hospital(fen: int, reference: str = "hospital", month: str = "2021-01", told: date = TODAY) -> Fact:
    """The bill of a year to date, as its month reported it."""
    return fact(reference, told, series=f"inpatient:{month[:4]}", signal="inpatient", period=month, amount_fen=fen)


def declared(fen: int, reference: str = "income", until: date = TODAY, told: date = TODAY) -> Fact:
    return fact(reference, told, person=None, series="income", income=income(fen, until))


def income(wage_fen: int = 0, until: date = date(2020, 12, 31), **other: int) -> Income:
    nothing = dict.fromkeys(set(Income.__struct_fields__) - {"window_from", "window_to"}, 0)
    return convert({"window_from": until - timedelta(days=365), "window_to": until, **nothing, "wage_fen": wage_fen, **other}, Income)


def register(category: str = "never_registered", **other: object) -> ask.RegisterHousehold:
    said: dict[str, Any] = {"household": HOUSEHOLD, "village_code": VILLAGE, "category": category, "members": MEMBERS}
    return ask.RegisterHousehold(**{**asked(), **said, **other})


def record(what: Fact, on: date = TODAY) -> ask.RecordFact:
    return ask.RecordFact(**asked("department", on, f"records {what.reference}"), fact=what)


def move(village: str = "370323001002", on: date = TODAY) -> ask.ChangeHousehold:
    moved = fact("moves", on, name="household-moved", series="household-moved")
    return ask.ChangeHousehold(**asked("department", on, "moves"), fact=moved, change=Move(village))


def withdraw(what: Fact, on: date = TODAY) -> ask.WithdrawFact:
    names = {"fact": what.id, "source": what.source, "reference": what.reference}
    return ask.WithdrawFact(**asked("department", on, f"withdraws {what.reference}"), **names)


def visit(outcome: str = "approved", by: str = "visitor", on: date = TODAY, **found: object) -> ask.RecordVerification:
    said: dict[str, Any] = {"findings_sha256": "findings", "income": income(300_000), "unmet": (), "outcome": outcome}
    return ask.RecordVerification(**{**asked(by, on, "visit"), **said, **found})


def dismiss(on: date = TODAY, by: str = "clerk") -> ask.DismissClue:
    return ask.DismissClue(**asked(by, on), reason_sha256="why")


def county(outcome: str = "approved", by: str = "officer", on: date = TODAY, kind: str | None = None) -> ask.DecideAtCounty:
    said: dict[str, Any] = {"outcome": outcome, "type": kind, "reason_sha256": "why"}
    return ask.DecideAtCounty(**asked(by, on, "decision"), **said)


def applies(identity: str = "applies", by: str = "clerk", on: date = TODAY, risks: tuple[str, ...] = ("illness", "other")) -> ask.Apply:
    said: dict[str, Any] = {"request": uuid5(HOUSEHOLD, identity), "source": "/clerk", "reference": identity, "risks": risks}
    return ask.Apply(**asked(by, on, identity), **said, applicant=MOTHER, difficulty_sha256="what she said")


def screens(identity: str = "screens", by: str = "grid worker", on: date = TODAY) -> ask.ReportScreening:
    said: dict[str, Any] = {"request": uuid5(HOUSEHOLD, identity), "source": "/grid", "reference": identity, "risks": ("housing",)}
    return ask.ReportScreening(**asked(by, on, identity), **said, findings_sha256="what he saw")


def delivered(measure: int = 7, episode: int | None = None) -> ask.CountMeasure:
    return ask.CountMeasure(**asked(), measure=UUID(int=measure), episode=episode)


def started(measure: int = 7, episode: int | None = None) -> ask.CountMeasure:
    return ask.CountMeasure(**asked(), measure=UUID(int=measure), delivered=False, episode=episode)


def morning(day: date) -> ask.StartDay:
    return ask.StartDay(**asked("clock", day))


# --- What happened ---


def clue_of(what: Fact) -> UUID:
    """The clue that the recording of a fact raises."""
    return uuid5(what.id, f"clue records {what.reference}")


def case_of(clue: UUID) -> UUID:
    return uuid5(clue, "case")


def refused(
    reason_code: str, command: str = "message", fits: str = "", supported: str = "", until: date | None = None
) -> did.CommandRefused:
    """`fits` are the commands that would fit instead, `supported` what may be named, both parted by spaces; `until` its last day."""
    named, may = tuple(fits.split()), tuple(supported.split())
    return did.CommandRefused(command=command, reason_code=reason_code, fits=named, supported=may, until=until)


def raised(what: Fact, risk: str = "illness", due: date = date(2021, 1, 8), answered: tuple[UUID, ...] = ()) -> tuple[did.AnyEvent, ...]:
    clue = did.ClueRaised(clue=clue_of(what), risk=risk, fact=what, due=due, answered=answered)
    return clue, DeadlineStarted(kind="verify", due=due)


def dropped(kind: str, due: date | None, reason: str, on: date = TODAY) -> DeadlineDropped:
    return DeadlineDropped(kind=kind, due=due, on=on, reason=reason)


def joined(what: Fact, risk: str, clue: UUID | None = None) -> ClueJoined:
    """The Zhangs' clue, unless another is named."""
    return ClueJoined(clue=CLUE if clue is None else clue, risk=risk, fact=what)


def source_ended(what: Fact, risk: str, clue: UUID | None = None) -> ClueSourceEnded:
    return ClueSourceEnded(clue=CLUE if clue is None else clue, risk=risk, fact=what)


def income_is(below_line: Truth, fen: int | None, *facts: Fact, line_fen: int = LINE_2021) -> Criterion:
    """By these facts; without any, by the visit of the Zhangs' case."""
    told = tuple(one.id for one in facts) or ((VISIT,) if fen is not None else ())
    asks = Ask("income", ("visit", "civil-affairs")) if below_line == "unknown" else None
    return Criterion(id="income.reference-below-line", result=below_line, value=fen, threshold=2 * line_fen, facts=told, asks=asks)


def unmet(result: Truth, count: int | None) -> Criterion:
    asks = Ask("guarantees", ("visit",)) if result == "unknown" else None
    found = (VISIT,) if count is not None else ()
    return Criterion(id="guarantees.unmet", result=result, value=count, threshold=None if count is None else 1, facts=found, asks=asks)


def evaluation(outcome: Truth, *risks: Fact, income: Criterion, guarantees: Criterion | None = None) -> Evaluation:
    facts = tuple(sorted(one.id for one in risks))
    present = Criterion(id="risk.present", result="true" if risks else "false", value=len(risks), threshold=1, facts=facts)
    line_fen = (income.threshold or 0) // 2
    basis = BASIS_2020 if line_fen == LINE_2020 else BASIS
    criteria = (present, income, guarantees or unmet("false", 0))
    kind = "immediate-assistance" if outcome == "true" else ""
    return Evaluation(outcome=outcome, line_fen=line_fen, criteria=criteria, basis=basis, type=kind)


def seen(case: UUID, judged: Evaluation, step: str = "verification", by: str = "visitor", **found: object) -> did.StepCompleted:
    said = {"case": case, "step": step, "by": by, "at": noon(TODAY), "income": income(300_000), "unmet": (), "findings_sha256": "findings"}
    said["visit"] = uuid5(case, "visit visit")
    return convert({**said, "evaluation": judged, **found}, did.StepCompleted)


# --- Its history ---

ILL: Final = hospital(2_500_000, "ill")
CLUE: Final = clue_of(ILL)
CASE: Final = case_of(CLUE)
VISIT: Final = uuid5(CASE, "visit visit")
POOR: Final = evaluation("true", ILL, income=income_is("true", 300_000))
REGISTERED: Final = (did.HouseholdRegistered(household=HOUSEHOLD, village_code=VILLAGE, category="never_registered", members=MEMBERS),)
WITH_CLUE: Final = (*REGISTERED, did.FactRecorded(fact=ILL), *raised(ILL))
OPENED: Final = (
    DeadlineMet(kind="verify"),
    did.ClueClosed(clue=CLUE, reason="case-opened"),
    did.CaseOpened(case=CASE, episode=1, pack="example-pilot", basis=BASIS),
    seen(CASE, POOR),
    DeadlineStarted(kind="county-decision", due=date(2021, 1, 20)),
)
WITH_CASE: Final = (*WITH_CLUE, *OPENED)
TAKEN_IN: Final = (
    DeadlineMet(kind="county-decision"),
    did.HouseholdEnrolled(
        case=CASE,
        episode=1,
        type="immediate-assistance",
        risks=("illness",),
        pack="example-pilot",
        reason_sha256="why",
        evaluation=POOR,
        by="officer",
        village_code=VILLAGE,
        category="never_registered",
    ),
)
ENROLLED: Final = (*WITH_CASE, *TAKEN_IN)
HELPED: Final = (*ENROLLED, did.MeasureCounted(measure=UUID(int=7)))
ENOUGH: Final = declared(1_200_000, "enough")
WELL_OFF: Final = evaluation("false", ILL, income=income_is("false", 1_200_000, ENOUGH))
PROPOSED: Final = (
    did.ExitProposed(case=CASE, episode=1, method="help", due=date(2021, 1, 10), evaluation=WELL_OFF, on=TODAY),
    DeadlineStarted(kind="exit-decision", due=date(2021, 1, 10)),
)
LEAVING: Final = (*HELPED, did.FactRecorded(fact=ENOUGH), *PROPOSED)
LET_OUT: Final = (
    DeadlineMet(kind="exit-decision"),
    did.HouseholdExited(case=CASE, episode=1, method="help", reason_sha256="why", basis=BASIS, by="officer", evaluation=WELL_OFF),
)
EXITED: Final = (*LEAVING, *LET_OUT)
