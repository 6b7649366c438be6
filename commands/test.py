"""`./suishi test`: the whole suite on a real PostgreSQL and a real Kafka, which its fixtures start and stop; two workers share it."""

import os
import sys

import typer

from commands.app import app
from local.language import say
from local.services import ROOT

SHARED = ["-n", "2"]  # as `tests/conftest.py` says
PASS_ON = {"ignore_unknown_options": True, "allow_extra_args": True, "help_option_names": list[str]()}


@app.command(
    help=say(
        "运行全部测试；参数原样传给 pytest，--long 随机用例增至二十倍。", "Run all tests; --long fuzzes longer. Arguments go to pytest."
    ),
    context_settings=PASS_ON,
    add_help_option=False,
)
def test(context: typer.Context) -> None:
    os.chdir(ROOT)
    everything = all(argument.startswith("-") for argument in context.args)
    os.execv(sys.executable, [sys.executable, "-P", "-m", "pytest", *(SHARED if everything else []), *context.args])  # noqa: S606  pytest takes over
