from collections.abc import Iterable, Iterator, Sequence
from typing import Literal, overload

from openpyxl.cell import Cell

class Dimension:
    width: float
    number_format: str

class Worksheet:
    title: str
    freeze_panes: str
    column_dimensions: dict[str, Dimension]

    def __getitem__(self, row: int) -> Sequence[Cell]: ...
    def close(self) -> None: ...
    def append(self, values: Iterable[object]) -> None: ...
    def cell(self, row: int, column: int, value: object = None) -> Cell: ...
    @overload
    def iter_rows(self, *, values_only: Literal[True]) -> Iterator[tuple[object, ...]]: ...
    @overload
    def iter_rows(self, *, values_only: Literal[False] = False) -> Iterator[tuple[Cell, ...]]: ...
