"""Who reads personal data is not what the environment says."""

import os
import pwd

import pytest

from commands.account import account


def test_no_variable_makes_somebody_another(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.setenv(name, "officer-zhou")
    assert pwd.getpwuid(os.getuid()).pw_name == account()


def test_a_number_that_has_no_name_is_named_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a container."""
    monkeypatch.setattr("os.getuid", lambda: 4_242_424)
    assert "uid-4242424" == account()
