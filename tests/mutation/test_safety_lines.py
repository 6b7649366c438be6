"""Each line that keeps something safe is taken out in a copy of the project, and a test of ours must fail there."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

import pytest

from local.services import ROOT, kafka_settings
from local.stack import Stack
from tests.mutation.laboratory import Laboratory, Outcome, warm_up

AT_ONCE: Final = 3
SOUND: Final = "nothing is taken out"


@dataclass(frozen=True)
class SafetyLine:
    """`text` stands once in `file`; with `instead` in its place the test `caught_by` must fail."""

    file: str
    name: str
    text: str
    instead: str
    caught_by: str

    def taken_out(self, laboratory: Laboratory) -> Outcome:
        with laboratory.without(str(LINES.index(self)), self.file, self.text, self.instead) as root:
            return laboratory.test(root, [self.caught_by])


TOLD: Final = tomllib.loads((Path(__file__).parent / "safety_lines.toml").read_text(encoding="utf-8"))
LINES: Final = [SafetyLine(file, **line) for file, lines in TOLD.items() for line in lines]
Outcomes: TypeAlias = Mapping[str, Future[Outcome]]


@pytest.fixture(scope="module")
def outcomes(request: pytest.FixtureRequest, stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Outcomes]:
    """Of the sound project, and of each line that this run asks about, a few at a time: most of them wait."""
    servers = {**kafka_settings(stack.kafka), "SUISHI_DATABASE": stack.administrator or stack.database}
    laboratory = Laboratory(tmp_path_factory.mktemp("mutants"), servers)
    asked = {item.name for item in request.session.items}
    lines = [line for line in LINES if f"{test_without_this_line_a_test_fails.__name__}[{line.name}]" in asked]
    warm_up()
    laboratory.copy()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        sound = pool.submit(laboratory.test, laboratory.sound(), sorted({line.caught_by for line in lines or LINES}))
        yield {SOUND: sound, **{line.name: pool.submit(line.taken_out, laboratory) for line in lines}}


def test_each_line_stands_once_in_its_file() -> None:
    """Where a file changed, follow it in safety_lines.toml."""
    found = {(line.file, line.name): (ROOT / line.file).read_text(encoding="utf-8").count(line.text) for line in LINES}
    assert dict.fromkeys(found, 1) == found


@pytest.mark.parametrize("line", LINES, ids=lambda line: line.name)
def test_without_this_line_a_test_fails(line: SafetyLine, outcomes: Outcomes) -> None:
    outcome = outcomes[line.name].result()
    assert outcome.code == pytest.ExitCode.TESTS_FAILED, f"nothing noticed: {outcome.said[-2000:]}"
    assert outcome.said.splitlines()[-1].startswith("1 failed"), f"it could not even run: {outcome.said[-2000:]}"


def test_with_every_line_in_its_place_the_same_tests_pass(outcomes: Outcomes) -> None:
    outcome = outcomes[SOUND].result()
    assert outcome.code == pytest.ExitCode.OK, outcome.said[-4000:]
