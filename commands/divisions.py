"""The county's villages as the commands name them, and the check of the table before any server starts."""

import os
from pathlib import Path
from typing import Final

from commands.started_with import kept
from commands.system import folder
from county.divisions import TABLE
from local.language import say
from local.problem import Problem
from local.stack import named_secret
from services.division_table import WrongDivisions, read
from services.divisions import Divisions

VARIABLE: Final = "SUISHI_DIVISIONS"


def named_divisions() -> Divisions:
    """The table of `SUISHI_DIVISIONS`, else that of the sample county: its names are those of real villages, wherever they are read.

    Raises Problem where the file cannot be used.
    """
    return _read(Path(os.environ.get(VARIABLE) or TABLE))


def usual_divisions() -> Divisions | None:
    """Of the system that is asked; None where it has no table. Raises Problem as above."""
    local = None if named_secret("SUISHI_DATABASE") else kept(folder())
    named = os.environ.get(VARIABLE) or (local or {}).get(VARIABLE)
    return _read(Path(named)) if named else None


def _read(table: Path) -> Divisions:
    try:
        return read(table)
    except WrongDivisions as wrong:
        zh = f"{VARIABLE} 指定的区划表不可用：{wrong}"
        raise Problem(say(zh, f"the division table of {VARIABLE} cannot be used: {wrong}")) from wrong
