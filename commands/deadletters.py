"""`./suishi deadletters`: what was refused and why, and a second chance for it."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, Final, TypeVar
from uuid import UUID

import typer
from rich.table import Table

from commands.account import account
from commands.app import app, out
from commands.audit.moment import said
from commands.in_chinese import translated
from commands.letters import Letter, Letters, anew, message_of, redrive
from commands.options import Json, to_uuid
from commands.reach import both, database, from_database, from_kafka, vault_key
from commands.showing import show_json
from local.language import say
from local.problem import Problem
from pipeline.envelope import Record

T = TypeVar("T")
PATIENCE_S = 15.0
LETTER = ("死信编号", "id of a dead letter")
BYTES: Final = ("key", "headers", "value")
TOLD: Final = ("problem", "remedy")
STATES: Final = {"refused": "拒收", "parked": "暂存", "redriven": "已重发"}
CHINESE: Final = {
    "service": "服务", "id": "编号", "reason": "原因", "field": "字段", "problem": "问题", "remedy": "做法", "topic": "主题",
    "partition": "分区", "record_offset": "位移", "recorded_at": "记录于", "redriven_at": "重发于", "key": "键", "headers": "消息头",
    "value": "内容", "state": "状态", "household": "户", "sealed": "已加密", "message_id": "消息编号", "message_source": "消息来源",
    "came_at": "收到于",
}  # fmt: skip
SHOWN = (
    "service", "id", "reason", "field", "problem", "remedy", "topic", "partition", "record_offset", "came_at", "recorded_at", "redriven_at",
)  # fmt: skip
letters_app = typer.Typer(no_args_is_help=True, help=say("查看、重发被拒收的消息。", "Look at refused messages and send them again."))
app.add_typer(letters_app, name="deadletters")


def ask(dsn: str, question: Callable[[Letters], Awaitable[T]]) -> T:
    """One question to the database, in a connection of its own."""

    async def asked() -> T:
        letters = await Letters.of(dsn)
        try:
            return await question(letters)
        finally:
            await letters.close()

    with from_database(dsn):
        return asyncio.run(asked())


@letters_app.command("list", help=say("列出尚未重发的死信及其原因。", "List what was not sent again yet, with the reasons."))
def list_all(*, as_json: Json = False) -> None:
    waiting = ask(database(), Letters.waiting)
    if as_json:
        show_json({"deadletters": [_fields(letter) for letter in waiting]})
    else:
        for letter in waiting:
            out.print(f"{letter.id}  {letter.service}  {_state(_state_of(letter))}  {letter.topic}", markup=False, highlight=False)
            problem, remedy = translated(letter.problem), translated(letter.remedy)
            told = say(f"{letter.field}：{problem}；{remedy}", f"{letter.field}: {problem}; {remedy}")
            out.print(f"    {letter.reason}  {told}", markup=False, highlight=False)
            out.print(f"    {_which(letter)}", markup=False, highlight=False)
        out.print(say(f"共 {len(waiting)} 条。", f"{len(waiting)} in all."), highlight=False)


def _which(letter: Letter) -> str:
    """The message by its own name, and when it came."""
    came, (name, source) = said(letter.came_at), letter.message
    if letter.sealed:
        en = f"came {came}; the message is sealed: deadletters show names it, and writes down that you looked"
        return say(f"收到于 {came}；消息已加密，用 deadletters show 查看（会留下记录）", en)
    zh = f"消息 {name or '（无法读取）'}，来源 {source or '（无法读取）'}，收到于 {came}"
    return say(zh, f"message {name or '(unreadable)'} of {source or '(unreadable)'}, came {came}")


@letters_app.command(
    help=say("显示一条死信的原文；加密原文的查看会留下记录。", "Show one with its bytes; reading a sealed one is written down.")
)
def show(identity: Annotated[str, typer.Argument(metavar="ID")], *, as_json: Json = False) -> None:
    letter_id, dsn = to_uuid(identity, *LETTER), database()

    async def read(letters: Letters) -> tuple[Letter, Record]:
        letter = await letters.find(letter_id)
        return letter, await letters.read(letter, vault_key() if letter.sealed else "", account())

    letter, record = ask(dsn, read)
    fields = {**_fields(letter, record), "key": _text(record.key), "value": _text(record.value)}
    fields["headers"] = [[name, _text(value)] for name, value in record.headers]
    if as_json:
        show_json(fields)
        return
    table = Table(show_header=False, show_edge=False)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in fields.items():
        if value is None or name in BYTES:
            continue
        table.add_row(_label(name), _shown(name, value))
    out.print(table, markup=False, highlight=False, soft_wrap=False)
    # Whole, however long: somebody copies it into a file.
    for name in BYTES:
        for line in _bytes(name, fields[name], record):
            out.print(line, markup=False, highlight=False)


def _shown(name: str, value: object) -> str:
    if isinstance(value, datetime):
        return said(value)
    if isinstance(value, bool):
        return say("是", "yes") if value else say("否", "no")
    if name == "state":
        return _state(str(value))
    return translated(str(value)) if name in TOLD else str(value)


def _state(state: str) -> str:
    return say(STATES[state], state)


def _bytes(name: str, value: object, record: Record) -> Iterator[str]:
    """One below the other; nothing where the message has none."""
    told = [": ".join(str(part) for part in header) for header in record_headers(record)] if name == "headers" else [value]
    yield from (f"{_label(name)}: {one}" if name != "value" else f"{_label(name)}:\n{one}" for one in told if one is not None)


def _label(name: str) -> str:
    return say(CHINESE.get(name, name), name)


def record_headers(record: Record) -> list[tuple[str, str | None]]:
    return [(name, _text(value)) for name, value in record.headers]


@letters_app.command("redrive", help=say("把死信按原样重新发布到原主题。", "Publish one, or all, to the original topic once more."))
def redrive_chosen(
    identity: Annotated[str | None, typer.Argument(metavar="ID")] = None,
    *,
    every: Annotated[bool, typer.Option("--all", help=say("全部", "all of them"))] = False,
) -> None:
    if every == (identity is not None):
        raise Problem(say("请给出一个编号，或 --all。", "name one id, or --all."))
    stack = both()
    chosen = ask(stack.database, lambda letters: _chosen(letters, to_uuid(identity, *LETTER) if identity else None))
    key = vault_key() if any(letter.sealed for letter in chosen) else ""

    async def again(letters: Letters) -> tuple[set[UUID], Sequence[Letter]]:
        before = await letters.newest()
        answered = await redrive(stack, letters, chosen, key, PATIENCE_S)
        return answered, await letters.since(before)

    with from_kafka(stack.kafka):
        answered, since = ask(stack.database, again)
    refused = anew(chosen, since, key)
    _say_what_came_of(refused, len(answered - refused.keys()), len(since) - len(refused), len(chosen) - len(answered | refused.keys()))


async def _chosen(letters: Letters, identity: UUID | None) -> Sequence[Letter]:
    waiting = await letters.waiting()
    if identity is None:
        return waiting
    letter = await letters.find(identity)
    if letter.redriven_at is not None:
        raise Problem(say(f"{identity} 已经重发过。", f"{identity} was sent again before."))
    first = next(one for one in waiting if (one.service, one.stream or one.id) == (letter.service, letter.stream or letter.id))
    if first.id != identity:
        raise Problem(say(f"该户更早的 {first.id} 须先重发。", f"an earlier message of this household goes first: {first.id}"))
    return [letter]


def _say_what_came_of(refused: Mapping[UUID, UUID], taken: int, others: int, left: int) -> None:
    """`others` were set aside meanwhile and are none of those that were sent; of those that are `left` nothing was heard."""
    out.print(say(f"已重发并处理 {taken} 条。", f"{taken} sent again and taken."), highlight=False)
    for before, now in refused.items():
        out.print(say(f"{before} 再次被拒收，现编号为 {now}。", f"{before} was refused anew, now as {now}."), highlight=False)
    if others:
        zh = f"同时另有 {others} 条被拒收；见 deadletters list。"
        out.print(say(zh, f"{others} others set aside since; see: deadletters list"), highlight=False)
    if left:
        zh = f"{left} 条尚未处理：原因可能仍在，或服务未运行（见 ./suishi status）。"
        out.print(
            say(zh, f"{left} not taken: the cause may still be there, or the service not running (see ./suishi status)."), highlight=False
        )
    if left or others or refused:
        raise typer.Exit(1)


def _fields(letter: Letter, opened: Record | None = None) -> dict[str, Any]:
    name, source = message_of(opened) if opened else letter.message
    named = {"message_id": name, "message_source": source}
    told = {"state": _state_of(letter), "household": letter.stream, "sealed": letter.sealed}
    return {**{name: getattr(letter, name) for name in SHOWN}, **named, **told}


def _state_of(letter: Letter) -> str:
    return "redriven" if letter.redriven_at else "parked" if letter.stream else "refused"


def _text(part: bytes | None) -> str | None:
    """Bytes that are no UTF-8 in hexadecimal."""
    try:
        return part.decode() if part is not None else None
    except UnicodeDecodeError:
        return f"hex:{part.hex() if part else ''}"
