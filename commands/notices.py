"""`./suishi notices`: which public notices hang, and each as a page to print."""

import asyncio
from collections.abc import Sequence
from functools import reduce
from pathlib import Path
from typing import Annotated, Any, Final
from uuid import UUID

import asyncpg
import typer

from audit.histories import histories
from audit.snapshot import snapshot
from commands.account import account
from commands.app import app, out, steps
from commands.audit.moment import from_log
from commands.audit.telling import called
from commands.divisions import named_divisions
from commands.new_file import check_free, write
from commands.options import Json, to_uuid
from commands.reach import database, from_database, vault_database
from commands.showing import show_json
from commands.vault_access import from_vault_at, opening_key
from local.language import say
from local.problem import Problem
from pipeline.postgres import connect
from services.enrollment import packs
from services.enrollment.domain.evolution import evolve
from services.enrollment.domain.household.state import Household, State, Unregistered
from services.enrollment.domain.household.stays import HEAD
from services.enrollment.masking import head_of
from services.enrollment.notice import Notice, page
from services.enrollment.vault import Vault
from services.enrollment.vault_keys import Keys

ROWS: Final = """
SELECT n.case_id, n.position, n.household, n.kind, n.posted_on, n.until, n.taken_down_on, n.why, h.village_code,
    coalesce(n.type, h.type) AS type, c.pack
FROM enrollment.notices n JOIN enrollment.households h USING (household) JOIN enrollment.cases c USING (case_id)
WHERE ($1::uuid IS NULL OR n.case_id = $1) ORDER BY n.posted_on, n.position"""
SHOWN: Final = ("case_id", "household", "kind", "village_code", "posted_on", "until", "taken_down_on", "why")
notices = typer.Typer(no_args_is_help=True, help=say("列出公示，打印公示页。", "List public notices and print them."))
app.add_typer(notices, name="notices")


@notices.command("list", help=say("列出张贴中的公示；--all 包括已撤下的。", "List the notices that hang; --all those taken down as well."))
def list_all(
    *, every: Annotated[bool, typer.Option("--all", help=say("包括已撤下的", "those taken down as well"))] = False, as_json: Json = False
) -> None:
    dsn = database()
    with from_database(dsn):
        found = [row for row in asyncio.run(_rows(dsn)) if every or row["taken_down_on"] is None]
    if as_json:
        document = {"notices": [{name: row[name] for name in SHOWN} for row in found]}
        show_json(document)
        return
    for row in found:
        out.print(_line(row), markup=False, highlight=False)
    out.print(say(f"共 {len(found)} 张。", f"{len(found)} in all."), highlight=False)


def _line(row: asyncpg.Record) -> str:
    kind = say("纳入", "entry") if row["kind"] == "entry" else say("退出", "exit")
    down = row["taken_down_on"]
    why = called(row["why"] or "", "why")
    state = say(f"  {down} 撤下（{why}）", f"  down {down} ({why})") if down is not None else ""
    return f"{row['case_id']}  {kind}  {row['posted_on']} - {row['until']}  {row['village_code']}{state}"


@notices.command(
    "print", help=say("把一张公示写成可打印的 A4 网页；读取姓名会留下记录。", "Write a page for A4; that the name is read is written down.")
)
def print_page(
    case: Annotated[str, typer.Argument(metavar="CASE", help=say("案卷编号", "the case's id"))],
    file: Annotated[Path, typer.Argument(metavar="FILE.html", help=say("写入的文件", "the file to write"))],
    *,
    as_json: Json = False,
) -> None:
    identity, dsn, vault = to_uuid(case, "案卷编号", "id of a case"), database(), vault_database()
    _writable(file)
    with from_database(dsn):
        row = hanging(asyncio.run(_rows(dsn, identity)), identity)
        with from_log():
            household = asyncio.run(_as_posted(dsn, row))
    head = _head(household)
    with from_vault_at(vault):
        known = asyncio.run(_known(vault, head, opening_key())) if head is not None else {}
    write(file, page(_notice(row, household, known)).encode())
    if as_json:
        show_json({"case": identity, "file": str(file), "until": row["until"]})
    else:
        out.print(say(f"已写入 {file}，张贴至 {row['until']}。", f"{file} written; it hangs until {row['until']}."), markup=False)
    if not known:
        zh = "保险库没有户主的信息（或已删除），姓名以 ** 代替。"
        steps.print(
            say(zh, "the vault holds nothing of the head, or it was erased; ** stands for the name."), markup=False, highlight=False
        )


def _writable(file: Path) -> None:
    """Before the vault is read, which is written down; makes no file."""
    if file.suffix != ".html":
        raise Problem(say(f"{file} 应以 .html 结尾。", f"{file} should end in .html."))
    check_free(file)


def hanging(rows: Sequence[Any], case: UUID) -> Any:  # noqa: ANN401 - a row of asyncpg
    """The last notice of a case, unless it is over: what came down does not go up again."""
    if not rows:
        raise Problem(say(f"案卷 {case} 没有公示。", f"the case {case} has no notice."))
    last = rows[-1]
    if last["taken_down_on"] is not None:
        zh = f"案卷 {case} 的公示已于 {last['taken_down_on']} 撤下，不能再打印。"
        raise Problem(say(zh, f"the notice of {case} was taken down on {last['taken_down_on']} and can be printed no more."))
    return last


def _head(household: Household) -> UUID | None:
    """The head of the household, or else whoever was registered with it first; None where everybody is gone."""
    stays = [stay for stay in household.stays if stay.lasts]
    return min(stays, key=lambda stay: stay.relation not in HEAD).person if stays else None


def _notice(row: Any, household: Household, known: dict[str, Any]) -> Notice:  # noqa: ANN401 - a row of asyncpg
    types = (row["type"],) if row["type"] else _types(row["pack"], household.category)
    village, head = named_divisions().name(household.village_code), head_of(known, row["posted_on"])
    return Notice(row["kind"], head, village, types, len(household.members), row["posted_on"], row["until"])


def _types(pack: str, category: str) -> tuple[str, ...]:
    """What the county may decide on for a household of this category."""
    return tuple(one.name for one in packs.load(pack).household_types if category in one.categories)


async def _rows(dsn: str, case: UUID | None = None) -> list[asyncpg.Record]:
    async with snapshot(dsn) as connection:
        return await connection.fetch(ROWS, case)


async def _as_posted(dsn: str, row: Any) -> Household:  # noqa: ANN401 - a row of asyncpg
    """What the village read when the notice went up holds for as long as it hangs, whatever became of the household since."""
    state: State = Unregistered()
    async with snapshot(dsn) as connection:
        async for _, recorded in histories(connection, [row["household"]]):
            state = reduce(evolve, (one.event for one in recorded if one.position <= row["position"]), state)
    if not isinstance(state, Household):  # a notice is posted in the stream of its household
        raise TypeError(row["household"])
    return state


async def _known(dsn: str, person: UUID, key: str) -> dict[str, Any]:
    """What the vault knows of a person; it writes down who asked."""
    pool = await connect(dsn, "vault", size=1)
    try:
        return await Vault(pool, Keys.from_text(key)).read(person, account(), "notices print")
    finally:
        await pool.close()
