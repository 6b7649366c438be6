"""`./suishi audit export`: the events of some days in a file for somebody else, with its hash and the checkpoint it belongs to."""

import asyncio
from collections.abc import Iterable
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from audit.export.extract import Altered, Part
from audit.export.files import FORMS, TooManyRows, beside
from audit.export.report import Exported, Reading, export, may_read
from audit.seal.note import unverified
from commands.account import account
from commands.app import fail
from commands.audit.group import audit
from commands.audit.moment import day_option, from_log, in_order
from commands.new_file import check_free
from commands.options import Json
from commands.progress import Bars
from commands.reach import database, from_database, vault_database
from commands.showing import show, show_json
from commands.vault_access import from_vault_at, opening_key
from local.language import say
from local.problem import Problem
from schemas.message import holds_number

LONGEST_PURPOSE = 200


@audit.command(
    "export",
    help=say(
        "把若干日内记录的事件导出为 .xlsx 或 .jsonl；默认只有内部编号，--plain 才含姓名，每次读取都记入日志。",
        "Write the events of some days to an .xlsx or .jsonl file; by internal ids, and with --plain each reading is recorded.",
    ),
)
def export_days(  # noqa: PLR0913 - the options of the command
    file: Annotated[Path, typer.Argument(metavar="FILE", help=say("写入的文件，.xlsx 或 .jsonl", "the file to write, .xlsx or .jsonl"))],
    *,
    first: Annotated[datetime, day_option("--from", "从哪一天记录的起", "recorded from this day on")],
    last: Annotated[datetime, day_option("--to", "到哪一天为止（含）", "up to and with this day")],
    plain: Annotated[
        bool, typer.Option("--plain", help=say("含保险库中的姓名与证件号码", "with names and numbers from the vault"))
    ] = False,
    purpose: Annotated[str, typer.Option(metavar="TEXT", help=say("读取个人信息的用途", "why personal data is read"))] = "",
    as_json: Json = False,
) -> None:
    _check(file, plain=plain, purpose=purpose)
    days = in_order(first.date(), last.date())
    dsn = database()
    reading = _reading(purpose) if plain else None
    if reading is not None:
        asyncio.run(may_read(reading))
    with from_database(dsn), from_log(), Bars() as bars:
        try:
            done = asyncio.run(export(dsn, days, file, reading, lambda told, of: bars.heard("export", told, of)))
        except Altered as altered:
            fail(str(altered), 1)
        except TooManyRows as error:
            raise Problem(say("一张工作表放不下；请导出为 .jsonl。", "a sheet takes no more rows; export to .jsonl.")) from error
    if as_json:
        show_json(_document(file, days, done, purpose=purpose, plain=plain))
    else:
        show(told_lines(file, done))


def _check(file: Path, *, plain: bool, purpose: str) -> None:
    """Before anything is read; raises Problem."""
    if file.suffix not in FORMS:
        raise Problem(say(f"{file} 应以 .xlsx 或 .jsonl 结尾。", f"{file} should end in .xlsx or .jsonl."))
    if plain != bool(purpose.strip()):
        raise Problem(say("--plain 与 --purpose 须一同给出。", "--plain and --purpose go together."))
    if holds_number(purpose) or len(purpose) > LONGEST_PURPOSE:
        zh = f"用途会记入日志：请用不超过 {LONGEST_PURPOSE} 字说明，不写身份证号、电话或账号。"
        en = f"the purpose goes into the log: write at most {LONGEST_PURPOSE} characters without an identity number, telephone or account."
        raise Problem(say(zh, en))
    check_free(file)
    check_free(beside(file))


def _reading(purpose: str) -> Reading:
    """The vault may be away before the logs are read, and when all but the names is written; raises Problem."""
    dsn = vault_database()
    return Reading(account(), purpose, dsn, opening_key(), partial(from_vault_at, dsn))


def _document(file: Path, days: tuple[date, date], done: Exported, *, purpose: str, plain: bool) -> dict[str, Any]:
    services = {part.service: {"first": part.first, "last": part.last, "checkpoint": part.checkpoint} for part in done.parts}
    return {
        "file": file, "sha256": done.file, "content_sha256": done.content, "from": days[0], "to": days[1], "plain": plain,
        "purpose": purpose or None, "events": done.events, "persons": done.persons, "services": services,
    }  # fmt: skip


def told_lines(file: Path, done: Exported) -> Iterable[str]:
    """How many events of whom, the hash of the file, and which positions of each log."""
    zh = f"已写入 {file}：{done.events} 条事件，涉及 {done.persons} 人。"
    yield say(zh, f"{file} written: {done.events} events about {done.persons} persons.")
    yield f"SHA-256 {done.file}"
    if not done.events:
        yield say(
            "这些天没有记录任何事件；--from 与 --to 指记录之日，不是事件生效之日。",
            "no event was recorded on these days; they are days of recording, not those for which something holds.",
        )
    yield from (_line(part) for part in done.parts if part.first)


def _line(part: Part) -> str:
    positions = say(f"第 {part.first} 条至第 {part.last} 条", f"positions {part.first} to {part.last}")
    if part.checkpoint is None:
        sealed = say("尚未封存", "not sealed yet")
    else:
        size = unverified(part.checkpoint).size
        sealed = say(f"在大小为 {size} 的检查点之下", f"under the checkpoint of size {size}")
    return f"    {part.service:<13}  {positions}  {sealed}"
