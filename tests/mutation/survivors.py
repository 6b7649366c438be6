"""Runs the quick tests of enrollment against every mutant of its domain, and names those that nothing noticed.

`python -m tests.mutation.survivors [--shard 1/2] [MODULE...]` from the project's root; what docs/mutants.md explains is not named. One
process collects the tests once, learns which of them run through which function, and is forked for each mutant: in the fork the function
gets the mutant's code, and only the tests that run through it are told, the quickest first. With `--at-import` what changes at import is
told to a fork of a process that has imported nothing of the project yet.
"""

from __future__ import annotations

import argparse
import gc
import os
import pickle
import signal
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import CodeType, FunctionType
from typing import Final

import pytest
from hypothesis import settings

from tests.mutation.mutants import Mutant, mutants
from tests.mutation.through import DOMAIN, ROOT, Known, Where, passes, watched

TESTS: Final = ("tests/enrollment", "tests/golden")
PAGE: Final = ROOT / "docs" / "mutants.md"
SERVERS: Final = "stack"  # the fixture that starts them: what needs one is no quick test
PATIENCE_S: Final = 60
PRELOADED: Final = "pytest.PytestAssertRewriteWarning"  # this process has the libraries in memory already
NOTICED, UNNOTICED = 1, 0


def forked(work: Callable[[], int]) -> int:
    """The exit code of a copy of this process that does nothing else; one that never ends has been noticed."""
    child = os.fork()
    if child == 0:
        code = NOTICED
        try:
            code = work()
        except BaseException:  # noqa: BLE001, S110 - whatever it is, somebody noticed
            pass
        finally:
            os._exit(code)
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.002)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return NOTICED


class Quick:
    """A plugin that leaves out what needs a server, and lets every random test draw the same few examples."""

    def __init__(self, tests: Sequence[str]) -> None:
        self.tests = tests

    @pytest.hookimpl(trylast=True)
    def pytest_configure(self) -> None:
        settings.register_profile("mutants", deadline=None, max_examples=25, derandomize=True, database=None)
        settings.load_profile("mutants")

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items[:] = [item for item in items if SERVERS not in getattr(item, "fixturenames", ())]


class Judge(Quick):
    """Lets pytest collect, and then runs the tests once for every mutant."""

    def __init__(self, tests: Sequence[str], mutated: Mapping[str, Sequence[Mutant]]) -> None:
        super().__init__(tests)
        self._mutated = mutated
        self.survivors: list[str] = []

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        known = self._learn(session.items)
        if known.failed:
            say("\n".join(known.failed))
            raise session.Failed
        functions = _functions()
        gc.freeze()  # what is shared with the forks stays shared
        for file, found in self._mutated.items():
            for mutant in found:
                tests = sorted(known.through.get(Where(file, mutant.function), ()), key=known.seconds.__getitem__)
                items = [session.items[number] for number in tests]
                code, changed = _code(mutant), functions.get(Where(file, mutant.function), ())
                if forked(lambda c=code, i=items, f=changed: _told(c, i, f)) == UNNOTICED:
                    self.survivors.append(named(file, mutant))
        return True

    def _learn(self, items: Sequence[pytest.Item]) -> Known:
        """In a fork, so that nothing that is remembered between calls stays."""
        reader, writer = os.pipe()

        child = os.fork()
        if child == 0:
            with os.fdopen(writer, "wb") as pipe:
                pickle.dump(watched(items), pipe)
            os._exit(UNNOTICED)
        os.close(writer)
        with os.fdopen(reader, "rb") as pipe:
            known: Known = pickle.load(pipe)  # noqa: S301 - our own fork wrote it
        os.waitpid(child, 0)
        return known


def _functions() -> Mapping[Where, Sequence[FunctionType]]:
    found: dict[Where, list[FunctionType]] = {}
    for thing in gc.get_objects():
        if isinstance(thing, FunctionType) and thing.__code__.co_filename.startswith(str(DOMAIN)):
            found.setdefault(Where(thing.__code__.co_filename, thing.__code__.co_qualname), []).append(thing)
    return found


def _told(code: CodeType, items: Iterable[pytest.Item], functions: Iterable[FunctionType]) -> int:
    for function in functions:
        function.__code__ = code
    return UNNOTICED if all(passes(item) for item in items) else NOTICED


def _code(mutant: Mutant) -> CodeType:
    (code,) = [code for code in _codes(mutant.code) if code.co_qualname == mutant.function]
    return code


def _codes(code: CodeType) -> Iterator[CodeType]:
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield constant
            yield from _codes(constant)


def named(file: str, mutant: Mutant) -> str:
    """As docs/mutants.md names it; told at once where the page does not explain it."""
    name = f"{Path(file).stem} {mutant.told}"
    if name not in explained():
        say(f"{name} (line {mutant.line})")
    return name


@cache
def explained() -> frozenset[str]:
    """The lines between the fences of docs/mutants.md."""
    blocks = PAGE.read_text(encoding="utf-8").split("```")[1::2]
    return frozenset(line.strip() for block in blocks for line in block.splitlines() if " -> " in line)


def in_functions(tests: Sequence[str], mutated: Mapping[str, Sequence[Mutant]]) -> list[str]:
    judge = Judge(tests, mutated)
    if _pytest(judge) != pytest.ExitCode.OK:
        sys.exit("the tests of the sound code fail")
    return judge.survivors


def at_import(tests: Sequence[str], mutated: Mapping[str, Sequence[Mutant]]) -> list[str]:
    """Each in a fork of a process that has imported nothing of the project, where one module's code is the mutant's."""
    if forked(lambda: _sound(tests)) == NOTICED:
        sys.exit("the tests of the sound code fail")
    told = ((file, mutant) for file, found in mutated.items() for mutant in found)
    return [named(file, mutant) for file, mutant in told if forked(lambda m=mutant, f=file: _imported(m, f, tests)) == UNNOTICED]


def _imported(mutant: Mutant, file: str, tests: Sequence[str]) -> int:
    usual = SourceFileLoader.get_code

    def get_code(self: SourceFileLoader, name: str) -> CodeType | None:
        return mutant.code if self.path == file else usual(self, name)

    SourceFileLoader.get_code = get_code
    return _sound(tests)


def _sound(tests: Sequence[str]) -> int:
    return UNNOTICED if _pytest(Quick(tests), "-x") == pytest.ExitCode.OK else NOTICED


def _pytest(plugin: Quick, *more: str) -> int:
    return int(pytest.main(["-q", "-W", f"ignore::{PRELOADED}", *more, *plugin.tests], plugins=[plugin]))


def say(line: str) -> None:
    os.write(3, f"{line}\n".encode())


def main() -> int:
    """0 where all were noticed, or are explained."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--at-import", action="store_true", help="what runs at import, which takes longer, instead of what is in functions")
    parser.add_argument("--shard", default="1/1", help="which part of how many, for instance 1/2")
    parser.add_argument("--tests", default=",".join(TESTS), help="files and folders of tests, parted by commas")
    parser.add_argument("modules", nargs="*", help="names of modules of the domain; all without any")
    asked = parser.parse_args()
    part, parts = map(int, asked.shard.split("/"))
    os.chdir(ROOT)
    os.dup2(1, 3)  # pytest keeps what is written to 1
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    wanted = [file for file in sorted(DOMAIN.rglob("*.py")) if not asked.modules or file.stem in asked.modules]
    every = {str(file): list(mutants(file.read_text(encoding="utf-8"), str(file))) for file in wanted}
    chosen = {file: [one for one in found if asked.at_import != bool(one.function)] for file, found in every.items()}
    mine = {file: found[part - 1 :: parts] for file, found in chosen.items()}
    judge = at_import if asked.at_import else in_functions
    survivors = judge(asked.tests.split(","), mine)
    unknown = [name for name in survivors if name not in explained()]
    say(f"{sum(map(len, mine.values()))} mutants, {len(survivors)} survived, {len(unknown)} of them without an explanation")
    return 1 if unknown else 0


if __name__ == "__main__":
    sys.exit(main())
