"""The county's villages as the commands name them, and the check of the table before any server starts."""

import os
from pathlib import Path
from typing import Final

from commands.started_with import usual
from commands.system import folder
from county.divisions import TABLE
from local.language import say
from local.problem import Problem
from services.division_table import WrongDivisions, read
from services.divisions import Divisions

VARIABLE: Final = "SUISHI_DIVISIONS"


def named_divisions() -> Divisions:
    """The table of `SUISHI_DIVISIONS`, else that of the sample county: its names are those of real villages, wherever they are read.

    Raises Problem where the file cannot be used.
    """
    return divisions(Path(os.environ.get(VARIABLE) or TABLE))


def usual_table() -> Path | None:
    """Of the system that is asked, as `started_with.usual` finds it; None where it has none."""
    named = usual(folder(), VARIABLE)
    return Path(named) if named else None


def divisions(table: Path) -> Divisions:
    """Raises Problem where the file cannot be used."""
    try:
        return read(table)
    except WrongDivisions as wrong:
        zh = f"{VARIABLE} 指定的区划表不可用：{wrong}"
        raise Problem(say(zh, f"the division table of {VARIABLE} cannot be used: {wrong}")) from wrong
