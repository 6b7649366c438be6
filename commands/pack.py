"""Asks for the policy pack before any server starts or a log is read, so that a wrong name costs a moment."""

import os
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Final

from commands.divisions import named_divisions
from commands.started_with import usual
from commands.system import folder
from local.language import say
from local.problem import Problem
from pipeline.settings import Settings
from services.assistance import packs as assistance
from services.enrollment import packs as enrollment
from services.notifications import packs as notifications
from services.policy_pack import WrongPack

LOADERS: Final[tuple[Callable[[str], object], ...]] = (enrollment.load, assistance.load, notifications.load)
USUAL: Final[str] = Settings.model_fields["pack"].default


def usual_pack() -> str:
    """By which households are judged for which no other pack was published: as `started_with.usual` finds it, else the release's."""
    return usual(folder(), "SUISHI_PACK") or USUAL


def judging_pack() -> str:
    """`usual_pack`, before a log is read; raises Problem where it cannot be used."""
    name = usual_pack()
    with from_packs():
        enrollment.load(name)
    return name


def check_pack() -> None:
    """Raises Problem where a service could not use the pack that `SUISHI_PACK` names, or the division table beside it."""
    name = os.environ.get("SUISHI_PACK", USUAL)
    named_divisions()
    with from_packs():
        for load in LOADERS:
            load(name)


@contextmanager
def from_packs() -> Generator[None]:
    """A policy pack that cannot be used, as a Problem."""
    try:
        yield
    except WrongPack as wrong:
        zh = f"SUISHI_PACK 指定的政策包不可用：{wrong}"
        raise Problem(say(zh, f"the policy pack of SUISHI_PACK cannot be used: {wrong}")) from wrong
