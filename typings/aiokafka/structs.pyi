from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, NamedTuple, TypeVar

_K = TypeVar("_K")
_V = TypeVar("_V")

class TopicPartition(NamedTuple):
    topic: str
    partition: int

class RecordMetadata(NamedTuple):
    topic: str
    partition: int
    topic_partition: TopicPartition
    offset: int
    timestamp: int | None
    timestamp_type: int
    log_start_offset: int | None

@dataclass
class ConsumerRecord(Generic[_K, _V]):
    topic: str
    partition: int
    offset: int
    timestamp: int
    timestamp_type: int
    key: _K | None
    value: _V | None
    checksum: int | None
    serialized_key_size: int
    serialized_value_size: int
    # A value may be null on the wire, whatever the annotation in aiokafka says.
    headers: Sequence[tuple[str, bytes | None]]
