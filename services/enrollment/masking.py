"""How a name may be shown: family name and mask, and nothing of a minor; pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final
from unicodedata import category

OF_AGE: Final = 18
MASK: Final = "*"
HIDDEN: Final = "**"
MIDDLE_DOTS: Final = frozenset("·•・‧∙.")
COMPOUND: Final = frozenset(
    "欧阳 司马 上官 诸葛 东方 皇甫 尉迟 公孙 慕容 令狐 长孙 宇文 司徒 司空 夏侯 轩辕 端木 百里 呼延 东郭 南宫 西门 独孤 "  # noqa: SIM905 - words are read more easily than quotes
    "淳于 单于 太史 申屠 公冶 仲孙 钟离 闻人 澹台 濮阳 赫连 鲜于 闾丘 拓跋 宗政 万俟 第五 左丘 梁丘 公羊 谷梁 东里 歐陽 司馬 諸葛".split()
)


def masked(name: str | None) -> str:
    """The family name and a mark for each other character.

    A name with a middle dot, or one that is not Chinese, has no family name in front: its first character stays alone.
    """
    letters = [one for one in (name or "") if not one.isspace() and not category(one).startswith(("M", "C"))]
    if len(letters) <= 1 or not letters[0].isalpha():
        return HIDDEN
    if not _is_chinese(letters):
        return letters[0] + HIDDEN
    shown = 2 if "".join(letters[:2]) in COMPOUND and len(letters) > 2 else 1  # noqa: PLR2004 - a compound family name has two characters
    return "".join(letters[:shown]) + MASK * (len(letters) - shown)


def _is_chinese(letters: list[str]) -> bool:
    return not MIDDLE_DOTS.intersection(letters) and category(letters[0]) == "Lo"


def shown(known: Mapping[str, Any], on: date) -> str | None:
    """As `head_of`; None where it would say nothing."""
    return None if (name := head_of(known, on)) == HIDDEN else name


def head_of(known: Mapping[str, Any], on: date) -> str:
    """The masked name of whom the vault knows; nothing of a minor's, nor where nobody can tell."""
    born = _born(known)
    of_age = born is not None and (on.year - born.year - ((on.month, on.day) < (born.month, born.day))) >= OF_AGE
    return masked(known.get("name")) if of_age else HIDDEN


def _born(known: Mapping[str, Any]) -> date | None:
    """As registered, else by the digits of the identity number."""
    number = known.get("id_number") or ""
    said = known.get("birth") or (number[6:14] if known.get("id_type") in {"resident", "disability_card"} else "")
    try:
        return date.fromisoformat(said)
    except ValueError:
        return None
