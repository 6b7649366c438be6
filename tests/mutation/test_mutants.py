"""The rules of enrollment with a small mistake in them: each must be noticed by a quick test, or be explained in docs/mutants.md."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from local.services import ROOT
from tests.mutation.mutants import mutants
from tests.mutation.survivors import DOMAIN, explained

SMALL = '''
"""A docstring is no rule."""
from datetime import date
LIMIT: int = 5

def late(day: date, due: date, *, open: bool) -> tuple[str, ...]:
    """Says what is late."""
    if open and day > due:
        return ("late", "open")
    return ()
'''
RULES = ["reevaluation"]
THEIR_TESTS = "tests/enrollment/test_publishing.py,tests/enrollment/test_pack_takes_effect.py,tests/enrollment/test_laws.py"


def test_every_small_mistake_is_made_once_and_no_other() -> None:
    assert [
        "module: 5 -> 6",
        "late: if open and day > due: -> if True:",
        "late: if open and day > due: -> if False:",
        "late: open and day > due -> open or day > due",
        "late: open and day > due -> day > due",
        "late: open and day > due -> open",
        "late: day > due -> day >= due",
        "late: day > due -> day <= due",
        "late: return ('late', 'open') -> return ()",
        "late: ('late', 'open') -> ('open',)",
        "late: ('late', 'open') -> ('late',)",
        "late: 'late' -> 'late?'",
        "late: 'open' -> 'open?'",
    ] == [mutant.told for mutant in mutants(SMALL, "small.py")]


def test_a_mistake_that_python_itself_notices_is_none() -> None:
    chosen = (
        "def first(a: int) -> int:\n    match a:\n        case _ if a > 1:\n            return a\n        case _:\n            return 0\n"
    )
    assert [
        "first: a > 1 -> a >= 1",
        "first: a > 1 -> a <= 1",
        "first: 1 -> 2",
        "first: return a -> return None",
        "first: 0 -> 1",
    ] == [mutant.told for mutant in mutants(chosen, "small.py")]


def judged(*arguments: str) -> subprocess.CompletedProcess[str]:
    """In a process of its own, which has imported nothing of the project before."""
    command = [sys.executable, "-P", "-m", "tests.mutation.survivors", *arguments]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)  # noqa: S603


@pytest.mark.parametrize("what", [[], ["--at-import"]], ids=["in functions", "at import"])
def test_every_mutant_of_the_domain_is_noticed_or_explained(what: list[str], request: pytest.FixtureRequest) -> None:
    """All of it takes minutes with the whole machine: with --long. Otherwise one small module, told by the tests that know it."""
    everything = request.config.getoption("--long")
    done = judged(*what, *([] if everything else ["--tests", THEIR_TESTS, *RULES]))
    assert done.returncode == 0, done.stdout + done.stderr[-4000:]
    assert not everything or explained() <= there()


def there() -> set[str]:
    """As docs/mutants.md names them."""
    sources = {file.stem: file.read_text(encoding="utf-8") for file in DOMAIN.rglob("[!_]*.py")}
    return {f"{name} {mutant.told}" for name, source in sources.items() for mutant in mutants(source, name)}
