"""`./suishi audit prove`: a file with which anybody can check that an event is sealed, or that nothing before a checkpoint was changed."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from audit.prove.document import Document, written
from audit.prove.making import Unprovable, prove_beginning, prove_event
from commands.app import fail, out
from commands.audit.group import audit
from commands.new_file import check_free, write
from commands.options import file_option, services_of, to_uuid
from commands.reach import database, from_database
from local.language import say
from local.problem import Problem


@audit.command(
    "prove",
    help=say(
        "写出一份证明：某一事件已被封存，或两个检查点之间前后一致（--between）。",
        "Write a proof that an event is sealed, or with --between that one checkpoint goes on from another.",
    ),
)
def prove(
    event: Annotated[str, typer.Argument(metavar="EVENT_ID", help=say("事件编号", "the id of an event"))] = "",
    *,
    between: Annotated[
        tuple[int, int] | None, typer.Option(metavar="SIZE SIZE", help=say("两个检查点的大小", "the sizes of two checkpoints"))
    ] = None,
    service: Annotated[str, typer.Option(help=say("--between 所指的日志", "the log that --between is about"))] = "enrollment",
    to: Annotated[Path | None, file_option("--out", "写入文件，否则写到标准输出", "into a file, not to standard output")] = None,
) -> None:
    if bool(event) == bool(between):
        raise Problem(say("请给出事件编号，或 --between 与两个大小。", "name an event, or two sizes with --between."))
    services_of([service])
    check_free(to)
    dsn = database()
    with from_database(dsn):
        document = _proof(dsn, event, service, between)
    if to is None:
        out.print(written(document), end="", markup=False, highlight=False)
        return
    write(to, written(document).encode())
    out.print(say(f"证明已写入 {to}。", f"the proof is in {to}."), markup=False, highlight=False)


def _proof(dsn: str, event: str, service: str, between: tuple[int, int] | None) -> Document:
    try:
        if between:
            return asyncio.run(prove_beginning(dsn, service, *between))
        return asyncio.run(prove_event(dsn, to_uuid(event, "事件编号", "id of an event")))
    except Unprovable as reason:
        fail(str(reason), 1)
