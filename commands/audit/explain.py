"""`./suishi audit explain`: a decision criterion by criterion, with the events that each rests on."""

import asyncio
from collections.abc import Iterator
from dataclasses import asdict
from typing import Annotated

import typer

from audit.explain import Explanation, Source, explain
from audit.wording import criterion, sentence, told
from commands.app import fail
from commands.audit.group import audit
from commands.audit.telling import called, deed, headline, named, words
from commands.options import Json, to_uuid
from commands.reach import database, from_database
from commands.showing import show, show_json
from local.language import say


@audit.command(
    "explain",
    help=say("逐项说明一个决定：条件、数值、门槛与依据事件。", "A decision: each criterion with value, threshold and events behind."),
)
def explain_event(
    event: Annotated[str, typer.Argument(metavar="EVENT_ID", help=say("决定的事件编号", "the event id of a decision"))],
    *,
    as_json: Json = False,
) -> None:
    identity = to_uuid(event, "事件编号", "id of an event")
    dsn = database()
    with from_database(dsn):
        found = asyncio.run(explain(dsn, identity))
    if found is None:
        fail(say(f"日志中没有事件 {identity}。", f"the logs know no event {identity}."), 1)
    if as_json:
        show_json(asdict(found))
    else:
        show(_lines(found))


def _lines(found: Explanation) -> Iterator[str]:
    yield f"{headline(found)}  {found.service} {found.position}  {found.event_id}"
    yield deed(found, found.on, found.causation)
    yield from words(found, found.reason)
    if text := sentence(found.topic, found.state):
        yield f"    {text}"
    if found.pack_sha256 is not None:
        yield say(f"    政策包内容 SHA-256 {found.pack_sha256}", f"    content of the pack SHA-256 {found.pack_sha256}")
    elif found.pack_hash:
        yield say(
            f"    未依据某一政策包；在用政策包的散列 {found.pack_hash}", f"    under no pack; the hash of those in force {found.pack_hash}"
        )
    if not found.criteria:
        yield say("    该事件不含逐项评定。", "    this event judges no criteria.")
    for one in found.criteria:
        yield f"    - {say(*criterion(one))}"
        yield from (_line(source) for source in found.behind(one))


def _line(source: Source) -> str:
    said = say("，", ", ").join(say(*one) for one in told(source.state, ""))
    step = f": {called(source.state['step'])}" if "step" in source.state else ""
    return f"        {named(source.topic)}{step} {source.position} {source.event_id}  {said}  ({source.source})"
