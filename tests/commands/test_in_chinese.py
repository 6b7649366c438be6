"""A clerk who reads Chinese is told in Chinese what the door said in English."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from audit.seal.note import NO_NOTE
from commands.in_chinese import in_chinese
from services.notifications.channel_files import channels
from services.notifications.deliver import REMEDY

PIPELINE: Final = Path(__file__).parents[2] / "pipeline"
AUDIT: Final = Path(__file__).parents[2] / "audit"
# What has a space and is no sentence: parts of one, a pattern, what a redriven record says of its place.
NO_SENTENCES: Final = {" ", ", ", "a message of this type", "7 7 7", "7: 7", "[A-Za-z][A-Za-z _.-]{0,63}"}


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        ("is missing", "缺失"),
        ("is not a date", "不是有效日期"),
        ("use at most 200 characters", "最多 200 个字符"),
        ("use one of the allowed values: hard, dire", "请使用允许的取值：hard, dire"),
        ("has 257 characters", "有 257 个字符"),
        ("keep it to 256 at most", "最多 256 个字符"),
        ("keep a message below 1048576 bytes", "每条消息须小于 1048576 个字节"),
        ("contains the character U+0000, which the database cannot hold", "含有字符 U+0000，数据库无法保存"),
        ("this topic does not carry a message of this type", "该主题不接收此类型的消息"),
        ("this topic does not carry 'suishi.fact.moon-phase.v1'", "该主题不接收 'suishi.fact.moon-phase.v1'"),
        ("ZeroDivisionError while deciding", "作出决定时发生 ZeroDivisionError"),
        ("what nobody translated", "what nobody translated"),
    ],
)
def test_what_is_repeated_stays_and_the_rest_is_chinese(english: str, chinese: str) -> None:
    assert in_chinese(english) == chinese


@pytest.mark.parametrize("module", ["envelope", "cloud_event", "set_aside", "handler"])
def test_whatever_a_service_says_of_a_message_has_its_chinese(module: str) -> None:
    sentences = {*_sentences((PIPELINE / f"{module}.py").read_text())} - NO_SENTENCES
    assert sentences
    assert [text for text in sorted(sentences) if in_chinese(text) == text] == []


def test_whatever_the_sealer_says_of_a_log_has_its_chinese() -> None:
    trees = [ast.parse((AUDIT / module).read_text()) for module in ("sealer.py", "seal/sealing.py", "seal/note.py", "seal/file.py")]
    messages = [ast.unparse(one) for tree in trees for one in ast.walk(tree) if isinstance(one, ast.Assign) and _is_message(one)]
    sentences = {NO_NOTE, *(text for message in messages for text in _sentences(message))} - NO_SENTENCES
    assert [text for text in sorted(sentences) if in_chinese(text) == text] == []


def _is_message(one: ast.Assign) -> bool:
    return ast.unparse(one.targets[0]) == "message"


def test_what_to_do_about_a_channel_from_which_nothing_leaves_has_its_chinese() -> None:
    remedies = {REMEDY, *(channel.remedy for channel in channels().values())} - {""}
    assert {
        "请确认其服务器在运行并允许本系统登录：docs/how-to/reach-cadres.md",
        "请设置 SUISHI_WECOM_CORP_ID、_AGENT_ID 和 _SECRET：docs/how-to/reach-cadres.md",
    } == set(map(in_chinese, remedies))


def _sentences(source: str) -> Iterator[str]:
    """Each text with a space that is no docstring; what is filled in is a 7."""
    tree = ast.parse(source)
    docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    filled = [node for node in ast.walk(tree) if isinstance(node, ast.JoinedStr)]
    parts = {id(part) for whole in filled for part in ast.walk(whole) if part is not whole}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr) and id(node) not in parts:
            text = "".join(part.value if isinstance(part, ast.Constant) else "7" for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings | parts:
            text = node.value
        else:
            continue
        if " " in text:
            yield text
