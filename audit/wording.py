"""What a stored event says beside its name, for a person to read: amounts, dates, and the sentence of a reason code; pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from functools import partial
from typing import Any, Final, TypeAlias, cast

from msgspec import convert

from audit import chinese
from audit.fact_states import state_of
from audit.yuan import yuan
from schemas.clock import COUNTY_TIME
from services.assistance import translate as assistance
from services.enrollment import refusals as enrollment
from services.enrollment.domain.fact import Income
from services.enrollment.domain.pack.explanations import Ask
from services.notifications import refusals as notifications
from services.refused_command import with_again

Say: TypeAlias = Callable[[str], str]
# Fields whose codes are those of another one.
SAME: Final[Mapping[str, str]] = {"risks": "risk", "answers": "risk"}
# The inner part of an event whose values are told with its own.
WITHIN: Final = ("fact", "line", "assignment", "evaluation", "tally", "taken_over")
# In the order in which they are told; what is not here is a digest, an id that no command names, or told elsewhere.
WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "opening": ("期初登记", "opening balance"),
    "since": ("自{}起", "since {}"),
    "name": ("{}", "{}"),
    "series": ("{}", "{}"),
    "kind": ("{}", "{}"),
    "referral": ("转介{}", "referral {}"),
    "measure": ("措施{}", "measure {}"),
    "period": ("{}", "{}"),
    "state": ("{}", "{}"),
    "amount_fen": ("{}元", "{} yuan"),
    "net_fen": ("纯收入{}元", "net income {} yuan"),
    "reference_fen": ("参考收入{}元", "reference income {} yuan"),
    "window": ("收入期间{}", "earned {}"),
    "valid_on": ("自{}起", "from {}"),
    "paired": ("结对干部本人", "by the paired cadre"),
    "unmet": ("未达标{}", "unmet: {}"),
    "findings": ("发现{}", "found: {}"),
    "village_code": ("村{}", "village {}"),
    "merged_into": ("现为{}", "now {}"),
    "members": ("成员{}", "members {}"),
    "category": ("{}", "{}"),
    "episode": ("第{}次", "episode {}"),
    "pack": ("政策包{}", "pack {}"),
    "evaluated": ("评估结果：{}", "evaluated {}"),
    "outcome": ("{}", "{}"),
    "line_fen": ("标准线{}元", "line {} yuan"),
    "fen_per_person": ("标准线{}元", "line {} yuan"),
    "type": ("{}", "{}"),
    "risks": ("{}", "{}"),
    "attendees": ("到会{}人", "{} attended"),
    "in_favour": ("赞成{}", "{} for"),
    "against": ("反对{}", "{} against"),
    "on": ("{}", "on {}"),
    "instead_of": ("原为{}", "instead of {}"),
    "valid_from": ("自{}起", "from {}"),
    "takes_effect": ("{}生效", "takes effect {}"),
    "department": ("{}", "{}"),
    "from_day": ("自{}起", "from {}"),
    "to_day": ("至{}", "until {}"),
    "due": ("截至{}（含当日）", "due {}"),
    "until": ("至{}", "until {}"),
    "left": ("余{}天", "{} days left"),
    "to": ("报{}", "to {}"),
    "level": ("{}级", "level {}"),
    "count": ("应到{}", "{} told"),
    "received": ("实到{}", "{} arrived"),
    "open": ("风险再现", "there again"),
    "undone": ("重做{}", "to be done again: {}"),
    "higher": ("高层级待遇{}", "higher: {}"),
    "lower": ("低层级待遇{}", "lower: {}"),
    "end_on": ("低层级待遇应自{}起停止", "the lower one should end on {}"),
    "fits": ("现可办理：{}", "what fits now: {}"),
    "care_dependency": ("失能程度{}", "care dependency {}"),
    "counts_from": ("自{}当周起计", "counted from the week of {}"),
    "uncounted_from": ("自{}当周起不计", "not counted from the week of {}"),
    "week": ("{}当周", "week of {}"),
    "because": ("原因：{}", "because of {}"),
    "done": ("完成{}", "{} done"),
    "required": ("应有{}", "{} required"),
    "tasks_done": ("定量任务完成{}", "{} tasks done"),
    "daily": ("每日汇总一次", "in a daily digest"),
    "covered": ("有人替班", "enough are left"),
    "tasks": ("任务{}", "tasks {}"),
}

REASONS: Final = ("reason_code", "reason", "purpose", "method", "risk", "type", "kind", "step")


def reason(state: Mapping[str, Any]) -> str:
    """What an event says of its why: a reason, else what it is about; empty where it says nothing."""
    return next((str(state[name]) for name in REASONS if state.get(name)), "")


def told(state: Mapping[str, Any], but: str) -> Iterator[tuple[str, str]]:
    """Chinese and English of each value of an event as the log keeps it, without `but`, which was told already."""
    inner = [cast("Mapping[str, object]", part) for name in WITHIN if isinstance(part := state.get(name), Mapping)]
    flat = {name: value for part in (*inner, state) for name, value in part.items()}
    if "evaluation" in state:
        flat["evaluated"] = flat.pop("outcome", None)
    flat |= {"state": state_of(cast("str | None", flat.get("signal")), present=bool(flat.get("present"))), **_earned(flat.get("income"))}
    for name, (zh, en) in WORDS.items():
        value = _value(name, flat.get(name), str)
        if value and value != but:
            yield zh.format(_value(name, flat.get(name), partial(chinese.word, field=SAME.get(name, name)))), en.format(value)


def _earned(income: object) -> Mapping[str, object]:
    """What a rule makes of a told income: its two sums, in fen, and the twelve months that it is of."""
    if not isinstance(income, dict):
        return {}
    earned = convert(income, Income)
    return {"net_fen": earned.net_fen, "reference_fen": earned.reference_fen, "window": f"{earned.window_from}/{earned.window_to}"}


def _value(name: str, value: object, say: Say) -> str:
    match value:
        case None | "" | False:
            return ""
        case int() if name.startswith("fen_") or name.endswith("_fen"):
            return yuan(value)
        case str() if name == "until" and "T" in value:  # a lease or a pause, to the microsecond of a machine's clock
            return datetime.fromisoformat(value).astimezone(COUNTY_TIME).isoformat(" ", "seconds")
        case dict():
            return say(str(cast("dict[str, object]", value).get("benefit", "")))
        case list():
            return (", " if say is str else "、").join(_one(one, say) for one in cast("list[object]", value))
        case _:
            return say(str(value))


def _one(value: object, say: Say) -> str:
    """A member is told by what he is and by his internal id, what a visit found by its kind and risk, a task by how often.

    What runs is told by its kind and last day.
    """
    if not isinstance(value, dict):
        return say(str(value))
    said = cast("dict[str, object]", value)
    if "kind" in said:
        return " ".join(say(str(said[name])) for name in ("kind", "risk", "last") if said.get(name))
    if "times" in said:
        return f"{said.get('name', '')} {said['times']}"
    return f"{say(chinese.relation(str(said.get('relation', ''))))} {said.get('person', '')}".strip()


def criteria(state: Mapping[str, Any], sources: Mapping[str, int]) -> Iterator[tuple[str, str]]:
    """Chinese and English of each line of an evaluation: what it came to, against what, who could supply what is missing, and from where.

    `sources` are the positions in enrollment's log of what a criterion may rest on, by id.
    """
    judged = cast("Mapping[str, list[dict[str, Any]]]", state.get("evaluation") or {})
    for one in judged.get("criteria", []):
        zh, en = criterion(one)
        places = ", ".join(str(place) for place in sorted(sources[fact] for fact in one.get("facts", ()) if fact in sources))
        yield (f"{zh}，据enrollment {places}", f"{en}, from enrollment {places}") if places else (zh, en)


def criterion(one: Mapping[str, Any]) -> tuple[str, str]:
    """Chinese and English of one line of an evaluation."""
    against = ""
    if one.get("value") is not None and one.get("threshold") is not None:
        unit = "_fen" if one["id"].startswith(("income.", "expense.")) else ""
        against = f" ({_value(unit, one['value'], str)} / {_value(unit, one['threshold'], str)})"
    zh = f"{chinese.word(one['id'], 'criterion')}：{chinese.word(one['result'])}{against}"
    en = f"{one['id']} {one['result']}{against}"
    if ask := one.get("asks"):
        zh = f"{zh}，缺{chinese.word(ask['what'])}（{'、'.join(map(chinese.word, ask['of']))}）"
        en = f"{en}, lacks {ask['what']} ({', '.join(ask['of'])})"
    return zh, en


def sentence(topic: str, state: Mapping[str, Any]) -> str:
    """The event's reason code and what to do, in both languages; empty where it has none, or one that a newer release wrote.

    Whoever asks for an erasure by the command of the vault names no message, and need not name another one.
    """
    service, _, name = topic.partition(".")
    said = _said(service, state)
    by_message = name == "command-refused" and not state["reason_code"].startswith("erasure.")
    return with_again(said) if said and by_message else said


def _said(service: str, state: Mapping[str, Any]) -> str:
    code = state.get("reason_code", "")
    if service == "enrollment" and code in enrollment.TEXTS:
        asks = [Ask(what=ask["what"], of=tuple(ask["of"])) for ask in state.get("asks", ())]
        text = enrollment.text_with(code, asks, state.get("supported", ()))
        return f"{text} {enrollment.text_of(code)[1]}"
    if service == "notifications":
        return " ".join(notifications.text_of(code)).strip()
    return f"{assistance.text_of(code, state.get('limit'))} {assistance.REMEDIES.get(code, '')}".strip() if service == "assistance" else ""
