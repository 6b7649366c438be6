"""Who was in on one day and not on another, by which event, and what the criteria came to on each."""

from __future__ import annotations

from uuid import UUID

import pytest

from audit.as_of.knowledge import Known
from audit.diff.compare import Turned, stand, turned
from audit.what_if.compare import Changed
from commands.audit.changes import line
from local.language import speak
from pipeline.store import Recorded
from services.enrollment.domain import events as did
from services.enrollment.domain.members.change_events import HouseholdEnded
from tests.audit.test_as_of import CASE, ENROLLED, HOUSEHOLD, IN_AND_OUT, day, log, noon
from tests.audit.test_what_if import RULES, household, visited


def between(recorded: list[Recorded], first: str, last: str, known: str = "06-30") -> Turned | None:
    before, after = ((day(on), stand(Known(recorded, noon(known)), day(on))) for on in (first, last))
    return turned(before, after, RULES)


def test_who_was_taken_in_between_entered_by_the_decision() -> None:
    found = between(IN_AND_OUT, "01-19", "01-20")
    assert found is not None
    assert (HOUSEHOLD, "370323001001", "entered", day("01-20")) == (found.household, found.village_code, found.way, found.since)
    assert ("enrollment.household-enrolled", "marginal", UUID(int=1005), 5) == (found.topic, found.reason, found.event_id, found.position)


def test_who_was_let_out_between_left_by_the_decision() -> None:
    found = between(IN_AND_OUT, "02-24", "02-25")
    assert found is not None
    assert ("left", day("02-25"), "enrollment.household-exited", "help") == (found.way, found.since, found.topic, found.reason)


def test_who_was_in_or_out_on_both_days_did_neither() -> None:
    assert None is between(IN_AND_OUT, "01-20", "02-24")
    assert None is between(IN_AND_OUT, "01-19", "02-25")
    assert None is between(IN_AND_OUT, "01-01", "01-04")


def test_what_was_not_known_yet_made_no_difference() -> None:
    assert None is between(IN_AND_OUT, "02-24", "02-25", known="02-24")


def test_the_criteria_are_told_as_they_were_on_each_of_the_days() -> None:
    """Before the visit nobody knew the income."""
    found = between(household(("02-10", "02-10", visited(11_000)), ("02-20", "02-20", ENROLLED)), "02-09", "02-20")
    assert found is not None
    income = Changed("income.reference-below-line", "unknown", "true", 1_100_000, 1_200_000, 1_200_000)
    assert income in found.changed


def test_a_household_that_is_no_more_left_and_is_not_judged() -> None:
    ended = log(
        *((one.metadata.valid_on.strftime("%m-%d"), one.recorded_at.strftime("%m-%d"), one.event) for one in IN_AND_OUT[:5]),
        ("02-01", "02-01", did.HouseholdExited(case=CASE, episode=1, method="natural", reason_sha256="")),
        ("02-01", "02-01", HouseholdEnded(on=day("02-01"), reason="died")),
    )
    found = between(ended, "01-31", "02-01")
    assert found is not None
    assert ("left", "natural", None) == (found.way, found.reason, found.changed[0].after)


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        (
            Changed("income.net-below-line", "unknown", "false", 2_400_000, 1_200_000, 1_200_000, None),
            "unknown -> false  - -> 24,000.00 / 12,000.00",
        ),
        (
            Changed("income.net-below-line", "true", "false", 2_400_000, 1_200_000, 1_300_000, 2_400_000),
            "24,000.00 / 12,000.00 -> 13,000.00",
        ),
        (Changed("risk.present", "true", "false", 0, 1, 1, 1), "true -> false  1 -> 0 / 1"),
        (Changed("income.margin", None, "true", 2_400_000, None, 1_800_000, None), "- -> true  24,000.00 / - -> 18,000.00"),
    ],
)
def test_a_criterion_is_told_before_and_after_and_once_what_did_not_change(changed: Changed, told: str) -> None:
    speak("en")
    assert line(changed).endswith(told)
