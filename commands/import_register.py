"""`./suishi import-register`: a county's register of before, as a sheet, becomes the opening balance of the log."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from commands.account import account
from commands.app import app, out, steps
from commands.divisions import divisions, usual_table
from commands.new_file import check_free
from commands.options import Json
from commands.pack import from_packs, usual_pack
from commands.reach import answers, both, database, from_database, from_kafka, runs, vault_database
from commands.showing import show_json
from commands.system import folder
from commands.vault_access import from_database_of_vault, from_vault, opening_key
from local.language import say
from local.problem import Problem
from local.services import Report, all_in
from local.stack import named_by_environment
from schemas.clock import COUNTY_TIME
from schemas.enrollment import RegisterHousehold
from schemas.message import Message
from schemas.topics import COMMANDS
from services.enrollment import packs
from services.enrollment.vault_keys import Keys

SHOWN: Final = 20


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong on a row of the sheet, and how to mend it."""

    row: int
    column: str
    problem: str
    remedy: str


@dataclass
class Outcome:
    """What the sheet holds, what is wrong in it, and what became of the rest, or would become of it where a system was `asked`.

    `households` are right in the sheet, and `held_back` are those of which a row is wrong in it.
    It was asked by the rules of `pack` and by the villages of `division_table`, None where no table was read. Where a `problem` stood in
    the way, only what is said of the sheet counts.
    An earlier copy of the sheet is left as it is.
    """

    rows: int
    households: int
    enrolled: int
    pairings: int
    held_back: int
    findings: list[Finding] = field(default_factory=list[Finding])
    asked: bool = False
    pack: str | None = None
    division_table: str | None = None
    without_table: bool = False
    brought_in: int = 0
    brought_in_enrolled: int = 0
    there_before: int = 0
    refused: int = 0
    problem: str | None = None
    errors_file: str | None = None
    earlier_copy: str | None = None


@app.command(
    help=say(
        "把既有登记册（.xlsx，每人一行）作为期初登记导入；先检查全部行，--dry-run 只检查。有错误时退出码为 1。",
        "Bring a register that was kept before in as the opening balance, from an .xlsx with a row for each person. Every row is checked "
        "before anything is sent; --dry-run only checks. The exit code is 1 when something is wrong.",
    )
)
def import_register(
    file: Annotated[Path, typer.Argument(metavar="FILE.xlsx", help=say("工作簿", "the workbook"))],
    *,
    template: Annotated[bool, typer.Option("--template", help=say("写出空白模板", "write an empty sheet to fill in"))] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help=say("只检查，不导入", "check only, bring nothing in"))] = False,
    as_json: Json = False,
) -> None:
    from commands.register_sheet import book, households  # noqa: PLC0415 - a spreadsheet library that only this command needs

    if template:
        _write_template(file)
        return
    steps.print(say(f"正在读取 {file}……", f"reading {file} ..."), markup=False, highlight=False)
    reading = households.read_households(book.rows(file), datetime.now(COUNTY_TIME).date())
    if not reading.rows:
        raise Problem(
            say(
                f"{file} 中没有可导入的行；请在列名下每人填写一行。",
                f"{file} has no row to bring in; write one for each person below the headings.",
            )
        )
    found = reading.households
    enrolled, paired = sum(one.enrolled for one in found), sum(bool(one.cadre) for one in found)
    outcome = Outcome(reading.rows, len(found), enrolled, paired, held_back=len(reading.groups) - len(found))
    faults, problem = list(reading.faults), None
    try:
        faults += (_ask if dry_run else _bring_in)(reading, outcome) if found else ()
    except Problem as failure:  # what is wrong in the sheet is known all the same
        problem, outcome.problem = failure, str(failure)
    faults.sort(key=lambda one: one.row)
    outcome.findings = [Finding(f.row, f.column, say(*f.problem), say(*f.remedy)) for f in faults]
    if faults:
        earlier = book.latest_errors(file)
        outcome.earlier_copy = str(earlier) if earlier is not None else None
        outcome.errors_file = str(book.write_errors(file, book.errors_of(faults, reading.groups)))
    _tell(outcome, dry_run=dry_run, as_json=as_json)
    if problem is not None:
        raise problem
    if faults:
        raise typer.Exit(1)


def _write_template(file: Path) -> None:
    from commands.register_sheet import book  # noqa: PLC0415 - as above

    if file.suffix != ".xlsx":
        raise Problem(say(f"{file} 应以 .xlsx 结尾。", f"{file} should end in .xlsx."))
    check_free(file)
    book.write_template(file)
    out.print(say(f"已写入 {file}，第二张表说明各列。", f"{file} written; its second sheet explains the columns."), markup=False)


def _bring_in(reading: Any, outcome: Outcome) -> Sequence[Any]:  # noqa: ANN401 - a Reading, whose module is imported when it is asked for
    """Sends what was not sent before and waits until each was answered; gives what the services refused."""
    from commands.register_sheet.delivery import bring_in  # noqa: PLC0415 - as above

    stack = both()
    check_services()
    sent = _messages(reading, Keys.from_text(opening_key()))
    with from_kafka(stack.kafka), from_database(stack.database):
        delivered = asyncio.run(bring_in(stack, sent))
    outcome.brought_in, outcome.there_before, outcome.refused = len(delivered.came_in), delivered.there_before, len(delivered.refused)
    outcome.brought_in_enrolled = sum(_is_enrolled(one.envelope.data) for one in delivered.came_in)
    if not named_by_environment():
        outcome.division_table, outcome.without_table = (str(table), False) if (table := usual_table()) else (None, True)
    return [*delivered.refused, *delivered.unplaced]


def check_services() -> None:
    """Before anything is sent that nobody would take in; raises Problem. Of servers that the environment names nothing is known here."""
    if named_by_environment():
        return
    stopped = [service.name for service in all_in(folder()) if service.name in COMMANDS and service.report() == Report()]
    if stopped:
        zh = f"{'、'.join(stopped)} 未运行，未发送任何消息；请先执行 ./suishi up。"
        are = "is" if len(stopped) == 1 else "are"
        raise Problem(say(zh, f"{', '.join(stopped)} {are} stopped, and nothing was sent; start it with ./suishi up."))


def _is_enrolled(registration: Message) -> bool:
    return isinstance(registration, RegisterHousehold) and registration.opening is not None and registration.opening.enrolled is not None


def _ask(reading: Any, outcome: Outcome) -> Sequence[Any]:  # noqa: ANN401 - as above
    """What the system that runs would refuse; nothing is sent."""
    from commands.register_sheet.asking import Databases, ask  # noqa: PLC0415 - as above

    if not runs():
        return ()
    keys, pack, table = Keys.from_text(opening_key()), usual_pack(), usual_table()
    with from_packs():
        policies = replace(packs.load_all(pack), divisions=divisions(table) if table is not None else None)
    registrations = [one for one in _messages(reading, keys) if isinstance(one.envelope.data, RegisterHousehold)]
    where = Databases(database(), vault_database())
    with from_database_of_vault(where.vault):
        asyncio.run(answers(where.vault))
    with from_database(where.register), from_vault():
        answer = asyncio.run(ask(where, registrations, policies, keys))
    outcome.asked, outcome.pack, outcome.division_table = True, pack, str(table) if table is not None else None
    outcome.there_before, outcome.refused = answer.before, answer.refused
    return answer.faults


def _messages(reading: Any, keys: Keys) -> list[Any]:  # noqa: ANN401 - as above
    from commands.register_sheet import messages  # noqa: PLC0415 - as above

    sender = messages.Sender(f"clerk:{account()}", datetime.now(UTC), keys.names())
    return list(messages.messages(reading.households, reading.addresses, sender))


def _tell(outcome: Outcome, *, dry_run: bool, as_json: bool) -> None:
    if as_json:
        show_json(asdict(outcome))
        return
    for one in outcome.findings[:SHOWN]:
        where = say(f"第 {one.row} 行", f"row {one.row}")
        out.print(f"{where}  {one.column}{say('：', ': ')}{one.problem}{say('；', '; ')}{one.remedy}", markup=False, highlight=False)
    if (more := len(outcome.findings) - SHOWN) > 0:
        out.print(say(f"另有 {more} 处。", f"and {more} more."), highlight=False)
    zh = f"{outcome.rows} 行；表内无误 {outcome.households} 户，其中已纳入 {outcome.enrolled} 户，结对 {outcome.pairings} 户"
    right = f"{outcome.households} households are right in the sheet, {outcome.enrolled} of them enrolled, {outcome.pairings} paired"
    held = outcome.held_back
    waiting = say(f"；有误而不导入 {held} 户。", f"; {held} held back by wrong rows.") if held else say("。", ".")
    out.print(say(zh, f"{outcome.rows} rows; {right}") + waiting, highlight=False)
    if outcome.households and outcome.problem is None:
        _tell_answer(outcome, dry_run=dry_run)
    if outcome.errors_file:
        out.print(
            say(f"带“错误”列的副本：{outcome.errors_file}", f"a copy with a column 错误: {outcome.errors_file}"),
            markup=False,
            highlight=False,
        )
    if outcome.earlier_copy:
        zh = f"此前的副本 {outcome.earlier_copy} 保持原样，未被覆盖；若已在其中改正，请导入它。"
        en = f"the earlier copy {outcome.earlier_copy} was left as it is; if it was mended, bring that one in."
        out.print(say(zh, en), markup=False, highlight=False)


def _tell_answer(outcome: Outcome, *, dry_run: bool) -> None:
    """What became of the right households, or would."""
    if outcome.asked:
        new = outcome.households - outcome.there_before - outcome.refused
        zh = f"其中此前已导入 {outcome.there_before} 户，将被拒 {outcome.refused} 户，可导入 {new} 户。"
        en = f"{outcome.there_before} there before, {outcome.refused} would be refused, {new} would come in."
        out.print(f"{_asked_by(outcome)}{say(zh, en)}", markup=False, highlight=False)
    elif dry_run:
        zh = "系统未运行：只检查了表格，未核对登记册、政策包和区划表。"
        en = "Nothing runs here: only the sheet was checked, and not the register, the pack and the division table."
        out.print(say(zh, en), highlight=False)
    else:
        came, enrolled = outcome.brought_in, outcome.brought_in_enrolled
        zh = f"新导入 {came} 户，其中已纳入 {enrolled} 户；此前已导入 {outcome.there_before} 户，被拒 {outcome.refused} 户。"
        en = f"{came} brought in, {enrolled} of them enrolled; {outcome.there_before} there before, {outcome.refused} refused."
        out.print(say(zh, en), highlight=False)
        if outcome.without_table:
            en = "The system has no division table, so that no village was checked."
            out.print(say("系统没有区划表，未核对村代码。", en), highlight=False)


def _asked_by(outcome: Outcome) -> str:
    pack, table = outcome.pack, outcome.division_table
    if table is None:
        zh = f"按当前登记册和政策包 {pack} 核对（无区划表，未核对村代码）："
        return say(zh, f"By the register and the pack {pack}, without a division table, so that no village was checked: ")
    return say(f"按当前登记册、政策包 {pack} 和区划表 {table} 核对：", f"By the register, the pack {pack} and the division table {table}: ")
