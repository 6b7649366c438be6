"""The decision records are numbered one after the other, each number once, in its name and in its heading."""

import re

from local.services import ROOT

RECORDS = sorted((ROOT / "docs" / "decisions").glob("*.md"))


def test_the_records_are_numbered_one_after_the_other() -> None:
    assert [int(record.name[:4]) for record in RECORDS] == list(range(1, len(RECORDS) + 1))


def test_a_heading_has_the_number_of_its_file() -> None:
    headings = {record.name: re.match(r"# (\d+)\. \S", record.read_text(encoding="utf-8")) for record in RECORDS}
    assert {name: heading and int(heading[1]) for name, heading in headings.items()} == {name: int(name[:4]) for name in headings}
