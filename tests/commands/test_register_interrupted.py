"""An import that cannot be taken in is not begun, and whoever breaks one off, or a publication, knows what was sent."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest

from commands import publish, system
from commands.import_register import check_services
from commands.progress import Bars
from local.language import speak
from local.problem import Problem
from pipeline.envelope import Record
from pipeline.kafka import Connection


def test_nothing_is_sent_to_services_that_are_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SUISHI_DATABASE", raising=False)
    monkeypatch.delenv("SUISHI_KAFKA", raising=False)
    monkeypatch.setattr(system, "FOLDER", tmp_path)
    speak("en")
    with pytest.raises(Problem, match=r"enrollment, assistance, notifications are stopped, and nothing was sent; start it with"):
        check_services()


async def test_whoever_breaks_off_is_told_how_many_were_sent(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """A publication or an import."""
    speak("en")
    taken = list[int]()

    async def send(_: Connection, records: Sequence[Record]) -> None:
        await asyncio.sleep(0)
        if taken:
            raise asyncio.CancelledError
        taken.append(len(records))

    monkeypatch.setattr(publish, "send", send)
    monkeypatch.setattr(publish, "AT_ONCE", 2)
    records = [Record("t", -1, 0, 0, None, b"{}", ())] * 3
    with pytest.raises(asyncio.CancelledError), Bars() as bars:
        await publish.send_in_batches(Connection(""), records, bars)
    told = (
        "at least 2 of 3 messages were sent and will be taken in; "
        "the same command again shows it and sends what is left, and nothing counts twice."
    )
    assert told == " ".join(capsys.readouterr().err.split())
