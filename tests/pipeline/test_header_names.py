"""A header whose name is no text costs its own message and no other; the Kafka client alone would stop at it for ever."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import pytest
from aiokafka.record.default_records import DefaultRecord, DefaultRecordBatchBuilder
from aiokafka.record.memory_records import MemoryRecords

from pipeline.header_names import Batches
from tests.pipeline.kafka import Headers, named_anew

CODECS: Final = {"plain": 0, "gzip": 1, "snappy": 2, "lz4": 3, "zstd": 4}
SOUND: Final[Sequence[Headers]] = ([], [("ce_id", b"7"), ("名", None)], [("back\\xff", b"\xff")])
BROKEN: Final[Headers] = [("trace", None), ("placeholder", b"a"), ("名", b"\xff"), ("placeholder", b"b")]


def fetched(messages: Sequence[Headers], codec: int = 0) -> bytes:
    builder = DefaultRecordBatchBuilder(2, codec, 0, -1, -1, -1, 100_000)
    for offset, headers in enumerate(messages):
        builder.append(offset, timestamp=5, key=b"key", value=b"value %d" % offset, headers=headers)
    return bytes(builder.build())


def read(batches: Batches) -> list[DefaultRecord]:
    found = list[DefaultRecord]()
    while batches.has_next():
        batch = batches.next_batch()
        assert batch.validate_crc()
        found += batch
    return found


@pytest.mark.parametrize("codec", CODECS.values(), ids=CODECS.keys())
def test_a_batch_in_which_all_is_well_is_read_as_the_client_reads_it(codec: int) -> None:
    raw = fetched(SOUND, codec)
    client, expected = MemoryRecords(raw * 2), list[DefaultRecord]()
    while client.has_next():
        expected += client.next_batch()
    assert [repr(one) for one in expected] == [repr(one) for one in read(Batches(raw * 2))]
    assert len(expected) == 6


def test_a_name_that_is_no_text_becomes_a_value_that_is_none_and_all_else_stays() -> None:
    raw = fetched([SOUND[1]]) + named_anew(fetched([SOUND[1], BROKEN, SOUND[2]]), b"place\xffol\x80er") + fetched([SOUND[0]])
    records = read(Batches(raw))
    bad = ("header name", b"place\xffol\x80er")
    assert [list(one.headers) for one in records] == [
        SOUND[1],
        SOUND[1],
        [("trace", None), ("place\\xffol\\x80er", b"a"), ("名", b"\xff"), ("place\\xffol\\x80er", b"b"), bad, bad],
        SOUND[2],
        SOUND[0],
    ]
    assert [(one.offset, one.timestamp, one.key, one.value) for one in records] == [
        (offset, 5, b"key", b"value %d" % offset) for offset in (0, 0, 1, 2, 0)
    ]


def test_a_batch_that_is_cut_off_waits_for_its_rest() -> None:
    raw = fetched(SOUND)
    assert len(read(Batches(raw + raw[:-1]))) == 3
