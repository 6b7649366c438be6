"""How answers are shown: a person reads lines, in columns and in colours where somebody watches, a machine reads JSON."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

import orjson
from rich.cells import cell_len, set_cell_size
from rich.highlighter import RegexHighlighter
from rich.text import Text

from commands.app import out

UUID: Final = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"


class _Words(RegexHighlighter):
    """What is well or not, whether a criterion holds, who enters and leaves; ids stand back, days stand out."""

    highlights = (
        rf"(?P<dim>{UUID})",
        r"(?P<cyan>\b\d{4}-\d{2}-\d{2}\b)",
        r"(?P<green>✓|(?<![\w-])(?:true|entered)(?![\w-])|(?<=  )(?:是|进)(?=\s|$))",
        r"(?P<red>✗|(?<![\w-])(?:false|left)(?![\w-])|(?<=  )(?:否|出)(?=\s|$))",
        r"(?P<yellow>(?<![\w-])unknown(?![\w-])|不明|(?<![\w-])to verify(?![\w-])|待核查)",
    )


_WORDS: Final = _Words()


def show_json(document: Any) -> None:  # noqa: ANN401 - whatever a command has to say
    """One document, for a machine; what JSON has no word for is its text."""
    out.print_json(orjson.dumps(document, default=str).decode())


def show(lines: Iterable[str]) -> None:
    """One below the other, as they are."""
    for line in lines:
        out.print(_WORDS(Text(line)))


def show_table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Columns as wide as their widest cell, two blanks between them; nothing is cut, also where lines get long. No row, no headings."""
    told = list(rows)
    widths = [max(map(cell_len, column)) for column in zip(headings, *told, strict=True)]
    if told:
        out.print(Text(_line(headings, widths), style="bold"))
    show(_line(row, widths) for row in told)


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    return "  ".join(map(set_cell_size, cells, widths)).rstrip()
