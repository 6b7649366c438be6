"""What the departments report: deterministic, valid, and exactly as broken as planned."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING

import orjson
import pytest

from county.opening import opening
from county.signals import hear
from schemas.clock import COUNTY_TIME
from schemas.facts import FactWithdrawn, MedicalExpenseReported
from schemas.topics import ALLOWED, FACTS
from tests.county.sample import county_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from county.outgoing import Outgoing
    from tests.county.sample import County


def fingerprint(records: Iterable[Outgoing]) -> str:
    digest = sha256()
    for record in records:
        digest.update(repr(record).encode())
    return digest.hexdigest()


def of_type(county: County, name: str) -> list[Outgoing]:
    wanted = ("ce_type", f"suishi.fact.{name}.v1".encode())
    return [record for day in county.season.days for record in day.facts if wanted in record.headers]


def test_the_season_has_ninety_days_and_about_sixty_thousand_facts(county: County) -> None:
    """From December to February, every day with something, from eleven departments."""
    days = county.season.days
    assert (90, date(2020, 12, 1), date(2021, 2, 28)) == (len(days), days[0].date, days[-1].date)
    assert sum(len(day.facts) for day in days) == pytest.approx(60_000, rel=0.02)
    assert all(day.facts for day in days)
    assert set(FACTS.values()) == {record.topic for day in days for record in day.facts}


def test_the_same_seed_gives_the_same_bytes() -> None:
    """Population, opening and season; another seed gives others."""
    first, second, other = (county_of(seed, 300) for seed in (3, 3, 4))
    prints = [fingerprint([*opening(c.people), *(record for day in c.season.days for record in day.facts)]) for c in (first, second, other)]
    assert prints[0] == prints[1]
    assert prints[0] != prints[2]


def test_the_opening_is_valid_and_complete(county: County) -> None:
    """27,702 households, 12,670 helpers and 24 officials, 20,694 pairings, each message of its topic's schema."""
    records = opening(county.people)
    assert Counter(r.topic.split(".")[1] for r in records) == {"enrollment": 27_702, "notifications": 12_694, "assistance": 20_694}
    for record in records[::97]:
        ALLOWED[record.topic][dict(record.headers)["ce_type"].decode()].model_validate_json(record.value)


def test_every_message_is_valid_or_planted_as_refused(county: County) -> None:
    """Malformed ones and conflicts, as many as planned."""
    assert county.season.refused == county.expectation.refused == 42


def test_facts_lie_on_their_day_or_before_it(county: County) -> None:
    """A late fact was made up to two weeks earlier; none comes from tomorrow."""
    late = 0
    for day in county.season.days:
        for heard in filter(None, (hear(record, day.date) for record in day.facts)):
            made = heard.time.astimezone(COUNTY_TIME).date()
            assert day.date - timedelta(days=25) <= made <= day.date
            late += made < day.date
    assert late > 1_000


def test_utc_and_local_dates_differ_for_some(county: County) -> None:
    """A morning of the county is yesterday evening in UTC, also on the day when the line rises."""
    new_year = next(day for day in county.season.days if day.date == date(2021, 1, 1))
    instants = [
        datetime.fromisoformat((dict(record.headers).get("ce_time") or b"1999-01-01T00:00:00Z").decode()) for record in new_year.facts
    ]
    assert any(instant.date() == date(2020, 12, 31) and instant.astimezone(COUNTY_TIME).date() == new_year.date for instant in instants)


def test_messages_are_repeated_corrected_and_withdrawn(county: County) -> None:
    """The same message twice, and withdrawals that come before their fact."""
    order: dict[str, int] = {}
    seen: Counter[tuple[str, bytes]] = Counter()
    for place, record in enumerate(record for day in county.season.days for record in day.facts):
        order.setdefault(record.id, place)
        seen[record.id, record.value] += 1
    assert sum(count > 1 for count in seen.values()) > 500
    withdrawals = of_type(county, "fact-withdrawn")
    early = [record for record in withdrawals if order[record.id] < order[orjson.loads(record.value)["id"]]]
    assert len(withdrawals) > 150
    assert len(early) > 20


def test_many_expenses_lie_just_below_the_threshold(county: County) -> None:
    """Within two hundred yuan."""
    signals = county.people.figures.signals
    limits = (signals.outpatient_fen, signals.inpatient_lifted_fen, signals.inpatient_never_fen)
    heard = (hear(record, date(2021, 2, 28)) for record in of_type(county, "medical-expense-reported")[:5000])
    paid = [one.message.out_of_pocket_fen for one in heard if one and isinstance(one.message, MedicalExpenseReported)]
    assert sum(any(limit - 20_000 < fen < limit for limit in limits) for fen in paid) > 300


def test_a_feed_report_tells_zero_from_silence(county: County) -> None:
    """Eleven departments, three months."""
    assert len(of_type(county, "feed-delivered")) == 33


def test_a_feed_report_counts_no_correction_and_nothing_that_was_withdrawn(county: County) -> None:
    """The bills of December by person and kind."""
    told = [hear(record, date(2021, 2, 28)) for name in ("medical-expense-reported", "fact-withdrawn") for record in of_type(county, name)]
    gone = {(one.message.source, one.message.id) for one in told if one and isinstance(one.message, FactWithdrawn)}
    bills = [one for one in told if one and isinstance(one.message, MedicalExpenseReported) and one.message.period == "2020-12"]
    counted = {
        (one.message.person.id_number, one.message.kind)
        for one in bills
        if isinstance(one.message, MedicalExpenseReported) and one.message.person and (one.source, one.id) not in gone
    }
    reports = [orjson.loads(record.value) for record in of_type(county, "feed-delivered") if "medical" in record.topic]
    assert [len(counted)] == [report["count"] for report in reports if report["period"] == "2020-12"]
    assert len({(one.source, one.id) for one in bills}) > len(counted) + 500


def test_country_people_are_reported_by_the_thousand(county: County) -> None:
    """Households that are in no register when the season opens."""
    country = {household.id for household in county.people.country}
    assert len(country & set(county.season.sheet.behind.values())) > 4_000
