"""Files of CloudEvents, one JSON document a line, judged by the very door that the services have."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final, cast
from uuid import UUID

import orjson
from pydantic import ValidationError

from commands.in_chinese import translated
from commands.unknown_fields import unknown_fields
from local.language import say
from local.problem import Problem
from pipeline.envelope import Envelope, Record, Refusal, read
from schemas.clock import COUNTY_TIME, DayStarted
from schemas.message import Message
from schemas.problems import Lang, problems
from schemas.topics import ALLOWED, EVENTS

STRUCTURED: Final = (("content-type", b"application/cloudevents+json; charset=utf-8"),)
# What a missing or wrong attribute is replaced with, so that one look finds what is wrong behind it too.
STAND_INS: Final[Mapping[str, str]] = {
    "specversion": "1.0",
    "id": "-",
    "source": "/-",
    "time": datetime.now(UTC).isoformat(),
    "subject": str(UUID(int=0)),
}
# Whoever tells the days himself may tell them early, but hardly by more than a month.
FAR_DAYS: Final = 31
EVERY: Final = 200  # lines
KEYS: Final = ("household_id", "recipient_id", "notification_id")


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong, and how to mend it; `field` is a dotted path."""

    line: int
    field: str
    problem: str
    remedy: str


@dataclass(frozen=True)
class Checked:
    """One line: a message that may be published, and what its sender may have meant otherwise, or what is wrong with it."""

    record: Record | None
    findings: Sequence[Finding] = ()
    hints: Sequence[Finding] = ()


def check_file(file: Path, heard: Callable[[int, int], None]) -> list[Checked]:
    """Every line that is not blank; `heard` how many of how many now and then. Raises Problem where the file itself cannot be read."""
    lines = list(_lines(file))
    if not lines:
        raise Problem(say(f"文件 {file} 是空的。", f"the file {file} is empty."))
    seen: dict[bytes, tuple[int, bytes]] = {}
    checked: list[Checked] = []
    for number, line in lines:
        checked.append(_check(number, line, seen))
        if len(checked) % EVERY == 0:
            heard(len(checked), len(lines))
    return checked


def _lines(file: Path) -> Iterator[tuple[int, bytes]]:
    number = 0
    try:
        with file.open("rb") as lines:
            for number, line in enumerate(lines, 1):
                line.decode()
                text = line.removeprefix(b"\xef\xbb\xbf").strip()
                if text:
                    yield number, text
    except UnicodeDecodeError as error:
        zh = f"文件 {file} 第 {number} 行不是 UTF-8 编码；请转换编码后再试。"
        raise Problem(say(zh, f"line {number} of {file} is not UTF-8; convert the file and try again.")) from error
    except OSError as error:
        raise Problem(say(f"无法读取文件 {file}：{error.strerror}", f"the file {file} cannot be read: {error.strerror}")) from error


def _check(number: int, line: bytes, seen: dict[bytes, tuple[int, bytes]]) -> Checked:
    if line in {b"{", b"["}:  # an editor or another program laid it out over several lines
        wrong = say("只是一个 JSON 对象的开头", "is only the beginning of a JSON object")
        return _refuse(
            number, "line", wrong, say("每行写一个对象（jq -c . FILE 可转换）", "one object per line (jq -c . FILE makes it so)")
        )
    try:
        event = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        wrong = say(f"不是有效的 JSON（第 {error.colno} 列）", f"is not valid JSON (column {error.colno})")
        return _refuse(number, "line", wrong, say("每行写一个完整的 JSON 对象", "write one whole JSON object on each line"))
    if not isinstance(event, dict):
        wrong = say("不是 JSON 对象", "is not a JSON object")
        return _refuse(number, "line", wrong, say("每行写一个 CloudEvent 对象", "write one CloudEvent on each line"))
    return _check_event(number, cast("dict[str, Any]", event), seen)


def _check_event(number: int, event: dict[str, Any], seen: dict[bytes, tuple[int, bytes]]) -> Checked:
    kind, named = event.get("type"), event.pop("topic", None)
    topic = str(named or _topic_of(kind) or "")
    if topic not in ALLOWED or topic in EVENTS.values():
        return _refuse(number, *_no_topic(topic, kind))
    findings = list(_findings(number, topic, event))
    if findings:
        return Checked(None, findings)
    envelope = read(_record(topic, number, event), ALLOWED[topic])
    if not isinstance(envelope, Envelope):  # found nothing above, so it cannot be
        return _refuse(number, envelope.field, envelope.problem, envelope.remedy)
    first, content = seen.setdefault(envelope.digest, (number, envelope.content))
    if content != envelope.content:
        wrong = say(f"与第 {first} 行的 source 和 id 相同而内容不同", f"and source were used on line {first} for other data")
        return _refuse(number, "id", wrong, say("更正请用新的 id 和更晚的 time", "send a correction under a new id and a later time"))
    return Checked(_keyed(envelope, event.get("partitionkey")), hints=tuple(_hints(number, envelope.data, event.get("data"))))


def _hints(number: int, read: Message, written: object) -> Iterator[Finding]:
    """What the services take as it is, and which may be a slip of the pen."""
    unknown = say("没有这个字段，服务将忽略", "unknown, ignored by the services")
    for field, meant in unknown_fields(read, written, "data"):
        remedy = say(f"是否应为 {meant}？", f"did you mean {meant}?") if meant else say("见 schemas/json", "see schemas/json")
        yield Finding(number, field, unknown, remedy)
    today = datetime.now(COUNTY_TIME).date()
    if isinstance(read, DayStarted) and read.date > today + timedelta(days=FAR_DAYS):
        far = say(f"比本机今天（{today}）晚 {FAR_DAYS} 天以上", f"lies more than {FAR_DAYS} days after {today}, this machine's today")
        remedy = say("请核对年份，已发布的日期无法收回", "check the year: a day that was told cannot be taken back")
        yield Finding(number, "data.date", far, remedy)


def _topic_of(kind: object) -> str | None:
    """The only topic that carries the type; None where there is none or the choice is the sender's."""
    topics = _carrying(kind)
    return topics[0] if len(topics) == 1 else None


def _carrying(kind: object) -> list[str]:
    return [topic for topic, types in ALLOWED.items() if isinstance(kind, str) and kind in types]


def _no_topic(topic: str, kind: object) -> tuple[str, str, str]:
    carrying = ", ".join(_carrying(kind))
    if topic in EVENTS.values():
        wrong = say("服务的事件只能由该服务自己发布", "is an event, which its own service alone publishes")
        return "type", wrong, say("请发布事实或命令", "publish facts and commands")
    if topic:
        return "topic", say("没有这个主题", "is no topic of ours"), say(f"可用：{carrying or '-'}", f"use one of: {carrying or '-'}")
    if carrying:
        wrong = say("缺失：有多个主题接收此类型", "is missing: several topics carry this type")
        return "topic", wrong, say(f"请写明其一：{carrying}", f"name one of: {carrying}")
    if isinstance(kind, str) and (meant := get_close_matches(kind, {name for types in ALLOWED.values() for name in types}, n=1)):
        return "type", say("不是已知的消息类型", "is no type of ours"), say(f"是否应为 {meant[0]}？", f"did you mean {meant[0]}?")
    return (
        "type",
        say("缺失或不是已知的消息类型", "is missing or no type of ours"),
        say("见 schemas/json", "see schemas/json for all types"),
    )


def _findings(number: int, topic: str, event: Mapping[str, Any]) -> Iterator[Finding]:
    """Asks the door again and again, with a stand-in for each attribute that it refused."""
    trial = dict(event)
    while isinstance(answer := read(_record(topic, number, trial), ALLOWED[topic]), Refusal):
        if answer.reason in {"data.invalid", "text.nul"}:
            data = _data_findings(number, ALLOWED[topic][trial["type"]].model_validate_json, trial.get("data"))
            yield from list(data) or [_finding(number, answer)]
            return
        yield _finding(number, answer)
        if answer.field in STAND_INS and trial.get(answer.field) != STAND_INS[answer.field]:
            trial[answer.field] = STAND_INS[answer.field]
        elif answer.field in trial and answer.field not in {"type", *STAND_INS}:
            del trial[answer.field]
        else:
            return


def _data_findings(number: int, validate: Any, data: object) -> Iterator[Finding]:  # noqa: ANN401 - a model's own method
    try:
        validate(orjson.dumps(data))
    except ValidationError as error:
        for field, problem, remedy in problems(error, cast("Lang", say("zh", "en"))):
            yield Finding(number, "data" if field == "message" else f"data.{field}", problem, remedy)


def _finding(number: int, refusal: Refusal) -> Finding:
    return Finding(number, refusal.field, translated(refusal.problem), translated(refusal.remedy))


def _refuse(number: int, field: str, problem: str, remedy: str) -> Checked:
    return Checked(None, (Finding(number, field, problem, remedy),))


def _record(topic: str, number: int, event: Mapping[str, Any]) -> Record:
    return Record(topic, -1, number, 0, None, orjson.dumps(event), STRUCTURED)


def _keyed(envelope: Envelope, partitionkey: object) -> Record:
    """Messages of one household or recipient share a key, so that they stay in order."""
    named = (getattr(envelope.data, name, None) for name in KEYS)
    key = next((str(one) for one in (envelope.subject, partitionkey, *named) if one), None)
    record = envelope.record
    return Record(record.topic, -1, record.offset, 0, key.encode() if key else None, record.value, STRUCTURED)
