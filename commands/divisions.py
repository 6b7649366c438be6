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
    return divisions(Path(os.environ.get(VARIABLE) or TABLE))


def usual_table() -> Path | None:
    """What `SUISHI_DIVISIONS` names, else what the local system was started with; None where there is neither.

    The table of servers that `SUISHI_DATABASE` names is not asked for: whoever calls has to name the one that enrollment has.
    """
    local = None if named_secret("SUISHI_DATABASE") else kept(folder())
    named = os.environ.get(VARIABLE) or (local or {}).get(VARIABLE)
    return Path(named) if named else None


def divisions(table: Path) -> Divisions:
    """Raises Problem where the file cannot be used."""
    try:
        return read(table)
    except WrongDivisions as wrong:
        zh = f"{VARIABLE} 指定的区划表不可用：{wrong}"
        raise Problem(say(zh, f"the division table of {VARIABLE} cannot be used: {wrong}")) from wrong
