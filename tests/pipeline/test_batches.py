"""A message of which only the read models know what it concerns, and what holds after it, is identified apart from others."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from uuid import UUID

import pytest

from pipeline.envelope import Envelope
from tests.pipeline.houses import Lend, Return, Town, record, rules

Asked = list[tuple[int, list[int]]]


def listening(town: Town, asked: Asked) -> Callable[[Sequence[Envelope]], Awaitable[Sequence[UUID]]]:
    """Notes how many events there were, and the offsets that were asked about."""

    async def identify(envelopes: Sequence[Envelope]) -> Sequence[UUID]:
        asked.append((len(town.shared.recorded), [envelope.record.offset for envelope in envelopes]))
        return await rules().identify(envelopes)

    return identify


LEND, RETURN = Lend(household="Zhang"), Return()


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        ([LEND, RETURN, LEND, RETURN], [(0, [0]), (1, [1]), (2, [2]), (3, [3])]),
        ([LEND, RETURN, RETURN, LEND], [(0, [0]), (1, [1, 2]), (2, [3])]),
        ([LEND, LEND, RETURN], [(0, [0, 1]), (1, [2])]),
        ([RETURN], [(0, [0])]),
    ],
)
async def test_such_messages_are_identified_apart(town: Town, said: list[Lend | Return], asked: Asked) -> None:
    heard: Asked = []
    writer = await town.writer(identify=listening(town, heard), apart=frozenset({Return}))
    await writer.handle([record(offset, data) for offset, data in enumerate(said)])
    assert asked == heard
