"""The command line itself: its language, its exit codes, and one plain sentence for everything that goes wrong."""

import logging
import os
import re
import signal
import sys
from collections.abc import Callable
from typing import Any, Final, NoReturn

import structlog
import typer
from rich.console import Console
from typer.core import TyperGroup

from local.language import say, speak
from local.problem import Problem, full_disk, no_access


def take_language(arguments: list[str]) -> list[str]:
    """The arguments without `--lang`, which is heard wherever it stands."""
    rest = list(arguments)
    while "--lang" in rest:
        place = rest.index("--lang")
        language = rest[place + 1] if place + 1 < len(rest) else ""
        if language not in {"zh", "en"}:
            fail(say("--lang 之后应为 zh 或 en。", "--lang wants zh or en."))
        speak(language)
        del rest[place : place + 2]
    return rest


def fail(sentence: str, code: int = 2) -> NoReturn:
    sys.stderr.write(f"suishi: {sentence}\n")
    raise SystemExit(code)


# Taken before the commands are imported: their help speaks the chosen language.
INTERRUPTED = 130
ARGUMENTS = take_language(
    [argument for word in sys.argv[1:] for argument in (word.split("=", 1) if word.startswith("--lang=") else [word])]
)

# `:hospital:` in somebody's id is no picture.
out = Console(soft_wrap=True, emoji=False)
steps = Console(stderr=True, soft_wrap=True, emoji=False)
# As a newcomer meets them; what is not named here comes after.
ORDER = [
    "demo", "test", "up", "status", "validate", "publish", "import-register", "deadletters", "audit", "cases", "notices", "vault",
    "rebuild", "backup", "restore", "down", "reset", "doctor", "check", "bench",
]  # fmt: skip
WHOLE: Final = 1000  # characters
# What the parser says of a value, and what we say.
VALUES: Final = (
    (r"(.+) is not in the range (.+)\.", r"\1 不在范围 \2 之内。", r"\1 is not in the range \2."),
    (r"(.+) is not a valid int.*\.", r"\1 不是整数；加 --help 可查看用法。", r"\1 is no whole number; --help shows the use."),
)


class Listed(TyperGroup):
    """Lists its commands with their whole first sentence, which the library cuts where the line ends."""

    def format_commands(self, ctx: Any, formatter: Any) -> None:  # noqa: ANN401 - the library vendors its own click
        commands = {name: self.get_command(ctx, name) for name in self.list_commands(ctx)}
        with formatter.section("Commands"):
            formatter.write_dl([(name, command.get_short_help_str(WHOLE)) for name, command in commands.items() if command])


class InOrder(Listed):
    """Lists the commands in our order, not in that of their modules."""

    def list_commands(self, ctx: typer.Context) -> list[str]:  # pyright: ignore[reportIncompatibleMethodOverride] - the library vendors its own click
        return sorted(super().list_commands(ctx), key=lambda name: ORDER.index(name) if name in ORDER else len(ORDER))


app = typer.Typer(
    cls=InOrder,
    add_completion=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
    help=say(
        "随时进、即时出：困难群众的纳入、帮扶与退出。",
        "In at any time, out instantly: enrollment, assistance and exit of households in difficulty.",
    ),
    epilog=say("每个命令都接受 --lang zh|en。", "Every command takes --lang zh|en."),
)


@app.callback()
def suishi() -> None:
    """Keeps `app` a group of commands even when only one is imported."""


def run(register: Callable[[], None]) -> NoReturn:
    """Registers the commands and runs the chosen one; 0 fine, 1 a check failed, 2 wrong use or unreachable system, 130 interrupted."""
    signal.signal(signal.SIGTERM, _stop_orderly)
    # What they have to say becomes one sentence, or a finding.
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    try:
        register()
        code = app(ARGUMENTS or ["--help"], prog_name="./suishi", standalone_mode=False)
    except (typer.Abort, KeyboardInterrupt):
        code = INTERRUPTED
    except Problem as problem:
        fail(full_disk(problem) or str(problem))
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 1
    except Exception as failure:  # noqa: BLE001  the last resort before a traceback
        code = _explain(failure)
    if code == INTERRUPTED:  # as typer says it
        fail(say("已中断。", "interrupted."), INTERRUPTED)
    raise SystemExit(code if isinstance(code, int) else 0)


def _explain(failure: Exception) -> int:
    if hasattr(failure, "format_message"):
        text = _wrong_use(failure)
        if text.startswith("Usage:"):  # a group of commands without a command
            sys.stderr.write(f"{text}\n")
            raise SystemExit(2)
        fail(text)
    if os.environ.get("SUISHI_DEBUG"):
        raise failure
    if known := full_disk(failure) or no_access(failure):
        fail(known)
    what = f"{type(failure).__name__}: {failure}".rstrip(": ")
    fail(say(f"意外错误（{what}）；设置 SUISHI_DEBUG=1 可查看详情。", f"unexpected failure ({what}); SUISHI_DEBUG=1 shows the details."))


def _wrong_use(failure: Any) -> str:  # noqa: ANN401 - an error of the parser, which typer keeps to itself
    """As the parser words it, and what to do; in Chinese, which it does not speak, by its kind."""
    english = str(failure.format_message())
    use = f"{english.rstrip('.')}; --help shows the use."
    parameter = getattr(failure, "param", None)
    named = parameter.get_error_hint(failure.ctx) if parameter is not None else ""
    match type(failure).__name__:
        case "UsageError" if english.startswith("No such command"):
            _, name, rest = english.split("'", 2)
            every, meant = failure.ctx.command_path, rest.partition("Did you mean ")[2].rstrip("?").replace("'", "")
            zh = f"没有命令“{name}”{_meant(meant)}；{every} --help 列出全部命令。"
            return say(zh, f"{english} {every} --help lists all commands.")
        case "UsageError" if english.startswith("Got unexpected extra argument"):
            zh = f"多余的参数：{english.rpartition('(')[2].rstrip(')')}；加 --help 可查看用法。"
        case "NoSuchOption":
            zh = f"没有选项“{failure.option_name}”{_meant(', '.join(failure.possibilities or ()))}；加 --help 可列出全部选项。"
            return say(zh, f"{english.rstrip('.')}; --help lists all options.")
        case "MissingParameter":
            zh = f"缺少 {named}；加 --help 可查看用法。"
        case "BadParameter":
            return say(f"{named} 的值无效：", f"Invalid value for {named}: ") + _of_value(failure.message)
        case "BadOptionUsage":
            zh = f"选项 {failure.option_name} 缺少值；加 --help 可查看用法。"
        case _:
            zh = use = english
    return say(zh, use)


def _meant(names: str) -> str:
    return f"（是否应为 {names}？）" if names else ""


def _of_value(message: str) -> str:
    """What is wrong with a value; in the parser's own words where it says something else."""
    return next((found.expand(say(zh, en)) for parsed, zh, en in VALUES if (found := re.fullmatch(parsed, message))), message)


def _stop_orderly(number: int, _frame: object) -> None:
    raise SystemExit(128 + number)
