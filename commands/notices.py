"""`./suishi notices`: which public notices hang, and each as a page to print."""

import asyncio
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Final
from uuid import UUID

import asyncpg
import typer

from audit.snapshot import snapshot
from commands.account import account
from commands.app import app, out, steps
from commands.divisions import named_divisions
from commands.options import Json, to_uuid
from commands.reach import database, from_database, vault_database
from commands.showing import show_json
from commands.vault_access import from_vault_at, opening_key
from local.language import say
from local.problem import Problem
from pipeline.postgres import connect
from services.enrollment import packs
from services.enrollment.domain.household.stays import HEAD
from services.enrollment.masking import head_of
from services.enrollment.notice import Notice, page
from services.enrollment.vault import Vault
from services.enrollment.vault_keys import Keys

# `head` is the head of the household, or else whoever was registered with it first.
ROWS: Final = """
SELECT n.case_id, n.household, n.kind, n.posted_on, n.until, n.taken_down_on, n.why, h.village_code, h.member_count, h.category,
    coalesce(n.type, h.type) AS type,
    c.pack, (SELECT person FROM enrollment.members m WHERE m.household = n.household AND m.until IS NULL
        ORDER BY relation = ANY($2::text[]) DESC, position, person LIMIT 1) AS head
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
    state = say(f"  {down} 撤下（{row['why']}）", f"  down {down} ({row['why']})") if down is not None else ""
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
    with from_vault_at(vault):
        known = asyncio.run(_known(vault, row["head"], opening_key())) if row["head"] is not None else {}
    file.write_text(page(notice(row, known)), encoding="utf-8")
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
    """Before the vault is read, which is written down; leaves what is there, and makes no file."""
    folder = file.parent
    if file.is_dir():
        raise Problem(say(f"{file} 是一个目录；请给出文件名。", f"{file} is a folder; name a file."))
    if not folder.is_dir():
        raise Problem(
            say(f"目录 {folder} 不存在；请先建立，或换一个文件。", f"there is no folder {folder}; make it, or name another file.")
        )
    if not os.access(file if file.exists() else folder, os.W_OK):
        raise Problem(say(f"无法写入 {file}；请换一个可写的位置。", f"{file} cannot be written; name a place where you may write."))


def hanging(rows: Sequence[Any], case: UUID) -> Any:  # noqa: ANN401 - a row of asyncpg
    """The last notice of a case, unless it is over: what came down does not go up again."""
    if not rows:
        raise Problem(say(f"案卷 {case} 没有公示。", f"the case {case} has no notice."))
    last = rows[-1]
    if last["taken_down_on"] is not None:
        zh = f"案卷 {case} 的公示已于 {last['taken_down_on']} 撤下，不能再打印。"
        raise Problem(say(zh, f"the notice of {case} was taken down on {last['taken_down_on']} and can be printed no more."))
    return last


def notice(row: Any, known: dict[str, Any]) -> Notice:  # noqa: ANN401 - a row of asyncpg
    code: str = row["village_code"]
    types = (row["type"],) if row["type"] else _types(row["pack"], row["category"])
    return Notice(
        row["kind"],
        head_of(known, row["posted_on"]),
        named_divisions().name(code),
        types,
        row["member_count"],
        row["posted_on"],
        row["until"],
    )


def _types(pack: str, category: str) -> tuple[str, ...]:
    """What the county may decide on for a household of this category."""
    return tuple(one.name for one in packs.load(pack).household_types if category in one.categories)


async def _rows(dsn: str, case: UUID | None = None) -> list[asyncpg.Record]:
    async with snapshot(dsn) as connection:
        return await connection.fetch(ROWS, case, sorted(HEAD))


async def _known(dsn: str, person: UUID, key: str) -> dict[str, Any]:
    """What the vault knows of a person; it writes down who asked."""
    pool = await connect(dsn, "vault", size=1)
    try:
        return await Vault(pool, Keys.from_text(key)).read(person, account(), "notices print")
    finally:
        await pool.close()
