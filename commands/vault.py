"""`./suishi vault`: what lies in the vault of a person, destroyed by two persons after the time of the law."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Annotated, Any, Final
from uuid import UUID, uuid4

import asyncpg
import orjson
import typer

from commands.app import Listed, app, out
from commands.options import Json, to_uuid
from commands.publish import send
from commands.reach import both, from_database, from_kafka
from commands.showing import show_json
from local.language import say
from local.problem import Problem
from local.stack import Stack
from pipeline.envelope import Record
from schemas.enrollment import ConfirmErasure, RequestErasure
from schemas.topics import COMMANDS
from services.enrollment.refusals import text_of
from services.enrollment.translate.custody import custody_stream

SOURCE: Final = "/suishi/vault"
PATIENCE_S: Final = 30
POLL_S: Final = 0.2
ANSWER: Final = "SELECT state ->> 'reason_code', state ->> 'until' FROM enrollment.events WHERE stream = $1 AND causation = $2"
ASKED: Final = "SELECT 1 FROM enrollment.events WHERE stream = $1 AND topic = 'enrollment.erasure-requested' AND state ->> 'by' = $2"
ALSO: Final = "SELECT state -> 'also' FROM enrollment.events WHERE stream = $1 AND topic = 'enrollment.person-erased'"
KEYLESS: Final = "SELECT erased_at FROM vault.persons WHERE person = $1 AND erased_at IS NOT NULL"
vault = typer.Typer(cls=Listed, no_args_is_help=True, help=say("删除一个人在保险库中的信息。", "Erase what the vault holds of a person."))
app.add_typer(vault, name="vault")


@vault.callback()
def of_vault() -> None:
    """Keeps `erase` a command of its own."""


@vault.command(
    help=say(
        "删除一个人的个人信息：一人以 --reason 申请，另一人以 --confirm 确认；法定保存期满后方可。",
        "Erase who a person was: one asks with --reason, another confirms with --confirm, after the time that the law wants it kept.",
    )
)
def erase(
    person: Annotated[str, typer.Argument(metavar="PERSON", help=say("人员编号（UUID）", "the person's id, a UUID"))],
    *,
    by: Annotated[str, typer.Option("--by", help=say("办理人，如 officer:zhou", "who asks, for instance officer:zhou"))],
    reason: Annotated[str, typer.Option("--reason", help=say("申请的理由（存入保险库）", "why; it goes to the vault"))] = "",
    confirm: Annotated[bool, typer.Option("--confirm", help=say("确认他人的申请", "confirm what another asked for"))] = False,
    as_json: Json = False,
) -> None:
    if confirm == bool(reason):
        raise Problem(say("请给出 --reason 或 --confirm 之一。", "name one of --reason and --confirm."))
    identity, stack = to_uuid(person, "人员编号", "id of a person"), both()
    data = ConfirmErasure(person_id=identity) if confirm else RequestErasure(person_id=identity, reason=reason)
    with from_kafka(stack.kafka), from_database(stack.database):
        answer = asyncio.run(_ask(stack, identity, data, by))
    if as_json:
        show_json({"person": identity, **answer})
    else:
        out.print(_sentence(answer), markup=False, highlight=False)
    if answer["refused"]:
        raise typer.Exit(1)


async def _ask(stack: Stack, person: UUID, data: RequestErasure | ConfirmErasure, by: str) -> dict[str, Any]:
    """What came of it: `done` is requested or erased, `refused` a reason code, `until` the last local date of refusal.

    `also` are the entries that were erased with his.
    """
    message, stream = str(uuid4()), custody_stream(str(person))
    attributes = {
        "specversion": "1.0",
        "id": message,
        "source": SOURCE,
        "type": data.TYPE,
        "time": datetime.now(UTC).isoformat(timespec="seconds"),
        "authtype": "user",
        "authid": by,
    }
    headers = (*((f"ce_{name}", text.encode()) for name, text in attributes.items()), ("content-type", b"application/json"))
    value = data.model_dump_json().encode()
    connection = await asyncpg.connect(stack.database)
    try:
        await send(stack.kafka, [Record(COMMANDS["enrollment"], -1, -1, 0, str(stream).encode(), value, headers)])
        return await asyncio.wait_for(_answer(connection, person, message, "" if isinstance(data, ConfirmErasure) else by), PATIENCE_S)
    except TimeoutError as error:
        zh = "服务尚未答复；请求已发出，见 ./suishi status。"
        raise Problem(say(zh, "no answer yet; the request is on its way, see ./suishi status.")) from error
    finally:
        await connection.close()


async def _answer(connection: asyncpg.Connection, person: UUID, message: str, asks: str) -> dict[str, Any]:
    """`asks` is who requests it, "" of a confirmation; who asked before has his answer already."""
    stream = custody_stream(str(person))
    while True:
        for code, until in await connection.fetch(ANSWER, stream, message):
            if code is not None:
                return {"done": None, "refused": code, "until": until, "also": []}
        if await connection.fetchval(KEYLESS, person) is not None:
            also = orjson.loads(await connection.fetchval(ALSO, stream) or "[]")
            return {"done": "erased", "refused": None, "until": None, "also": also}
        if await connection.fetchval(ASKED, stream, asks) is not None:
            return {"done": "requested", "refused": None, "until": None, "also": []}
        await asyncio.sleep(POLL_S)


def _sentence(answer: dict[str, Any]) -> str:
    if answer["refused"]:
        text, remedy = text_of(answer["refused"])
        until = say(f"（截至 {answer['until']}）", f" (until {answer['until']})") if answer["until"] else ""
        return f"{text}{until} {remedy}"
    if answer["done"] == "requested":
        return say("已申请；请由另一人以 --confirm 确认。", "requested; another person confirms it with --confirm.")
    zh = f"已删除：密钥已销毁。{_with_him(answer['also'])}旧备份中的保险库仍含此人信息，须一并销毁。"
    return say(
        zh, f"erased: the key is destroyed.{_with_him(answer['also'])} Older backups of the vault still hold it; destroy them as well."
    )


def _with_him(also: list[str]) -> str:
    if not also:
        return ""
    return say(
        f"与其为同一人的登记一并删除：{'、'.join(also)}。", f" So are those of the entries that are one with him: {', '.join(also)}."
    )
