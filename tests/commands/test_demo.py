"""Every promise of the demo can be said in both languages."""

from __future__ import annotations

from audit.verify import Verdict
from commands.demo import CHINESE
from county.account import Account, checks
from county.mailbox import Mailbox
from county.oracle import Expectation
from schemas.topics import SERVICES


def test_every_check_has_its_chinese_name() -> None:
    found = Account({}, frozenset(), frozenset(), frozenset(), 0, frozenset(), {}, 0, {})
    expected = Expectation(*[frozenset()] * 5, refused=0)
    made = checks(found, expected, Mailbox(), {service: Verdict(0) for service in SERVICES})
    assert set(made) == set(CHINESE)
    assert all(made.values())
