"""Who waits too long for a department's answer, reckoned apart from the services."""

from __future__ import annotations

from datetime import date

import pytest

from county.silence import RISKS, Silence

MONDAY = date(2021, 1, 4)


@pytest.mark.parametrize(
    ("series", "broken", "day"),
    [("inpatient 2021", False, 9), ("inpatient 2021", True, 10), ("house", False, 11), ("house", True, 12)],
)
def test_a_silence_is_too_long_on_the_day_after_the_last_one_in_time(series: str, broken: bool, day: int) -> None:  # noqa: FBT001
    """Housing has a week, the others five days."""
    silence = Silence()
    silence.asks([series], MONDAY)
    assert broken == silence.is_broken_by(date(2021, 1, day))


def test_a_risk_that_is_gone_waits_no_more_and_waits_anew_when_it_is_back() -> None:
    """Another series of the same risk keeps it waiting since the first."""
    silence = Silence()
    silence.asks(["inpatient 2021"], MONDAY)
    silence.asks(["illness C50"], date(2021, 1, 8))
    assert {"illness": MONDAY} == silence.since
    silence.asks([], date(2021, 1, 9))
    assert not silence.is_broken_by(date(2021, 1, 31))
    silence.asks(["illness C50"], date(2021, 1, 20))
    assert {"illness": date(2021, 1, 20)} == silence.since


def test_every_risk_of_a_signal_is_known() -> None:
    """As many as the pack names."""
    assert {"illness", "education", "disability", "natural_disaster", "housing", "drinking_water", "unstable_work", "other"} == set(
        RISKS.values()
    )
