"""The public notice of an entry or an exit: what the village may read, and nothing that it may not; pure.

The Personal Information Protection Law asks for the smallest scope: family name and mask, village, type, number of members.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from html import escape
from pathlib import Path
from string import Template
from typing import Final, Literal

from pipeline.value import Value

TYPES: Final[Mapping[str, tuple[str, str]]] = {
    "immediate-assistance": ("即时帮扶对象", "immediate-assistance household"),
    "lifted-unstable": ("脱贫不稳定户", "lifted but unstable household"),
    "marginal": ("边缘易致贫户", "household on the margin"),
    "sudden-difficulty": ("突发严重困难户", "household in sudden severe difficulty"),
}
PAGE: Final = Template((Path(__file__).parent / "notice_page.html").read_text(encoding="utf-8"))


class Notice(Value, frozen=True):
    """`head` is masked; of several `types` the county decides; `posted_on` and `until` are local dates, both of them still on the wall."""

    kind: Literal["entry", "exit"]
    head: str
    village: str
    types: tuple[str, ...]
    members: int
    posted_on: date
    until: date


def chinese(notice: Notice) -> list[str]:
    """A heading and paragraphs."""
    days = f"{_zh(notice.posted_on)}至{_zh(notice.until)}"
    decision = "拟纳入帮扶" if notice.kind == "entry" else "风险已消除，拟退出帮扶"
    return [
        "拟纳入帮扶对象公示" if notice.kind == "entry" else "拟退出帮扶对象公示",
        f"{notice.village}：户主{notice.head}，家庭人口{notice.members}人，类型：{_types(notice, 0, '或')}。",
        f"公示事项：{decision}。",
        f"公示期：{days}。期满即撤下。",
        "如有异议，请在公示期内向村（居）民委员会、乡镇（街道）或县巩固衔接办公室提出；提出人的信息保密。",
        f"{notice.village} {_zh(notice.posted_on)}",
    ]


def english(notice: Notice) -> list[str]:
    """The same, in the same order."""
    decision = "to be taken in" if notice.kind == "entry" else "the risks are gone; to be let out"
    persons = "1 member" if notice.members == 1 else f"{notice.members} members"
    return [
        "Public notice of a household to be taken in" if notice.kind == "entry" else "Public notice of a household to be let out",
        f"{notice.village}: head of household {notice.head}, {persons}, type: {_types(notice, 1, ' or ')}.",
        f"Under notice: {decision}.",
        f"Posted from {notice.posted_on} to {notice.until}; taken down afterwards.",
        "Objections within this time go to the village committee, the township or the county office; who objects is not made known.",
        f"{notice.village}, {notice.posted_on}",
    ]


def page(notice: Notice) -> str:
    """One sheet of A4 in HTML, with nothing to be fetched from elsewhere."""
    title, *zh = chinese(notice)
    heading, *en = english(notice)
    return PAGE.substitute(title=escape(title), zh=_paragraphs(zh), heading=escape(heading), en=_paragraphs(en))


def _paragraphs(texts: list[str]) -> str:
    return "\n".join(f"<p>{escape(text)}</p>" for text in texts)


def _types(notice: Notice, language: int, between: str) -> str:
    return between.join(TYPES[name][language] if name in TYPES else name for name in notice.types)


def _zh(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
