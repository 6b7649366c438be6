"""How households that entered or left are told, criterion by criterion and town by town."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Protocol
from uuid import UUID

from audit.what_if.compare import Changed
from audit.yuan import yuan
from commands.audit.telling import called
from local.language import say

TOWN_DIGITS = 9


class Moved(Protocol):
    """A household, where it is, and which way it went."""

    @property
    def household(self) -> UUID: ...

    @property
    def village_code(self) -> str: ...

    @property
    def way(self) -> str: ...


def once_each(moved: Iterable[Moved]) -> Iterable[Moved]:
    """A household that went the same way on several days counts once."""
    return {(one.household, one.way): one for one in moved}.values()


def by_town(moved: Iterable[Moved]) -> dict[str, Counter[str]]:
    """How many went which way, by the nine digits of the town."""
    counted: dict[str, Counter[str]] = {}
    for one in moved:
        counted.setdefault(one.village_code[:TOWN_DIGITS], Counter())[one.way] += 1
    return counted


def towns(moved: Iterable[Moved]) -> Iterator[str]:
    """A line for each town."""
    for town, counted in sorted(by_town(moved).items()):
        yield f"{town}  {say('，', ', ').join(f'{way(name)} {number}' for name, number in sorted(counted.items()))}"


def way(name: str) -> str:
    return say(
        *{
            "entered": ("纳入", "entered"),
            "left": ("退出", "left"),
            "may-stay": ("在册可留", "may stay"),
            "may-not-enter": ("不再可纳入", "may not enter"),
            "other-type": ("类型改变", "other type"),
            "to-verify": ("待核查", "to verify"),
        }[name]
    )


def line(one: Changed) -> str:
    """Before and after, once where both are the same or that side does not ask it; the amounts of incomes and expenses are yuan."""
    by_amount = one.id.startswith(("income.", "expense."))
    value, before, after = (_figure(figure, by_amount) for figure in (one.value, one.threshold_before, one.threshold_after))
    if one.before is not None and one.value_before != one.value:
        value = f"{_figure(one.value_before, by_amount)} -> {value}"
    threshold = before if before == after else f"{before} -> {after}"
    was, now = (called(result) if result else "-" for result in (one.before, one.after))
    return f"{called(one.id, 'criterion')}  {was} -> {now}  {value} / {threshold}"


def _figure(figure: int | None, fen: bool) -> str:  # noqa: FBT001 - what the figure is
    if figure is None:
        return "-"
    return yuan(figure) if fen else str(figure)
