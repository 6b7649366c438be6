"""Plain words for what is wrong with a message: field, problem, remedy, never a personal value."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from pydantic import ValidationError

from schemas.facts import SCHOOL_YEAR
from schemas.message import AREA, MONTH, NO_NUL, RELATION, VILLAGE
from schemas.notifications import ADDRESS, KIND, QUIET_HOURS, URL, WECOM_USER

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

Lang = Literal["zh", "en"]
WHOLE: Final = "message"


class Problem(NamedTuple):
    """`field` is a dotted path, `message` where it concerns the whole."""

    field: str
    problem: str
    remedy: str


class Words(NamedTuple):
    problem: str
    remedy: str


_DAY: Final = (Words("is not a date", "write it as YYYY-MM-DD"), Words("不是有效日期", "请写作 YYYY-MM-DD"))
_INSTANT: Final = (
    Words("is not an instant", "write it as RFC 3339 says, with its offset, for instance 2021-01-05T12:00:00+08:00"),
    Words("不是有效时刻", "请按 RFC 3339 书写并带时区，例如 2021-01-05T12:00:00+08:00"),
)
_NUMBER: Final = (
    Words("is not a whole number", "send a whole number without quotes or decimals"),
    Words("不是整数", "请发送不带引号和小数的整数"),
)
_UUID: Final = (Words("is not a UUID", "send a UUID in quotes"), Words("不是 UUID", "请发送带引号的 UUID"))
_OBJECT: Final = (Words("is not a JSON object", "send an object in braces"), Words("不是 JSON 对象", "请发送花括号括起的对象"))
_LIST: Final = (Words("is not a list", "send a list in brackets"), Words("不是列表", "请发送方括号括起的列表"))
_UNKNOWN: Final = (Words("is not valid", "correct the value as schemas/json says"), Words("无效", "请按 schemas/json 的说明更正"))
# By kind of error, English and Chinese; the names in braces are the bounds that pydantic reports.
_WORDS: Final[Mapping[str, tuple[Words, Words]]] = {
    "missing": (Words("is missing", "add the field"), Words("缺失", "请补充该字段")),
    "json_invalid": (Words("is not valid JSON", "send valid UTF-8 JSON"), Words("不是有效的 JSON", "请发送有效的 UTF-8 JSON")),
    "string_type": (Words("is not a text", "send a text in quotes"), Words("不是文本", "请发送带引号的文本")),
    "string_too_short": (
        Words("is empty", "fill it in, or leave the field out where it is optional"),
        Words("为空", "请填写；选填项可不发送"),
    ),
    "string_too_long": (Words("is too long", "use at most {max_length} characters"), Words("过长", "最多 {max_length} 个字符")),
    "too_short": (Words("has too few entries", "give at least {min_length}"), Words("条目过少", "至少 {min_length} 项")),
    "too_long": (Words("has too many entries", "give at most {max_length}"), Words("条目过多", "最多 {max_length} 项")),
    "int_type": _NUMBER,
    "int_parsing": _NUMBER,
    "int_from_float": _NUMBER,
    "int_parsing_size": _NUMBER,
    "bool_type": (
        Words("is neither true nor false", "send true or false without quotes"),
        Words("不是布尔值", "请发送不带引号的 true 或 false"),
    ),
    "literal_error": (
        Words("has a value that is not allowed", "use one of the allowed values: {expected}"),
        Words("取值不在允许范围内", "请使用允许的取值：{expected}"),
    ),
    "union_tag_invalid": (
        Words("has a kind that is not allowed", "use one of the allowed kinds: {expected_tags}"),
        Words("种类不在允许范围内", "请使用允许的种类：{expected_tags}"),
    ),
    "union_tag_not_found": (Words("does not say its kind", "add the field kind"), Words("未写明种类", "请补充 kind 字段")),
    "greater_than_equal": (Words("is too small", "use {ge} or more"), Words("过小", "不得小于 {ge}")),
    "less_than_equal": (Words("is too large", "use {le} or less"), Words("过大", "不得大于 {le}")),
    "day_form": _DAY,
    "date_type": _DAY,
    "date_parsing": _DAY,
    "date_from_datetime_parsing": _DAY,
    "date_from_datetime_inexact": _DAY,
    "instant_form": _INSTANT,
    "datetime_type": _INSTANT,
    "datetime_parsing": _INSTANT,
    "datetime_from_date_parsing": _INSTANT,
    "timezone_aware": _INSTANT,
    "uuid_type": _UUID,
    "uuid_parsing": _UUID,
    "model_type": _OBJECT,
    "model_attributes_type": _OBJECT,
    "tuple_type": _LIST,
    "identity_form": (
        Words("is not an identity number", "write 17 digits and a check digit, 0-9 or a capital X"),
        Words("不是 18 位身份证号", "请填写 17 位数字加校验码（0-9 或大写 X）"),
    ),
    "identity_date": (
        Words("has no plausible birth date in digits 7 to 14", "check the number against the document"),
        Words("第 7 至 14 位不是合理的出生日期", "请与证件核对"),
    ),
    "identity_digit": (
        Words("has a wrong check digit", "check the number against the document"),
        Words("校验码不正确", "请与证件核对"),
    ),
    "card_form": (
        Words("is not the number of a disability card", "write 20 or 22 characters: identity number, category 1-7, level 1-4"),
        Words("不是残疾人证号", "请填写 20 或 22 位：身份证号、类别 1-7、等级 1-4"),
    ),
    "measure_unasked": (
        Words("has a measure twice, or one that answers none of the risks", "name each measure once, as base or one of the risks"),
        Words("措施重复，或不对应任何致贫风险", "每项措施只写一次，写兜底或所列风险之一"),
    ),
    "until_before_from": (
        Words("ends before it begins", "set until to from_day or a later day, or leave it out"),
        Words("结束日早于开始日", "until 请填写 from_day 当日或之后，或不填"),
    ),
    "checklist_item": (
        Words("has an item that is none of a checklist", "name the items as the policy pack does"),
        Words("含有清单以外的项目", "项目名称请与政策包一致"),
    ),
    "finding_told_twice": (
        Words("tells a finding twice", "give each finding an id of its own, or none"),
        Words("同一问题重复上报", "每个问题使用各自的编号，或不填编号"),
    ),
    "income_window": (
        Words("has an income window that ends before it begins or is longer than a year", "correct window_from and window_to"),
        Words("收入期间的结束日早于开始日，或超过一年", "请更正 window_from 和 window_to"),
    ),
    "desk_without_department": (
        Words("is a desk of no department, or of one and no desk", "name the department of a department-desk, and of nobody else"),
        Words("部门工作台未写明部门，或非部门工作台却写了部门", "仅为部门工作台（department-desk）填写 department"),
    ),
    "channel_unknown": (
        Words("is no channel of this county", "name one that it has, or add its file"),
        Words("本县没有该通道", "请填写本县已有的通道，或先添加该通道的文件"),
    ),
    "channel_address": (
        Words("has no address of its channel", "write it as the channel's file says"),
        Words("不是该通道的地址", "请按该通道文件的要求填写"),
    ),
    "visitor_twice": (
        Words("names a visitor twice", "name each visitor once; a visit needs two"),
        Words("核查人员姓名重复", "每人只写一次，入户核查须两人以上"),
    ),
    "number_in_word": (
        Words(
            "holds a number that may be an identity number, a telephone or an account",
            "write the word or code alone; whom it is about is said elsewhere",
        ),
        Words("含有疑似身份证号、电话或账号的号码", "只写词语或代码；涉及何人另有字段填写"),
    ),
    "nobody_named": (
        Words("names neither a person nor a household", "add person or household_id"),
        Words("未指明人员或家庭", "请补充 person 或 household_id"),
    ),
}
_FORMS: Final[Mapping[str, tuple[Words, Words]]] = {
    NO_NUL: (Words("contains the character U+0000", "remove it"), Words("含有字符 U+0000", "请删除该字符")),
    VILLAGE: (Words("is not a village code", "write its 12 digits"), Words("不是村级区划代码", "请填写 12 位数字")),
    AREA: (Words("is not an area code", "write 6, 9 or 12 digits"), Words("不是区划代码", "请填写 6、9 或 12 位数字")),
    RELATION: (
        Words("is not a relation to the head", "write a word without digits, for instance spouse, or a code of 1 to 3 digits"),
        Words("不是与户主的关系", "请填写不含数字的词（如“配偶”），或 1 至 3 位代码"),
    ),
    MONTH: (Words("is not a month of 1900 to 2199", "write it as YYYY-MM"), Words("不是 1900 至 2199 年间的月份", "请写作 YYYY-MM")),
    SCHOOL_YEAR: (Words("is not a school year", "write it as YYYY or YYYY-YYYY"), Words("不是有效学年", "请写作 YYYY 或 YYYY-YYYY")),
    WECOM_USER: (
        Words("is not the id of a WeCom user", "write it as WeCom's address book does, 1 to 64 characters"),
        Words("不是企业微信成员账号", "请按企业微信通讯录填写，1 至 64 个字符"),
    ),
    URL: (
        Words("is not a URL", "write it as apprise does, for instance dingtalk://..."),
        Words("不是 URL", "请按 apprise 的写法填写，例如 dingtalk://..."),
    ),
    KIND: (
        Words("is no kind of channel", "write it in small letters, digits and hyphens, as its file is called"),
        Words("不是通道种类", "请按通道文件名填写，只含小写字母、数字和连字符"),
    ),
    QUIET_HOURS: (
        Words("are no hours of a day", "write them as HH:MM-HH:MM, for instance 22:00-07:00"),
        Words("不是免打扰时段", "请写作 HH:MM-HH:MM，例如 22:00-07:00"),
    ),
    ADDRESS: (Words("is not an e-mail address", "write it as name@host"), Words("不是电子邮件地址", "请写作 name@host")),
}

# Each text that this module says, with what it repeats in braces, and the same in Chinese.
TEXTS: Final[Mapping[str, str]] = {
    said: chinese
    for english, translated in (*_WORDS.values(), *_FORMS.values(), _UNKNOWN)
    for said, chinese in zip(english, translated, strict=True)
}


def problems(error: ValidationError, lang: Lang = "en") -> list[Problem]:
    """Every problem of one message, in the order of its fields."""
    return [_problem(detail, lang) for detail in error.errors(include_url=False, include_input=False)]


def _problem(detail: ErrorDetails, lang: Lang) -> Problem:
    bounds = detail.get("ctx", {})
    forms = _FORMS.get(str(bounds.get("pattern")), _UNKNOWN)
    english, chinese = forms if detail["type"] == "string_pattern_mismatch" else _WORDS.get(detail["type"], _UNKNOWN)
    words = chinese if lang == "zh" else english
    field = ".".join(str(part) for part in detail["loc"]) or WHOLE
    return Problem(field, words.problem, words.remedy.format_map(_shown(bounds)))


def _shown(bounds: Mapping[str, object]) -> Mapping[str, object]:
    lists = ("expected", "expected_tags")
    return {**bounds, **{name: str(bounds.get(name, "")).replace(" or ", ", ").replace("'", "") for name in lists}}
