"""The two forms of an export: a line of JSON for each event, or a workbook; both say the same SHA-256 of the same lines."""

from __future__ import annotations

import os
import re
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO, TYPE_CHECKING, Any, Final, Protocol

import orjson
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

if TYPE_CHECKING:
    from openpyxl.cell import Cell
    from openpyxl.worksheet.worksheet import Worksheet

MOST_ROWS: Final = 1_048_576
LONGEST_CELL: Final = 32_767
# What XML has no way to hold, and the carriage return, which its readers take for the end of a line.
UNWRITABLE: Final = re.compile(r"[\x00-\x08\x0b-\x1f\ufffe\uffff]")


class TooManyRows(Exception):  # noqa: N818 - it says what is so
    """A sheet takes no more."""


class Form(Protocol):
    """What an export is written into, to its end or not."""

    def add(self, kind: str, said: Mapping[str, Any], line: bytes) -> None: ...

    def end(self, said: Mapping[str, Any], line: bytes) -> None: ...

    def abandon(self) -> None: ...


class Writing:
    """An export on its way to its file: what was added is hashed as it is in lines of JSON, whatever the form."""

    def __init__(self, form: Form) -> None:
        self._form, self._content = form, sha256()

    @property
    def content(self) -> str:
        """The SHA-256 of the lines up to now."""
        return self._content.hexdigest()

    def add(self, kind: str, said: Mapping[str, Any]) -> None:
        line = _line(kind, said)
        self._content.update(line)
        self._form.add(kind, said, line)

    def end(self, said: Mapping[str, Any]) -> None:
        """The last line names the hash of all before it."""
        self._form.end(said, _line("end", said))


def _line(kind: str, said: Mapping[str, Any]) -> bytes:
    return orjson.dumps({"kind": kind, **said}, default=str) + b"\n"


class Lines:
    """JSON lines, each with its `kind`."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def add(self, kind: str, said: Mapping[str, Any], line: bytes) -> None:  # noqa: ARG002 - the line has them
        self._file.write(line)

    def end(self, said: Mapping[str, Any], line: bytes) -> None:  # noqa: ARG002
        self._file.write(line)

    def abandon(self) -> None:
        """Nothing is open but the file."""


class Book:
    """A workbook: what the export is on the first sheet, a sheet for events and one for persons. Raises TooManyRows."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self._book = file, Workbook(write_only=True)
        self._cover = self._book.create_sheet("export")
        self._sheets: dict[str, tuple[Worksheet, list[str], int]] = {}

    def add(self, kind: str, said: Mapping[str, Any], line: bytes) -> None:  # noqa: ARG002 - a sheet has columns
        if kind == "export":
            self._tell(said)
            return
        sheet, names, rows = self._sheets.get(kind) or self._begun(kind, list(said))
        if rows == MOST_ROWS:
            raise TooManyRows
        sheet.append([_cell(sheet, said[name]) for name in names])
        self._sheets[kind] = sheet, names, rows + 1

    def end(self, said: Mapping[str, Any], line: bytes) -> None:  # noqa: ARG002
        self._tell(said)
        self._book.save(self._file)

    def abandon(self) -> None:
        """The library keeps each sheet in a file of its own until it is saved, and takes it away when the process ends."""
        for sheet in self._book.worksheets:
            sheet.close()

    def _begun(self, kind: str, names: list[str]) -> tuple[Worksheet, list[str], int]:
        sheet = self._book.create_sheet(f"{kind}s")
        sheet.append([_cell(sheet, name) for name in names])
        return sheet, names, 1

    def _tell(self, said: Mapping[str, Any]) -> None:
        for name, value in said.items():
            self._cover.append([_cell(self._cover, name), _cell(self._cover, value)])


def _cell(sheet: Worksheet, value: object) -> Cell | None:
    """Text stays text, also where it looks like a formula; a value that no cell holds is named by its hash."""
    if value is None:
        return None
    if isinstance(value, bool | int):
        return WriteOnlyCell(sheet, value)
    text = _text(value)
    if len(text) > LONGEST_CELL:
        text = f"(longer than a cell; SHA-256 {sha256(text.encode()).hexdigest()})"
    cell = WriteOnlyCell(sheet, text)
    cell.data_type = "s"
    return cell


def _text(value: object) -> str:
    text = value if isinstance(value, str) else orjson.dumps(value, default=str).decode()
    text = text.removeprefix('"').removesuffix('"') if not isinstance(value, str) and text.startswith('"') else text
    return UNWRITABLE.sub(lambda found: f"\\x{ord(found[0]):02x}", text)


FORMS: Final[Mapping[str, type[Lines | Book]]] = {".jsonl": Lines, ".xlsx": Book}


@contextmanager
def writing(target: Path) -> Generator[Writing]:
    """Into `target` when all is written, for its owner alone, its SHA-256 beside it as `sha256sum -c` reads it; else nothing is left."""
    with NamedTemporaryFile(dir=target.parent, prefix=f".{target.name}.", delete=False) as file:
        form = FORMS[target.suffix](file)
        try:
            yield Writing(form)
            file.flush()
            os.fsync(file.fileno())
            Path(file.name).replace(target)
        except BaseException:
            form.abandon()
            Path(file.name).unlink(missing_ok=True)
            raise
    beside(target).write_text(f"{digest(target)}  {target.name}\n", encoding="utf-8")


def beside(target: Path) -> Path:
    return target.with_name(f"{target.name}.sha256")


def digest(file: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    content = sha256()
    with file.open("rb") as data:
        while part := data.read(1 << 20):
            content.update(part)
    return content.hexdigest()
