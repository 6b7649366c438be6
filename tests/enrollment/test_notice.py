"""What hangs on the village's wall says enough to object, and nothing that nobody has to know."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.enrollment.masking import head_of, masked
from services.enrollment.notice import Notice, chinese, english, page
from tests.laws import law
from tests.schemas.identities import resident

POSTED: Final = date(2021, 1, 7)
NUMBER: Final = resident()  # born on 1968-03-15
ENTRY: Final = Notice("entry", "张**", "历山街道历山居委会", ("marginal", "sudden-difficulty"), 2, POSTED, date(2021, 1, 12))
EXIT: Final = Notice("exit", "欧阳*", "历山街道历山居委会", ("immediate-assistance",), 1, POSTED, date(2021, 1, 12))


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("张三", "张*"),
        ("张建国", "张**"),
        ("欧阳锋", "欧阳*"),
        ("司马相如", "司马**"),
        ("欧阳", "欧*"),
        ("阿卜杜拉·买买提", "阿**"),
        ("阿卜杜拉•买买提", "阿**"),
        ("John Smith", "J**"),
        ("张 三", "张*"),
        ("葛\U000e0100亮", "葛*"),
        ("\U00020bb7田", "\U00020bb7*"),
        ("张", "**"),
        ("", "**"),
        (None, "**"),
        ("370399196803150015", "**"),
    ],
)
def test_a_name_keeps_its_family_name_and_nothing_else(name: str | None, shown: str) -> None:
    assert shown == masked(name)


@pytest.mark.parametrize(
    ("known", "shown"),
    [
        ({"id_type": "resident", "id_number": NUMBER, "name": "张建国"}, "张**"),
        ({"id_type": "passport", "id_number": "E1234567", "name": "张建国", "birth": "2003-01-07"}, "张**"),
        ({"id_type": "passport", "id_number": "E1234567", "name": "张建国", "birth": "2003-01-08"}, "**"),
        ({"id_type": "passport", "id_number": "E1234567", "name": "张建国"}, "**"),
        ({"id_type": "resident", "id_number": NUMBER, "name": "张建国", "birth": "2010-05-01"}, "**"),
        ({"id_type": "resident", "id_number": "370399", "name": "张建国"}, "**"),
        ({}, "**"),
    ],
)
def test_nobody_reads_a_minors_name_nor_one_whose_age_is_unknown(known: dict[str, Any], shown: str) -> None:
    assert shown == head_of(known, POSTED)


def test_the_notice_of_an_entry_says_who_what_and_how_to_object() -> None:
    assert chinese(ENTRY) == [
        "拟纳入帮扶对象公示",
        "历山街道历山居委会：户主张**，家庭人口2人，类型：边缘易致贫户或突发严重困难户。",
        "公示事项：拟纳入帮扶。",
        "公示期：2021年1月7日至2021年1月12日。期满即撤下。",
        "如有异议，请在公示期内向村（居）民委员会、乡镇（街道）或县巩固衔接办公室提出；提出人的信息保密。",
        "历山街道历山居委会 2021年1月7日",
    ]


def test_the_notice_of_an_exit_is_in_english_too() -> None:
    assert english(EXIT) == [
        "Public notice of a household to be let out",
        "历山街道历山居委会: head of household 欧阳*, 1 member, type: immediate-assistance household.",
        "Under notice: the risks are gone; to be let out.",
        "Posted from 2021-01-07 to 2021-01-12; taken down afterwards.",
        "Objections within this time go to the village committee, the township or the county office; who objects is not made known.",
        "历山街道历山居委会, 2021-01-07",
    ]


def test_a_type_of_another_pack_is_shown_by_its_name() -> None:
    assert "type: some-other-type." in english(Notice("exit", "张*", "370323001001", ("some-other-type",), 3, POSTED, POSTED))[1]


def test_the_page_is_a_sheet_of_a4_with_nothing_from_elsewhere_chinese_first() -> None:
    sheet = page(ENTRY)
    assert "@page { size: A4;" in sheet
    assert [] == [sign for sign in ("http", "src=", "href=", "url(", "@import", "<script", "$") if sign in sheet]
    assert sheet.index("拟纳入帮扶对象公示") < sheet.index("Public notice of a household to be taken in")


def test_what_a_village_is_called_is_no_markup() -> None:
    assert "&lt;b&gt;村" in page(Notice("entry", "张*", "<b>村", ("marginal",), 3, POSTED, POSTED))


@law
@given(st.text(min_size=1), st.sampled_from(["resident", "passport"]), st.dates(date(1920, 1, 1), POSTED))
def test_no_full_name_and_no_digit_of_a_number_ever_comes_out(name: str, id_type: str, birth: date) -> None:
    shown = head_of({"id_type": id_type, "id_number": NUMBER, "name": name, "birth": birth.isoformat()}, POSTED)
    family = shown.rstrip("*")
    assert shown.endswith("*")
    assert len(family) <= 2
    assert not family or family != "".join(name.split())
    assert not any(character.isdigit() for character in shown)


@law
@given(st.text("张建国李秀兰欧阳司马阿卜杜拉·", min_size=2, max_size=8))
def test_the_page_holds_neither_the_name_nor_the_number(name: str) -> None:
    known = {"id_type": "resident", "id_number": NUMBER, "name": name, "birth": "1968-03-15"}
    sheet = page(Notice("entry", head_of(known, POSTED), "历山街道历山居委会", ("marginal",), 2, POSTED, POSTED))
    assert name not in sheet
    assert NUMBER not in sheet
    assert NUMBER[6:14] not in sheet
