"""Whoever plays a page of docs/how-to has read on it, or on one before it, all that he needs."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import pytest

PAGES: Final = sorted((Path(__file__).parents[1] / "docs" / "how-to").glob("*.md"))
TEXTS: Final = {page.stem: page.read_text(encoding="utf-8") for page in PAGES}
SAVED: Final = re.compile(r"`(\S+\.jsonl)`|> (\S+\.jsonl)")


@pytest.mark.parametrize("page", TEXTS)
def test_a_file_that_is_published_was_saved(page: str) -> None:
    saved = {name for text in TEXTS.values() for both in SAVED.findall(text) for name in both}
    assert set(re.findall(r"\./suishi publish (\S+\.jsonl)", TEXTS[page])) <= saved


@pytest.mark.parametrize("page", [page for page, text in TEXTS.items() if re.search(r"^    SELECT ", text, re.MULTILINE)])
def test_who_is_to_ask_the_database_reads_with_which_program(page: str) -> None:
    assert "psql" in TEXTS[page] or "follow-cases.md#ask-the-database" in TEXTS[page]
