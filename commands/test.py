"""`./suishi test`: the whole suite on a real PostgreSQL and a real Kafka, which its fixtures start and stop; two workers share it."""

import os
import sys

import typer

from commands.app import app, steps
from local.language import say
from local.services import ROOT

SHARED = ["-n", "2"]  # as `tests/conftest.py` says
TOLD = (
    "./suishi test [--long] [参数……]：运行全部测试，--long 把随机用例增至二十倍；给出路径则只运行该处。\n以下是 pytest 的参数：",
    (
        "./suishi test [--long] [ARGUMENTS]: runs all tests, --long fuzzes twenty times as long; a path runs those there alone.\n"
        "What follows is pytest's:"
    ),
)
PASS_ON = {"ignore_unknown_options": True, "allow_extra_args": True, "help_option_names": list[str]()}


@app.command(
    help=say(
        "运行全部测试；参数原样传给 pytest，--long 随机用例增至二十倍。", "Run all tests; --long fuzzes longer. Arguments go to pytest."
    ),
    context_settings=PASS_ON,
    add_help_option=False,
)
def test(context: typer.Context) -> None:
    if {"-h", "--help"} & {*context.args}:
        steps.print(say(*TOLD), markup=False, highlight=False)
    os.chdir(ROOT)
    everything = all(argument.startswith("-") for argument in context.args)
    os.execv(sys.executable, [sys.executable, "-P", "-m", "pytest", *(SHARED if everything else []), *context.args])  # noqa: S606  pytest takes over
