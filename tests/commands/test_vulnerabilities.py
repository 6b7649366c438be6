"""An audit of the locked packages says what PyPI knows, and never takes silence for a good answer."""

import re
from pathlib import Path

import pytest

from commands.vulnerabilities import complete, findings
from local.language import speak
from local.problem import Problem
from local.services import ROOT
from tests.commands.conftest import Suishi

# As pip-audit 2.10.1 printed them, of a server of our own that knew one vulnerability, and of a PyPI without that page.
ONE_KNOWN = """
{"dependencies": [{"name": "idna", "version": "3.20", "vulns": [{"id": "PYSEC-2026-1", "fix_versions": ["3.21"]}]},
                  {"name": "h11", "version": "0.16.0", "vulns": []}], "fixes": []}"""
NOTHING_LEARNED = """
{"dependencies": [{"name": "idna", "version": "3.20", "vulns": []},
                  {"name": "h11", "skip_reason": "Dependency not found on PyPI and could not be audited: h11 (0.16.0)"}], "fixes": []}"""


@pytest.fixture(autouse=True)
def english() -> None:
    speak("en")


def test_a_known_vulnerability_is_named_with_the_release_that_mends_it() -> None:
    assert ["idna 3.20: PYSEC-2026-1, mended in 3.21"] == findings(complete(ONE_KNOWN))


def test_one_that_no_release_mends_is_named_too() -> None:
    assert ["idna 3.20: PYSEC-2026-1, not mended yet"] == findings(complete(ONE_KNOWN.replace('"3.21"', "")))


def test_packages_without_a_vulnerability_are_not_named() -> None:
    assert [] == findings(complete('{"dependencies": [{"name": "h11", "version": "0.16.0", "vulns": []}], "fixes": []}'))


def test_a_package_of_which_nothing_was_learned_is_no_good_news() -> None:
    with pytest.raises(Problem, match=re.escape("PyPI told nothing of 1 of 2 packages, so there is no verdict")):
        complete(NOTHING_LEARNED)


@pytest.mark.parametrize("printed", ["", "Traceback", "{}", '{"dependencies": [], "fixes": []}'])
def test_no_report_is_no_verdict(printed: str) -> None:
    with pytest.raises(Problem, match="PyPI could not be asked for known vulnerabilities, so there is no verdict"):
        complete(printed)


def test_without_a_network_the_command_says_so_in_a_sentence(suishi: Suishi) -> None:
    pytest.importorskip("pip_audit", reason="pip-audit is of requirements-dev.lock, which only ./suishi check installs")
    done = suishi("check", "--audit", HTTPS_PROXY="http://127.0.0.1:9", HTTP_PROXY="http://127.0.0.1:9", NO_PROXY="")
    assert (2, "", "suishi: PyPI could not be asked for known vulnerabilities, so there is no verdict; try again online.\n") == (
        done.returncode,
        done.stdout,
        done.stderr,
    )


@pytest.mark.parametrize(
    ("printed", "code", "said"),
    [
        (ONE_KNOWN, 1, "idna 3.20: PYSEC-2026-1, mended in 3.21\nknown vulnerabilities of 2 locked packages: 1\n"),
        (ONE_KNOWN.replace('{"id": "PYSEC-2026-1", "fix_versions": ["3.21"]}', ""), 0, "known vulnerabilities of 2 locked packages: 0\n"),
    ],
)
def test_the_exit_code_says_whether_something_is_known(printed: str, code: int, said: str, suishi: Suishi, tmp_path: Path) -> None:
    """A program that prints what pip-audit would takes its place."""
    (tmp_path / "pip_audit.py").write_text(f"print({printed!r})")
    done = suishi("check", "--audit", PYTHONPATH=f"{ROOT}:{tmp_path}")
    assert (code, said, "") == (done.returncode, done.stdout, done.stderr)
