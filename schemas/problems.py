"""Plain words for what is wrong with a message: field, problem, remedy, never a personal value."""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

from pydantic import ValidationError

REMEDIES: Final[dict[str, tuple[str, str]]] = {
    "missing": ("add the field", "请补充该字段"),
    "json_invalid": ("send valid UTF-8 JSON", "请发送有效的 UTF-8 JSON"),
    "int_type": ("send a whole number without quotes", "请发送不带引号的整数"),
    "string_type": ("send a text in quotes", "请发送带引号的文本"),
    "bool_type": ("send true or false", "请发送 true 或 false"),
    "bool_parsing": ("send true or false", "请发送 true 或 false"),
    "literal_error": ("use one of the allowed values", "请使用允许的取值"),
    "string_pattern_mismatch": ("write it in the required form", "请按要求的格式填写"),
    "date_from_datetime_parsing": ("write the date as YYYY-MM-DD", "日期请写作 YYYY-MM-DD"),
    "date_parsing": ("write the date as YYYY-MM-DD", "日期请写作 YYYY-MM-DD"),
    "uuid_parsing": ("send a UUID", "请发送 UUID"),
}
PROBLEMS_ZH: Final[dict[str, str]] = {
    "missing": "缺少必填字段",
    "json_invalid": "不是有效的 JSON",
    "int_type": "不是整数",
    "string_type": "不是文本",
    "literal_error": "取值不在允许范围内",
    "string_pattern_mismatch": "格式不正确",
    "date_parsing": "不是日期",
    "date_from_datetime_parsing": "不是日期",
    "uuid_parsing": "不是 UUID",
    "greater_than_equal": "数值过小",
    "less_than_equal": "数值过大",
}


class Problem(NamedTuple):
    field: str
    problem: str
    remedy: str


def problems(error: ValidationError, lang: Literal["zh", "en"] = "en") -> list[Problem]:
    """Every problem of one message; `field` is a dotted path, `message` where it concerns the whole."""
    return [_problem(dict(detail), lang) for detail in error.errors(include_url=False, include_input=False)]


def _problem(detail: dict[str, object], lang: Literal["zh", "en"]) -> Problem:
    place = detail["loc"]
    field = ".".join(str(part) for part in place) if isinstance(place, tuple) and place else "message"
    kind = str(detail["type"])
    english, chinese = REMEDIES.get(kind, ("correct the value as the schema says", "请按照数据格式说明更正"))
    text = str(detail["msg"]).removeprefix("Value error, ")
    text = text if kind in {"literal_error", "value_error"} or not text else text[0].lower() + text[1:]
    if lang == "zh":
        return Problem(field, PROBLEMS_ZH.get(kind, text), chinese)
    return Problem(field, text, english)
