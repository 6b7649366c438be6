"""An income is believed for a time: when it is too old nobody is taken in, let out or kept by it, and a new one is asked for."""

from __future__ import annotations

from datetime import date

import pytest
from msgspec.structs import replace

from services.enrollment import packs
from services.enrollment.domain import events as did
from services.enrollment.domain.clocks.deadline_events import (
    DeadlineBreached,
    DeadlineMet,
    DeadlineStarted,
    EscalationEnded,
    MinimumDropped,
    MinimumReached,
)
from services.enrollment.domain.fact import Fact
from services.enrollment.domain.household.state import Household
from services.enrollment.domain.judging.evaluation import evaluate
from services.enrollment.domain.pack.explanations import Ask, Criterion, Truth
from services.enrollment.domain.pack.lines import Line, Published
from tests.enrollment import national
from tests.enrollment.national import told as happened_nationally
from tests.enrollment.zhang import (
    HELPED,
    ILL,
    LEAVING,
    LINE_2021,
    PILOT,
    REGISTERED,
    TODAY,
    WITH_CASE,
    county,
    declared,
    fact,
    given,
    hospital,
    income,
    morning,
    record,
)
from tests.enrollment.zhang import (
    LINE_2021 as LINE,
)

LAST_DAY, TOO_LATE = date(2022, 1, 5), date(2022, 1, 6)
ASKS = Ask("income", ("visit", "civil-affairs"))
NATIONAL = packs.load("example-national-2021")


def judged(history: tuple[did.AnyEvent, ...], on: date, name: str = "income.reference-below-line", pack: str = "pilot") -> Criterion:
    state = given(*history).state
    assert isinstance(state, Household)
    (criterion,) = [one for one in evaluate(state, on, PILOT if pack == "pilot" else NATIONAL).criteria if one.id == name]
    return criterion


def recorded(*facts: Fact) -> tuple[did.AnyEvent, ...]:
    return (*REGISTERED, *(did.FactRecorded(fact=one) for one in facts))


@pytest.mark.parametrize(("on", "result", "asks"), [(LAST_DAY, "true", None), (TOO_LATE, "unknown", ASKS)])
def test_an_income_is_believed_for_twelve_months_after_its_window(on: date, result: Truth, asks: Ask | None) -> None:
    low = declared(100, until=TODAY)
    expected = Criterion(id="income.reference-below-line", result=result, value=100, threshold=2 * LINE_2021, facts=(low.id,), asks=asks)
    assert expected == judged(recorded(low), on)


def test_a_newer_income_is_believed_again() -> None:
    assert "false" == judged(recorded(declared(100), declared(2 * LINE, "new", until=LAST_DAY)), TOO_LATE).result


def test_a_window_of_a_leap_day_is_believed_to_the_end_of_february() -> None:
    low = declared(100, until=date(2020, 2, 29))
    assert ["true", "unknown"] == [judged(recorded(low), day).result for day in (date(2021, 2, 28), date(2021, 3, 1))]


@pytest.mark.parametrize(("on", "result"), [(LAST_DAY, "true"), (TOO_LATE, "unknown")])
def test_an_expense_is_held_against_no_income_that_is_too_old(on: date, result: Truth) -> None:
    low = declared(100, until=TODAY)
    criterion = judged(recorded(ILL, low), on, "expense.rigid", "national")
    assert (result, 2_500_000, 70, {ILL.id, low.id}) == (criterion.result, criterion.value, criterion.threshold, set(criterion.facts))


def test_nobody_is_taken_in_on_an_income_that_got_old_and_a_new_one_is_asked_for() -> None:
    """The visit found the income of 2020."""
    in_time, late = date(2021, 12, 31), date(2022, 1, 1)
    assert isinstance(given(*WITH_CASE).when(county(on=in_time)).happened[2], did.HouseholdEnrolled)
    unknown = did.CommandRefused(
        command="decision", reason_code="evaluation.unknown", fits=("record-verification", "decide-at-county"), asks=(ASKS,)
    )
    given(*WITH_CASE).when(county(on=late)).then(unknown)


def test_an_exit_is_not_proposed_on_an_income_that_is_too_old() -> None:
    rich = declared(4_000_000, "rich", until=date(2020, 1, 4))
    given(*HELPED).when(record(rich)).then(did.FactRecorded(fact=rich))
    old_and_late = declared(4_000_000, "late", until=TODAY, told=TOO_LATE)
    given(*HELPED).when(record(old_and_late, TOO_LATE)).then(did.FactRecorded(fact=old_and_late))


def test_a_household_stays_enrolled_when_its_income_gets_old() -> None:
    """The fact says nothing of the income; with the old one the household would still qualify."""
    more = hospital(3_000_000, "more", "2022-01", TOO_LATE)
    story = given(*HELPED).when(record(more, TOO_LATE))
    story.then(did.FactRecorded(fact=more))
    enough = declared(4_000_000, "now", until=LAST_DAY, told=TOO_LATE)
    assert isinstance(story.when(record(enough, TOO_LATE)).happened[1], did.ExitProposed)


def test_a_risk_that_is_over_lets_a_household_out_whatever_its_income_is() -> None:
    healed = hospital(100, "healed", "2021-02", TOO_LATE)
    kinds = [type(one) for one in given(*HELPED).when(record(healed, TOO_LATE)).happened]
    assert [did.FactRecorded, did.RiskResolved, did.ExitProposed, DeadlineStarted] == kinds


def test_a_proposed_exit_is_taken_back_when_nobody_knows_the_income_any_more() -> None:
    house = fact("house", TOO_LATE, signal="house", present=True)
    late = DeadlineBreached(kind="exit-decision", due=date(2021, 1, 10))
    *before, back = given(*LEAVING).when(record(house, TOO_LATE)).happened
    assert [did.FactRecorded(fact=house), late, EscalationEnded(kind="exit-decision"), did.RiskAdded(risk="housing")] == before
    assert isinstance(back, did.StepReturned)
    assert back.evaluation is not None
    assert ("exit", "evaluation.unknown", (ASKS,)) == (back.step, back.reason_code, back.evaluation.asks)


def test_nobody_is_let_out_on_an_income_that_got_old_since_the_proposal() -> None:
    unknown = did.CommandRefused(command="decision", reason_code="evaluation.unknown", fits=("record-verification",), asks=(ASKS,))
    assert isinstance(given(*LEAVING).when(county(on=LAST_DAY)).happened[-1], did.HouseholdExited)
    given(*LEAVING).when(county(on=TOO_LATE)).then(unknown)


@pytest.mark.parametrize(("until", "is_new"), [(date(2017, 12, 31), False), (date(2020, 5, 31), False), (date(2020, 6, 1), True)])
def test_an_income_that_is_too_old_when_it_is_told_is_not_the_new_one_that_is_awaited(until: date, is_new: bool) -> None:  # noqa: FBT001
    day = date(2021, 6, 1)
    declaration = national.given(*national.HELPED).when(record(declared(100_000, "declared", until=until, told=day), day))
    seen = national.given(*national.HELPED).when(national.visit(on=day, income=income(100_000, until)))
    for story in (declaration, seen):
        assert is_new is (DeadlineMet(kind="income-staleness") in story.happened)


def test_a_line_that_falls_below_an_old_income_proposes_nothing() -> None:
    """The visit found 3,000 yuan for two persons in 2020; a fresh one would be above the new line."""
    fallen = Published((Line("370323", TOO_LATE, 100_000),))
    (reevaluated,) = given(*HELPED).when(replace(morning(TOO_LATE), published=fallen)).happened
    assert isinstance(reevaluated, did.HouseholdReevaluated)
    assert ("unknown", (ASKS,)) == (reevaluated.evaluation.outcome, reevaluated.evaluation.asks)


RICH = declared(4_000_000, "rich", until=date(2021, 7, 1), told=date(2022, 1, 15))


def test_the_months_of_a_stable_income_go_on_while_a_new_one_is_awaited() -> None:
    """The window ended in July, the months began in January and are over in July of the next year; what is asked for comes in August."""
    begun = happened_nationally(morning(date(2021, 7, 16)), record(RICH, date(2022, 1, 15)), after=national.HELPED)
    waited = happened_nationally(morning(date(2022, 7, 16)), after=begun)
    assert MinimumReached(kind="income-stable") in waited
    assert not any(isinstance(event, did.ExitProposed | MinimumDropped) for event in waited)
    new = declared(4_000_000, "new", until=date(2022, 7, 31), told=date(2022, 8, 1))
    assert any(isinstance(event, did.ExitProposed) for event in happened_nationally(record(new, date(2022, 8, 1)), after=waited))


@pytest.mark.parametrize(("on", "fen"), [(date(2021, 1, 31), 100), (date(2021, 2, 1), 2 * LINE)])
def test_an_income_counts_from_the_end_of_its_window(on: date, fen: int) -> None:
    assert fen == judged(recorded(declared(100), declared(2 * LINE, "to come", until=date(2021, 2, 1))), on).value
