"""`./suishi publish`: checks a file as the services would, then sends what is right to its topics."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from commands.app import app, out, steps
from commands.cloud_events import Checked
from commands.options import Json
from commands.progress import Bars
from commands.reach import from_kafka, kafka
from commands.showing import show_json
from commands.validate import check_shown, findings, hints, show, told
from local.language import say
from pipeline.envelope import Record
from pipeline.kafka import Connection

LARGEST = 8 << 20
AT_ONCE = 2_000


@app.command(
    help=say(
        "检查并发布文件中的消息；有消息被拒时退出码为 1。",
        "Check the messages of a file and publish the right ones. The exit code is 1 when one is refused.",
    )
)
def publish(
    file: Annotated[Path, typer.Argument(help=say("JSON 行文件", "a file of JSON lines"))],
    *,
    as_json: Json = False,
) -> None:
    checked = _check(file)
    accepted = [message.record for message in checked if message.record is not None]
    found, hinted, connection = findings(checked), hints(checked), kafka()
    with from_kafka(connection), Bars() as bars:
        asyncio.run(send_in_batches(connection, accepted, bars))
    refused = len(checked) - len(accepted)
    if as_json:
        document = {"accepted": len(accepted), "refused": refused, **told(found, hinted)}
        show_json(document)
    else:
        show([*found, *hinted])
        out.print(_summary(len(accepted), refused), markup=False, highlight=False)
    if refused:
        raise typer.Exit(1)


def _check(file: Path) -> list[Checked]:
    """Whoever interrupts it is told that nothing is on its way."""
    try:
        return check_shown(file)
    except KeyboardInterrupt:
        steps.print(say("尚未发送任何消息。", "nothing was sent."), markup=False, highlight=False)
        raise


def _summary(published: int, refused: int) -> str:
    """What the services make of it comes later, and is told elsewhere."""
    zh = f"已发布 {published} 条，此处拒绝 {refused} 条。服务若拒绝：见 audit refusals 与 deadletters list。"
    return say(zh, f"{published} published, {refused} refused here. What a service refuses: audit refusals, deadletters list.")


async def send_in_batches(connection: Connection, records: Sequence[Record], bars: Bars) -> None:
    """As `send`; whoever interrupts it is told how many are on their way."""
    for start in range(0, len(records), AT_ONCE):
        try:
            await send(connection, records[start : start + AT_ONCE])
        except asyncio.CancelledError:
            interrupted(start, len(records))
            raise
        bars.heard(say("发送", "sending"), min(start + AT_ONCE, len(records)), len(records))


def interrupted(sent: int, of: int) -> None:
    """Says what becomes of them."""
    zh, en = (
        (f"{of} 条消息已全部发送", f"all {of} messages were sent")
        if sent == of
        else (f"{of} 条消息中已发送至少 {sent} 条", f"at least {sent} of {of} messages were sent")
    )
    zh = f"{zh}，系统会照常处理；再次执行同一命令可看到结果，未发送的会补发，已发送的不会重复生效。"
    en = f"{en} and will be taken in; the same command again shows it and sends what is left, and nothing counts twice."
    steps.print(say(zh, en), markup=False, highlight=False)


async def send(connection: Connection, records: Sequence[Record]) -> None:
    """In their order, each to its partition or, where that is -1, to the one of its key; raises when one was not taken."""
    async with connection.producer(max_request_size=LARGEST) as producer:
        sent = [await producer.send(record.topic, **_parts(record)) for record in records]
        await asyncio.gather(*sent)


def _parts(record: Record) -> dict[str, Any]:
    partition = record.partition if record.partition >= 0 else None
    return {"value": record.value, "key": record.key, "partition": partition, "headers": list(record.headers)}
