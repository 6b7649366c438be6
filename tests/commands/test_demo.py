"""The demo tells its promises in both languages."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path

from audit.replay import Replayed
from audit.verify import Verdict
from commands.demo import CHINESE, latency_text, with_a_folder
from county.account import Account, checks, log_checks
from county.calling import Calling, calling_checks
from county.care_account import CareAccount, care_checks
from county.care_oracle import CareExpectation
from county.notification_account import NotificationAccount, notification_checks
from county.oracle import Expectation
from county.referral_account import ReferralAccount, referral_checks
from county.visit_account import VisitAccount, visit_checks
from county.visit_oracle import ExpectedVisits
from local.language import speak
from local.stack import Stack
from pipeline.kafka import Connection
from schemas.topics import SERVICES


def test_every_check_has_its_chinese_name() -> None:
    found = Account({}, frozenset(), frozenset(), frozenset(), 0, frozenset(), {}, frozenset(), {}, 0, {})
    expected = Expectation(*[frozenset()] * 7, refused=0)
    made = checks(found, expected, {})
    made |= log_checks({service: Verdict(0) for service in SERVICES}, {service: Replayed(0, 0, 0, {}) for service in SERVICES})
    nobody = VisitAccount(date(2020, 12, 1), {}, frozenset(), frozenset(), frozenset(), 0, 0)
    made |= visit_checks(nobody, ExpectedVisits(*[frozenset()] * 5), frozenset())
    made |= referral_checks(ReferralAccount({"forgotten": 0}, frozenset()), frozenset())
    made |= care_checks(CareAccount(), CareExpectation(*[frozenset()] * 4), {})
    made |= calling_checks(Calling(0, 0, 0, ""))
    made |= notification_checks(NotificationAccount({}, frozenset(), Counter(), {}), [], [], {})
    assert set(made) == set(CHINESE)
    assert all(made.values())


def test_a_latency_that_nobody_measured_is_not_given_as_nothing() -> None:
    speak("en")
    assert latency_text({"p50": None, "p99": None}) == "none measured: no fact led to a notification"
    assert latency_text({"p50": 394.7, "p99": 1535.0}) == "p50 394.7, p99 1535.0"


def test_on_servers_of_the_environment_keys_and_files_lie_where_nobody_else_has_any() -> None:
    """And go with the demo."""
    with with_a_folder(Stack(Path(), Connection("kafka:9092"), "postgresql://somewhere/county")) as stack:
        assert stack.folder.is_dir()
        assert not Path.cwd().is_relative_to(stack.folder)
    assert not stack.folder.exists()
