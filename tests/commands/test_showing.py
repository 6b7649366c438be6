"""What a person sees: columns under their headings, whatever the width of a character, and colours only where somebody watches."""

from __future__ import annotations

from io import StringIO

import pytest
from rich.console import Console

from commands import showing
from commands.showing import show, show_table

GREEN, RED, YELLOW, CYAN, PLAIN = "\x1b[32m", "\x1b[31m", "\x1b[33m", "\x1b[36m", "\x1b[0m"


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> StringIO:
    """By a terminal where the test asks for one."""
    watched = getattr(request, "param", False)
    console = Console(file=StringIO(), force_terminal=watched, color_system="standard" if watched else None, soft_wrap=True, width=40)
    monkeypatch.setattr(showing, "out", console)
    assert isinstance(console.file, StringIO)
    return console.file


def test_columns_stand_under_their_headings_and_nothing_is_cut(seen: StringIO) -> None:
    show_table(("户", "村名", "n"), [("1", "南麻街道办事处第一村", "20"), ("a household of many words", "x", "3")])
    assert seen.getvalue().splitlines() == [
        "户                         村名                  n",
        "1                          南麻街道办事处第一村  20",
        "a household of many words  x                     3",
    ]


def test_a_table_of_nothing_has_no_headings(seen: StringIO) -> None:
    show_table(("household",), [])
    assert seen.getvalue() == ""


def test_nothing_is_coloured_where_nobody_watches(seen: StringIO) -> None:
    show(["✓ enrollment  entered [red]  2021-01-18"])
    assert seen.getvalue() == "✓ enrollment  entered [red]  2021-01-18\n"


@pytest.mark.parametrize("seen", [True], indirect=True)
@pytest.mark.parametrize(
    ("line", "coloured"),
    [
        ("✓ enrollment", f"{GREEN}✓{PLAIN} enrollment"),
        ("✗ enrollment", f"{RED}✗{PLAIN} enrollment"),
        ("  true -> false", f"  {GREEN}true{PLAIN} -> {RED}false{PLAIN}"),
        ("村 370323  进", f"村 370323  {GREEN}进{PLAIN}"),
        ("since 2021-01-18: unknown", f"since {CYAN}2021-01-18{PLAIN}: {YELLOW}unknown{PLAIN}"),
        ("members-left, entered-twice", "members-left, entered-twice"),
    ],
)
def test_what_is_well_and_what_is_not_has_its_colour(seen: StringIO, line: str, coloured: str) -> None:
    show([line])
    assert seen.getvalue() == f"{coloured}\n"
