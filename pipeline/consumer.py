"""Reads every partition of a service's topics by manual assignment, from the offsets that PostgreSQL holds."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import structlog
from aiokafka import AIOKafkaConsumer, ConsumerRecord
from aiokafka import TopicPartition as Place
from aiokafka.errors import KafkaError
from faststream import AckPolicy
from faststream.kafka import KafkaBroker, TopicPartition
from faststream.kafka.prometheus import KafkaPrometheusMiddleware
from faststream.message import StreamMessage
from faststream.security import BaseSecurity, SASLScram512

from pipeline import header_names
from pipeline.envelope import Envelope, Record, Refusal, to_record
from pipeline.facts_lost import FactsLost
from pipeline.kafka import cluster_of
from pipeline.store import OUTAGES, Partition, Store, StreamMoved

if TYPE_CHECKING:
    from pipeline.handler import Handler
    from pipeline.kafka import Connection
    from pipeline.metrics import Metrics

log = structlog.get_logger()
Taken: TypeAlias = ConsumerRecord[bytes | None, bytes | None]
Raw: TypeAlias = tuple[Taken, ...]
MOST_RECORDS: Final = 2000
AT_A_TIME: Final = 200
PATIENCE_SECONDS: Final = 1.0
CLUSTER_SECONDS: Final = 5.0


class OtherCluster(Exception):  # noqa: N818 - it says what is so
    """Kafka came back with another disk; offsets and what was fetched mean nothing there, and the process must begin anew."""

    def __init__(self, before: str, now: str) -> None:
        super().__init__(f"Kafka is another cluster now: {now} instead of {before}")


def security(kafka: Connection) -> BaseSecurity:
    """What `Connection.options` says, for FastStream's broker."""
    return SASLScram512(kafka.user, kafka.password, ssl_context=kafka.tls) if kafka.user else BaseSecurity(ssl_context=kafka.tls)


async def _parse(records: Raw) -> StreamMessage[Raw]:
    """FastStream's own parser loses a message with a null header; ours looks at nothing."""
    return StreamMessage(raw_message=records, body=[record.value or b"" for record in records], headers={})


async def _decode(message: StreamMessage[Raw]) -> Raw:
    return message.raw_message


class Consumer:
    """Hands batches to the handler in order; a batch that met an outage is read again."""

    def __init__(self, kafka: Connection, partitions: Sequence[Partition], handler: Handler[Any, Any, Any, Any], metrics: Metrics) -> None:
        self._handler, self._metrics, self._partitions = handler, metrics, partitions
        self._expected: dict[Partition, int] = {}
        self._committed: dict[Partition, int] = {}
        self._read_again: dict[Partition, int] = {}
        self._ready, self.in_hand, self._sought = False, 0, 0
        self._handling: asyncio.Task[None] | None = None
        self._decided, self._telling = asyncio.Event(), asyncio.Lock()
        self.polled = time.monotonic()
        self.failure: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._connection, self._cluster = kafka, ""
        header_names.survive()
        self._broker = KafkaBroker(
            kafka.servers,
            security=security(kafka),
            middlewares=[KafkaPrometheusMiddleware(registry=metrics.registry)],
            logger=None,
            graceful_timeout=PATIENCE_SECONDS,
            allow_auto_create_topics=False,
            apply_types=False,
        )
        self._subscriber = self._broker.subscriber(
            partitions=[TopicPartition(topic, number, declare=False) for topic, number in partitions],
            batch=True,
            ack_policy=AckPolicy.MANUAL,
            auto_offset_reset="earliest",
            isolation_level="read_committed",
            batch_timeout_ms=10,
            max_records=MOST_RECORDS,
            fetch_max_bytes=16 * 1024 * 1024,
            max_partition_fetch_bytes=1024 * 1024,
            parser=_parse,
            decoder=_decode,
        )
        self._subscriber(self._receive)

    async def start(self, store: Store) -> None:
        """Seek to the stored offsets; a wiped topic starts at its beginning, eaten facts are written down."""
        self._cluster = await cluster_of(self._connection)
        await self._broker.start()
        places = [Place(*partition) for partition in self._partitions]
        self._kafka.pause(*places)  # what is fetched before it was told from where would be thrown away
        stored = await store.offsets(self._cluster)
        beginnings, ends = await self._kafka.beginning_offsets(places), await self._kafka.end_offsets(places)
        for place in places:
            offset = stored.get(place, 0)
            if offset > ends[place]:
                log.warning("topic.wiped", topic=place.topic, partition=place.partition)
                offset = beginnings[place]
            await self._go_to(place, offset, beginnings[place])
        self._ready = True
        self._kafka.resume(*places)

    async def stop(self) -> None:
        self._ready = False
        await self._broker.stop()
        if self._handling is not None and (await asyncio.wait({self._handling}, timeout=PATIENCE_SECONDS))[1]:
            self._handling.cancel()

    async def lag(self) -> int:
        """Messages on Kafka that are not yet committed."""
        try:
            ends = await self._kafka.end_offsets([Place(*partition) for partition in self._partitions])
        except KafkaError:
            self.polled = time.monotonic()  # to wait for Kafka is no reason to be started again
            raise
        lag = sum([max(0, end - await self._reached(place, end)) for place, end in ends.items()])
        if lag == 0:
            self.polled = time.monotonic()
        return lag

    async def same_cluster(self) -> None:
        """Raises `OtherCluster`; what was committed meanwhile counts in the old one, so that the next process reads all of the new."""
        while True:
            await asyncio.sleep(CLUSTER_SECONDS)
            if (now := await cluster_of(self._connection)) != self._cluster:
                raise OtherCluster(self._cluster, now)

    @property
    def idle_seconds(self) -> float:
        """How long ago the last batch came or the lag was last seen to be nothing."""
        return time.monotonic() - self.polled

    @property
    def _kafka(self) -> AIOKafkaConsumer:
        consumer = self._subscriber.consumer
        if consumer is None:
            message = "the consumer is not started"
            raise RuntimeError(message)
        return consumer

    async def _reached(self, place: Place, end: int) -> int:
        """Where all before is committed; what was fetched but never came here is fetched once more."""
        committed = self._committed.get(place, 0)
        if committed >= end or committed != self._expected.get(place) or self.in_hand:
            return committed
        position = await self._kafka.position(place)
        if position <= committed:
            return committed
        if self._read_again.get(place) != committed:
            self._read_again[place] = committed
            self._seek(place, committed)
            return committed
        await self._eaten({place: committed})
        return position

    async def _go_to(self, place: Place, offset: int, beginning: int) -> None:
        """Read on from an offset; what retention ate before its beginning is written down."""
        if offset < beginning:
            await self._lost(place, offset, beginning)
        self._expected[place] = self._committed[place] = max(offset, beginning)
        self._seek(place, max(offset, beginning))

    async def _lost(self, place: Place, first: int, beginning: int) -> None:
        log.error("facts.lost", topic=place.topic, partition=place.partition, from_offset=first, to_offset=beginning)
        lost = FactsLost(topic=place.topic, partition=place.partition, from_offset=first, to_offset=beginning)
        await self._handler.facts_lost(lost)
        self._metrics.facts_lost.inc(beginning - first)

    async def _receive(self, records: Raw) -> None:
        """Reads a batch while the one before is committed; never raises: FastStream would pass over the batch."""
        self.polled = time.monotonic()
        if not self._ready:
            return
        self.in_hand, sought = self.in_hand + 1, self._sought
        try:
            batch, taken = await self._read(records)
        except Exception as error:  # noqa: BLE001 - a bug of ours: the process ends, the next one reads again
            self._end(error)
            return
        if self._handling is not None:
            await asyncio.wait({self._handling})
        if sought != self._sought:  # the batch before went back: this one was fetched too early
            self.in_hand -= 1
            self._go_back(records)
        elif not self.failure.done():
            self._decided.clear()
            self._handling = asyncio.create_task(self._handle(records, batch, taken))
            await self._decided.wait()

    async def _read(self, records: Raw) -> tuple[list[Record], list[Envelope | Refusal]]:
        batch, taken = [to_record(record) for record in records], list[Envelope | Refusal]()
        for begin in range(0, len(batch), AT_A_TIME):
            taken += self._handler.read(batch[begin : begin + AT_A_TIME])
            await asyncio.sleep(0)  # the batch before goes on as soon as the database answers it
        return batch, taken

    async def _handle(self, records: Raw, batch: Sequence[Record], taken: Sequence[Envelope | Refusal]) -> None:
        try:
            await self._eaten(self._jumps(records))
            ordered, gaps = self._in_order(records)
            if len(ordered) == len(records):
                await self._handler.handle(batch, taken, self._decided.set)
            elif ordered:
                await self._handler.handle([to_record(record) for record in ordered])
            self._settle(ordered)
            if gaps:
                await self._fill(gaps)
        except (*OUTAGES, KafkaError, StreamMoved) as error:
            if not self._ready:
                return  # it stops, and the next process reads again
            log.warning("batch.again", problem=str(error) or type(error).__name__)
            self._rewind(records)
            await asyncio.sleep(PATIENCE_SECONDS)
        except Exception as error:  # noqa: BLE001 - fenced or broken: the process ends, the next one reads again
            self._end(error)
        finally:
            self.in_hand -= 1
            self._decided.set()

    def _end(self, error: BaseException) -> None:
        log.error("batch.ended", problem=str(error) or type(error).__name__)
        if not self.failure.done():
            self.failure.set_exception(error)

    def _jumps(self, records: Raw) -> dict[Place, int]:
        """The partitions that go on behind what was expected, although that was read again, and what was expected."""
        firsts = {(record.topic, record.partition): record.offset for record in reversed(records)}
        expected = {place: self._expected.get(place, 0) for place in firsts}
        return {Place(*place): before for place, before in expected.items() if firsts[place] > before == self._read_again.get(place)}

    async def _eaten(self, jumps: Mapping[Place, int]) -> None:
        """Write down what retention ate of a jump; the rest of it are the marks of transactions."""
        async with self._telling:
            for place, beginning in (await self._kafka.beginning_offsets(list(jumps))).items() if jumps else ():
                if beginning > jumps[place]:
                    await self._lost(place, jumps[place], beginning)
                    self._expected[place] = self._committed[place] = beginning

    def _in_order(self, records: Raw) -> tuple[list[Taken], set[Partition]]:
        """Those to handle, and the partitions where a batch may have got lost before these.

        A gap is read again once: what is missing then are the marks of a transaction. An earlier offset means a shorter topic.
        """
        batch, gaps, begun = list[Taken](), set[Partition](), set[Partition]()
        for record in records:
            place = (record.topic, record.partition)
            if place not in begun:
                expected = self._expected.get(place, 0)
                if record.offset > expected and self._read_again.get(place) != expected:
                    gaps.add(place)
                else:
                    begun.add(place)
            if place in begun:
                batch.append(record)
                self._expected[place] = record.offset + 1
        for place in begun:
            self._read_again.pop(place, None)
        return batch, gaps

    async def _fill(self, gaps: set[Partition]) -> None:
        for place, beginning in (await self._kafka.beginning_offsets([Place(*gap) for gap in gaps])).items():
            await self._go_to(place, self._expected[place], beginning)
            self._read_again[place] = self._expected[place]

    def _rewind(self, records: Raw) -> None:
        for record in reversed(records):
            place = (record.topic, record.partition)
            self._expected[place] = min(self._expected.get(place, 0), record.offset)
        self._go_back(records)

    def _go_back(self, records: Raw) -> None:
        for place in {Place(record.topic, record.partition) for record in records}:
            self._seek(place, self._expected.get(place, 0))

    def _seek(self, place: Place, offset: int) -> None:
        self._sought += 1
        self._kafka.seek(place, offset)

    def _settle(self, batch: Sequence[Taken]) -> None:
        if not batch:
            return
        self._committed |= {(record.topic, record.partition): record.offset + 1 for record in batch}
        self._metrics.messages.inc(len(batch))
        self._metrics.batch_size.observe(len(batch))
        self._metrics.lag_seconds.set(max(0.0, time.time() - batch[-1].timestamp / 1000))
