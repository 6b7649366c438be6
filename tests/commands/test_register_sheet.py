"""What a sheet says becomes households, or faults that name the row, the column and what to do; no value of a cell is repeated."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any, Final, get_args
from uuid import UUID

import pytest

from commands.register_sheet.cells import Row
from commands.register_sheet.columns import BY_NAME, COLUMNS, RISKS
from commands.register_sheet.households import Reading, read_households
from commands.register_sheet.messages import Sender, Sent, messages
from schemas.assistance import AssignCadre
from schemas.enrollment import EnrolledBefore, MeasureBefore, Opening, RegisterHousehold
from schemas.enrollment.discovery import Risk
from schemas.notifications import RegisterRecipient
from services.enrollment.vault_keys import Keys
from tests.schemas.identities import resident, wrong_check_digit

TODAY: Final = date(2021, 1, 5)
HEAD: Final[dict[str, Any]] = {
    "户编号": "A1",
    "户主": "张·测试",
    "村代码": "370323001001",
    "户类型": "非建档立卡",
    "姓名": "张·测试",
    "证件号码": resident(),
    "与户主关系": "户主",
    "劳动能力": "弱劳动力或半劳动力",
}
WIFE: Final = {"户编号": "A1", "姓名": "李测试", "证件号码": resident(order="022"), "与户主关系": "配偶"}
ENROLLED: Final = {
    "监测对象类别": "即时帮扶对象",
    "致贫风险": "因病、住房",
    "纳入日期": datetime(2019, 5, 1),  # noqa: DTZ001 - as a workbook gives a day
    "已落实措施": "兜底",
    "实施中措施": "因病",
}
PAIRED: Final = {"帮扶干部": "G0001", "干部邮箱": "g0001@county.invalid"}
ALONE: Final = {name: value for name, value in HEAD.items() if name != "户编号"}
KEY: Final = Keys.from_text("ab" * 32)


def read(*rows: dict[str, Any]) -> Reading:
    """The rows below the headings, the first one is row 2."""
    numbered = enumerate(rows, 2)
    told = [Row(number, {BY_NAME[name].field: cell for name, cell in cells.items() if cell is not None}) for number, cells in numbered]
    return read_households(told, TODAY)


def faults(*rows: dict[str, Any]) -> list[tuple[int, str, str]]:
    return [(fault.row, fault.column, fault.problem.en) for fault in read(*rows).faults]


def sent(*rows: dict[str, Any], actor: str = "clerk:zhao") -> list[Sent]:
    reading = read(*rows)
    assert reading.faults == []
    return list(messages(reading.households, reading.addresses, Sender(actor, datetime(2021, 1, 5, 4, tzinfo=UTC), KEY.names())))


# --- What is right ---


def test_a_household_is_registered_with_its_members_as_part_of_the_opening() -> None:
    (one,) = sent(HEAD, WIFE)
    data = one.envelope.data
    assert isinstance(data, RegisterHousehold)
    assert ("370323001001", "never_registered", Opening()) == (data.village_code, data.category, data.opening)
    said = [(member.name, member.id_number, member.relation, member.labour_capacity) for member in data.members]
    assert [("张·测试", resident(), "户主", "partial"), ("李测试", resident(order="022"), "配偶", None)] == said
    assert ("clerk:zhao", "/opening-register", (2, 3)) == (one.envelope.actor, one.envelope.source, one.rows)


def test_an_enrolled_household_brings_type_risks_day_and_measures() -> None:
    (one,) = sent(HEAD | ENROLLED)
    assert isinstance(one.envelope.data, RegisterHousehold)
    measures = (MeasureBefore(answers="base", step="delivered"), MeasureBefore(answers="illness", step="started"))
    enrolled = EnrolledBefore(type="immediate-assistance", risks=("illness", "housing"), since=date(2019, 5, 1), measures=measures)
    assert Opening(enrolled=enrolled) == one.envelope.data.opening


def test_a_paired_household_brings_its_cadre_and_where_he_is_told() -> None:
    recipient, household, pairing = sent(HEAD | ENROLLED | PAIRED)
    assert isinstance(recipient.envelope.data, RegisterRecipient)
    assert isinstance(pairing.envelope.data, AssignCadre)
    assert ("370323", "g0001@county.invalid") == (recipient.envelope.data.area, recipient.envelope.data.channels[0].address)
    assert recipient.envelope.data.recipient_id == pairing.envelope.data.cadre_id
    assert (date(2019, 5, 1), household.envelope.subject) == (pairing.envelope.data.from_day, pairing.envelope.subject)


def test_what_is_said_of_the_household_may_stand_on_any_of_its_rows() -> None:
    (one,) = sent({**HEAD, "村代码": None, "户类型": None}, {**WIFE, "村代码": 370323001001, "户类型": "非建档立卡"})
    assert isinstance(one.envelope.data, RegisterHousehold)
    assert "370323001001" == one.envelope.data.village_code


def test_rows_without_a_number_belong_to_the_head_above() -> None:
    other = {**ALONE, "户主": "王测试", "姓名": "王测试", "证件号码": resident(order="031")}
    first, second = sent(ALONE, {**WIFE, "户编号": None, "户主": "张·测试"}, other)
    assert ((2, 3), (4,)) == (first.rows, second.rows)


@pytest.mark.parametrize("written", ["2019-05-01", "2019/5/1", "2019年5月1日", "2019.5.1", "20190501", 20190501, date(2019, 5, 1)])
def test_a_day_may_be_written_as_offices_write_it(written: object) -> None:
    (one,) = read({**HEAD, **ENROLLED, "纳入日期": written}).households
    assert date(2019, 5, 1) == one.data["opening"]["enrolled"]["since"]


@pytest.mark.parametrize("written", [f" {resident()} ", resident(order="003").lower()])
def test_spaces_and_a_small_x_in_a_number_are_no_fault(written: str) -> None:
    assert [] == faults({**HEAD, "证件号码": written})


def test_the_example_of_the_template_is_passed_over_and_would_be_right() -> None:
    example = {column.name: column.example for column in COLUMNS}
    assert (0, [], []) == (read(example).rows, read(example).households, read(example).faults)
    assert [] == faults({**example, "户编号": "A1"})


# --- The same twice ---


def test_the_same_household_always_has_the_same_ids_whoever_sends_it() -> None:
    first, second = sent(HEAD | ENROLLED | PAIRED), sent(HEAD | ENROLLED | PAIRED, actor="clerk:qian")
    assert [one.envelope.digest for one in first] == [one.envelope.digest for one in second]
    assert [one.envelope.content for one in first] == [one.envelope.content for one in second]


def test_a_household_told_differently_is_another_message_about_the_same_household() -> None:
    (before,), (after,) = sent(HEAD), sent({**HEAD, "户类型": "脱贫享受政策"})
    assert before.envelope.subject == after.envelope.subject
    assert before.envelope.digest != after.envelope.digest


def test_a_number_that_is_a_uuid_is_the_id_of_the_household() -> None:
    (one,) = sent({**HEAD, "户编号": str(UUID(int=7))})
    assert str(UUID(int=7)) == one.envelope.subject


def test_nobody_guesses_an_id_without_the_key_of_the_vault() -> None:
    other = Keys.from_text("cd" * 32).names()
    assert KEY.names()("household head resident 370399") != other("household head resident 370399")
    for one in sent(ALONE | ENROLLED | PAIRED):
        assert resident() not in f"{one.envelope.id}{one.envelope.subject}{one.envelope.record.key!r}"


# --- What is wrong ---


@pytest.mark.parametrize(
    ("cells", "column", "problem"),
    [
        ({"村代码": None}, "村代码", "is missing"),
        ({"村代码": "3703230010"}, "村代码", "is not a village code"),
        ({"户类型": None}, "户类型", "is missing"),
        ({"户类型": "贫困户"}, "户类型", "is none of the words that may stand here"),
        ({"姓名": None, "户主": None}, "姓名", "is missing"),
        ({"证件号码": None}, "证件号码", "is missing"),
        ({"证件号码": wrong_check_digit(resident())}, "证件号码", "has a wrong check digit"),
        ({"证件号码": 370399196803150000}, "证件号码", "is a number and lost its last digits"),
        ({"证件类型": "户口本"}, "证件类型", "is none of the words that may stand here"),
        ({"与户主关系": None}, "与户主关系", "is missing"),
        ({"与户主关系": "配偶"}, "与户主关系", "names no head in this household"),
        ({"户主": "王测试"}, "户主", "names another head than itself"),
        ({"户编号": None, "户主": None}, "户主", "is missing"),
        ({"出生日期": "1968年"}, "出生日期", "is not a date"),
        ({"劳动能力": "一般"}, "劳动能力", "is none of the words that may stand here"),
        ({"监测对象类别": "即时帮扶对象"}, "致贫风险", "is missing"),
        ({**ENROLLED, "监测对象类别": None}, "监测对象类别", "is missing"),
        ({**ENROLLED, "纳入日期": None}, "纳入日期", "is missing"),
        ({**ENROLLED, "纳入日期": date(2021, 1, 6)}, "纳入日期", "lies in the future"),
        ({**ENROLLED, "致贫风险": "因病、因懒"}, "致贫风险", "is none of the words that may stand here"),
        ({**ENROLLED, "致贫风险": "因病、因病"}, "致贫风险", "has something twice"),
        ({**ENROLLED, "已落实措施": "因残"}, "已落实措施", "has a measure twice, or one that answers none of the risks"),
        ({**ENROLLED, "实施中措施": "兜底"}, "实施中措施", "has a measure twice, or one that answers none of the risks"),
        ({"干部邮箱": "g@county.invalid"}, "帮扶干部", "is missing beside an address"),
        ({"帮扶干部": "G0001"}, "结对日期", "is missing"),
        ({"帮扶干部": "G0001", "结对日期": date(2021, 1, 6)}, "结对日期", "lies in the future"),
        ({**ENROLLED, "帮扶干部": "G0001", "干部邮箱": "nowhere"}, "干部邮箱", "is not an e-mail address"),
    ],
)
def test_what_is_wrong_is_named_with_its_row_and_its_column(cells: dict[str, Any], column: str, problem: str) -> None:
    assert (2, column, problem) in faults({**HEAD, **cells})
    assert read({**HEAD, **cells}).households == []


def test_everything_that_is_wrong_is_named_at_once() -> None:
    head = {"村代码": None, "劳动能力": "强", "证件号码": wrong_check_digit(resident())}
    enrolled = {"监测对象类别": "贫困户", "纳入日期": "五月", "实施中措施": "兜底"}
    paired = {"帮扶干部": "G0001", "结对日期": "2030-01-01", "干部邮箱": "g0001"}
    told = faults({**HEAD, **ENROLLED, **head, **enrolled, **paired}, {**WIFE, "姓名": None, "出生日期": "1990"})
    of_head = ["村代码", "证件号码", "劳动能力", "监测对象类别", "纳入日期", "实施中措施", "干部邮箱", "结对日期"]
    assert [*((2, column) for column in of_head), (3, "姓名"), (3, "出生日期")] == [one[:2] for one in told]


def test_a_day_until_today_is_no_fault() -> None:
    assert [] == faults({**HEAD, **ENROLLED, "纳入日期": TODAY, "帮扶干部": "G0001", "结对日期": TODAY})


def test_a_member_names_the_head_of_his_household() -> None:
    assert (3, "户主", "is not the name of the head above") in faults(HEAD, {**WIFE, "户主": "王测试"})


def test_a_wrong_address_is_told_in_the_same_round_as_a_missing_cadre() -> None:
    told = faults({**HEAD, "干部邮箱": "nowhere"})
    assert [(2, "帮扶干部", "is missing beside an address"), (2, "干部邮箱", "is not an e-mail address")] == told


def test_a_fault_is_on_the_row_of_the_member() -> None:
    assert [(3, "证件号码", "has a wrong check digit")] == faults(HEAD, {**WIFE, "证件号码": wrong_check_digit(resident(order="022"))})


def test_who_is_wrong_holds_back_his_household_and_no_other() -> None:
    wang = {**HEAD, "户编号": "B2", "户主": "王测试", "姓名": "王测试", "证件号码": resident(order="031")}
    reading = read(HEAD, {**WIFE, "证件号码": "1"}, wang)
    assert [(4,)] == [one.rows for one in reading.households]
    assert ([(2, 3), (4,)], 3) == (reading.groups, reading.rows)


def test_two_rows_of_a_household_may_not_differ_in_what_is_said_of_it() -> None:
    assert [(3, "村代码", "differs from another row of the household")] == faults(HEAD, {**WIFE, "村代码": "370323001002"})


def test_a_household_has_one_head() -> None:
    assert [(3, "与户主关系", "names a second head of this household")] == faults(HEAD, {**WIFE, "与户主关系": "户主"})


def test_a_person_stands_in_the_sheet_once_by_whatever_card() -> None:
    card = {**HEAD, "户编号": "B2", "证件类型": "残疾人证", "证件号码": f"{resident()}32"}
    assert [(3, "证件号码", "is the same as on row 2")] == faults(HEAD, card)


def test_a_cadre_has_one_address() -> None:
    other = {**HEAD, "户编号": "B2", "证件号码": resident(order="031"), **ENROLLED, **PAIRED, "干部邮箱": "other@county.invalid"}
    assert [(3, "干部邮箱", "differs from this cadre's above")] == faults(HEAD | ENROLLED | PAIRED, other)


def test_no_fault_repeats_what_stands_in_a_cell() -> None:
    wrong = {**HEAD, "姓名": "古丽", "户主": "㵘", "证件号码": "370399", "出生日期": "昨天", "健康状况": "x" * 300}
    told = "".join(fault.text for fault in read(wrong).faults)
    assert told
    assert [one for one in ("古丽", "㵘", "370399", "昨天", "xx") if one in told] == []


def test_of_two_spellings_of_one_risk_the_first_is_offered() -> None:
    (fault,) = read({**HEAD, **ENROLLED, "致贫风险": "因懒", "实施中措施": None, "已落实措施": None}).faults
    risks = ["因病", "因残", "因学", "因自然灾害", "因意外事故", "因产业项目失败", "因务工就业不稳", "因住房", "因饮水", "缺劳动力", "其他"]
    assert (f"请填写：{'、'.join(risks)}", f"write one of: {', '.join(risks)}") == fault.remedy


def test_a_sheet_names_every_risk_that_enrollment_knows() -> None:
    assert set(get_args(Risk)) == set(RISKS.values())
