"""A header name that is not UTF-8 breaks the Kafka client's parser, and with it the reader of a whole partition.

Here its bytes become the value of one more header, so that the envelope refuses that message and no other.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final, SupportsIndex

from aiokafka.consumer import fetcher
from aiokafka.record import default_records
from aiokafka.record.default_records import DefaultRecord, DefaultRecordBatch
from aiokafka.record.memory_records import MemoryRecords

NAME: Final = "header name"
BEFORE_LENGTH, BEFORE_BATCH = 8, 12


def survive() -> None:
    """From now on every consumer of this process reads past such names."""
    fetcher.MemoryRecords = Batches


class Batches:
    """What was fetched of a partition, batch by batch; it stands in for the client's `MemoryRecords`."""

    def __init__(self, fetched: bytes) -> None:
        self._fetched, self._begin, self._batches = fetched, 0, MemoryRecords(fetched)
        self.has_next, self.size_in_bytes = self._batches.has_next, self._batches.size_in_bytes

    def next_batch(self) -> Batch:
        begin, length = self._begin, self._fetched[self._begin + BEFORE_LENGTH : self._begin + BEFORE_BATCH]
        self._begin += BEFORE_BATCH + int.from_bytes(length, "big")
        return Batch(self._batches.next_batch(), self._fetched, slice(begin, self._begin))


class Batch:
    """The client's own, in C, until a name in it breaks."""

    def __init__(self, batch: DefaultRecordBatch, fetched: bytes, place: slice) -> None:
        self._batch, self._fetched, self._place = batch, fetched, place

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the client asks of it
        return getattr(self._batch, name)

    def __next__(self) -> DefaultRecord:
        return next(self._batch)

    def __iter__(self) -> Iterator[DefaultRecord]:
        try:
            return iter(list(self._batch))
        except UnicodeDecodeError:
            return map(_with_names_as_values, _Lenient(self._fetched[self._place]))


class _Lenient(default_records._DefaultRecordBatchPy):  # noqa: SLF001 # pyright: ignore[reportPrivateUsage] - the one in C lets nobody in
    def _maybe_uncompress(self) -> None:
        super()._maybe_uncompress()
        self._buffer = _Bytes(self._buffer)


class _Bytes(bytearray):
    """As text they keep what is not UTF-8."""

    def __getitem__(self, place: SupportsIndex | slice[Any, Any, Any]) -> Any:  # noqa: ANN401 - an int, or bytes of this class
        return _Bytes(super().__getitem__(place)) if isinstance(place, slice) else super().__getitem__(place)

    def decode(self, encoding: str = "utf-8", errors: str = "surrogateescape") -> str:
        return super().decode(encoding, errors)


def _with_names_as_values(record: DefaultRecord) -> DefaultRecord:
    names = [name.encode("utf-8", "surrogateescape") for name, _ in record.headers]
    texts = [name.decode("utf-8", "backslashreplace") for name in names]
    headers = [(text, value) for text, (_, value) in zip(texts, record.headers, strict=True)]
    broken = [(NAME, name) for name, text in zip(names, texts, strict=True) if text.encode() != name]
    return replace(record, headers=[*headers, *broken])
