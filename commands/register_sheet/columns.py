"""The columns of the sheet and the words that may stand in them; Chinese, as the offices that keep registers write them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal, NamedTuple

from services.enrollment.notice import TYPES as TOLD_TYPES


class Column(NamedTuple):
    """What is said `of` a household has one value for all members, on any of their rows; `field` is what the message calls it."""

    name: str
    field: str
    of: Literal["household", "member"]
    required: str
    zh: str
    en: str
    example: str


ERROR: Final = "错误"
EXAMPLE: Final = "示例"
BASE: Final = "兜底"
CATEGORIES: Final[Mapping[str, str]] = {
    "脱贫享受政策": "lifted_receiving",
    "脱贫不享受政策": "lifted_not_receiving",
    "非建档立卡": "never_registered",
    "脱贫户（享受政策）": "lifted_receiving",
    "脱贫户（不享受政策）": "lifted_not_receiving",
    "一般农户": "never_registered",
}
TYPES: Final[Mapping[str, str]] = {chinese: code for code, (chinese, _) in TOLD_TYPES.items()}
WORD_OF: Final[Mapping[str, str]] = {code: chinese for chinese, code in TYPES.items()}
RISKS: Final[Mapping[str, str]] = {
    "因病": "illness",
    "因残": "disability",
    "因学": "education",
    "因自然灾害": "natural_disaster",
    "因意外事故": "accident",
    "因产业项目失败": "business_failure",
    "因务工就业不稳": "unstable_work",
    "因住房": "housing",
    "因饮水": "drinking_water",
    "缺劳动力": "lack_of_labour",
    "其他": "other",
    "因灾": "natural_disaster",
    "住房": "housing",
    "饮水": "drinking_water",
}
MEASURES: Final[Mapping[str, str]] = {BASE: "base", **RISKS}
DOCUMENTS: Final[Mapping[str, str]] = {
    "居民身份证": "resident",
    "残疾人证": "disability_card",
    "出生医学证明": "birth_certificate",
    "护照": "passport",
}
LABOUR: Final[Mapping[str, str]] = {
    "普通劳动力": "full",
    "技能劳动力": "full",
    "弱劳动力或半劳动力": "partial",
    "丧失劳动力": "none",
    "无劳动力": "none",
}
YES, NO, ENROLLED, PAIRED, ALONE = "必填", "选填", "已纳入必填", "已结对未纳入必填", "无户编号必填"


def first_words(words: Mapping[str, str]) -> list[str]:
    """Each meaning by its first word."""
    first: dict[str, str] = {}
    for word, code in words.items():
        first.setdefault(code, word)
    return list(first.values())


def _one_of(words: Mapping[str, str]) -> str:
    return "、".join(first_words(words))


_EACH_RISK: Final = _one_of(RISKS)
COLUMNS: Final = (
    Column("户编号", "number", "household", NO, "本县的户编号；同户各行相同", "the county's own number of the household", f"{EXAMPLE}001"),
    Column(
        "户主",
        "head",
        "household",
        ALONE,
        "户主姓名；无户编号时同户各行须连续，户主行在前",
        "name of the head; rows of a household together",
        "张测试",
    ),
    Column("村代码", "village_code", "household", YES, "12 位统计用区划代码", "12 digits of the statistics bureau", "370323001001"),
    Column("户类型", "category", "household", YES, f"填：{_one_of(CATEGORIES)}", "category in the register", "非建档立卡"),
    Column("姓名", "name", "member", YES, "与证件一致", "as on the document", "张测试"),
    Column("证件类型", "id_type", "member", NO, f"填：{_one_of(DOCUMENTS)}；不填为居民身份证", "kind of document", "居民身份证"),
    Column(
        "证件号码",
        "id_number",
        "member",
        YES,
        "单元格设为文本，否则 Excel 会丢失末几位",
        "as text, or Excel loses its last digits",
        "370399196803150213",
    ),
    Column("与户主关系", "relation", "member", YES, "户主本人填“户主”，每户一人", "户主 for the head, one in each household", "户主"),
    Column("出生日期", "birth", "member", NO, "如 1968-03-15", "day of birth", "1968-03-15"),
    Column("健康状况", "health", "member", NO, "如 健康、长期慢性病、残疾", "in your own words", "长期慢性病"),
    Column(
        "劳动能力",
        "labour_capacity",
        "member",
        NO,
        "填：普通劳动力、技能劳动力、弱劳动力或半劳动力、丧失劳动力、无劳动力",
        "who can work",
        "无劳动力",
    ),
    Column(
        "监测对象类别", "type", "household", ENROLLED, f"未纳入的户不填；填：{_one_of(TYPES)}", "empty where not enrolled", "即时帮扶对象"
    ),
    Column("致贫风险", "risks", "household", ENROLLED, f"用顿号分隔；填：{_EACH_RISK}", "parted by 、", "因病、因住房"),
    Column("纳入日期", "since", "household", ENROLLED, "何日起纳入", "enrolled since", "2019-05-01"),
    Column(
        "已落实措施",
        "delivered",
        "household",
        NO,
        f"已落实到户的措施：{BASE}，或所对应的致贫风险",
        f"delivered measures: {BASE}, or the risk each answers",
        "兜底",
    ),
    Column("实施中措施", "started", "household", NO, "已开始未落实的措施，写法同上", "measures that have begun", "因病"),
    Column("帮扶干部", "cadre", "household", NO, "结对干部的工号", "staff number of the paired cadre", "G0001"),
    Column(
        "干部邮箱",
        "address",
        "household",
        NO,
        "接收通知；同一干部填一次即可",
        "where the cadre is told; once is enough",
        "g0001@county.invalid",
    ),
    Column(
        "结对日期",
        "from_day",
        "household",
        PAIRED,
        "何日起结对；已纳入的户不填则为纳入日期",
        "paired since; the day of the enrolment where empty",
        "2019-05-10",
    ),
)
BY_NAME: Final[Mapping[str, Column]] = {column.name: column for column in COLUMNS}
NAME_OF: Final[Mapping[str, str]] = {column.field: column.name for column in COLUMNS}
NEEDED: Final = tuple(column.name for column in COLUMNS if column.required == YES)
# Digits that are no quantity: in a cell that is not text Excel drops leading zeros and everything behind fifteen digits.
AS_TEXT: Final = frozenset({"户编号", "村代码", "证件号码", "帮扶干部"})
