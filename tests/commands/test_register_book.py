"""The workbook: read, written again with what is wrong on each row and nothing lost, and the template to begin with."""

from __future__ import annotations

import stat
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

import pytest
from openpyxl import Workbook, load_workbook

from commands.register_sheet.book import errors_of, rows, write_errors, write_template
from commands.register_sheet.cells import Fault, Row, Said
from commands.register_sheet.columns import COLUMNS
from commands.register_sheet.households import read_households
from local.language import speak
from local.problem import Problem

HEADINGS: Final = ("姓名", "证件号码", "与户主关系", "村代码", "户类型", "备注")
ZHANG: Final = ("张·测试", "370399196803150213", "户主", 370323001001, "非建档立卡", "=1+1")


@pytest.fixture(autouse=True)
def _in_english() -> None:
    speak("en")


def book(file: Path, *lines: tuple[object, ...]) -> Path:
    made = Workbook()
    sheet: Any = made.active
    for line in lines:
        sheet.append(line)
    for row in sheet.iter_rows():
        for cell in row:
            cell.data_type = "s" if isinstance(cell.value, str) else cell.data_type
    made.create_sheet("其他").append(("留着", 7))
    made.save(file)
    return file


def seen(file: Path) -> dict[str, list[tuple[object, ...]]]:
    return {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in load_workbook(file).worksheets}


def test_titles_may_stand_above_the_headings_and_empty_rows_between(tmp_path: Path) -> None:
    file = book(tmp_path / "a.xlsx", ("沂源县登记册",), HEADINGS, (), ZHANG)
    cells = {
        "name": "张·测试",
        "id_number": "370399196803150213",
        "relation": "户主",
        "village_code": 370323001001,
        "category": "非建档立卡",
    }
    assert [Row(4, cells)] == list(rows(file))


@pytest.mark.parametrize(
    ("headings", "said"),
    [
        (("姓名", "证件号码", "与户主关系", "村代码"), "lacks the columns 户类型"),
        ((*HEADINGS, "户编号", "户编号"), "has the columns 户编号 twice"),
        (("name", "number"), "has no headings in its first 10 rows"),
    ],
)
def test_a_sheet_without_its_headings_is_refused(tmp_path: Path, headings: tuple[str, ...], said: str) -> None:
    with pytest.raises(Problem, match=said):
        list(rows(book(tmp_path / "a.xlsx", headings, ZHANG)))


def test_what_is_no_workbook_is_refused_in_one_sentence(tmp_path: Path) -> None:
    file = tmp_path / "a.xlsx"
    file.write_bytes(b"PK nothing")
    for name, said in ((file, "is no .xlsx workbook"), (tmp_path / "b.xlsx", "cannot be read"), (tmp_path / "c.xls", "is no .xlsx")):
        with pytest.raises(Problem, match=said):
            list(rows(name))


def test_the_copy_has_everything_and_says_what_is_wrong(tmp_path: Path) -> None:
    day = datetime(2019, 5, 1)  # noqa: DTZ001 - as a workbook gives a day
    file = book(tmp_path / "a.xlsx", ("登记册",), HEADINGS, ZHANG, ("李测试", "1", "配偶", None, None, day))
    copy = write_errors(file, {4: "证件号码：…"})
    first, other = seen(copy).items()
    assert [("登记册", *[None] * 6), (*HEADINGS, "错误"), (*ZHANG, None), ("李测试", "1", "配偶", None, None, day, "证件号码：…")] == first[
        1
    ]
    assert ("其他", [("留着", 7)]) == other
    assert 0o600 == stat.S_IMODE(copy.stat().st_mode)


def test_a_copy_that_was_mended_is_told_anew(tmp_path: Path) -> None:
    file = book(tmp_path / "a.xlsx", (*HEADINGS, "错误"), (*ZHANG, "old"), (*ZHANG, "old"))
    copy = write_errors(file, {3: "new"})
    assert [(*HEADINGS, "错误"), (*ZHANG, None), (*ZHANG, "new")] == seen(copy)["Sheet"]


def test_a_copy_that_somebody_may_be_mending_is_never_written_over(tmp_path: Path) -> None:
    file = book(tmp_path / "a.xlsx", HEADINGS, ZHANG)
    (tmp_path / "a-errors.xlsx").write_bytes(b"mended")
    copies = [write_errors(file, {2: "wrong"}).name for _ in range(2)]
    assert ["a-errors-2.xlsx", "a-errors-3.xlsx"] == copies
    assert b"mended" == (tmp_path / "a-errors.xlsx").read_bytes()


def test_the_others_of_the_household_are_told_why_they_wait() -> None:
    first, second, alone = fault(3, "a"), fault(3, "b"), fault(6, "c")
    told = errors_of([first, second, alone], [(2, 3, 4), (5,), (6,)])
    waits = "本户第 3 行有误，整户未导入。 The household waits for row 3."
    assert {2: waits, 3: f"{first.text}\n{second.text}", 4: waits, 6: alone.text} == told


def test_nobody_waits_for_what_holds_no_household_back() -> None:
    village = fault(2, "a", holds_back=False)
    assert {2: village.text} == errors_of([village], [(2, 3)])


def fault(row: int, said: str, *, holds_back: bool = True) -> Fault:
    return Fault(row, "村代码", Said(said, said), Said("请核对", "check it"), holds_back)


def test_the_template_holds_every_column_an_example_and_what_each_means(tmp_path: Path) -> None:
    write_template(tmp_path / "a.xlsx")
    sheets = seen(tmp_path / "a.xlsx")
    assert ["登记册", "填写说明"] == list(sheets)
    assert [column.name for column in COLUMNS] == list(sheets["登记册"][0])
    assert [column.name for column in COLUMNS] == [line[0] for line in sheets["填写说明"][1 : len(COLUMNS) + 1]]
    told = [line[0] for line in sheets["填写说明"][len(COLUMNS) + 1 :]]
    assert (
        "监测对象类别因政策包而异：example-pilot 有 即时帮扶对象；example-national-2021 有 脱贫不稳定户、边缘易致贫户、突发严重困难户。"
        in told
    )
    assert 0 == read_households(rows(tmp_path / "a.xlsx"), date(2021, 1, 5)).rows
