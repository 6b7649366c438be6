"""What a visit and a department may say of an income and of who was there; both ends of a window are counted."""

from __future__ import annotations

from typing import Any, Final

import pytest
from pydantic import ValidationError

from schemas.enrollment import RecordVerification
from schemas.facts import IncomeDeclared
from schemas.problems import Lang, problems
from tests.way_in import VISIT, income

SUBJECT: Final = {"valid_on": "2021-01-05", "household_id": "658d38e1-a2e1-5a9c-b208-643f63d96c74"}
REVERSED: Final = "has an income window that ends before it begins or is longer than a year"


def visit(**found: Any) -> RecordVerification:  # noqa: ANN401 - fields of a message
    return RecordVerification.model_validate({**VISIT, **found})


def wrong(data: dict[str, Any], kind: Any = RecordVerification, lang: Lang = "en") -> list[tuple[str, str, str]]:  # noqa: ANN401 - a message
    with pytest.raises(ValidationError) as refused:
        kind.model_validate(data)
    return [(one.field, one.problem, one.remedy) for one in problems(refused.value, lang)]


@pytest.mark.parametrize(
    "window",
    [("2020-12-31", "2020-12-31"), ("2020-01-01", "2020-12-31"), ("2020-01-02", "2021-01-01")],
    ids=["a day", "a leap year", "366 days"],
)
def test_an_income_is_of_a_window_of_a_year_at_most(window: tuple[str, str]) -> None:
    since, until = window
    found = visit(income=income(300_000, until, since)).income
    assert found is not None
    assert IncomeDeclared.model_validate({**SUBJECT, **income(300_000, until, since)}).window_to == found.window_to


@pytest.mark.parametrize(
    "window",
    [("2020-01-01", "2021-01-01"), ("2021-01-01", "2020-12-31"), ("2016-01-01", "2020-12-31")],
    ids=["367 days", "turned round", "five years"],
)
def test_no_income_is_of_a_window_that_is_longer_or_turned_round(window: tuple[str, str]) -> None:
    since, until = window
    remedy = "correct window_from and window_to"
    assert [("income", REVERSED, remedy)] == wrong({**VISIT, "income": income(300_000, until, since)})
    assert [("message", REVERSED, remedy)] == wrong({**SUBJECT, **income(300_000, until, since)}, IncomeDeclared)


@pytest.mark.parametrize("names", [["李强", "李强"], ["李强", " 李强"], ["李强", "赵敏", "李强"]])
def test_a_visit_is_paid_by_two_who_are_not_the_same(names: list[str]) -> None:
    assert [("message", "核查人员姓名重复", "每人只写一次，入户核查须两人以上")] == wrong({**VISIT, "visitors": names}, lang="zh")


def test_two_visitors_are_enough() -> None:
    assert ("李强", "赵敏") == visit(visitors=["李强", "赵敏"]).visitors
