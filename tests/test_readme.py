"""What the README tells a newcomer in figures is so."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from local.examination import NEEDED_MB
from local.services import ROOT

PAGES = ("README.md", "README.zh.md")


def listed(text: str) -> Iterator[Path]:
    """The Python files of the reading list."""
    for line in re.findall(r"^\d\. (.*?)[:：]", text, re.MULTILINE):
        names = re.findall(r"`([^`]+)`", line)
        first = ROOT / names[0]
        for place in (first, *(first.parent / name for name in names[1:])):
            yield from place.rglob("*.py") if place.is_dir() else [place]


@pytest.mark.parametrize("page", PAGES)
def test_the_lines_to_read_are_as_many_as_it_says(page: str) -> None:
    text = (ROOT / page).read_text()
    (said,) = re.findall(r"(?:About|约) (\d+,\d{3}) (?:lines|行)", text)
    assert sum(len(file.read_text().splitlines()) for file in listed(text)) == pytest.approx(int(said.replace(",", "")), rel=0.1)


@pytest.mark.parametrize("page", PAGES)
def test_the_second_service_costs_as_much_as_it_says(page: str) -> None:
    (said,) = re.findall(r"(?:costs|再读) (\d+,\d{3}) (?:more|行)", (ROOT / page).read_text())
    files = [file for place in ("services", "schemas") for file in (ROOT / place / "assistance").rglob("*.py")]
    assert sum(len(file.read_text().splitlines()) for file in files) == pytest.approx(int(said.replace(",", "")), rel=0.1)


def test_the_disk_that_is_needed_is_the_same_wherever_it_is_asked_for() -> None:
    (launcher,) = re.findall(r"^NEEDED_MB = (\d+)", (ROOT / "suishi").read_text(), re.MULTILINE)
    assert int(launcher) == NEEDED_MB
    assert [re.findall(r"(\d) GB(?: of disk| 磁盘)", (ROOT / page).read_text()) for page in PAGES] == [[str(NEEDED_MB // 1000)]] * 2
