"""What the services say in English, said in Chinese: one language is kept with what was refused, a clerk reads the other."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Final

from local.language import say
from schemas.problems import TEXTS

# The words of `pipeline.envelope`, `pipeline.cloud_event`, `pipeline.set_aside` and `pipeline.handler`; what stands in braces is repeated.
DOOR: Final[Mapping[str, str]] = {
    "is missing or wrong": "缺失或有误",
    "is missing": "缺失",
    "set it as CloudEvents 1.0 says": "请按 CloudEvents 1.0 填写",
    "is not an instant": "不是有效时刻",
    "write it as RFC 3339 says, with its offset": "请按 RFC 3339 书写并带时区",
    "lacks its offset": "缺少时区",
    "write it with its offset, as +08:00": "请带时区书写，例如 +08:00",
    "give the instant of the event, RFC 3339 with its offset": "请填写事件发生的时刻（RFC 3339，带时区）",
    "lies before 1900": "早于 1900 年",
    "lies more than a day in the future": "晚于当前时间一天以上",
    "check the clock of the sending system": "请检查发送系统的时钟",
    "lies more than a day after the time of the message": "晚于消息时间一天以上",
    "correct the date, or send it again when it has happened": "请更正日期，或在发生之后再报送",
    "lies more than a year after the time of the message": "晚于消息时间一年以上",
    "correct the date, or send it again when the day is nearer": "请更正日期，或临近该日时再报送",
    "lies after the day of the message": "晚于消息当日",
    "correct the date, or send it again when the day has begun": "请更正日期，或待该日开始后再报送",
    "has {count} characters": "有 {count} 个字符",
    "keep it to {most} at most": "最多 {most} 个字符",
    "contains a control character": "含有控制字符",
    "contains an identity number": "含有居民身份证号码",
    "use a number or name of your own; attributes are kept for good": "请使用贵单位自己的编号或名称；消息属性会长期保存",
    "remove line feeds and the like": "请删除换行符等控制字符",
    "is empty": "为空",
    "send the JSON data of the event as the value": "请把事件的 JSON 数据作为消息内容发送",
    "has {count} bytes": "有 {count} 个字节",
    "keep a message below {most} bytes": "每条消息须小于 {most} 个字节",
    "is null": "为空值",
    "send a UTF-8 text or leave the header out": "请发送 UTF-8 文本，或不带该消息头",
    "is not UTF-8": "不是 UTF-8 编码",
    "encode the header as UTF-8": "请把消息头编码为 UTF-8",
    "is not valid JSON": "不是有效的 JSON",
    "send valid UTF-8 JSON": "请发送有效的 UTF-8 JSON",
    "is no event in JSON": "不是 JSON 格式的事件",
    "send one object as CloudEvents 1.0 says": "请按 CloudEvents 1.0 发送一个 JSON 对象",
    "contains the character U+0000, which the database cannot hold": "含有字符 U+0000，数据库无法保存",
    "remove it": "请删除该字符",
    "this topic does not carry a message of this type": "该主题不接收此类型的消息",
    "this topic does not carry {named}": "该主题不接收 {named}",
    "send one of: {known}": "可发送：{known}",
    "is no position in a log": "不是日志中的位置",
    "set it to the whole number that the sender's log gave, or leave it out": "请填写发送方日志给出的整数，或不填",
    "is no id of a household": "不是户编号",
    "set it to the household's UUID": "请填写该户的 UUID",
    "is not the source of this message": "不是本消息的来源",
    "let the department that sent it withdraw it": "请由原发送部门撤回",
    "cannot be read ({error})": "无法读取（{error}）",
    "send a CloudEvents 1.0 message": "请发送 CloudEvents 1.0 消息",
    "was used before for a message with other data": "此前已用于内容不同的消息",
    "send a correction under a new id and a later time": "更正请用新的 id 和更晚的 time",
    "could not be handled ({error})": "无法处理（{error}）",
    "report it, then: ./suishi deadletters redrive": "请先报告问题，解决后运行：./suishi deadletters redrive",
    "waits behind an earlier parked message of this household": "等待该户更早的一条暂存消息",
    "{error} while deciding": "作出决定时发生 {error}",
    "{error} while following its history": "读取该户历史时发生 {error}",
    "when the cause is mended: ./suishi deadletters redrive": "原因排除后运行：./suishi deadletters redrive",
}
RESTORED: Final = (
    "若由备份恢复，请把检查点文件移到别处保存，作为此前历史的证明，让 SUISHI_CHECKPOINTS 指向一个尚不存在的文件，再重新启动封存进程；"
    "若无人恢复过，请运行 ./suishi audit verify"
)
# Why nothing more of a log is signed, in the words of `audit.sealer` and `audit.seal`.
SEALER: Final[Mapping[str, str]] = {
    "{due} events were sealed and the log ends at {head}: it was cut, or restored from a backup; {what}": (
        f"已封存 {{due}} 条，而日志到 {{head}} 为止：日志被截断，或由备份恢复；{RESTORED}"
    ),
    "a checkpoint of size {size} with another root was given out before: the log was rewritten since, or restored from a backup; {what}": (
        f"此前已发出另一个根不同的检查点 {{size}}：日志此后被改写，或由备份恢复；{RESTORED}"
    ),
    "the checkpoint of size {size} has lost its {parts}": "检查点 {size} 缺少 {parts}",
    "the checkpoint of size {size} has leaves by {hash}, which this release does not know": "检查点 {size} 用本版本不识的 {hash} 作叶",
    "the tree that is kept beside the checkpoint of size {size} is not the one that was signed": "检查点 {size} 旁的树与已签名的不符",
    "the log misses position {position}": "日志缺少第 {position} 条",
    "the event at position {position} is not the one that was sealed": "日志第 {position} 条与已封存的不符",
    "the tree of size {size} does not go on from the one of size {before}": "检查点 {size} 的树并非 {before} 的延续",
    "the checkpoint of size {size} was replaced: its note says something else": "检查点 {size} 已被替换：其签名文本另有所指",
    "the checkpoint of size {size} is not signed with a key that is known here": "检查点 {size} 所用的签名密钥，此处不识",
    "the signature of the checkpoint of size {size} is wrong": "检查点 {size} 签名有误",
    "this is not a signed checkpoint: a note with origin, size and root, and signatures behind an empty line": (
        "不是已签名的检查点：应有来源、大小和根，空行之后是签名"
    ),
    "line {number} of {file} is no checkpoint of ours": "{file} 第 {number} 行不是本系统的检查点",
}
# What to do, in the words of `services.notifications.deliver` and of the channels.
CHANNELS: Final[Mapping[str, str]] = {
    "see that its server runs and lets us in: {page}": "请确认其服务器在运行并允许本系统登录：{page}",
    "set {first}, {second} and {third}: {page}": "请设置 {first}、{second} 和 {third}：{page}",
}
PLACE: Final = re.compile(r"\\\{(\w+)\\\}")


def translated(text: str) -> str:
    """A problem or a remedy in the language of whoever asks."""
    return say(in_chinese(text), text)


def in_chinese(text: str) -> str:
    """What nobody translated stays as it is."""
    for form, chinese in _forms():
        if found := form.fullmatch(text):
            return chinese.format_map(found.groupdict())
    return text


@cache
def _forms() -> list[tuple[re.Pattern[str], str]]:
    """Texts without a place first: one with a place would take them as well."""
    texts = sorted({**TEXTS, **DOOR, **SEALER, **CHANNELS}.items(), key=lambda pair: "{" in pair[0])
    return [(re.compile(PLACE.sub(r"(?P<\1>.+)", re.escape(english)), re.DOTALL), chinese) for english, chinese in texts]
