"""The file of the sheet: read row by row, written again with what is wrong on each row, and the template to begin with."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import count, takewhile
from pathlib import Path
from typing import TYPE_CHECKING, Final
from zipfile import BadZipFile

from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException

from commands.pack import USUAL
from commands.register_sheet.cells import Fault, Row
from commands.register_sheet.columns import AS_TEXT, BY_NAME, COLUMNS, ERROR, NEEDED, WORD_OF
from local.language import say
from local.problem import Problem
from services.enrollment import packs

if TYPE_CHECKING:
    from openpyxl.cell import Cell
    from openpyxl.worksheet.worksheet import Worksheet

SHEET: Final = "登记册"
EXPLAINED: Final = "填写说明"
HEADINGS_WITHIN: Final = 10
TEXT: Final = "@"
WIDTH, WIDE = 16, 60
PRIVATE: Final = 0o600


def rows(file: Path) -> Iterator[Row]:
    """The rows below the headings that are not empty; raises Problem where the file is no such sheet."""
    with _opened(file) as book:
        names: list[str] = []
        for number, cells in enumerate(book.worksheets[0].iter_rows(values_only=True), 1):
            if not names:
                names = _headings(number, cells, file)
            elif any(cell not in (None, "") for cell in cells):
                known = {name: cell for name, cell in zip(names, cells, strict=False) if name in BY_NAME and cell not in (None, "")}
                if known:
                    yield Row(number, {BY_NAME[name].field: cell for name, cell in known.items()})
        if not names:
            raise Problem(_no_headings(file))


@contextmanager
def _opened(file: Path) -> Generator[Workbook]:
    """Formulas by the value that they had when the file was saved."""
    try:
        book = load_workbook(file, read_only=True, data_only=True)
    except OSError as error:
        raise Problem(say(f"无法读取文件 {file}：{error.strerror}", f"the file {file} cannot be read: {error.strerror}")) from error
    except (BadZipFile, InvalidFileException, KeyError, ValueError) as error:
        zh = f"{file} 不是 .xlsx 工作簿；请在 Excel 中另存为 .xlsx，且不设密码。"
        raise Problem(say(zh, f"{file} is no .xlsx workbook; save it as .xlsx and without a password.")) from error
    try:
        yield book
    finally:
        book.close()


def _headings(number: int, cells: Sequence[object], file: Path) -> list[str]:
    """Empty until the row that holds them; titles may stand above."""
    names = ["" if cell is None else str(cell).strip() for cell in cells]
    if "姓名" not in names and "证件号码" not in names:
        if number >= HEADINGS_WITHIN:
            raise Problem(_no_headings(file))
        return []
    if missing := [name for name in NEEDED if name not in names]:
        listed = "、".join(missing)
        raise Problem(say(f"{file} 缺少列：{listed}。", f"{file} lacks the columns {listed}; --template writes a sheet that has all."))
    if twice := [name for name in BY_NAME if names.count(name) > 1]:
        listed = "、".join(twice)
        raise Problem(say(f"{file} 的列重复：{listed}。", f"{file} has the columns {listed} twice."))
    return names


def _no_headings(file: Path) -> str:
    zh = f"{file} 的第一张表前 {HEADINGS_WITHIN} 行中没有列名；可用 --template 生成模板。"
    return say(zh, f"the first sheet of {file} has no headings in its first {HEADINGS_WITHIN} rows; --template writes one that has.")


def write_errors(file: Path, errors: Mapping[int, str]) -> Path:
    """Every sheet of `file` with all its values, the first with a column 错误 that says what is wrong; only its owner may read it.

    Gives the new file beside `file`, numbered where there are such copies: somebody may be mending one.
    """
    target = _new_file(file)
    copy = Workbook(write_only=True)
    with _opened(file) as book:
        for place, sheet in enumerate(book.worksheets):
            written = copy.create_sheet(sheet.title)
            names: list[str] = []
            for number, cells in enumerate(sheet.iter_rows(), 1):
                values = [_copied(written, cell) for cell in cells]
                if place == 0 and not names:
                    names = _headings(number, [cell.value for cell in cells], file)
                    errors = {**errors, number: ERROR} if names else errors
                written.append(_with_error(values, names, errors.get(number)) if place == 0 and names else values)
    copy.save(target)
    return target


def latest_errors(file: Path) -> Path | None:
    """The copy that was written last, None where there is none."""
    return (None, *takewhile(Path.exists, _copies(file)))[-1]


def _copies(file: Path) -> Iterator[Path]:
    """Where the first copy of a sheet goes, and those after it."""
    first = file.with_name(f"{file.stem}-errors.xlsx")
    yield first
    for number in count(2):
        yield first.with_stem(f"{first.stem}-{number}")


def _new_file(file: Path) -> Path:
    """Made for its owner alone, under the first name that is free."""
    target = next(one for one in _copies(file) if not one.exists())
    target.touch(PRIVATE, exist_ok=False)
    return target


def _copied(sheet: Worksheet, cell: Cell) -> Cell | None:
    """A value as it was: what is text stays text, also where it looks like a formula or a number."""
    if cell.value is None:
        return None
    copy = WriteOnlyCell(sheet, cell.value)
    if isinstance(cell.value, str):
        copy.data_type = "s"
    copy.number_format = cell.number_format
    return copy


def _with_error(values: Sequence[object], names: Sequence[str], error: str | None) -> list[object]:
    """An older column 错误 is written anew."""
    place = names.index(ERROR) if ERROR in names else len(names)
    row: list[object] = [*values, *[None] * (place + 1 - len(values))]
    row[place] = error
    return row


def write_template(file: Path) -> None:
    """A sheet with the headings and an example that is passed over, and one that explains each column."""
    book = Workbook()
    sheet = book.active
    sheet.title = SHEET
    sheet.append([column.name for column in COLUMNS])
    sheet.append([column.example for column in COLUMNS])
    sheet.freeze_panes = "A2"
    for place, column in enumerate(COLUMNS, 1):
        letter = get_column_letter(place)
        sheet.column_dimensions[letter].width = WIDTH
        if column.name in AS_TEXT:
            sheet.column_dimensions[letter].number_format = TEXT
        sheet.cell(1, place).font = Font(bold=True)
        sheet.cell(2, place).number_format = TEXT
    _explain(book.create_sheet(EXPLAINED))
    book.save(file)


def _explain(sheet: Worksheet) -> None:
    sheet.append(["列名", "是否必填", "说明", "meaning"])
    for column in COLUMNS:
        sheet.append([column.name, column.required, column.zh, column.en])
    for line in (
        "每人一行。户一级的列（户编号、户主、村代码、户类型、监测对象类别至结对日期）只需在本户任一行填写，重复填写须一致。",
        f"监测对象类别因政策包而异：{_types()}。",
        "户编号以“示例”开头的行不导入。其他列和其他工作表可以保留，不导入。",
        f"导入后如有错误，会另存一份带“{ERROR}”列的副本；改正后可直接再次导入，已导入的户不会重复。",
    ):
        sheet.append([line])
    for letter, width in (("A", WIDTH), ("B", WIDTH), ("C", WIDE), ("D", WIDE)):
        sheet.column_dimensions[letter].width = width
    for cell in sheet[1]:
        cell.font = Font(bold=True)


def _types() -> str:
    """Those of each pack of the release."""
    kinds = {
        name: [WORD_OF.get(kind.name, kind.name) for kind in pack.household_types] for name, pack in packs.load_all(USUAL).packs.items()
    }
    return "；".join(f"{name} 有 {'、'.join(words)}" for name, words in kinds.items())


def errors_of(faults: Sequence[Fault], households: Iterable[Sequence[int]]) -> dict[int, str]:
    """By row what is wrong with it; the other members of the household are told why they wait."""
    told: dict[int, list[str]] = {}
    for fault in faults:
        told.setdefault(fault.row, []).append(fault.text)
    holding = {fault.row for fault in faults if fault.holds_back}
    waiting: dict[int, str] = {}
    for members in households:
        wrong = [row for row in members if row in holding]
        waiting |= {row: _waits(wrong[0]) for row in members if wrong and row not in told}
    return waiting | {row: "\n".join(texts) for row, texts in told.items()}


def _waits(row: int) -> str:
    return f"本户第 {row} 行有误，整户未导入。 The household waits for row {row}."
