"""A register of before comes in through Kafka as the opening balance: right rows, wrong rows, and the same file twice."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import pytest
from openpyxl import Workbook, load_workbook

from county.divisions import TABLE
from local.services import ROOT
from tests.commands.conftest import Suishi
from tests.journeys.system import System
from tests.schemas.identities import resident

VILLAGE: Final = "370323001001"
HEADINGS: Final = (
    "户编号", "村代码", "户类型", "姓名", "证件号码", "与户主关系",
    "监测对象类别", "致贫风险", "纳入日期", "已落实措施", "帮扶干部", "干部邮箱",
)  # fmt: skip
ZHANG: Final = (
    "Z1", VILLAGE, "非建档立卡", "张测试", resident(order="501"), "户主",
    "即时帮扶对象", "因病、住房", "2019-05-01", "兜底、因病", "G1", "g1@county.invalid",
)  # fmt: skip
WIFE: Final = ("Z1", None, None, "李测试", resident(order="502"), "配偶")
WANG: Final = ("W1", VILLAGE, "脱贫享受政策", "王测试", resident(order="503"), "户主")
MISSED: Final = ("Q1", VILLAGE, "非建档立卡", "钱测试", resident(order="504")[:-1] + "?", "户主")
MENDED: Final = (*MISSED[:4], resident(order="504"), "户主")
STAGES: Final = "SELECT stage, type, since::text, member_count FROM enrollment.households WHERE household = ANY($1::uuid[]) ORDER BY since"

TAKEN_OVER: Final = [
    "household-registered", "case-opened", "household-enrolled", "deadline-started", "deadline-started",
    "cadre-assigned", "cadre-answers", "plan-opened", "measure-proposed", "measure-proposed", "referral-sent", "measure-proposed",
    "measure-accepted", "measure-started", "measure-delivered", "measure-accepted", "measure-started", "measure-delivered",
]  # fmt: skip


def write(file: Path, *rows: tuple[object, ...]) -> Path:
    made = Workbook()
    sheet: Any = made.active
    for row in (HEADINGS, *rows):
        sheet.append(row)
    made.save(file)
    return file


def told(on: Suishi, *arguments: object, **environment: str) -> dict[str, Any]:
    done = on("import-register", *arguments, "--json", **environment)
    assert done.stdout, done.stderr
    return json.loads(done.stdout) | {"code": done.returncode}


async def events(system: System) -> dict[UUID, list[str]]:
    """What happened to each household; the pairing may come before the plan or after it, and is told first.

    Where a household is, assistance hears apart from that.
    """
    found: dict[UUID, list[str]] = {}
    order = "ORDER BY topic <> 'assistance.cadre-assigned', position"
    for log in ("enrollment.events WHERE source = '/opening-register'", "assistance.events WHERE topic <> 'assistance.household-placed'"):
        for row in await system.see(f"SELECT stream, topic FROM {log} {order}"):
            found.setdefault(row["stream"], []).append(row["topic"].partition(".")[2])
    return found


async def test_a_register_comes_in_once_and_its_wrong_rows_when_they_are_mended(system: System, on: Suishi, tmp_path: Path) -> None:
    file = write(tmp_path / "r.xlsx", ZHANG, WIFE, WANG, MISSED)
    dry = told(on, file, "--dry-run")
    counted = ("code", "rows", "households", "enrolled", "pairings", "held_back", "brought_in")
    assert (1, 4, 2, 1, 1, 1, 0) == tuple(dry[name] for name in counted)
    assert (True, 0, 0) == tuple(dry[name] for name in ("asked", "there_before", "refused"))
    assert [] == await system.see("SELECT 1 FROM enrollment.households UNION ALL SELECT 1 FROM vault.persons")

    first = told(on, file)
    assert (1, 2, 1, 0, 0) == tuple(first[name] for name in ("code", "brought_in", "brought_in_enrolled", "there_before", "refused"))
    assert [(5, "证件号码")] == [(one["row"], one["column"]) for one in first["findings"]]
    await system.wait_for("SELECT 1 FROM enrollment.events WHERE topic = 'enrollment.measure-counted'")
    households = [row[0] for row in await system.see("SELECT household FROM enrollment.households")]
    seen = [tuple(row) for row in await system.see(STAGES, households)]
    assert [("enrolled", "immediate-assistance", "2019-05-01", 2), ("outside", None, None, 1)] == seen
    before = await events(system)
    assert [TAKEN_OVER, ["household-registered"]] == sorted(before.values(), key=len, reverse=True)
    kinds = "SELECT kind FROM notifications.outbox WHERE household = ANY($1::uuid[])"
    assert ["measure-proposed"] == [row[0] for row in await system.wait_for(kinds, households)]  # housing: nobody has begun with it

    assert (2, 0) == tuple(told(on, file, "--dry-run")[name] for name in ("there_before", "refused"))
    again = told(on, file)
    assert (1, 0, 2, 0) == tuple(again[name] for name in ("code", "brought_in", "there_before", "refused"))
    copy: Any = load_workbook(first["errors_file"])
    assert "证件号码：不是 18 位身份证号" in copy.active.cell(5, len(HEADINGS) + 1).value
    copy.active.cell(5, 5).value = resident(order="504")
    copy.save(tmp_path / "mended.xlsx")
    mended = told(on, tmp_path / "mended.xlsx")
    assert (0, 1, 2, None) == tuple(mended[name] for name in ("code", "brought_in", "there_before", "errors_file"))
    await system.wait_for("SELECT 1 FROM enrollment.households HAVING count(*) = 3")
    after = await events(system)
    assert before == {stream: topics for stream, topics in after.items() if stream in before}


def test_what_the_service_refuses_is_told_on_its_row(on: Suishi, tmp_path: Path) -> None:
    taken = (*ZHANG[:3], "赵测试", resident(order="511"), "户主")
    told(on, write(tmp_path / "a.xlsx", ("R1", *taken[1:])))
    dry = told(on, write(tmp_path / "b.xlsx", ("R2", *taken[1:])), "--dry-run")
    refused = told(on, tmp_path / "b.xlsx")
    assert (1, 0, 1, refused["findings"]) == tuple(dry[name] for name in ("code", "there_before", "refused", "findings"))
    assert (1, 0, 0, 1) == tuple(refused[name] for name in ("code", "brought_in", "there_before", "refused"))
    assert [(2, "整户", "A member belongs to another household")] == [(o["row"], o["column"], o["problem"]) for o in refused["findings"]]
    copy: Any = load_workbook(refused["errors_file"])
    assert "整户：成员已属于另一户，请核对身份证号或先办理分户。" in copy.active.cell(2, len(HEADINGS) + 1).value


def test_a_corrected_sheet_about_whom_was_taken_over_is_refused_and_told(on: Suishi, tmp_path: Path) -> None:
    enrolled = ("C1", *ZHANG[1:3], "周测试", resident(order="541"), "户主")
    told(on, write(tmp_path / "a.xlsx", (*enrolled, *ZHANG[6:])))
    done = on("import-register", write(tmp_path / "b.xlsx", (*enrolled, "即时帮扶对象", "因残", "2019-06-01", "兜底")))
    assert (1, True) == (done.returncode, "0 brought in, 0 of them enrolled; 0 there before, 1 refused." in done.stdout)
    assert "row 2  整户: The household was taken over with another type, risks, date or measures, which stand; Correct it by" in done.stdout


def test_a_type_that_the_pack_has_not_is_refused_with_those_that_it_has(on: Suishi, tmp_path: Path) -> None:
    unstable = ("T1", *ZHANG[1:3], "赵测试", resident(order="551"), "户主", "脱贫不稳定户", *ZHANG[7:])
    refused = told(on, write(tmp_path / "r.xlsx", unstable))
    assert [(2, "监测对象类别", "write one of: 即时帮扶对象")] == [
        (one["row"], one["column"], one["remedy"]) for one in refused["findings"]
    ]
    copy: Any = load_workbook(refused["errors_file"])
    assert "监测对象类别：政策包没有该监测对象类别，请填写：即时帮扶对象。" in copy.active.cell(2, len(HEADINGS) + 1).value


def test_a_dry_run_says_what_the_pack_and_the_division_table_do_not_have(on: Suishi, tmp_path: Path) -> None:
    unstable = (*ZHANG[:3], "赵测试", resident(order="521"), "户主", "脱贫不稳定户", *ZHANG[7:])
    nowhere = ("N1", "370323999999", "非建档立卡", "孙测试", resident(order="522"), "户主")
    dry = told(on, write(tmp_path / "r.xlsx", unstable, nowhere), "--dry-run", SUISHI_DIVISIONS=str(TABLE))
    assert (1, 2, 0, 1) == tuple(dry[name] for name in ("code", "households", "there_before", "refused"))
    found = [(one["row"], one["column"], one["problem"], one["remedy"]) for one in dry["findings"]]
    assert [
        (2, "监测对象类别", "The policy pack has no such household type", "write one of: 即时帮扶对象"),
        (3, "村代码", "is not in the county's division table", "the household comes in all the same: check it"),
    ] == found


def test_what_the_sheet_and_the_register_find_is_told_from_the_first_row_to_the_last(on: Suishi, tmp_path: Path) -> None:
    unstable = ("F1", *ZHANG[1:3], "赵测试", resident(order="561"), "户主", "脱贫不稳定户", *ZHANG[7:])
    dry = on("import-register", write(tmp_path / "r.xlsx", unstable, MISSED), "--dry-run", "--lang", "zh").stdout.splitlines()
    assert ["第 2 行  监测对象类别", "第 3 行  证件号码"] == [line.partition("：")[0] for line in dry[:2]]
    assert "2 行；表内无误 1 户，其中已纳入 1 户，结对 1 户；有误而不导入 1 户。" == dry[2]
    assert dry[3].endswith("：其中此前已导入 0 户，将被拒 1 户，可导入 0 户。")


def test_a_dry_run_says_by_which_pack_and_which_table_it_answers(on: Suishi, tmp_path: Path) -> None:
    """Those of other servers are not to be seen from here: who asks can see that he named the wrong ones, or none."""
    file = write(tmp_path / "r.xlsx", ("S1", *WANG[1:4], resident(order="531"), "户主"))
    answer = "0 there before, 0 would be refused, 1 would come in.\n"
    without = on("import-register", file, "--dry-run", SUISHI_PACK="", SUISHI_DIVISIONS="").stdout
    by = "By the register and the pack example-pilot, without a division table, so that no village was checked: "
    assert without.endswith(f"paired.\n{by}{answer}")
    named = {"SUISHI_PACK": "example-national-2021", "SUISHI_DIVISIONS": str(TABLE)}
    by = f"By the register, the pack example-national-2021 and the division table {TABLE}: "
    assert on("import-register", file, "--dry-run", **named).stdout.endswith(f"paired.\n{by}{answer}")


def test_the_template_is_written_once(suishi: Suishi, tmp_path: Path) -> None:
    written = suishi("import-register", "--template", tmp_path / "t.xlsx")
    assert (0, f"{tmp_path}/t.xlsx written; its second sheet explains the columns.\n") == (written.returncode, written.stdout)
    empty = suishi("import-register", tmp_path / "t.xlsx", "--dry-run")
    assert (2, True) == (empty.returncode, "has no row to bring in; write one for each person below the headings." in empty.stderr)
    other = suishi("import-register", "--template", tmp_path / "t.csv")
    assert (2, False, f"suishi: {tmp_path}/t.csv should end in .xlsx.\n") == (other.returncode, (tmp_path / "t.csv").exists(), other.stderr)
    again = suishi("import-register", "--template", tmp_path / "t.xlsx")
    assert (2, "is already there; name another file." in again.stderr) == (again.returncode, True)


def test_a_dry_run_needs_no_system_and_shows_no_value(suishi: Suishi, tmp_path: Path) -> None:
    done = suishi("import-register", write(tmp_path / "r.xlsx", ZHANG, WIFE, MISSED), "--dry-run")
    assert 1 == done.returncode
    assert "Nothing runs here: only the sheet was checked" in done.stdout
    assert "row 4  证件号码: is not an identity number; write 17 digits and a check digit, 0-9 or a capital X" in done.stdout
    assert [] == re.findall("370399|测试|county.invalid", done.stdout + done.stderr)


@pytest.mark.parametrize("only", [("--dry-run",), ()])
@pytest.mark.parametrize(("key", "problem"), [("", "the key of the vault is missing"), ("ab" * 32, "cannot be used: ")])
def test_what_is_wrong_in_the_sheet_is_told_where_no_system_answers(
    suishi: Suishi, tmp_path: Path, only: tuple[str, ...], key: str, problem: str
) -> None:
    away = {"SUISHI_DATABASE": "postgresql://127.0.0.1:1/none", "SUISHI_KAFKA": "127.0.0.1:1", "SUISHI_VAULT_KEY": key}
    done = suishi("import-register", write(tmp_path / "r.xlsx", ZHANG, MISSED), *only, **away)
    assert "row 3  证件号码: is not an identity number" in done.stdout
    counted = "2 rows; 1 households are right in the sheet, 1 of them enrolled, 1 paired; 1 held back by wrong rows."
    assert done.stdout.endswith(f"{counted}\na copy with a column 错误: {tmp_path}/r-errors.xlsx\n")
    said = done.stderr.removeprefix(f"reading {tmp_path}/r.xlsx ...\n")
    assert (2, 1, True, True) == (done.returncode, said.count("\n"), said.startswith("suishi: "), problem in said)


def test_a_pack_that_cannot_be_used_withholds_nothing_of_the_sheet(suishi: Suishi, tmp_path: Path) -> None:
    place = {"SUISHI_DATABASE": "postgresql://127.0.0.1:1/none", "SUISHI_VAULT_KEY": "ab" * 32, "SUISHI_PACK": "none"}
    told_of = told(suishi, write(tmp_path / "r.xlsx", ZHANG, MISSED), "--dry-run", **place)
    assert (2, False, [3]) == (told_of["code"], told_of["asked"], [one["row"] for one in told_of["findings"]])
    assert told_of["problem"].startswith("the policy pack of SUISHI_PACK cannot be used: ")


def test_a_copy_from_before_is_left_as_it_is_and_said_so(suishi: Suishi, tmp_path: Path) -> None:
    file, earlier = write(tmp_path / "r.xlsx", ZHANG, MISSED), tmp_path / "r-errors.xlsx"
    first = suishi("import-register", file, "--dry-run").stdout
    assert f"a copy with a column 错误: {earlier}\n" in first
    assert "earlier copy" not in first
    write(earlier, ZHANG, MENDED)
    mended = earlier.read_bytes()
    again = suishi("import-register", file, "--dry-run").stdout
    left = f"the earlier copy {earlier} was left as it is; if it was mended, bring that one in.\n"
    assert again.endswith(f"a copy with a column 错误: {tmp_path}/r-errors-2.xlsx\n{left}")
    assert mended == earlier.read_bytes()
    third = suishi("import-register", file, "--dry-run").stdout
    assert f"the earlier copy {tmp_path}/r-errors-2.xlsx was left as it is" in third


def test_the_page_about_it_names_every_column() -> None:
    page = (ROOT / "docs/how-to/import-a-register.md").read_text()
    assert [] == [name for name in (*HEADINGS, "户主", "劳动能力", "实施中措施", "结对日期") if name not in page]
