"""`./suishi audit`: whether the logs are whole, what happened to a household, and what a check of the register would object to."""

from importlib import import_module
from typing import Final

from commands.app import ARGUMENTS

# As its help lists them.
COMMANDS: Final = (
    "check-proof", "diff", "explain", "export", "history", "household", "prove", "quality", "refusals", "register", "replay", "verify",
    "what-if",
)  # fmt: skip

for _name in [ARGUMENTS[1]] if ARGUMENTS[1:] and ARGUMENTS[1] in COMMANDS else COMMANDS:
    import_module(f"{__name__}.{_name.replace('-', '_')}")
